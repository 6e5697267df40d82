import { runSync } from "../../lib/processes/mod.ts";
import { sleepSync, timeout } from "../../lib/signals/mod.ts";
import { assert, assertEquals, assertRejects, test, within } from "../support/mod.ts";

test("timeout() returns what its work returns, and throws what it throws", async () => {
  assertEquals(await timeout(60_000, () => 3), 3);
  assertEquals(await timeout(60_000, () => Promise.resolve("later")), "later");
  await assertRejects(() => timeout(60_000, () => Promise.reject(new RangeError("thrown"))), RangeError, "thrown");
  await assertRejects(
    () =>
      timeout(60_000, () => {
        throw new RangeError("at once");
      }),
    RangeError,
    "at once",
  );
  for (const ms of [-1, NaN]) await assertRejects(() => timeout(ms, () => 1), RangeError);
});

test("timeout() ends blocking calls, and leaves no child", async () => {
  for (const work of [() => void runSync(["sleep", "60"]), () => sleepSync(60_000)]) {
    const begun = performance.now();
    const error = await assertRejects(() => timeout(40, work), DOMException, "Timed out after 40 ms");
    assertEquals(error.name, "TimeoutError");
    const took = performance.now() - begun;
    assert(took >= 39 && took < within(5_000), `${took} ms`);
  }
  sleepSync(1);
});

test("timeout() rejects when asynchronous work does not heed its signal, and aborts that", async () => {
  let aborted: unknown;
  const error = await assertRejects(() =>
    timeout(20, (signal) => {
      signal.onabort = () => aborted = signal.reason;
      return new Promise<void>(() => {});
    }), DOMException);
  assertEquals([error.name, aborted === error], ["TimeoutError", true]);
});

test("timeout() nests: the sooner limit counts, whichever is the outer one", async () => {
  await assertRejects(() => timeout(30, () => timeout(60_000, () => sleepSync(60_000))), DOMException, "after 30 ms");
  await assertRejects(() => timeout(60_000, () => timeout(30, () => sleepSync(60_000))), DOMException, "after 30 ms");
  // The inner limit is over with its work.
  assertEquals(
    await timeout(60_000, () => {
      timeout(10, () => 1);
      sleepSync(30);
      return 2;
    }),
    2,
  );
});
