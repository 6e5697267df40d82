import { readableOf, readingState, writableOf } from "../../lib/sockets/connection_streams.ts";
import { ClosedError } from "../../lib/core/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, size, test } from "../support/mod.ts";
import { Pair, STREAMS } from "./connections.ts";
import { pattern, text } from "./loopback.ts";

for (const domain of STREAMS) {
  test(`readableOf() and writableOf() of ${domain} carry volume whole, and each way has its own end`, async () => {
    using pair = new Pair(domain);
    const { client, server } = pair;
    const sent = pattern(size(3_000_000));
    const writer = writableOf(client, () => client.closeWrite()).getWriter();
    const writing = writer.write(sent).then(() => writer.close());
    const readable = readableOf(server);
    const target = new Uint8Array(100_000);
    let at = 0;
    for (let count; (count = await readable.readInto(target)) !== null; at += count) {
      assert(target.subarray(0, count).every((byte, i) => byte === sent[at + i]));
    }
    await writing;
    assertEquals(at, sent.length);
    await server.print("back");
    assertEquals(await client.readUntil("back"), "");
  });

  test(`readableOf() of ${domain} takes its turn behind a reader, and readingState() tells what waits`, async () => {
    using pair = new Pair(domain);
    const { client, server } = pair;
    const line = server.readLine();
    const reader = readableOf(server).getReader();
    const chunk = reader.read();
    assertEquals(readingState(server).ready, false);
    await client.print("line\nchunk");
    assertEquals([await line, text((await chunk).value!), readingState(server).ready], ["line", "chunk", false]);
    const waiting = reader.read();
    await reader.cancel();
    assertEquals((await waiting).done, true);
    assertEquals(await server.readLine(), null);
    assertEquals(readingState(server).ready, true);
    server.close();
    assertThrows(() => readingState(server), ClosedError);
  });

  test(`readableOf() of ${domain}: closing the connection is an error of its stream`, async () => {
    using pair = new Pair(domain);
    const reader = readableOf(pair.server).getReader();
    const waiting = reader.read();
    pair.server.close();
    await assertRejects(() => waiting, ClosedError);
    await reader.cancel().catch(() => {});
  });
}

test("writableOf(): an abort forgets what was collected, and the peer sees the end", async () => {
  using pair = new Pair("PF_UNIX", { autoflush: false });
  const writer = writableOf(pair.client, () => pair.client.closeWrite()).getWriter();
  writer.closed.catch(() => {});
  await writer.write(pattern(10));
  await writer.abort();
  assertEquals((await pair.server.readAll()).length, 0);
});

test("writableOf(): an abort in the middle of a write leaves nothing that disposing would wait for", async () => {
  using pair = new Pair("PF_UNIX");
  const writer = writableOf(pair.client, () => pair.client.closeWrite()).getWriter();
  writer.closed.catch(() => {});
  const writing = writer.write(new Uint8Array(5_000_000));
  await writer.abort(new Error("enough"));
  await assertRejects(() => writing, Error, "enough");
  await pair.client[Symbol.asyncDispose]();
  assertEquals((await pair.server.readAll()).length, pair.client.bytesWritten);
});
