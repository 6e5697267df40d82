import { ERRNO } from "../../ffi/abi/errno.ts";
import { bind } from "../../ffi/bind.ts";
import { pollAny } from "../../ffi/poll.ts";
import { Interruption } from "../../ffi/time.ts";
import { assert, assertEquals, test, within } from "../support/mod.ts";

const pause = bind("pause", [], "int");

test("Interruption ends calls that block this thread with EINTR, again and again, from its moment on", () => {
  for (const ms of [0, 0.5, 30, 30]) {
    const start = performance.now();
    using _interruption = Interruption.after(ms) as Interruption;
    assertEquals([pause(), pause(), pause()], [-ERRNO.EINTR, -ERRNO.EINTR, -ERRNO.EINTR]);
    const took = performance.now() - start;
    assert(took >= ms && took < within(ms + 50), `${took} ms of ${ms}`);
  }
});

test("Interruption that is disposed of interrupts nothing any more", () => {
  for (let round = 0; round < 10; round++) {
    const interruption = Interruption.after(1);
    assert(typeof interruption === "object");
    if (round % 2) assertEquals(pause(), -ERRNO.EINTR);
    interruption[Symbol.dispose]();
    assertEquals(pollAny([], 10), []);
  }
});

test("Interruption far in the future interrupts nothing", () => {
  using _interruption = Interruption.after(2 ** 31 - 1) as Interruption;
  assertEquals(pollAny([], 10), []);
});
