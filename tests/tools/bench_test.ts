import { difference, median, ratio, sideBySide, summary } from "../../bench/measure.ts";
import { figure, met, notMeasured, renewed, type Row, table } from "../../bench/report.ts";
import { assertEquals, assertMatch, assertRejects, assertThrows, deno, repository, test } from "../support/mod.ts";

const FLAGS = ["--no-check", "--allow-run", "--allow-read", "--allow-write", "--allow-env"];
const bench = (...args: string[]) => deno(repository("bench/main.ts"), { flags: FLAGS, args });

test("median() takes the middle, or the mean of the two in the middle", () => {
  for (const [samples, expected] of [[[3, 1, 2], 2], [[4, 1, 3, 2], 2.5], [[10, 9], 9.5], [[7], 7]] as const) {
    assertEquals(median(samples), expected);
  }
  assertThrows(() => median([]), RangeError);
});

test("sideBySide() runs all contenders in every round, after one that does not count", async () => {
  const order: string[] = [];
  const contender = (name: string, costs: number[]) => ({
    name,
    cost: () => {
      order.push(name);
      return Promise.resolve(costs.shift()!);
    },
  });
  const costs = await sideBySide([contender("a", [99, 2, 9]), contender("b", [99, 1, 3])], 2);
  // Each round has an order of its own.
  assertMatch(order.join(""), /^ab(ab|ba){2}$/);
  assertEquals([...costs], [["a", [2, 9]], ["b", [1, 3]]]);
  assertEquals(ratio(costs, "a", "b"), summary([2, 3]));
  assertEquals(difference(costs, "a", "b"), summary([1, 6]));
  assertThrows(() => ratio(costs, "a", "c"), RangeError, '"c"');
});

test("sideBySide() fails with a contender that fails", async () => {
  await assertRejects(() => sideBySide([{ name: "a", cost: () => Promise.reject(new Error("broken")) }], 1), Error);
});

test("met() judges the median against the goal, either way", () => {
  const measured = { median: 1.1, min: 1, max: 2 };
  const row = (goal?: Row["goal"]): Row => ({ what: "it", measured, unit: "times", goal });
  for (
    const [goal, expected] of [
      [{ most: 1.1 }, "yes"],
      [{ most: 1.09 }, "**no**"],
      [{ least: 1.1 }, "yes"],
      [{ least: 1.2 }, "**no**"],
      [undefined, ""],
    ] as const
  ) {
    assertEquals(met(row(goal)), expected);
  }
});

test("table() shows every row, one that could not be measured with its reason", () => {
  const measured = { median: 123.4, min: 99.96, max: 1000 };
  const text = table([{ what: "first", measured, unit: "ms", goal: { most: 5 } }, notMeasured("second", "needs gcc")]);
  const [head, rule, first, second] = text.split("\n").map((line) => line.replaceAll(/ +/g, " "));
  assertEquals(head, "| what | median | min to max | goal | met | note |");
  assertMatch(rule!, /^\|( -+ \|){6}$/);
  assertEquals(first, "| first | 123 ms | 100.0 to 1000 | at most 5.00 | **no** | |");
  assertEquals(second, "| second | | | | | not measured: needs gcc |");
});

test("figure() keeps three digits", () => {
  assertEquals([0.123, 1.5, 12.34, 456.7, -0.5].map(figure), ["0.12", "1.50", "12.3", "457", "-0.50"]);
});

test("renewed() puts what was measured in the place of what the report had of it, and keeps the rest", () => {
  const before = "# Old head\n\n## b\n\nold b\n\n## gone\n\nno group any more\n\n## c\n\nold c\n";
  const fresh = new Map([["a", "## a\n\nnew a\n"], ["c", "## c\n\nnew c\n"]]);
  const [head, ...sections] = renewed(before, fresh, ["a", "b", "c", "never measured"]).split("\n## ");
  assertMatch(head!, /^# Benchmarks\n\nWritten by /);
  assertEquals(sections, ["a\n\nnew a\n", "b\n\nold b\n", "c\n\nnew c\n"]);
});

/** The figures of a run this short mean nothing; that each row is there does. */
const ROWS: Record<string, readonly RegExp[]> = {
  processes: [
    /runSync\(\) to C's/,
    /run\(\) to Deno\.Command/,
    /readInto\(\) to Deno\.Command/,
    /import of mod\.ts/,
    /captures echo, captureSync\(\) to/,
    /opening libc/,
    /the door over the bare FFI call/,
  ],
  waiting: [/ready\(\), parked/, /ready\(\), promoted/, /offload\(\)/, /a line to cat and back, spawn\(\)/, /abort/],
  signals: [
    /a signal to its handler, sigaction\(\) over/,
    /of a real-time signal over/,
    /a queued signal with a value/,
  ],
};

for (const [group, rows] of Object.entries(ROWS)) {
  test(`bench ${group} measures everything once and ends with 0, goals met or not`, async () => {
    const { code, stdout, stderr } = await bench(group, "--quick");
    assertEquals([code, stderr], [0, ""]);
    for (const row of rows) {
      assertMatch(stdout, new RegExp(`^\\| [^|]*${row.source}[^|]*\\| +-?[0-9.]+ \\S+ +\\|`, "m"));
    }
  }, { needs: ["gcc", "perl"] });
}

test("bench names what it does not know and ends with 1", async () => {
  for (
    const [args, problem] of [
      [["nonsense"], 'no group "nonsense"'],
      [["--fast"], "no option --fast"],
      [["waiting", "--quick", "--write"], "--write goes without it"],
    ] as const
  ) {
    const { code, stderr } = await bench(...args);
    assertEquals(code, 1);
    assertMatch(stderr, new RegExp(`${problem}.*\nusage: deno task bench`));
  }
});
