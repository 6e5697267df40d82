import { BatchError, type BatchStep, EOF, Expect, fakeDialog, runBatch, spawn } from "../../mod.ts";
import { assert, assertEquals, assertRejects, test } from "../support/mod.ts";

test("runBatch() does its steps in order, and goes the way that is found", async () => {
  const script =
    "echo 'more?'; read a; echo 'more?'; read a; echo 'ready>'; read b; echo got $b; cat >/dev/null; echo end";
  await using dialog = new Expect(spawn(["sh", "-c", script], { stdin: "piped", stdout: "piped" }));
  const results = await runBatch(dialog, [
    { switch: [{ pattern: "ready>" }, { pattern: "more?", steps: [{ send: "y\n" }], again: true }] },
    { sendLine: "this" },
    { expect: /got (\w+)\n/, timeout: 5_000 },
    { sendEof: true },
    { expect: [EOF] },
  ]);
  assertEquals(results.map(({ place }) => place.join()), ["0", "0,1,0", "0", "0,1,0", "0", "1", "2", "3", "4"]);
  assertEquals([results[6]!.match?.groups[1], results[8]!.match?.before], ["this", "end\n"]);
});

test("runBatch() says which step has failed, and what came before", async () => {
  await using dialog = fakeDialog([{ says: "a" }, { hears: "\x03", says: "denied" }, { hears: "never" }]);
  const steps: BatchStep[] = [
    { expect: "a" },
    { sendControl: "c" },
    { switch: [{ pattern: "ok" }, { pattern: "denied", fail: "no access" }] },
  ];
  const denied = await assertRejects(() => runBatch(dialog, steps), BatchError);
  assertEquals([denied.message, denied.place, denied.results.length], ["Step 3 (switch): no access", [2], 2]);
  const nested: BatchStep[] = [{ switch: [{ pattern: "x" }, { pattern: /^/, steps: [{ expect: "b" }] }] }];
  await using quiet = fakeDialog([{ says: "." }, { hears: "never" }]);
  const late = await assertRejects(() => runBatch(quiet, nested, { timeout: 20 }), BatchError);
  assertEquals([late.place, (late.cause as Error).name], [[0, 1, 0], "TimeoutError"]);
});

test("runBatch() does nothing if a step is none", async () => {
  await using dialog = fakeDialog([{ hears: /./ }]);
  for (const wrong of [{}, { send: "a", expect: "b" }, null, { switch: [{ pattern: "a", steps: [{}] }] }]) {
    await assertRejects(() => runBatch(dialog, [{ send: "x" }, wrong as unknown as BatchStep]), TypeError, "Step 2");
  }
  assert(dialog.heard === "");
});
