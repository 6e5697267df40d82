/** Locks of files, which other programs see. */
import { flock, flockSync, lockRange, testLock, tryFlock, tryLockRange } from "../../lib/locks/mod.ts";
import { spawn } from "../../lib/processes/mod.ts";
import { failure, must, since, type Step } from "./step.ts";

/** With a file that is gone afterwards. */
async function withFile(use: (path: string) => Promise<string>): Promise<string> {
  const path = await Deno.makeTempFile();
  try {
    return await use(path);
  } finally {
    await Deno.remove(path);
  }
}

/** A child has the lock, and is killed. */
async function killed(path: string): Promise<string> {
  const lock = await flock(path, "exclusive");
  await using child = spawn(["sleep", "60"], { fds: { 3: lock.fd } });
  lock.close();
  must(tryFlock(path, "shared") === undefined, "the child does not hold it");
  const waiting = flock(path, "exclusive", { timeout: 5_000 });
  const start = performance.now();
  child.kill("SIGKILL");
  using _lock = await waiting;
  return `its holder was killed, ours after ${since(start)}`;
}

async function givenUp(path: string): Promise<string> {
  const holder = await flock(path, "exclusive");
  const abort = new AbortController();
  const aborted = failure(() => flock(path, "exclusive", { signal: abort.signal }));
  const late = await failure(() => flockSync(path, "exclusive", { timeout: 20 }));
  must(late.name === "TimeoutError", late.message);
  const start = performance.now();
  abort.abort();
  must((await aborted).name === "AbortError", "the wait was not aborted");
  const took = since(start);
  holder.unlock();
  tryFlock(path, "exclusive")!.unlock();
  return `aborted in ${took}, and it took nothing later`;
}

async function ranges(path: string): Promise<string> {
  using _lock = await lockRange(path, "exclusive", { start: 64, length: 64 });
  await Deno.readTextFile(path);
  must(tryLockRange(path, "shared", { start: 127, length: 1 }) === undefined, "closing the file dropped the lock");
  const holder = testLock(path, "shared");
  must(holder?.start === 64 && holder.length === 64, Deno.inspect(holder));
  using other = tryLockRange(path, "exclusive", { start: 128 });
  must(other !== undefined, "byte 128 is locked as well");
  return "bytes 64 to 127 alone, also after another close of the file";
}

/** In the order in which they are shown. */
export const locks: Step[] = [
  { area: "locks", title: "a killed holder", run: () => withFile(killed) },
  { area: "locks", title: "a wait that is given up", run: () => withFile(givenUp) },
  { area: "locks", title: "some bytes of a file", run: () => withFile(ranges) },
];
