import { Holding } from "../../lib/core/holding.ts";
import type { WaitOptions } from "../../lib/core/limit.ts";
import { TurnQueue } from "../../lib/core/turn_queue.ts";
import { assertEquals, assertRejects, test } from "../support/mod.ts";

test("TurnQueue: one at a time, in order, and whoever fails or gives up lets the next one begin", async () => {
  const queue = new TurnQueue();
  const begun: string[] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  const turn = (name: string, options: WaitOptions = {}) =>
    queue.run(() => {
      begun.push(name);
      ends.push(Promise.withResolvers<void>());
      return ends.at(-1)!.promise;
    }, options);
  const controller = new AbortController();
  const first = turn("first");
  const aborted = turn("aborted", { signal: controller.signal });
  const second = turn("second");
  assertEquals([begun, queue.idle], [["first"], false]);
  controller.abort("enough");
  assertEquals(await aborted.catch((reason) => reason), "enough");
  await assertRejects(() => turn("late", { timeout: 5 }), DOMException, "5 ms");
  ends[0]!.reject(new Error("failed"));
  await assertRejects(() => first, Error, "failed");
  await Promise.resolve();
  const third = turn("third");
  ends[1]!.resolve();
  await second;
  await Promise.resolve();
  ends[2]!.resolve();
  await third;
  assertEquals([begun, queue.idle], [["first", "second", "third"], true]);
});

test("TurnQueue: a turn begins at once where nobody has one, and gets what is left of its time", async () => {
  const queue = new TurnQueue();
  let begun = false;
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = queue.run(() => (begun = true, promise), {});
  assertEquals(begun, true);
  const left = queue.run(({ timeout }) => timeout!, { timeout: 60_000 });
  setTimeout(resolve, 2);
  await first;
  assertEquals(await left < 60_000, true);
});

test("TurnQueue: its time limits keep the program alive as its owner says", async () => {
  const holding = new Holding();
  holding.hold(false);
  const queue = new TurnQueue(holding);
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = queue.run(() => promise, {});
  const second = queue.run(() => 2, { timeout: 600_000 });
  resolve();
  await first;
  assertEquals(await second, 2);
});
