import { tellClosing } from "../../lib/core/closing.ts";
import { SendingOrder } from "../../lib/sysv/sending_order.ts";
import { ClosedError } from "../../mod.ts";
import { assert, assertEquals, assertRejects, test } from "../support/mod.ts";

test("SendingOrder lets one after the other in, and past those that have given up", async () => {
  const order = new SendingOrder();
  const owner = {};
  const done: number[] = [];
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const abort = new AbortController();
  const runs = gates.map((gate, i) =>
    order.run(
      async () => {
        await gate.promise;
        done.push(i);
      },
      i === 1 ? { signal: abort.signal } : {},
      owner,
    )
  );
  assertEquals(order.free, false);
  abort.abort("no more");
  assertEquals(await runs[1]!.catch((reason) => reason), "no more");
  gates[3]!.resolve();
  gates[2]!.resolve();
  assertEquals(done, []);
  gates[0]!.resolve();
  await Promise.all([runs[0], runs[2], runs[3]]);
  assertEquals([done, order.free], [[0, 2, 3], true]);
});

test("SendingOrder goes on after a failure, with what is left of the time", async () => {
  const order = new SendingOrder();
  const gate = Promise.withResolvers<void>();
  const first = order.run(() => gate.promise, {}, {});
  let left: number | undefined;
  const second = order.run(({ timeout }) => Promise.resolve(void (left = timeout)), { timeout: 60_000 }, {});
  gate.reject(new Error("failed"));
  await assertRejects(() => first, Error, "failed");
  await second;
  assert(left! > 0 && left! <= 60_000, `${left}`);
});

test("SendingOrder ends what has not had its turn by its limit and when its owner is closed", async () => {
  const order = new SendingOrder();
  const owner = {};
  const gate = Promise.withResolvers<void>();
  const never = () => Promise.reject(new Error("its turn has come"));
  const first = order.run(() => gate.promise, {}, owner);
  const late = await assertRejects(() => order.run(never, { timeout: 10 }, owner));
  assert(late instanceof DOMException && late.name === "TimeoutError");
  assert((await assertRejects(() => order.run(never, { timeout: 0 }, owner))) instanceof DOMException);
  const closed = order.run(never, {}, owner);
  tellClosing(owner);
  await assertRejects(() => closed, ClosedError);
  gate.resolve();
  await first;
  assert(order.free);
});
