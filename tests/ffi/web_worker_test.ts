import { assert, assertEquals, EMULATED, repository, sample, test, within } from "../support/mod.ts";

interface Report {
  answers: unknown;
  /** Threads and descriptors that stay, beyond the beginning. */
  left: number;
  kept: number;
  /** How many bytes the blocked calls have left to others. */
  untaken: number;
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

const ENDS = [["idle", "terminate"], ["begin", "terminate"], ["end", "by itself"], ["use", "terminate"]] as const;
for (const [task, end] of ENDS) {
  test(`a Web Worker that ends (${task}, ${end}) takes its threads along, and all descriptors but one`, async () => {
    const { left, kept } = await workers(COUNT, task, end);
    assertEquals(left, 0);
    // Deno 2.9.6 never closes a pipe that a Web Worker had adopted with node:net when it is terminated: that one stays.
    assert(kept <= COUNT, `${kept} descriptors stay of ${COUNT} Web Workers`);
  }, { skip: sample(task === "use") });
}

test("terminating a Web Worker ends its blocked calls, which take nothing after that", async () => {
  const { left, kept, untaken } = await workers(COUNT, "block", "terminate");
  assertEquals([left, untaken], [0, 3 * COUNT]);
  assert(kept <= COUNT, `${kept} descriptors stay of ${COUNT} Web Workers`);
});
