/** Started with few descriptors: takes them all, spawns while they come back one by one, and looks at what is left. */
import { FCNTL } from "../../../ffi/abi/fcntl.ts";
import { openDescriptors } from "../../../ffi/dirent.ts";
import { fcntl } from "../../../ffi/fcntl.ts";
import { loop } from "../../../ffi/loop.ts";
import { close } from "../../../ffi/unistd.ts";
import { capture, captureSync, run, type SyscallError } from "../../../mod.ts";

const wrong: string[] = [];
const taken: number[] = [];
// Deno itself lists /proc/self/fd only with every permission.
const open = () => (openDescriptors() as number[]).length;

/** What an attempt may be: done right, or refused with the reason. */
async function attempt(name: string, body: () => Promise<string> | string): Promise<boolean> {
  try {
    const text = await body();
    if (text !== "hello") wrong.push(`${name} with ${taken.length} taken: ${JSON.stringify(text)}`);
    return true;
  } catch (error) {
    if ((error as SyscallError).code !== "EMFILE") wrong.push(`${name} with ${taken.length} taken: ${error}`);
    return false;
  }
}

const FORMS: Record<string, () => Promise<string> | string> = {
  capture: async () => (await capture(["cat"], { input: "hello" })).stdout,
  captureSync: () => captureSync(["cat"], { input: "hello" }).stdout,
  run: async () =>
    (await run(["true"], { stdin: "null", stdout: "null", timeout: 5_000 })).success ? "hello" : "failed",
};

if (Deno.args[0] === "warm") {
  // So many waits move the loop to its thread, whose pipes are no leak.
  await loop().promote();
  for (const [name, form] of Object.entries(FORMS)) await attempt(name, form);
}
let before = open();
for (let fd; (fd = fcntl(0, FCNTL.F_DUPFD_CLOEXEC, 3)) >= 0;) taken.push(fd);
for (const [name, form] of Object.entries(FORMS)) await attempt(name, form);
let started = false;
for (let free = 0; free < 20; free++) {
  close(taken.pop()!);
  for (const [name, form] of Object.entries(FORMS)) started = await attempt(name, form);
}
for (const fd of taken.splice(0)) close(fd);
// What the library needs once was not there yet.
if (Deno.args[0] === "cold") before = open();
const listing = "for pid in $(cat /proc/$PPID/task/*/children); do cat /proc/$pid/comm; done";
const children = captureSync(["sh", "-c", listing]).stdout.trim();
console.log(JSON.stringify({ wrong, started, left: open() - before, children }));
