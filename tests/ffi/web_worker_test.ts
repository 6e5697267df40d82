import { assert, assertEquals, EMULATED, repository, sample, test, within } from "../support/mod.ts";

interface Report {
  answers: unknown;
  /** Threads that stay while calls are blocked, threads that stay after that, and descriptors, all beyond the beginning. */
  left: number;
  stay: number;
  kept: number;
}

/** One after the other. */
const COUNT = EMULATED ? 2 : 10;

/** Run Web Workers in a program of its own, which may read /proc and is ended if it hangs. */
async function workers(count: number, task: string, end: string): Promise<Report> {
  const program = repository("tests/ffi/programs/web_workers.ts");
  const args = [
    String(within(30_000) / 1_000),
    Deno.execPath(),
    "run",
    "--allow-all",
    program,
    String(count),
    task,
    end,
  ];
  const { code, stdout, stderr } = await new Deno.Command("timeout", { args, env: { NO_COLOR: "1" } }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  return JSON.parse(new TextDecoder().decode(stdout));
}

test("the library works in a Web Worker: workers, waits, children", async () => {
  const { answers } = await workers(2, "use", "terminate");
  const round = ["true", "captured", "at once", "through cat", "0"];
  assertEquals(answers, [[...round, ...round], [...round, ...round]]);
});

for (const [task, end] of [["idle", "terminate"], ["end", "by itself"], ["use", "terminate"]] as const) {
  test(`a Web Worker that ends (${task}, ${end}) takes its threads along, and all descriptors but one`, async () => {
    const { left, stay, kept } = await workers(COUNT, task, end);
    assertEquals([left, stay], [0, 0]);
    // Deno 2.9.6 never closes a pipe that a Web Worker had adopted with node:net when it is terminated: that one stays.
    assert(kept <= COUNT, `${kept} descriptors stay of ${COUNT} Web Workers`);
  }, { skip: sample(task === "use") });
}

test("terminating a Web Worker with a blocked call hangs nowhere, and its thread leaves when the call returns", async () => {
  const { left, stay, kept } = await workers(COUNT, "block", "terminate");
  assert(left <= COUNT, `${left} threads stay of ${COUNT} blocked calls`);
  assertEquals(stay, 0);
  assert(kept <= COUNT, `${kept} descriptors stay of ${COUNT} Web Workers`);
});
