/** Started with few descriptors: takes them all, and locks the file that its argument names while they come back one by one. */
import { FCNTL } from "../../../ffi/abi/fcntl.ts";
import { fcntl } from "../../../ffi/fcntl.ts";
import { close } from "../../../ffi/unistd.ts";
import { type FileLock, flock, flockSync, lockRange, type SyscallError } from "../../../mod.ts";
import { opened } from "../../support/opened.ts";

const path = Deno.args[0]!;
const wrong: string[] = [];

const FORMS: Record<string, () => Promise<FileLock> | FileLock> = {
  flock: () => flock(path, "exclusive"),
  flockSync: () => flockSync(path, "exclusive", { timeout: 1_000 }),
  /** One more than is there at first: the wait itself must not fail for something else. */
  async wait() {
    using holder = flockSync(path, "exclusive");
    const waiting = flock(path, "exclusive");
    waiting.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 10));
    holder.unlock();
    return await waiting;
  },
  async convert() {
    using holder = await lockRange(path, "shared");
    using lock = await lockRange(path, "shared");
    const converting = lock.convert("exclusive");
    converting.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 10));
    holder.unlock();
    await converting;
    return lock;
  },
};

/** Done right, or refused with the reason. */
async function attempt(name: string, free: number): Promise<boolean> {
  try {
    using _lock = await FORMS[name]!();
    return true;
  } catch (error) {
    if ((error as SyscallError).code !== "EMFILE") wrong.push(`${name} with ${free} free: ${error}`);
    return false;
  }
}

for (const name in FORMS) await attempt(name, Infinity);
const before = opened();
const taken: number[] = [];
for (let fd; (fd = fcntl(0, FCNTL.F_DUPFD_CLOEXEC, 3)) >= 0;) taken.push(fd);
const done: string[] = [];
for (let free = 0; free < 5; free++) {
  const right: boolean[] = [];
  for (const name in FORMS) right.push(await attempt(name, free));
  done.push(right.map(Number).join(""));
  close(taken.pop()!);
}
for (const fd of taken) close(fd);
console.log(JSON.stringify({ wrong, done, left: opened() - before }));
