import { Outflow, unlessGone } from "../../lib/terminals/outflow.ts";
import { PatternWatch } from "../../lib/terminals/pattern_watch.ts";
import { ClosedError, fakeDialog, SyscallError } from "../../mod.ts";
import { assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";

test("Outflow carries on what waits and what comes, and has its turn among expects", async () => {
  await using dialog = fakeDialog([{ says: "first " }, { says: "second " }, { says: "third" }]);
  const before = dialog.expect("first ");
  let text = "";
  await new Promise<void>((ended, fail) => {
    const deliver = (part: string) => ({ done: Promise.resolve(void (text += part)), passed: part.length });
    const owner = { deliver, hit: () => Promise.resolve(true), ended, fail };
    new Outflow(dialog, new PatternWatch([], false), owner).begin();
  });
  await before;
  assertEquals(text, "second third");
});

test("Outflow leaves in the buffer what did not arrive", async () => {
  await using dialog = fakeDialog([{ says: "kept" }, { hears: "never" }]);
  const failure = await new Promise((fail) => {
    const deliver = () => ({ done: Promise.reject(new Error("no room")), passed: 0 });
    const owner = { deliver, hit: () => Promise.resolve(true), ended: () => {}, fail };
    new Outflow(dialog, new PatternWatch([], false), owner).begin();
  });
  assertEquals([(failure as Error).message, dialog.buffer], ["no room", "kept"]);
  await dialog.expect("kept");
  await dialog[Symbol.asyncDispose]();
  assertThrows(() => new Outflow(dialog, new PatternWatch([], false), {} as never), ClosedError);
});

test("Outflow that ends while something is on its way leaves in the buffer what has not passed, and nothing else", async () => {
  for (
    const [passed, cleared, left] of [[0, false, "kept"], [2, false, "pt"], [4, false, ""], [2, true, ""]] as const
  ) {
    await using dialog = fakeDialog([{ says: "kept" }, { hears: "never" }]);
    const { promise: delivering, resolve } = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const deliver = () => (resolve(), { done: arrived.promise, passed });
    const owner = { deliver, hit: () => Promise.resolve(true), ended: () => {}, fail: () => {} };
    const outflow = new Outflow(dialog, new PatternWatch([], false), owner);
    outflow.begin();
    await delivering;
    if (cleared) dialog.clear();
    outflow.leave();
    assertEquals(dialog.buffer, left);
    arrived.resolve();
    await arrived.promise;
    await dialog[Symbol.asyncDispose]();
    assertEquals(dialog.buffer, left);
  }
});

test("unlessGone() takes the other side's end for nothing, and nothing else", async () => {
  await using dialog = fakeDialog([]);
  await unlessGone(dialog.send("x"));
  await assertRejects(() => dialog.send("x"), SyscallError);
  await assertRejects(() => unlessGone(Promise.reject(new TypeError("other"))), TypeError);
});
