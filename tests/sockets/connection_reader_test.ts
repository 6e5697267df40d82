import { until } from "../pipes/fifo_folder.ts";
import { assert, assertEquals, assertRejects, size, test } from "../support/mod.ts";
import { Pair, STREAMS } from "./connections.ts";
import { bytes, pattern, text } from "./loopback.ts";

for (const domain of STREAMS) {
  test(`ConnectionReader of ${domain}: bytes, lines, records and prompts follow each other in one connection`, async () => {
    using pair = new Pair(domain);
    const { client, server } = pair;
    await client.print("line\r\none\0two\0login: ab\0cdrest");
    assertEquals(await server.readLine(), "line");
    assertEquals([await server.readRecord({ separator: "\0" }), await server.readRecord({ separator: "\0" })], [
      "one",
      "two",
    ]);
    assertEquals(await server.readUntil("login: "), "");
    assertEquals(await server.readBytes(5), bytes("ab\0cd"));
    const room = new Uint8Array(3);
    assertEquals([await server.read(room), text(room)], [3, "res"]);
    await client.print("é");
    await client.closeWrite();
    assertEquals(text(await server.readAll()), "té");
    assertEquals([await server.read(room), await server.readLine(), (await server.readBytes(4)).length], [
      null,
      null,
      0,
    ]);
  });

  test(`ConnectionReader of ${domain}: a character over two packets, and a line of more than 64 KiB`, async () => {
    using pair = new Pair(domain);
    const { client, server } = pair;
    const reading = server.readLine();
    for (const byte of bytes("é€\n")) {
      await client.write(Uint8Array.of(byte));
      // The reader takes each byte alone.
      await until(() => server.bytesRead === client.bytesWritten);
    }
    assertEquals(await reading, "é€");
    const long = "long €".repeat(size(30_000));
    const [line] = await Promise.all([server.readLine(), client.writeLine(long)]);
    assert(line === long);
  });

  test(`ConnectionReader of ${domain}: readers take turns, and leaving the lines keeps the rest`, async () => {
    using pair = new Pair(domain);
    const { client, server } = pair;
    const controller = new AbortController();
    const readings = [
      server.readLine({ signal: controller.signal }),
      server.readLine(),
      server.readBytes(2),
      server.readLine(),
    ];
    controller.abort("no more");
    assertEquals(await readings[0]!.catch((reason) => reason), "no more");
    await client.print("1\nxy2\n3\n4\n5");
    await client.closeWrite();
    assertEquals(await Promise.all(readings.slice(1)), ["1", bytes("xy"), "2"]);
    for await (const line of server.readLines()) {
      assertEquals(line, "3");
      break;
    }
    assertEquals(await Array.fromAsync(server.readRecords({ separator: "\n" })), ["4", "5"]);
  });

  test(`ConnectionReader of ${domain}: a message with dots, whole or not at all`, async () => {
    using pair = new Pair(domain);
    const { client, server } = pair;
    const message = ["", ".", "..", ".a", "b.", "€"];
    const [got] = await Promise.all([server.readDotLines(), client.writeDotLines(message)]);
    assertEquals(got, message);
    await client.print("cut\r\n.");
    await assertRejects(() => server.readDotLines({ timeout: 5 }), DOMException, "5 ms");
    await client.closeWrite();
    await assertRejects(() => server.readDotLines(), Deno.errors.UnexpectedEof, "6 bytes");
    await assertRejects(() => server.readUntil("$ "), Deno.errors.UnexpectedEof, '"$ "');
    assertEquals([await server.readLine(), await server.readLine(), await server.readLine()], ["cut", ".", null]);
  });
}

test("ConnectionReader: a limit is kept on time and takes nothing with it, at every stage", async () => {
  using pair = new Pair("PF_INET");
  const { client, server } = pair;
  await client.print("begun ");
  const calls: ((options: { signal: AbortSignal }) => Promise<unknown>)[] = [
    (options) => server.readLine(options),
    (options) => server.readUntil("$", options),
    (options) => server.readRecord({ separator: "\0", ...options }),
    (options) => server.readDotLines(options),
    (options) => server.readBytes(100, options),
    (options) => server.readAll(options),
    (options) => server.readLines(options).next(),
  ];
  for (const call of calls) {
    const controller = new AbortController();
    const waiting = call({ signal: controller.signal });
    controller.abort("given up");
    assertEquals(await waiting.catch((reason) => reason), "given up");
    assertEquals(await call({ signal: controller.signal }).catch((reason) => reason), "given up");
  }
  await client.print("whole\n");
  assertEquals(await server.readLine(), "begun whole");
});

test("ConnectionReader: wrong arguments are told before anything is read", async () => {
  using pair = new Pair("PF_UNIX");
  const { server } = pair;
  await pair.client.print("kept\n");
  await assertRejects(() => server.read(7 as unknown as Uint8Array<ArrayBuffer>), TypeError);
  await assertRejects(() => server.readBytes(1.5), RangeError, "1.5");
  await assertRejects(() => server.readUntil(""), TypeError, "not empty");
  await assertRejects(() => server.readRecord({ separator: "" }), TypeError, "not empty");
  await assertRejects(() => server.readLine({ maxLength: 0 }), RangeError, "maxLength");
  await assertRejects(() => server.readLine({ timeout: NaN }), RangeError, "timeout");
  await assertRejects(() => server.readAll({ maxLength: -1 }), RangeError, "maxLength");
  await assertRejects(() => server.readLine({ maxLength: 3 }), RangeError, "longer than 3");
  assertEquals([server.bytesRead, await server.readLine()], [5, "kept"]);
});

for (
  const [what, bytes, room] of [["slow reader", 200_000, 777], ["peer with hardly a buffer", 3_000, 1_000]] as const
) {
  test(`ConnectionReader: a ${what} gets all of it`, async () => {
    using pair = new Pair("PF_INET", undefined, true);
    const { client, server } = pair;
    // The kernel of the sender waits a while for a larger window.
    if (bytes < 10_000) server.socket.setOption("SO_RCVBUF", 1);
    const sent = pattern(size(bytes));
    const writing = client.write(sent).then(() => client.closeWrite());
    const target = new Uint8Array(room);
    for (let at = 0, count; (count = await server.read(target)) !== null; at += count) {
      assertEquals(target.subarray(0, count), sent.subarray(at, at + count));
    }
    await writing;
    assertEquals(server.bytesRead, sent.length);
  });
}
