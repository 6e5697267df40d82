import { assert, assertEquals, repository, test } from "../support/mod.ts";

interface Report {
  answers: unknown;
  /** Threads that stay while calls are blocked, threads that stay after that, and descriptors, all beyond the beginning. */
  left: number;
  stay: number;
  kept: number;
}

/** Run Web Workers in a program of its own, which may read /proc and is ended if it hangs. */
async function workers(count: number, task: string, end: string): Promise<Report> {
  const program = repository("tests/ffi/programs/web_workers.ts");
  const args = ["30", Deno.execPath(), "run", "--allow-all", program, String(count), task, end];
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
    const count = 10;
    const { left, stay, kept } = await workers(count, task, end);
    assertEquals([left, stay], [0, 0]);
    // Deno 2.9.6 never closes a pipe that a Web Worker had adopted with node:net when it is terminated: that one stays.
    assert(kept <= count, `${kept} descriptors stay of ${count} Web Workers`);
  });
}

test("terminating a Web Worker with a blocked call hangs nowhere, and its thread leaves when the call returns", async () => {
  const count = 10;
  const { left, stay, kept } = await workers(count, "block", "terminate");
  assert(left <= count, `${left} threads stay of ${count} blocked calls`);
  assertEquals(stay, 0);
  assert(kept <= count, `${kept} descriptors stay of ${count} Web Workers`);
});
