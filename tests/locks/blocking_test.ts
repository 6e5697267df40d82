import { ERRNO } from "../../ffi/abi/errno.ts";
import { bind } from "../../ffi/bind.ts";
import { blocking } from "../../lib/locks/blocking.ts";
import { assert, assertEquals, assertThrows, test, within } from "../support/mod.ts";

const pause = bind("pause", [], "int");

test("blocking() makes the call again after EINTR, and returns what it gives", () => {
  const results = [-ERRNO.EINTR, -ERRNO.EINTR, -ERRNO.ENOLCK];
  assertEquals(blocking(() => results.shift()!, Infinity), -ERRNO.ENOLCK);
  assertEquals(blocking(() => 7, 1_000), 7);
});

test("blocking() gives up after its time, whatever interrupts before", () => {
  let calls = 0;
  const start = performance.now();
  assertEquals(blocking(() => calls++ < 100 ? -ERRNO.EINTR : pause(), 30), -ERRNO.ETIMEDOUT);
  const took = performance.now() - start;
  assert(took >= 30 && took < within(80) && calls > 100, `${took} ms, ${calls} calls`);
});

test("blocking() passes on what a call throws, and leaves no timer", () => {
  const closed = () => {
    throw new TypeError("closed");
  };
  assertThrows(() => blocking(closed, 1), TypeError, "closed");
  assertEquals(blocking(() => bind("usleep", ["int"], "int")(10_000), Infinity), 0);
});
