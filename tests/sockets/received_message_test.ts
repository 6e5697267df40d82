import { pipe } from "../../lib/pipes/mod.ts";
import { assertEquals, EMULATED, test } from "../support/mod.ts";
import { bytes, Connection, SocketFolder, text } from "./loopback.ts";

/** A message with a descriptor beside it, `copies` times. */
async function sendPipe(pair: Connection, copies = 1): Promise<void> {
  const { reader, writer } = pipe();
  using _writer = writer;
  using _reader = reader;
  const data = new Uint8Array(new Int32Array(copies).fill(reader.number).buffer);
  await pair.client.sendmsg(bytes("x"), { control: [{ level: "SOL_SOCKET", type: "SCM_RIGHTS", data }] });
}

for (const type of ["SOCK_STREAM", "SOCK_SEQPACKET"] as const) {
  test(`ReceivedMessage of ${type} owns the descriptors that came`, async () => {
    using pair = new Connection("PF_UNIX", type);
    await sendPipe(pair, 3);
    using message = await pair.server.recvmsg(10);
    assertEquals([message.fds.length, message.fds.every(({ number }) => number > 2)], [3, true]);
    assertEquals([text(message.bytes), message.control, message.controlTruncated], ["x", [], false]);
  });

  test(`ReceivedMessage of ${type} says when there was no room for descriptors, and none leaks`, async () => {
    using pair = new Connection("PF_UNIX", type);
    for (const [controlRoom, came] of [[0, 0], [16, 0], [24, 2]] as const) {
      await sendPipe(pair, 5);
      using message = await pair.server.recvmsg(10, { controlRoom });
      assertEquals([message.fds.length, message.controlTruncated, text(message.bytes)], [came, true, "x"]);
    }
    await sendPipe(pair, 253);
    using most = await pair.server.recvmsg(10);
    assertEquals([most.fds.length, most.controlTruncated], [253, false]);
  }, { skip: EMULATED && "the emulation does not say that control messages were cut off" });
}

test("ReceivedMessage tells how long a datagram was and whence and where it came", async () => {
  using folder = new SocketFolder();
  using server = folder.bound("PF_INET6", "SOCK_DGRAM");
  server.setOption("IPV6_RECVPKTINFO", true);
  server.setOption("IPV6_RECVHOPLIMIT", true);
  using client = folder.bound("PF_INET6", "SOCK_DGRAM");
  await client.send(bytes("hello"), { to: server.getsockname() });
  using message = await server.recvmsg(2);
  assertEquals([text(message.bytes), message.length, message.truncated], ["he", 5, true]);
  assertEquals(message.address, client.getsockname());
  assertEquals(message.control.map(({ type }) => type).sort(), ["IPV6_HOPLIMIT", "IPV6_PKTINFO"]);
  await client.send(new Uint8Array(0), { to: server.getsockname() });
  using empty = await server.recvmsg(2, { controlRoom: 0 });
  assertEquals([empty.length, empty.truncated, empty.controlTruncated], [0, false, true]);
});

test("ReceivedMessage tells urgent data", async () => {
  using pair = new Connection("PF_INET", "SOCK_STREAM");
  await pair.client.send(bytes("a!"), { flags: ["MSG_OOB"] });
  using plain = await pair.server.recvmsg(5);
  using urgent = await pair.server.recvmsg(5, { flags: ["MSG_OOB"] });
  assertEquals([text(plain.bytes), plain.outOfBand, plain.address], ["a", false, undefined]);
  assertEquals([text(urgent.bytes), urgent.outOfBand], ["!", true]);
});
