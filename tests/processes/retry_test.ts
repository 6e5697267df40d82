import { ERRNO } from "../../ffi/abi/errno.ts";
import { syscallError } from "../../lib/core/errors.ts";
import { retrySpawn, run, spawn } from "../../lib/processes/mod.ts";
import { assert, assertEquals, assertRejects, test, within } from "../support/mod.ts";

/** A start that fails `times` times, and what it was called. */
function failing(times: number, errno: number) {
  const calls: number[] = [];
  const start = () => {
    calls.push(performance.now());
    if (calls.length <= times) throw syscallError("start", errno, "posix_spawn");
    return "started";
  };
  return { calls, start };
}

test("retrySpawn() tries again on EAGAIN and ENOMEM, as often and as far apart as it was told", async () => {
  for (const errno of [ERRNO.EAGAIN, ERRNO.ENOMEM]) {
    const { calls, start } = failing(2, errno);
    assertEquals(await retrySpawn(start, { times: 3, delay: 30 }), "started");
    assertEquals(calls.length, 3);
    assert(calls[2]! - calls[0]! >= 59);
    const more = failing(3, errno);
    await assertRejects(() => retrySpawn(more.start, { times: 3, delay: 0 }), Error, "posix_spawn");
    assertEquals(more.calls.length, 3);
  }
});

test("retrySpawn() tries again where a start that takes a while fails", async () => {
  const { calls, start } = failing(2, ERRNO.EAGAIN);
  const later = async () => {
    await null;
    return start();
  };
  assertEquals([await retrySpawn(later, { times: 3, delay: 0 }), calls.length], ["started", 3]);
  const refused = failing(1, ERRNO.ENOENT);
  await assertRejects(() => retrySpawn(async () => await refused.start()), Deno.errors.NotFound);
});

test("retrySpawn() starts seven times, ten seconds apart, if nothing is said", async () => {
  const { calls, start } = failing(1, ERRNO.EAGAIN);
  const begun = performance.now();
  await assertRejects(() => retrySpawn(start, { timeout: 60 }), DOMException, "Timed out after 60 ms");
  assert(calls.length === 1 && performance.now() - begun < within(300));
  const always = failing(100, ERRNO.EAGAIN);
  await assertRejects(() => retrySpawn(always.start, { delay: 0 }), Error, "posix_spawn");
  assertEquals(always.calls.length, 7);
});

test("retrySpawn() throws any other error at once", async () => {
  const { calls, start } = failing(1, ERRNO.ENOENT);
  await assertRejects(() => retrySpawn(start), Deno.errors.NotFound);
  assertEquals(calls.length, 1);
  await assertRejects(() => retrySpawn(() => spawn(["no-such-program"])), Deno.errors.NotFound);
  await assertRejects(() => run(["no-such-program"], { retry: { delay: 60_000 } }), Deno.errors.NotFound);
});

test("retrySpawn() gives up when it is aborted, within 100 ms, and starts nothing more", async () => {
  const controller = new AbortController();
  const { calls, start } = failing(1, ERRNO.EAGAIN);
  setTimeout(() => controller.abort(new Error("enough")), 20);
  const begun = performance.now();
  await assertRejects(() => retrySpawn(start, { signal: controller.signal }), Error, "enough");
  assert(calls.length === 1 && performance.now() - begun < within(120));
  await assertRejects(() => retrySpawn(start, { signal: controller.signal }), Error, "enough");
  assertEquals(calls.length, 1);
});

test("retrySpawn() refuses numbers that make no sense, and starts nothing", async () => {
  const { calls, start } = failing(0, ERRNO.EAGAIN);
  for (const options of [{ times: 0 }, { times: 1.5 }, { delay: -1 }, { delay: NaN }, { timeout: -1 }]) {
    await assertRejects(() => retrySpawn(start, options), RangeError);
  }
  assertEquals(calls.length, 0);
});

test("run() with retry starts what can be started at once", async () => {
  assertEquals((await run(["sh", "-c", "exit 3"], { retry: {}, check: false })).code, 3);
});
