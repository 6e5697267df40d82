import { ClosedError, SyscallError } from "../../lib/core/mod.ts";
import type { Message } from "../../lib/pipes/mod.ts";
import { assert, assertEquals, assertRejects, count, size, test, within } from "../support/mod.ts";
import { channelPair } from "./messenger.ts";

/** What a message was, without its descriptors. */
async function valueOf(receiving: Promise<Message | null>): Promise<unknown> {
  using message = await receiving;
  if (message === null) throw new Error("The end came");
  return message.value;
}

const tree = { a: 1n, self: null as unknown };
tree.self = tree;

const VALUES: [name: string, value: unknown][] = [
  ["undefined", undefined],
  ["null", null],
  ["numbers", [0, -0, 1.5, NaN, -Infinity, 2 ** 53]],
  ["BigInt", -(2n ** 200n)],
  ["strings", ["", "a\0b", "\ud83d\ude00", "\ud800 alone", "é"]],
  ["Date", new Date(86_400_000)],
  ["RegExp", /a+\/b/gi],
  ["Map and Set", new Map<unknown, unknown>([[{ key: 1 }, new Set([1, "two", [3]])]])],
  ["cycles", tree],
  ["sparse arrays", [1, , 3]],
  ["ArrayBuffer", Uint8Array.of(1, 2, 3).buffer],
  ["typed arrays", [new Float64Array([1.5, -0]), new BigInt64Array([-1n]), Uint8ClampedArray.of(255)]],
  ["a part of a buffer", new Uint8Array([1, 2, 3, 4]).subarray(1, 3)],
  ["boxed values", [new Number(1), new String("s"), new Boolean(false)]],
];

for (const [name, value] of VALUES) {
  test(`Messages carry ${name}`, async () => {
    const [left, right] = channelPair();
    using _left = left;
    using _right = right;
    await left.send(value);
    assertEquals(await valueOf(right.receive()), value);
  });
}

test("Messages carry an Error with its class, message, stack and cause", async () => {
  const [left, right] = channelPair();
  using _left = left;
  using _right = right;
  const error = new RangeError("too far", { cause: new Map([["code", 7]]) });
  await left.send(error);
  const copy = await valueOf(right.receive()) as RangeError;
  assert(copy instanceof RangeError && copy !== error);
  assertEquals([copy.message, copy.stack, copy.cause], [error.message, error.stack, error.cause]);
});

const UNCLONABLE: [name: string, value: unknown][] = [
  ["a function", () => 1],
  ["a symbol", [Symbol("s")]],
  ["a stream", { deep: new ReadableStream() }],
  ["a URL", new URL("file:///")],
  ["shared memory", { a: new SharedArrayBuffer(4) }],
  ["a Blob deep inside", new Map([["x", [{ cause: new Error("x", { cause: new Blob(["lost"]) }) }]]])],
  ["a file", new Set([new File([], "name")])],
];

for (const [name, value] of UNCLONABLE) {
  test(`Messages.send() refuses ${name} and sends nothing`, async () => {
    const [left, right] = channelPair();
    using _left = left;
    using _right = right;
    const error = await assertRejects(() => left.send(value), DOMException);
    assertEquals(error.name, "DataCloneError");
    await left.send("next");
    assertEquals(await valueOf(right.receive()), "next");
  });
}

test("Messages.send() copies the value at once", async () => {
  const [left, right] = channelPair();
  using _left = left;
  using _right = right;
  const value = { a: 1 };
  const sending = left.send(value);
  value.a = 2;
  await sending;
  assertEquals(await valueOf(right.receive()), { a: 1 });
});

test("Messages arrive in order, many small ones as well", async () => {
  const [left, right] = channelPair<number>();
  using _left = left;
  using _right = right;
  const total = count(10_000);
  const sending = Promise.all(Array.from({ length: total }, (_, i) => left.send(i))).then(() => left.end());
  let expected = 0;
  for await (const { value } of right) assertEquals(value, expected++);
  assertEquals(expected, total);
  await sending;
});

test("Messages of two senders at once do not interleave, long or short", async () => {
  const [left, right] = channelPair<Uint8Array>();
  using _left = left;
  using _right = right;
  const long = new Uint8Array(size(10 * 1024 * 1024)).map((_, i) => i * 7 + (i >> 8));
  const sent = [long, Uint8Array.of(1), long.subarray(0, 70_000).slice(), Uint8Array.of(2)];
  const sending = Promise.all([...sent.map((value) => left.send(value)), ...sent.map((value) => right.send(value))]);
  for (const channel of [right, left]) {
    for (const value of sent) {
      const got = await valueOf(channel.receive()) as Uint8Array;
      assert(got.length === value.length && got.every((byte, i) => byte === value[i]));
    }
  }
  await sending;
});

