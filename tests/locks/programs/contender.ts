/** Says READY, waits for a line, and counts ROUNDS times in the file that is locked: `contender.ts WAY PATH ROUNDS`. */
import { type FileLock, flock, flockSync, lockRange, lockRangeSync, tryFlock, tryLockRange } from "../../../mod.ts";

const [way, path, rounds] = [Deno.args[0]!, Deno.args[1]!, Number(Deno.args[2])];
const LIMIT = { timeout: 300_000 };

async function tried(attempt: () => FileLock | undefined): Promise<FileLock> {
  for (;;) {
    const lock = attempt();
    if (lock) return lock;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

const WAYS: Record<string, () => FileLock | Promise<FileLock>> = {
  flock: () => flock(path, "exclusive", LIMIT),
  flockSync: () => flockSync(path, "exclusive"),
  "flockSync, timeout": () => flockSync(path, "exclusive", LIMIT),
  tryFlock: () => tried(() => tryFlock(path, "exclusive")),
  lockRange: () => lockRange(path, "exclusive", LIMIT),
  lockRangeSync: () => lockRangeSync(path, "exclusive"),
  "lockRangeSync, timeout": () => lockRangeSync(path, "exclusive", LIMIT),
  tryLockRange: () => tried(() => tryLockRange(path, "exclusive")),
};

console.log("READY");
await Deno.stdin.read(new Uint8Array(1));
for (let round = 0; round < rounds; round++) {
  using _lock = await WAYS[way]!();
  Deno.writeTextFileSync(path, `${Number(Deno.readTextFileSync(path)) + 1}`);
}
