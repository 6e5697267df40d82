import { newPipe } from "../../ffi/descriptors.ts";
import { bind } from "../../ffi/bind.ts";
import { close } from "../../ffi/unistd.ts";
import { ClosedError, type SyscallError } from "../../lib/core/errors.ts";
import { Fd } from "../../lib/core/fd.ts";
import { Input } from "../../lib/core/input.ts";
import { type ByteStream, byteStream } from "../../lib/core/streams.ts";
import { Streams } from "./stream_pair.ts";
import { assert, assertEquals, assertRejects, EMULATED, test } from "../support/mod.ts";

type Bytes = Uint8Array<ArrayBuffer>;

test("ByteStream gives a default reader the bytes as they come, then the end", async () => {
  await using streams = new Streams();
  const reader = streams.readable.getReader();
  streams.give(1, 2, 3);
  assertEquals([...(await reader.read()).value!], [1, 2, 3]);
  const next = reader.read();
  streams.give(4);
  assertEquals([...(await next).value!], [4]);
  streams.writer.close();
  assertEquals((await reader.read()).done, true);
  assert(streams.reader.closed);
});

test("ByteStream gives a default reader chunks that stay as they are", async () => {
  await using streams = new Streams();
  const reader = streams.readable.getReader();
  streams.give(1, 2);
  const first = (await reader.read()).value!;
  streams.give(3, 4);
  await reader.read();
  assertEquals([...first], [1, 2]);
  reader.releaseLock();
});

test("ByteStream gives volume in chunks whose memory is theirs alone, as large as what has come", async () => {
  await using streams = new Streams();
  const reader = streams.readable.getReader();
  const sent = Uint8Array.from({ length: 64 * 1024 }, (_, i) => i % 251);
  const sizes: [bytes: number, memory: number][] = [];
  const got: Bytes[] = [];
  for (let round = 0; round < 3; round++) {
    assertEquals(streams.give(...sent), sent.length);
    for (let came = 0; came < sent.length;) {
      const chunk = (await reader.read()).value!;
      got.push(chunk);
      came += chunk.length;
      sizes.push([chunk.length, chunk.buffer.byteLength]);
    }
  }
  const kib = (n: number) => [1024 * n, 1024 * n];
  assertEquals(sizes, [kib(16), kib(48), kib(64), kib(64)]);
  assertEquals(await new Blob(got).bytes(), Uint8Array.from([...sent, ...sent, ...sent]));
  const next = reader.read();
  streams.give(1, 2, 3);
  assertEquals([...(await next).value!], [1, 2, 3]);
  streams.writer.close();
  assertEquals((await reader.read()).done, true);
});

test("ByteStream fills a BYOB reader's own buffer, and hands it back at the end", async () => {
  await using streams = new Streams();
  const reader = streams.readable.getReader({ mode: "byob" });
  streams.give(1, 2, 3, 4, 5);
  const first = await reader.read(new Uint8Array(3));
  assertEquals([...first.value!], [1, 2, 3]);
  const second = await reader.read(new Uint8Array(first.value!.buffer, 1, 2));
  assertEquals([...second.value!], [4, 5]);
  streams.writer.close();
  const { done, value } = await reader.read(new Uint8Array(8));
  assertEquals([done, value!.byteLength, value!.buffer.byteLength], [true, 0, 8]);
});

test("ByteStream.readInto() fills the caller's memory, and gives null at the end", async () => {
  await using streams = new Streams();
  const buffer = new Uint8Array(4);
  streams.give(1, 2, 3);
  assertEquals(await streams.readable.readInto(buffer.subarray(1)), 3);
  assertEquals([...buffer], [0, 1, 2, 3]);
  assertEquals(await streams.readable.readInto(new Uint8Array(0)), 0);
  const waiting = streams.readable.readInto(buffer);
  streams.writer.close();
  assertEquals(await waiting, null);
  assertEquals(await streams.readable.readInto(buffer), null);
  assertEquals((await streams.readable.getReader().read()).done, true);
});

test("ByteStream.readInto() refuses what is no Uint8Array, and takes nothing", async () => {
  await using streams = new Streams();
  streams.give(1, 2, 3);
  for (
    const target of [new DataView(new ArrayBuffer(4)), new ArrayBuffer(4), new Uint16Array(4), null, 4] as unknown[]
  ) {
    await assertRejects(() => streams.readable.readInto(target as Bytes), TypeError, "Reading takes a Uint8Array");
  }
  assertEquals(await streams.readable.readInto(new Uint8Array(4)), 3);
});

test("ByteStream.readInto() refuses while a reader has the stream", async () => {
  await using streams = new Streams();
  const reader = streams.readable.getReader();
  await assertRejects(() => streams.readable.readInto(new Uint8Array(1)), TypeError, "locked to a reader");
  reader.releaseLock();
  streams.give(9);
  assertEquals(await streams.readable.readInto(new Uint8Array(1)), 1);
});

const ENDINGS: [string, (stream: ByteStream) => unknown][] = [
  ["cancel()", (stream) => stream.cancel()],
  ["cancel() of a reader that waits", (stream) => {
    const reader = stream.getReader();
    reader.read();
    return reader.cancel();
  }],
  ["leaving a loop over it early", async (stream) => {
    for await (const chunk of stream) return chunk;
  }],
];
for (const [what, end] of ENDINGS) {
  test(`ByteStream: ${what} closes the descriptor, and the writer gets EPIPE`, async () => {
    await using streams = new Streams();
    streams.give(1);
    await end(streams.readable);
    assert(streams.reader.closed);
    const writer = streams.writable.getWriter();
    const error = await assertRejects(() => writer.write(Uint8Array.of(1)), Deno.errors.BrokenPipe);
    assertEquals((error as SyscallError).code, "EPIPE");
    await writer.closed.catch(() => {});
  });
}

