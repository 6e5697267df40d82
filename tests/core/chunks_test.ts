import { chunkBytes, writableStream } from "../../lib/core/streams.ts";
import { Streams } from "./stream_pair.ts";
import { assert, assertEquals, assertRejects, test } from "../support/mod.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const THREE = () => Uint8Array.of(0, 1, 2, 3, 0).buffer;
const CHUNKS: [string, unknown, number[]][] = [
  ["ArrayBuffer", THREE(), [0, 1, 2, 3, 0]],
  ["DataView", new DataView(THREE(), 1, 3), [1, 2, 3]],
  ["Uint16Array", new Uint16Array([0x0201, 0x0403, 0x0605]).subarray(1), [3, 4, 5, 6]],
  ["SharedArrayBuffer", new SharedArrayBuffer(2), [0, 0]],
];
for (const [name, chunk, bytes] of CHUNKS) {
  test(`writableStream() takes all bytes of a chunk that is ${name}`, async () => {
    await using streams = new Streams();
    assertEquals([...chunkBytes(chunk)], bytes);
    const writer = streams.writable.getWriter();
    const writing = Promise.all([writer.write(chunk as Bytes), writer.close()]);
    assertEquals([...await new Response(streams.readable).bytes()], bytes);
    await writing;
  });
}

test("writableStream() takes all bytes of a large Uint16Array, also where they have to wait", async () => {
  await using streams = new Streams();
  const writer = streams.writable.getWriter();
  const chunk = new Uint16Array(200_000).fill(0x4141);
  const writing = Promise.all([writer.write(chunk as unknown as Bytes), writer.close()]);
  assertEquals((await new Response(streams.readable).bytes()).length, 400_000);
  await writing;
});

for (const chunk of ["text", 5, null, undefined, {}, [1, 2]]) {
  test(`writableStream() refuses ${Deno.inspect(chunk)}, and the other side sees the end`, async () => {
    await using streams = new Streams();
    const writer = streams.writable.getWriter();
    await writer.write(Uint8Array.of(1));
    await assertRejects(() => writer.write(chunk as Bytes), TypeError, "A stream of bytes takes a Uint8Array");
    await writer.closed.catch(() => {});
    assertEquals([...await new Response(streams.readable).bytes()], [1]);
    assert(streams.writer.closed);
  });
}

test("writableStream() closes what could not be written, whatever the reason", async () => {
  const reason = new RangeError("mine");
  const said: unknown[] = [];
  const output = { write: () => Promise.reject(reason), close: (reason?: unknown) => void said.push(reason) };
  const writer = writableStream(output).getWriter();
  await assertRejects(() => writer.write(Uint8Array.of(1)), RangeError, "mine");
  await writer.closed.catch(() => {});
  assertEquals(said[0], reason);
});
