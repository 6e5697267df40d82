import type { ByteStream } from "../../lib/core/streams.ts";
import { assertEquals, assertRejects, test } from "../support/mod.ts";
import { Streams } from "./stream_pair.ts";

/** Begin a read, and let go of the stream before anything has come. */
async function letGo(stream: ByteStream, mode?: "byob"): Promise<void> {
  const reader = mode ? stream.getReader({ mode }) : stream.getReader();
  const reading = "read" in reader && mode ? (reader as ReadableStreamBYOBReader).read(new Uint8Array(8)) : undefined;
  const waiting = reading ?? (reader as ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>).read();
  waiting.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 0));
  reader.releaseLock();
  await assertRejects(() => waiting, TypeError);
}

for (const mode of [undefined, "byob"] as const) {
  const what = mode ?? "default";
  test(`ByteStream keeps the bytes that a ${what} reader asked for and did not wait for: for a BYOB reader`, async () => {
    await using streams = new Streams();
    await letGo(streams.readable, mode);
    const reader = streams.readable.getReader({ mode: "byob" });
    const reading = reader.read(new Uint8Array(8));
    streams.give(1, 2, 3);
    assertEquals([...(await reading).value!], [1, 2, 3]);
    reader.releaseLock();
  });

  for (const [whom, read] of [["a default one", readAll], ["readInto()", readAllInto]] as const) {
    test(`ByteStream keeps the bytes that a ${what} reader asked for and did not wait for: for ${whom}`, async () => {
      await using streams = new Streams();
      await letGo(streams.readable, mode);
      streams.give(1, 2, 3);
      // What was asked for has come by then, and nobody is there to take it.
      await new Promise((resolve) => setTimeout(resolve, 20));
      streams.give(4, 5, 6);
      streams.writer.close();
      assertEquals(await inTime(read(streams.readable)), [1, 2, 3, 4, 5, 6]);
    });
  }
}

for (const mode of [undefined, "byob"] as const) {
  const what = mode ?? "default";
  test(`ByteStream gives the next reader what a ${what} reader asked for and did not wait for, while it waits`, async () => {
    await using streams = new Streams();
    await letGo(streams.readable, mode);
    const reader = streams.readable.getReader();
    const reading = reader.read();
    await new Promise((resolve) => setTimeout(resolve, 0));
    streams.give(1, 2, 3);
    assertEquals([...(await inTime(reading) as ReadableStreamReadResult<Uint8Array>).value!], [1, 2, 3]);
    const end = reader.read();
    streams.writer.close();
    assertEquals((await inTime(end) as ReadableStreamReadResult<Uint8Array>).done, true);
  });
}

test("ByteStream gives a BYOB reader that has waited its own memory", async () => {
  await using streams = new Streams();
  const reader = streams.readable.getReader({ mode: "byob" });
  const reading = reader.read(new Uint8Array(new ArrayBuffer(10), 2, 3));
  await new Promise((resolve) => setTimeout(resolve, 0));
  streams.give(1, 2, 3, 4, 5);
  const { value } = await reading;
  assertEquals([...value!, value!.byteOffset, value!.buffer.byteLength], [1, 2, 3, 2, 10]);
  assertEquals([...(await reader.read(new Uint8Array(8))).value!], [4, 5]);
});

async function readAll(stream: ByteStream): Promise<number[]> {
  const got: number[] = [];
  for await (const chunk of stream) got.push(...chunk);
  return got;
}

async function readAllInto(stream: ByteStream): Promise<number[]> {
  const got: number[] = [];
  const buffer = new Uint8Array(8);
  for (let n; (n = await stream.readInto(buffer)) !== null;) got.push(...buffer.subarray(0, n));
  return got;
}

/** What `promise` gives, or that it gave nothing in five seconds. */
async function inTime<T>(promise: Promise<T>): Promise<T | string> {
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(resolve, 5_000, "nothing");
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
