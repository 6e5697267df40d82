import { SyscallError } from "../../lib/core/mod.ts";
import { poll } from "../../lib/sockets/mod.ts";
import { SocketTransport } from "../../lib/sockets/byte_transport.ts";
import { atMark, receiveUrgent, requireUrgent, sendUrgent, urgentByte } from "../../lib/sockets/urgent.ts";
import { Peer } from "../pipes/fifo_folder.ts";
import { assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";
import { bytes, Connection as Sockets, portOf, SocketFolder } from "./loopback.ts";

test("sendUrgent() and receiveUrgent(): each byte comes once, the second after the first, and then the end", async () => {
  using pair = new Sockets("PF_INET6", "SOCK_STREAM");
  const { client, server } = pair;
  const transport = new SocketTransport(client);
  for (const byte of [0, 255]) {
    const waiting = receiveUrgent(server, { timeout: 5_000 });
    await sendUrgent(client, transport, urgentByte(byte), {});
    assertEquals(await waiting, byte);
    await assertRejects(() => receiveUrgent(server, { timeout: 5 }), DOMException, "5 ms");
  }
  assertEquals(transport.bytesWritten, 2);
  client.close();
  await assertRejects(() => receiveUrgent(server, {}), Deno.errors.UnexpectedEof);
});

test("receiveUrgent() of a connection that is reset ends, and leaves the reset to the reader", async () => {
  using pair = new Sockets("PF_INET", "SOCK_STREAM");
  const waiting = receiveUrgent(pair.server, {});
  pair.client.setOption("SO_LINGER", 0);
  pair.client.close();
  await assertRejects(() => waiting, Deno.errors.UnexpectedEof);
  assertEquals((await assertRejects(() => pair.server.recv(1), SyscallError)).code, "ECONNRESET");
});

test("receiveUrgent() does not get a byte that a reset has taken away", async () => {
  using pair = new Sockets("PF_INET", "SOCK_STREAM");
  await sendUrgent(pair.client, new SocketTransport(pair.client), urgentByte(1), {});
  await poll([{ source: pair.server, priority: true }], { timeout: 5_000 });
  pair.client.setOption("SO_LINGER", 0);
  pair.client.close();
  await assertRejects(() => pair.server.recv(1, { timeout: 5_000 }), SyscallError, "ECONNRESET");
  await assertRejects(() => receiveUrgent(pair.server, {}), Deno.errors.UnexpectedEof);
});

test("sendUrgent() waits for a full peer, and gives up on time", async () => {
  using pair = new Sockets("PF_INET", "SOCK_STREAM");
  const transport = new SocketTransport(pair.client);
  while (transport.send(new Uint8Array(1_000_000)) !== undefined);
  await assertRejects(() => sendUrgent(pair.client, transport, urgentByte(1), { timeout: 5 }), DOMException, "5 ms");
});

test("urgentByte() and requireUrgent() refuse what cannot be, atMark() what is no stream of TCP", () => {
  assertEquals(urgentByte(65), bytes("A"));
  for (const none of [-1, 256, 1.5]) assertThrows(() => urgentByte(none), RangeError, `${none}`);
  using pair = new Sockets("PF_UNIX", "SOCK_SEQPACKET");
  assertThrows(() => requireUrgent(pair.client), TypeError, "Unix");
  assertThrows(() => atMark(pair.client), SyscallError, "sockatmark");
});

test("Urgent data comes from Perl's send with MSG_OOB, at its mark", async () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_INET", "SOCK_STREAM");
  await using peer = new Peer("perl", [
    "-MSocket",
    "-e",
    `socket(S, PF_INET, SOCK_STREAM, 0); connect(S, sockaddr_in(shift, INADDR_LOOPBACK)) or die;
     send(S, "ab", 0); send(S, "!", MSG_OOB); send(S, "cd", 0); <S>`,
    `${portOf(listener.getsockname())}`,
  ]);
  using server = (await listener.accept({ timeout: 10_000 })).socket;
  assertEquals(await receiveUrgent(server, { timeout: 10_000 }), 33);
  assertEquals([atMark(server), await server.recv(10), atMark(server)], [false, bytes("ab"), true]);
  assertEquals(await server.recv(10), bytes("cd"));
  server.close();
  await peer.text();
}, { needs: ["perl"] });
