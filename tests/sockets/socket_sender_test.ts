import { ClosedError, SyscallError, waitWritable } from "../../lib/core/mod.ts";
import { socket } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, test, within } from "../support/mod.ts";
import { bytes, CONNECTED, Connection, pattern, SocketFolder, text } from "./loopback.ts";

/** Send until there is no room: how much went. */
function pour({ client }: Connection): number {
  let total = 0;
  try {
    for (;;) total += client.sendSync(new Uint8Array(65_536), { flags: ["MSG_DONTWAIT"] });
  } catch (error) {
    if ((error as SyscallError).code !== "EAGAIN") throw error;
    return total;
  }
}

/** Send until no room comes any more: TCP moves what was sent to its peer a moment later. */
async function fill(pair: Connection): Promise<void> {
  while (pour(pair) > 0) await waitWritable(pair.client.fd, { timeout: 50 }).catch(() => {});
}

for (const [domain, type] of CONNECTED) {
  test(`SocketSender of ${domain}, ${type}: a full peer is waited for, within limits`, async () => {
    using pair = new Connection(domain, type);
    await fill(pair);
    const { client, server } = pair;
    const controller = new AbortController();
    const aborted = client.send(bytes("x"), { signal: controller.signal });
    const start = performance.now();
    controller.abort(new Error("enough"));
    await assertRejects(() => aborted, Error, "enough");
    await assertRejects(() => client.sendmsg(bytes("x"), { timeout: 1 }), DOMException, "1 ms");
    assertThrows(() => client.sendSync(bytes("x"), { timeout: 1 }), DOMException, "1 ms");
    assertThrows(() => client.syswriteSync(bytes("x"), { timeout: 1 }), DOMException, "1 ms");
    assert(performance.now() - start < within(60));
    assertEquals(pour(pair), 0);
    const sending = client.syswrite(bytes("x"));
    let last: Uint8Array;
    do last = await server.recv(1_000_000); while (last.at(-1) !== 120);
    assertEquals(await sending, 1);
    await fill(pair);
    const waiting = client.send(bytes("x"));
    client.close();
    await assertRejects(() => waiting, ClosedError);
  });
}

for (const domain of ["PF_INET", "PF_INET6"] as const) {
  test(`SocketSender of ${domain}: 65,507 bytes of UDP go over IPv4, and more are refused`, async () => {
    using folder = new SocketFolder();
    using reader = folder.bound(domain, "SOCK_DGRAM");
    using writer = socket(domain, "SOCK_DGRAM");
    const to = reader.getsockname();
    const most = domain === "PF_INET" ? 65_507 : 65_527;
    assertEquals(await writer.send(pattern(most), { to }), most);
    assertEquals(await reader.recv(70_000), pattern(most));
    const error = await assertRejects(() => writer.send(new Uint8Array(most + 1), { to }), SyscallError);
    const where = domain === "PF_INET" ? "127.0.0.1" : "[::1]";
    assertEquals(
      error.message.replace(/:\d+: /, ":PORT: "),
      `Cannot send ${most + 1} bytes to ${where}:PORT: message too long (EMSGSIZE, sendto)`,
    );
    assert(error.address!.startsWith(`${where}:`));
  });
}

test("SocketSender: UDP that nobody hears is told by the next call on a connected socket", async () => {
  using folder = new SocketFolder();
  using gone = folder.bound("PF_INET", "SOCK_DGRAM");
  using client = socket("PF_INET", "SOCK_DGRAM");
  await client.connect(gone.getsockname());
  gone.close();
  assertEquals(await client.send(bytes("x")), 1);
  const error = await assertRejects(() => client.recv(10, { timeout: 5_000 }), SyscallError);
  assertEquals([error.code, error instanceof Deno.errors.ConnectionRefused], ["ECONNREFUSED", true]);
});

test("SocketSender names what has no peer, and whom a Unix datagram does not reach", async () => {
  using folder = new SocketFolder();
  using tcp = socket("PF_INET", "SOCK_STREAM");
  const lonely = await assertRejects(() => tcp.send(bytes("x")), SyscallError);
  assertEquals(lonely.code, "EPIPE");
  assertThrows(() => tcp.getpeername(), SyscallError, "ENOTCONN");
  using udp = socket("PF_INET", "SOCK_DGRAM");
  assertThrows(() => udp.sendSync(bytes("x")), SyscallError, "(EDESTADDRREQ, sendto)");
  using unix = socket("PF_UNIX", "SOCK_DGRAM");
  const path = folder.next();
  const error = await assertRejects(() => unix.send(bytes("x"), { to: { path } }), SyscallError);
  assertEquals([error.message, error.path], [
    `Cannot send 1 byte to "${path}": no such file or directory (ENOENT, sendto)`,
    path,
  ]);
});

test("SocketSender.sendmsg() gathers pieces, and sends credentials", async () => {
  using pair = new Connection("PF_UNIX", "SOCK_SEQPACKET");
  const { client, server } = pair;
  server.setOption("SO_PASSCRED", true);
  assertEquals(await client.sendmsg([bytes("one "), new Uint8Array(0), bytes("two")]), 7);
  using message = await server.recvmsg(100);
  assertEquals(text(message.bytes), "one two");
  assertEquals(message.control.map(({ level, type }) => [level, type]), [["SOL_SOCKET", "SCM_CREDENTIALS"]]);
  const ours = Int32Array.of(Deno.pid, Deno.uid()!, Deno.gid()!);
  assertEquals(new Int32Array(message.control[0]!.data.slice().buffer), ours);
  client.sendmsgSync(bytes("x"), {
    control: [{ level: "SOL_SOCKET", type: "SCM_CREDENTIALS", data: new Uint8Array(ours.buffer) }],
  });
  using second = server.recvmsgSync(100);
  assertEquals(second.control.length, 1);
});

test("SocketSender takes bytes and flags, and nothing else", async () => {
  using pair = new Connection("PF_INET", "SOCK_STREAM");
  const { client } = pair;
  await assertRejects(() => client.send("text" as unknown as Uint8Array<ArrayBuffer>), TypeError);
  await assertRejects(() => client.sendmsg([1] as unknown as Uint8Array<ArrayBuffer>[]), TypeError);
  await assertRejects(() => client.send(bytes("x"), { flags: ["MSG_PEEK" as "MSG_OOB"] }), TypeError);
  await assertRejects(() => client.send(bytes("x"), { to: { path: "/x" } }), TypeError);
  await assertRejects(
    () => client.sendmsg(bytes("x"), { control: [{ level: "SOL_SOCKET", type: "SCM", data: bytes("x") }] }),
    TypeError,
  );
  assertEquals(await client.send(new Uint8Array(0)), 0);
});
