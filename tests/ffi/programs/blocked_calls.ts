/** Blocks as many calls at once as the argument says, measures what else goes on meanwhile, and ends them all. */
import { ERRNO } from "../../../ffi/abi/errno.ts";
import { bind } from "../../../ffi/bind.ts";
import { THREAD_NAME } from "../../../ffi/threads.ts";
import { offload } from "../../../ffi/workers.ts";

const calls = Number(Deno.args[0]);
const pause = bind("pause", [], "int");
const TASKS = "/proc/self/task";

/** The threads of the library whose state in /proc is one of `states`. */
function threads(states: RegExp): number {
  const stats = [...Deno.readDirSync(TASKS)].map(({ name }) => {
    // A thread may end between the listing and the look at it.
    try {
      return Deno.readTextFileSync(`${TASKS}/${name}/stat`);
    } catch {
      return "";
    }
  });
  return stats.filter((stat) => stat.includes(`(${THREAD_NAME}) `) && states.test(stat.split(") ")[1]!)).length;
}

async function median(measure: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 50; i++) {
    const begin = performance.now();
    await measure();
    times.push(performance.now() - begin);
  }
  return times.sort((a, b) => a - b)[25]!;
}

/** Once more when `done` is false, at most 10 s long. */
async function until(done: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!done() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 1));
}

const waits = Array.from({ length: calls }, () => offload(pause, []));
await until(() => threads(/^S/) >= calls);
const blocked = Math.min(calls, threads(/^S/));
const fileRead = await median(async () => void await Deno.readTextFile(new URL(import.meta.url)));
const timer = await median(() => new Promise((resolve) => setTimeout(resolve, 0)));

const begin = performance.now();
for (const wait of waits) wait.cancel();
const results = await Promise.all(waits.map(({ result }) => result));
const cancel = performance.now() - begin;
await until(() => threads(/./) <= 2);
const ended = results.filter((result) => result === -ERRNO.ECANCELED).length;
console.log(JSON.stringify({ blocked, fileRead, timer, cancel, ended, threads: threads(/./) }));
