/**
 * Says READY, waits for a line, and then does what its first argument names with the file that is its second, while system
 * calls fail; prints what came of it, how long it took, and how many descriptors are left of it.
 */
import { loop } from "../../../ffi/loop.ts";
import {
  type FileLock,
  flock,
  flockSync,
  lockRange,
  lockRangeSync,
  type SyscallError,
  tryFlock,
} from "../../../mod.ts";
import { opened } from "../../support/opened.ts";

const [action, path] = [Deno.args[0]!, Deno.args[1]!];
const SHORT = { timeout: 300 };
const LONG = { timeout: 60_000 };

/** With somebody who lets go once the other wait has begun. */
async function behind(holder: FileLock, take: () => Promise<FileLock>): Promise<FileLock> {
  const waiting = take();
  await new Promise((resolve) => setTimeout(resolve, 100));
  holder.unlock();
  return await waiting;
}

const ACTIONS: Record<string, () => FileLock | undefined | Promise<FileLock | undefined>> = {
  try: () => tryFlock(path, "exclusive"),
  wait: () => behind(flockSync(path, "exclusive"), () => flock(path, "exclusive", LONG)),
  range: () => lockRangeSync(path, "exclusive"),
  waitRange: () => behind(lockRangeSync(path, "exclusive"), () => lockRange(path, "exclusive", LONG)),
  limit: async () => {
    using _held = flockSync(path, "exclusive");
    return await flock(path, "exclusive", SHORT);
  },
  limitSync: () => {
    using _held = flockSync(path, "exclusive");
    return flockSync(path, "exclusive", SHORT);
  },
};

/** What it comes to. */
async function attempt(): Promise<string> {
  try {
    using lock = await ACTIONS[action]!();
    return lock?.mode ?? "held";
  } catch (error) {
    const { code, message, name } = error as SyscallError;
    return code === undefined || name === "TimeoutError" ? name : message.replace(/".*"/, "FILE");
  }
}

// So many waits move the loop to its thread, whose pipes are no leak.
await loop().promote();
await attempt();
const before = opened();
console.log("READY");
await Deno.stdin.read(new Uint8Array(1));
const start = performance.now();
const said = await attempt();
console.log(JSON.stringify({ said, took: performance.now() - start, left: opened() - before }));
Deno.exit();