test("Messages.send() waits while nobody receives, and what has piled up is little", async () => {
  const [left, right] = channelPair<Uint8Array>();
  using _left = left;
  using _right = right;
  let sent = 0;
  const error = await assertRejects(async () => {
    for (;; sent++) await left.send(new Uint8Array(1_000), { timeout: 50 });
  }, DOMException);
  assertEquals(error.name, "TimeoutError");
  assert(sent > 10 && sent < 1_000, `${sent} messages of 1,000 bytes`);
  await Promise.all([
    left.end(),
    (async () => {
      let received = 0;
      for await (const { value } of right) received += value.length / 1_000;
      // The last one is either whole or not there.
      assert(received === sent || received === sent + 1, `${received} of ${sent}`);
    })(),
  ]);
});

/** Fill the socket; nothing of what is sent after it goes at once. */
async function fill(channel: { send(value: unknown, options: { timeout: number }): Promise<void> }): Promise<void> {
  await assertRejects(() => channel.send(new Uint8Array(1024 * 1024), { timeout: 20 }), DOMException);
}

test("Messages.send() that is aborted before its turn sends nothing; one that has begun arrives whole", async () => {
  const [left, right] = channelPair<Uint8Array | string>();
  using _left = left;
  using _right = right;
  await fill(left);
  const aborter = new AbortController();
  const reason = new Error("enough");
  const sending = left.send("never", { signal: aborter.signal });
  const start = performance.now();
  queueMicrotask(() => aborter.abort(reason));
  assertEquals(await sending.catch((error) => error), reason);
  assert(performance.now() - start < within(100));
  const last = left.send("last");
  assertEquals((await valueOf(right.receive()) as Uint8Array).length, 1024 * 1024);
  assertEquals(await valueOf(right.receive()), "last");
  await last;
});

test("Messages.receive() that is given up loses nothing", async () => {
  const [left, right] = channelPair();
  using _left = left;
  using _right = right;
  const late = await assertRejects(() => right.receive({ timeout: 10 }), DOMException);
  assertEquals(late.name, "TimeoutError");
  const reason = new Error("enough");
  assertEquals(await right.receive({ signal: AbortSignal.abort(reason) }).catch((error) => error), reason);
  const aborter = new AbortController();
  const [first, second] = [right.receive({ signal: aborter.signal }), right.receive()];
  aborter.abort(reason);
  assertEquals(await first.catch((error) => error), reason);
  await left.send("for the second");
  assertEquals(await valueOf(second), "for the second");
});

test("Messages.receive() gives null at the end, and again", async () => {
  const [left, right] = channelPair();
  using _right = right;
  await left.send(1);
  left.close();
  assertEquals(await valueOf(right.receive()), 1);
  assertEquals([await right.receive(), await right.receive()], [null, null]);
});

test("Messages.end() ends one direction alone", async () => {
  const [left, right] = channelPair();
  using _left = left;
  using _right = right;
  await left.send("last");
  await left.end();
  await left.end();
  await assertRejects(() => left.send("more"), ClosedError);
  assertEquals(await Array.fromAsync(right, ({ value }) => value), ["last"]);
  await right.send("answer");
  assertEquals(await valueOf(left.receive()), "answer");
});

test("Messages.close() ends what is pending with a ClosedError, and may be called twice", async () => {
  const [left, right] = channelPair();
  using _right = right;
  const receiving = left.receive();
  await fill(left);
  const sending = left.send("never");
  left.close();
  left.close();
  await Promise.all([receiving, sending].map((pending) => assertRejects(() => pending, ClosedError)));
  for (const use of [() => left.receive(), () => left.send(1), () => left.end()]) await assertRejects(use, ClosedError);
});

test("Messages tell a peer that has gone from a channel closed here", async () => {
  const [left, right] = channelPair();
  using _left = left;
  right.close();
  const error = await assertRejects(() => left.send(1), SyscallError);
  assert(error.code === "EPIPE" && error instanceof Deno.errors.BrokenPipe, `${error}`);
  assertEquals(await left.receive(), null);
});

test("Messages.receive() says ECONNRESET where the other side left without reading", async () => {
  const [left, right] = channelPair();
  using _left = left;
  await left.send("unread");
  right.close();
  const error = await assertRejects(() => left.receive(), SyscallError);
  assertEquals(error.code, "ECONNRESET");
});
