import { pipe } from "../../lib/core/pipe.ts";
import { drained, OpenConnections } from "../../lib/servers/draining.ts";
import { assert, assertEquals, assertRejects, test, within } from "../support/mod.ts";

test("OpenConnections: none() waits until all are closed or given away", async () => {
  const { reader, writer } = pipe();
  const open = new OpenConnections();
  await open.none();
  open.add({ fd: reader });
  open.add({ fd: writer });
  let over = false;
  const none = open.none().then(() => over = true);
  reader.close();
  await Promise.resolve();
  assert(!over);
  writer.close();
  await none;
  open.add({ fd: reader });
  await open.none();
});

test("drained() waits for all, but not for longer than it may", async () => {
  const done: string[] = [];
  const signals: AbortSignal[] = [];
  await drained([() => Promise.resolve(void done.push("a")), () => void done.push("b")], 5_000);
  assertEquals(done, ["a", "b"]);
  const began = performance.now();
  await drained([({ signal }) => (signals.push(signal), new Promise<void>(() => {}))], 30);
  assert(signals[0]!.aborted && performance.now() - began < within(1_000));
});

test("drained() passes on what is thrown", async () => {
  await assertRejects(() => drained([() => Promise.reject(new Error("why"))], 5_000), Error, "why");
  await assertRejects(
    () =>
      drained([() => {
        throw new Error("at once");
      }], 5_000),
    Error,
    "at once",
  );
});

test("drained() gives up with its signal", async () => {
  const forever = () => new Promise<void>(() => {});
  await assertRejects(() => drained([forever], 5_000, AbortSignal.timeout(20)), DOMException, "timeout");
  await assertRejects(() => drained([forever], 5_000, AbortSignal.abort(new Error("before"))), Error, "before");
});
