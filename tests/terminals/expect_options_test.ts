import { checkedOptions } from "../../lib/terminals/expect_options.ts";
import { type DialogTarget, Expect, type ExpectOptions } from "../../mod.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

test("checkedOptions() has the defaults of the documentation", () => {
  assertEquals(checkedOptions({}), {
    timeout: 30_000,
    maxBuffer: 64 * 1024 * 1024,
    searchWindow: 4096,
    encoding: "utf-8",
    restartOnReceive: false,
    lineEnd: "\n",
    log: undefined,
    logUser: false,
    sendDelay: 0,
  });
});

test("new Expect() refuses options that make no sense, before it takes anything over", () => {
  const { readable } = new TransformStream<Uint8Array<ArrayBuffer>>();
  const bad: [ExpectOptions, typeof RangeError | typeof TypeError][] = [
    [{ timeout: -1 }, RangeError],
    [{ timeout: NaN }, RangeError],
    [{ maxBuffer: 0 }, RangeError],
    [{ maxBuffer: 1.5 }, RangeError],
    [{ searchWindow: 0.5 }, RangeError],
    [{ sendDelay: -1 }, RangeError],
    [{ sendDelay: Infinity }, RangeError],
    [{ encoding: "ascii" as "utf-8" }, TypeError],
    [{ lineEnd: 1 as unknown as string }, TypeError],
  ];
  for (const [options, kind] of bad) assertThrows(() => new Expect({ readable }, options), kind);
  assertEquals(readable.locked, false);
  for (const target of [undefined, {}, { read() {} }, "sh"]) {
    assertThrows(() => new Expect(target as unknown as DialogTarget), TypeError, "A dialog is held with a pty,");
  }
});
