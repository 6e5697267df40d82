import { checkLimit, Deadline, Limit, timeoutReason } from "../../lib/core/limit.ts";
import { assert, assertEquals, assertThrows, denoSource, test } from "../support/mod.ts";

test("checkLimit() refuses a timeout that is no number of milliseconds", () => {
  for (const timeout of [-1, NaN, -Infinity, "soon", "5", null, 5n, [5], Symbol("5"), new Date()]) {
    assertThrows(
      () => checkLimit({ timeout: timeout as number }),
      RangeError,
      "timeout must be a number of milliseconds from 0 on",
    );
  }
  for (const timeout of [0, 0.5, 2 ** 40, Infinity, undefined]) checkLimit({ timeout });
});

test("checkLimit() and Limit throw the reason of a signal that is aborted already", () => {
  const reason = new Error("mine");
  const signal = AbortSignal.abort(reason);
  assertEquals(assertThrows(() => checkLimit({ signal })), reason);
  assertEquals(assertThrows(() => new Limit({ signal }, () => {})), reason);
});

test("Limit reports a timeout with a DOMException named TimeoutError, and not before its time", async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const begin = performance.now();
  using _limit = new Limit({ timeout: 20 }, resolve);
  const reason = await promise as DOMException;
  assert(performance.now() - begin >= 19);
  assert(reason instanceof DOMException);
  assertEquals([reason.name, reason.message], ["TimeoutError", "Timed out after 20 ms"]);
  assertEquals(timeoutReason(20).message, reason.message);
});

test("Limit says what took so long, and what is left of a Deadline says the same and how long it was in all", async () => {
  const deadline = new Deadline({ timeout: 20, what: () => "wait for nothing" });
  const { promise, resolve } = Promise.withResolvers<unknown>();
  using _limit = new Limit(deadline.options, resolve);
  assertEquals((await promise as DOMException).message, "Timed out after 20 ms: wait for nothing");
});

test("Limit reports an abort with the signal's reason, whatever that is", () => {
  for (const reason of [new Error("mine"), "a word", null]) {
    const controller = new AbortController();
    const reported: unknown[] = [];
    using _limit = new Limit({ signal: controller.signal }, (reason) => reported.push(reason));
    controller.abort(reason);
    assertEquals(reported, [reason]);
  }
});

test("Limit reports once, whichever comes first", async () => {
  const controller = new AbortController();
  const reported: unknown[] = [];
  using _limit = new Limit({ signal: controller.signal, timeout: 5 }, (reason) => reported.push(reason));
  controller.abort("first");
  await new Promise((resolve) => setTimeout(resolve, 15));
  assertEquals(reported, ["first"]);
});

test("Limit with a timeout of 0 reports after the constructor has returned", async () => {
  const order: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  using _limit = new Limit({ timeout: 0 }, () => resolve(void order.push("reported")));
  order.push("made");
  await promise;
  assertEquals(order, ["made", "reported"]);
});

test("Limit reports nothing after its block, and leaves neither timer nor listener", async () => {
  const controller = new AbortController();
  const reported: unknown[] = [];
  {
    using _limit = new Limit({ signal: controller.signal, timeout: 5 }, (reason) => reported.push(reason));
  }
  controller.abort();
  await new Promise((resolve) => setTimeout(resolve, 15));
  assertEquals(reported, []);
  // The timer would be seen by the sanitizer too: this one is for a day.
  new Limit({ timeout: 86_400_000 }, () => {})[Symbol.dispose]();
});

test("Limit takes a timeout that is longer than a timer for none", async () => {
  const reported: unknown[] = [];
  using _limit = new Limit({ timeout: 2 ** 31 }, (reason) => reported.push(reason));
  await new Promise((resolve) => setTimeout(resolve, 10));
  assertEquals(reported, []);
});

test("Limit.hold() says whether its timer keeps the process alive", async () => {
  for (const [held, expected] of [[false, ""], [true, "reported\n"]] as const) {
    const { stdout } = await denoSource(`
      import { Deadline, Limit } from "vasty/lib/core/limit.ts";
      new Limit({ timeout: 50 }, () => console.log("reported")).hold(${held});
    `);
    assertEquals(stdout, expected);
  }
});

test("Deadline tells what is left", () => {
  assertEquals(new Deadline({}).left, Infinity);
  assertEquals(new Deadline({ timeout: 0 }).left, 0);
  const { left } = new Deadline({ timeout: 1_000_000 });
  assertEquals(left > 900_000 && left <= 1_000_000, true);
  assertThrows(() => new Deadline({ timeout: -1 }), RangeError);
});
