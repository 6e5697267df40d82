/** Programs that are replaced by their new code while they serve. */
import { assert, assertEquals, assertMatch, count, EMULATED, test, within } from "../support/mod.ts";
import { numbers, readProc } from "../support/proc.ts";
import { descriptors, Load, Phoenix } from "./phoenix.ts";

const ROUNDS = EMULATED ? 1 : 5;

/** Ask until it is so: what is asked for is the state of /proc, which nothing announces. */
async function until(done: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + within(5_000);
  while (!done()) {
    if (performance.now() > deadline) throw new Error(`Not within 5 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function children(pid: number): number[] {
  const tasks = numbers(`/proc/${pid}/task`);
  return tasks.flatMap((tid) => (readProc(`/proc/${pid}/task/${tid}/children`).match(/\d+/g) ?? []).map(Number));
}

test("Restarter.restart() keeps the process and drops nobody, by TCP and by a path", async () => {
  await using phoenix = await Phoenix.start();
  const loads = (["tcp", "unix"] as const).map((by) => new Load(phoenix, by));
  for (let round = 2; round <= ROUNDS + 1; round++) {
    phoenix.kill("SIGHUP");
    assertEquals(await phoenix.said(), `ready ${round} ${phoenix.pid} ${phoenix.port}`);
  }
  for (const load of loads) {
    const answers = await load.end();
    assert(answers.every(({ pid }) => pid === phoenix.pid));
    assert(new Set(answers.map(({ generation }) => generation)).size >= ROUNDS);
  }
});

test("Restarter: every generation has the same number of descriptors, and no child", async () => {
  await using phoenix = await Phoenix.start();
  // Deno makes two of its own half a second after it has started; they are waited for in the first one.
  await until(() => descriptors(phoenix.pid) === 99, `${descriptors(phoenix.pid)}`);
});
