import { partsOf } from "../../lib/sockets/connection_base.ts";
import { sendRest } from "../../lib/sockets/connection_writer.ts";
import { SyscallError } from "../../lib/core/mod.ts";
import { localSignal } from "../../lib/signals/mod.ts";
import { poll } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, size, test } from "../support/mod.ts";
import { Pair, STREAMS } from "./connections.ts";
import { bytes, text } from "./loopback.ts";

for (const domain of STREAMS) {
  test(`ConnectionWriter of ${domain}: writers take turns, so that their lines never mix`, async () => {
    using pair = new Pair(domain, undefined, true);
    const { client, server } = pair;
    const lines = ["a", "b", "c"].map((letter) => letter.repeat(size(100_000)));
    const writing = Promise.all(lines.map((line) => client.writeLine(line)));
    for (const line of lines) assert(await server.readLine() === line);
    await writing;
  });

  test(`ConnectionWriter of ${domain}: the rest of a line that was given up goes before the next one`, async () => {
    using pair = new Pair(domain);
    const { client, server } = pair;
    const long = "x".repeat(20_000_000);
    await assertRejects(() => client.writeLine(long, { timeout: 20 }), DOMException, "20 ms");
    const { bytesWritten } = client;
    assert(bytesWritten > 0 && bytesWritten < long.length);
    await assertRejects(() => client.writeLine("nothing of this goes", { timeout: 5 }), DOMException);
    assertEquals(partsOf(client).output.buffered, long.length + 2 - client.bytesWritten);
    const writing = client.writeLine("next");
    assertEquals([(await server.readLine({ maxLength: 30_000_000 }))!.length, await server.readLine()], [
      long.length,
      "next",
    ]);
    await writing;
  });
}

test("ConnectionWriter without autoflush collects until it is flushed, or autoflush is set", async () => {
  using pair = new Pair("PF_UNIX", { autoflush: false, lineEnd: "\n" });
  const { client, server } = pair;
  await client.print("a");
  await client.writeLine("b");
  assertEquals([await client.write(bytes("c")), client.bytesWritten, client.autoflush], [1, 0, false]);
  await client.flush();
  assertEquals(text(await server.readBytes(4)), "ab\nc");
  await client.print("d");
  client.autoflush = true;
  assertEquals([client.bytesWritten, await server.readUntil("d")], [5, ""]);
  client.autoflush = false;
  await client.print("e");
  await client.shutdown();
  assertEquals(text(await server.readAll()), "e");
});

test("ConnectionWriter: a line with a line break is refused before anything is sent", async () => {
  using pair = new Pair("PF_UNIX");
  const { client } = pair;
  for (const line of ["a\nb", "a\rb", "a\r\nDATA"]) {
    await assertRejects(() => client.writeLine(line), TypeError, "no line break");
    await assertRejects(() => client.writeDotLines(["fine", line]), TypeError, "no line break");
  }
  client.lineEnd = "\0";
  await assertRejects(() => client.writeLine("a\0b"), TypeError, "no line break");
  await assertRejects(() => client.writeLine(7 as unknown as string), TypeError, "string");
  await assertRejects(() => client.print(undefined as unknown as string), TypeError, "string");
  await assertRejects(() => client.write("x" as unknown as Uint8Array<ArrayBuffer>), TypeError, "Uint8Array");
  await assertRejects(() => client.print("x", { timeout: -1 }), RangeError, "timeout");
  assertThrows(() => client.lineEnd = "", TypeError, "not empty");
  assertEquals([client.bytesWritten, client.lineEnd], [0, "\0"]);
  await client.writeLine("whole");
  assertEquals(await pair.server.readRecord({ separator: "\0" }), "whole");
});

test("ConnectionWriter: 200,000 bytes through the least buffers to a slow reader, and a peer that goes is told", async () => {
  using _default = localSignal("SIGPIPE", "DEFAULT");
  using pair = new Pair("PF_INET", undefined, true);
  const { client, server } = pair;
  const line = "0123456789".repeat(size(20_000));
  const writing = client.writeLine(line);
  assertEquals(await server.readLine(), line);
  await writing;
  const stuck = client.write(new Uint8Array(20_000_000));
  await poll([server], { timeout: 5_000 });
  server.close();
  const error = await assertRejects(() => stuck, SyscallError);
  assertEquals([error.code, partsOf(client).output.buffered], ["EPIPE", 0]);
});

test("sendRest() sends what there is room for, and leaves a writer's turn alone", async () => {
  using pair = new Pair("PF_UNIX");
  const { client, server } = pair;
  const writing = client.write(new Uint8Array(1_000_000));
  sendRest(client);
  assertEquals((await server.readBytes(1_000_000)).length, 1_000_000);
  await writing;
});