test("ByteStream.readInto() after cancel() rejects with a ClosedError", async () => {
  await using streams = new Streams();
  await streams.readable.cancel();
  await assertRejects(() => streams.readable.readInto(new Uint8Array(1)), ClosedError);
});

test("ByteStream.readInto() that waits while the stream is cancelled rejects with a ClosedError", async () => {
  await using streams = new Streams();
  const waiting = streams.readable.readInto(new Uint8Array(1));
  await streams.readable.cancel();
  await assertRejects(() => waiting, ClosedError);
});

test("ByteStream reports to every kind of reader what the system refuses", async () => {
  const [reader, writer] = newPipe() as [number, number];
  const stream = byteStream(new Input(Fd.adopt(writer)));
  const error = await assertRejects(() => stream.getReader().read(), Deno.errors.BadResource);
  assertEquals((error as SyscallError).syscall, "read");
  close(reader);
});

test("ByteStream that nobody reads takes nothing out of the pipe: the writer has to wait", async () => {
  await using streams = new Streams();
  const page = Array<number>(4096).fill(1);
  let written = 0;
  for (let count; (count = streams.give(...page)) > 0;) written += count;
  // Turns of the loop in which a stream that reads ahead would make room.
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(streams.give(...page) < 0, true);
  const queued = new Int32Array(1);
  bind("ioctl", ["int", "long", "buffer"], "int")(streams.reader.number, 0x541b, queued);
  assertEquals(queued[0]!, written);
});

test("ByteStream that is read slowly keeps no more than a chunk in memory", async () => {
  await using streams = new Streams();
  const chunk = new Uint8Array(64 * 1024);
  const writer = streams.writable.getWriter();
  let accepted = 0;
  const writing = (async () => {
    for (; accepted < 1_000; accepted++) await writer.write(chunk);
  })().catch(() => {});
  const reader = streams.readable.getReader();
  let read = 0;
  for (let i = 0; i < 20; i++) {
    read += (await reader.read()).value!.byteLength;
    await new Promise((resolve) => setTimeout(resolve, 0));
    // The pipe holds 64 KiB, and the writer was told of the chunk that is under way.
    assert(accepted * chunk.length - read <= 2 * chunk.length, `${accepted} chunks written, ${read} bytes read`);
  }
  await reader.cancel();
  await writing;
});

/** A generator of pseudo-random numbers below `limit`, the same in every run. */
function random(seed: number): (limit: number) => number {
  return (limit) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(seed / 2 ** 32 * limit);
  };
}

/** One read in a manner that `pick` chooses; nothing at the end. */
async function readSomehow(stream: ByteStream, pick: (limit: number) => number): Promise<Bytes | undefined> {
  const size = 1 + pick(pick(2) === 0 ? 100 : 100_000);
  const manner = pick(3);
  if (manner === 0) {
    const buffer = new Uint8Array(size);
    const count = await stream.readInto(buffer);
    return count === null ? undefined : buffer.subarray(0, count);
  }
  if (manner === 1) {
    const reader = stream.getReader();
    const { value } = await reader.read();
    reader.releaseLock();
    return value;
  }
  const reader = stream.getReader({ mode: "byob" });
  const { value, done } = await reader.read(new Uint8Array(size));
  reader.releaseLock();
  return done ? undefined : value;
}

async function digest(chunks: Bytes[]): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await new Blob(chunks).arrayBuffer())).toHex();
}

for (const seed of [1, 2, 3]) {
  test(`ByteStream and writableStream() carry every byte in order under a random reader (seed ${seed})`, async () => {
    await using streams = new Streams();
    const pick = random(seed);
    const sent: Bytes[] = [];
    const writer = streams.writable.getWriter();
    const writing = (async () => {
      for (let i = 0; i < (EMULATED ? 10 : 100); i++) {
        const chunk = Uint8Array.from({ length: 1 + pick(50_000) }, () => pick(256));
        sent.push(chunk);
        await writer.write(chunk);
      }
      await writer.close();
    })();
    const got: Bytes[] = [];
    for (let chunk; (chunk = await readSomehow(streams.readable, pick)) !== undefined;) got.push(chunk);
    await writing;
    assertEquals(await digest(got), await digest(sent));
  });
}

test("writableStream() shows the other side the end when it is closed, after all was written", async () => {
  await using streams = new Streams();
  const writer = streams.writable.getWriter();
  const writing = Promise.all([writer.write(new Uint8Array(200_000)), writer.close()]);
  assertEquals((await new Response(streams.readable).arrayBuffer()).byteLength, 200_000);
  await writing;
  assert(streams.writer.closed);
});

test("writableStream() that is aborted closes the descriptor at once", async () => {
  await using streams = new Streams();
  const writer = streams.writable.getWriter();
  const reason = new Error("mine");
  const waiting = writer.write(new Uint8Array(200_000)).catch((error) => error);
  await new Promise((resolve) => setTimeout(resolve, 0));
  const aborting = writer.abort(reason);
  // The other side sees the end after what the pipe still held.
  assertEquals((await new Response(streams.readable).arrayBuffer()).byteLength <= 65_536, true);
  await aborting;
  await waiting;
  assertEquals(await assertRejects(() => writer.write(Uint8Array.of(1))), reason);
});
