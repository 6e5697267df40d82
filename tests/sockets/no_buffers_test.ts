import { ClosedError } from "../../lib/core/mod.ts";
import { Holding } from "../../lib/core/holding.ts";
import { BufferWait } from "../../lib/sockets/no_buffers.ts";
import { socket } from "../../lib/sockets/mod.ts";
import { assert, assertRejects, test, within } from "../support/mod.ts";

// That sending goes on afterwards socket_injection_test.ts shows.
test("BufferWait.pause() waits longer each time, and is given up at once", async () => {
  using one = socket("PF_INET", "SOCK_DGRAM");
  const wait = new BufferWait();
  const holding = new Holding();
  const begun = performance.now();
  for (let i = 0; i < 4; i++) await wait.pause(one.fd, {}, holding);
  const took = performance.now() - begun;
  assert(took >= 14 && took < within(1_000), `${took} ms`);
  const controller = new AbortController();
  const long = new BufferWait();
  for (let i = 0; i < 6; i++) await long.pause(one.fd, {}, holding);
  const aborted = long.pause(one.fd, { signal: controller.signal }, holding);
  controller.abort(new Error("enough"));
  await assertRejects(() => aborted, Error, "enough");
  await assertRejects(() => long.pause(one.fd, { timeout: 1 }, holding), DOMException, "1 ms");
  const closing = long.pause(one.fd, {}, holding);
  one.close();
  await assertRejects(() => closing, ClosedError);
});
