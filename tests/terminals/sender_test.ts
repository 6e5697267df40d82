import { Intake } from "../../lib/terminals/intake.ts";
import { Sender } from "../../lib/terminals/sender.ts";
import { decoderOf } from "../../lib/terminals/text_encoding.ts";
import { assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";

/** A sender whose other side never writes. */
function quiet(): { sender: Sender; reads: () => number } {
  let reads = 0;
  const source = {
    read() {
      reads++;
      return new Promise<null>(() => {});
    },
    close: () => Promise.resolve(),
  };
  const owner = { received: () => {}, changed: () => {} };
  return { sender: new Sender(new Intake(source, decoderOf("utf-8"), 10, owner)), reads: () => reads };
}

test("Sender does one after the other, and those behind one that fails", async () => {
  const { sender } = quiet();
  const log: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = sender.run(async () => {
    await promise;
    log.push("first");
  });
  const second = assertRejects(() => sender.run(() => Promise.reject(new Error("torn"))), Error, "torn");
  const third = sender.run(() => Promise.resolve(log.push("third")));
  assertEquals([log, sender.idle], [[], false]);
  resolve();
  await Promise.all([first, second, third]);
  assertEquals([log, sender.idle], [["first", "third"], true]);
  await assertRejects(
    () =>
      sender.run(() => {
        throw new Error("at once");
      }),
    Error,
    "at once",
  );
  assertEquals(sender.idle, true);
});

test("Sender does nothing of what is given up before its turn, and goes on with what was begun", async () => {
  const { sender } = quiet();
  const log: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const giving = new AbortController();
  const begun = sender.run(async () => {
    await promise;
    log.push("begun");
  }, { timeout: 5 });
  const dropped = sender.run(() => Promise.resolve(log.push("dropped")), { signal: giving.signal });
  await assertRejects(() => begun, DOMException, "Timed out after 5 ms");
  giving.abort("enough");
  assertEquals(await dropped.catch((reason) => reason), "enough");
  const next = sender.run(() => Promise.resolve(log.push("next")));
  assertEquals(log, []);
  resolve();
  await next;
  assertEquals(log, ["begun", "next"]);
});

test("Sender reads while there is no room, and not otherwise", async () => {
  const { sender, reads } = quiet();
  await sender.run(() => Promise.resolve());
  assertEquals(reads(), 0);
  const { promise, resolve } = Promise.withResolvers<void>();
  const sending = sender.run(() => promise);
  for (let tick = 0; tick < 10; tick++) await undefined;
  assertEquals(reads(), 1);
  resolve();
  await sending;
});

test("Sender ends with its dialog", async () => {
  const { sender } = quiet();
  const paused = sender.run((sending) => sending.pause(60_000));
  const failed = assertRejects(() => paused, RangeError);
  sender.close(new RangeError("closed"));
  await failed;
  assertThrows(() => sender.run(() => Promise.resolve()), RangeError, "closed");
});

test("Sender lets a send end that only waits for a turn of the loop while the buffer is full, and fails one that does not", async () => {
  const chunks = [new TextEncoder().encode("0123456789")];
  const source = {
    read: (target: Uint8Array<ArrayBuffer>) => {
      const chunk = chunks.shift();
      if (chunk === undefined) return new Promise<null>(() => {});
      target.set(chunk);
      return Promise.resolve(chunk.length);
    },
    close: () => Promise.resolve(),
  };
  const owner = { received: () => {}, changed: () => sender.changed() };
  const intake = new Intake(source, decoderOf("utf-8"), 10, owner);
  const sender = new Sender(intake);
  const turn = () => new Promise<void>((go) => setTimeout(go, 0));
  await sender.run(turn);
  assertEquals(intake.full, true);
  await sender.run(turn);
  const { promise, resolve } = Promise.withResolvers<void>();
  await assertRejects(() => sender.run(() => promise), RangeError, "the buffer is full (10 characters)");
  resolve();
});
