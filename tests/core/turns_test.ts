import { ERRNO } from "../../ffi/abi/errno.ts";
import { read, write } from "../../ffi/unistd.ts";
import { setNonBlocking } from "../../ffi/descriptors.ts";
import { ClosedError, type Fd } from "../../lib/core/mod.ts";
import { DescriptorWaiter } from "../../lib/core/readiness.ts";
import { pipe } from "../../lib/pipes/mod.ts";
import { type Operation, Turns } from "../../lib/core/turns.ts";
import { assert, assertEquals, assertRejects, assertThrows, test, within } from "../support/mod.ts";

/** Turns at reading a pipe. */
class Reading implements Disposable {
  readonly reader: Fd;
  readonly writer: Fd;
  readonly turns: Turns;
  constructor() {
    ({ reader: this.reader, writer: this.writer } = pipe());
    setNonBlocking(this.reader.number, true);
    const waiter = new DescriptorWaiter(this.reader);
    this.turns = new Turns({ until: () => waiter.readable(), wake: () => waiter.wake() });
  }
  give(...bytes: number[]): void {
    write(this.writer.number, Uint8Array.from(bytes), bytes.length);
  }
  /** Takes one byte. */
  byte(): Operation<number> & { failure?: unknown } {
    const attempt = () => {
      const target = new Uint8Array(1);
      return read(this.reader.number, target, 1) === -ERRNO.EAGAIN ? undefined : target[0];
    };
    return {
      attempt,
      failed(reason) {
        this.failure = reason;
      },
    };
  }
  /** Takes two bytes, and has begun with the first. */
  two(): Operation<number[]> {
    const one = this.byte();
    const got: number[] = [];
    return {
      get begun() {
        return got.length > 0;
      },
      attempt: () => {
        for (let byte; got.length < 2 && (byte = one.attempt()) !== undefined;) got.push(byte);
        return got.length === 2 ? got : undefined;
      },
    };
  }
  [Symbol.dispose](): void {
    this.reader.close();
    this.writer.close();
  }
}

test("Turns.run() gives each operation what comes in its turn", async () => {
  using reading = new Reading();
  const { turns } = reading;
  reading.give(1);
  assertEquals(await turns.run(reading.byte()), 1);
  const all = Promise.all([turns.run(reading.byte()), turns.run(reading.two()), turns.run(reading.byte())]);
  reading.give(2, 3);
  reading.give(4, 5);
  assertEquals(await all, [2, [3, 4], 5]);
});

test("Turns.run() that need not wait succeeds without any time, and leaves the loop its turns", async () => {
  using reading = new Reading();
  let rounds = 0;
  const timer = setInterval(() => rounds++, 0);
  // Operations of which the loop has had no turn for a while: one of eight looks at the clock.
  for (let i = 0; i < 20 * 8; i++) {
    for (const end = performance.now() + 2; performance.now() < end;);
    reading.give(i);
    assertEquals(await reading.turns.run(reading.byte(), { timeout: 0 }), i);
  }
  clearInterval(timer);
  assert(rounds > 5, `${rounds}`);
});

test("Turns.run() that fails while the loop has its turn is nobody's surprise", async () => {
  using reading = new Reading();
  for (let i = 0; i < 3 * 8; i++) {
    for (const end = performance.now() + 2; performance.now() < end;);
    const bad = { attempt: () => JSON.parse("no JSON") };
    await assertRejects(() => reading.turns.run(bad, { timeout: 0 }), SyntaxError);
  }
});

test("Turns.run() lets the next one go on when one is given up", async () => {
  using reading = new Reading();
  const aborter = new AbortController();
  const first = reading.turns.run(reading.byte(), { signal: aborter.signal });
  const behind = reading.turns.run(reading.byte(), { timeout: 1 });
  const last = reading.turns.run(reading.byte());
  assertEquals((await assertRejects(() => behind, DOMException)).name, "TimeoutError");
  aborter.abort("enough");
  assertEquals(await first.catch((reason) => reason), "enough");
  reading.give(7);
  assertEquals(await last, 7);
});

test("Turns.run() finishes what has begun, though nobody waits for it any more", async () => {
  using reading = new Reading();
  const start = performance.now();
  reading.give(1);
  const given = reading.turns.run(reading.two(), { timeout: 5 });
  const next = reading.turns.run(reading.byte());
  await assertRejects(() => given, DOMException);
  assert(performance.now() - start < within(100));
  reading.give(2, 3);
  assertEquals(await next, 3);
});

test("Turns.run() tells an operation that it has failed, and goes on with the next", async () => {
  using reading = new Reading();
  const bad = { ...reading.byte(), attempt: () => reading.writer.closed ? 0 : JSON.parse("no JSON") };
  await assertRejects(() => reading.turns.run(bad), SyntaxError);
  assert(bad.failure instanceof SyntaxError);
  reading.give(1);
  assertEquals(await reading.turns.run(reading.byte()), 1);
});

test("Turns.run() ends every wait when the descriptor is closed", async () => {
  using reading = new Reading();
  const operations = [reading.byte(), reading.byte()];
  const waits = operations.map((operation) => reading.turns.run(operation));
  reading.reader.close();
  await Promise.all(waits.map((wait) => assertRejects(() => wait, ClosedError)));
  assert(operations.every(({ failure }) => failure instanceof ClosedError));
});

test("Turns.run() refuses a wrong limit before it does anything", () => {
  using reading = new Reading();
  reading.give(1);
  assertThrows(() => reading.turns.run(reading.byte(), { timeout: -1 }), RangeError);
  assertThrows(() => reading.turns.run(reading.byte(), { signal: AbortSignal.abort() }), DOMException);
  assertEquals(read(reading.reader.number, new Uint8Array(2), 2), 1);
});
