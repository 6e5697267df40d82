/**
 * Says READY, waits for a line, and then does what its argument names while system calls fail; prints what came of it
 * and what is left of it.
 */
import { ExitWatch } from "../../../lib/processes/exit_watch.ts";
import { startProgram } from "../../../lib/processes/start.ts";
import { capture, captureSync, lines, run, runSync, spawn, type SyscallError, waitAny } from "../../../mod.ts";
import { opened } from "../../support/opened.ts";

const ACTIONS: Record<string, () => Promise<unknown> | unknown> = {
  run: async () => String(await run(["sh", "-c", "exit 3"], { check: false })),
  capture: async () => (await capture(["cat"], { input: "x".repeat(200_000) })).stdout.length,
  runSync: () => String(runSync(["sh", "-c", "exit 3"], { check: false })),
  captureSync: () => captureSync(["cat"], { input: "x".repeat(200_000), timeout: 20_000 }).stdout.length,
  lines: async () => (await Array.fromAsync(lines(["seq", "1000"]))).length,
  retry: async () => String(await run(["sh", "-c", "exit 3"], { check: false, retry: { times: 3, delay: 10 } })),
  retryTimeout: async () => {
    const begun = performance.now();
    await run(["sleep", "60"], { timeout: 1_500, retry: { delay: 1_000 } }).catch(() => {});
    return performance.now() - begun < 2_300;
  },
  tree: async () => {
    await using child = spawn(["sh", "-c", "sleep 60 & wait"], { stdout: "null" });
    return String(await child.terminate({ tree: true }));
  },
  waitAny: async () => {
    const child = spawn(["sleep", "60"]);
    child.kill("STOP");
    const { stopped } = (await waitAny([child], { stopped: true }))!;
    child.kill("KILL");
    return `${stopped}, ${(await waitAny([child], { stopped: true }))!.status}`;
  },
  terminate: async () => {
    await using child = spawn(["sleep", "60"], { stdout: "null" });
    return String(await child.terminate());
  },
};

/** Have the library make what it needs once, a worker included, so that only the children's own calls are counted. */
async function warm(): Promise<void> {
  await ACTIONS.run!();
  await ACTIONS.capture!();
  const pid = startProgram(["true"], ["/bin/true"], {}, new Map([[0, 0], [1, 1], [2, 2]]));
  await new ExitWatch({ pid, pidfd: -1 }).exited;
}

const [action, cold] = Deno.args;
if (cold === undefined) await warm();
const before = opened();
console.log("READY");
await Deno.stdin.read(new Uint8Array(1));
let said: unknown;
try {
  said = await ACTIONS[action!]!();
} catch (error) {
  const { code, syscall, message } = error as SyscallError;
  said = code === undefined ? `${error}` : `${message.split(":")[0]}: ${code}, ${syscall}`;
}
console.log(JSON.stringify({ said, left: opened() - before }));
// The test looks for children while the program still lives.
await Deno.stdin.read(new Uint8Array(1));
Deno.exit();
