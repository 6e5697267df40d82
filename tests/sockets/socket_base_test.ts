import { ClosedError, SyscallError } from "../../lib/core/mod.ts";
import { type ShutdownHow, socket } from "../../lib/sockets/mod.ts";
import { wouldWait } from "../../lib/sockets/socket_base.ts";
import { assertEquals, assertRejects, assertThrows, denoSource, test } from "../support/mod.ts";
import { bytes, Connection, portOf, SocketFolder, text } from "./loopback.ts";

test("SocketBase.getsockname() is the address that the kernel chose, getpeername() the peer's", () => {
  using folder = new SocketFolder();
  using one = folder.bound("PF_INET6", "SOCK_DGRAM");
  const name = one.getsockname();
  assertEquals(name, { transport: "udp", hostname: "::1", port: portOf(name) });
  assertEquals(portOf(name) > 0, true);
  const error = assertThrows(() => one.getpeername(), SyscallError);
  assertEquals(
    error.message,
    `Cannot name the peer of socket ${one.fd.number}: ${"transport endpoint is not connected"} (ENOTCONN, getpeername)`,
  );
  assertEquals([error.fd, error instanceof Deno.errors.NotConnected], [one.fd.number, true]);
  using unnamed = socket("PF_UNIX", "SOCK_STREAM");
  assertEquals(unnamed.getsockname(), { transport: "unix", path: "" });
});

const WAYS: [how: ShutdownHow, reads: boolean, writes: boolean][] = [
  ["write", true, false],
  [1, true, false],
  ["read", false, true],
  [0, false, true],
  ["both", false, false],
  [2, false, false],
];

for (const [how, reads, writes] of WAYS) {
  for (const domain of ["PF_INET", "PF_UNIX"] as const) {
    test(`SocketBase.shutdown(${JSON.stringify(how)}) of ${domain} ends what it says, and nothing else`, async () => {
      using pair = new Connection(domain, "SOCK_STREAM");
      const { client, server } = pair;
      client.shutdown(how);
      if (writes) assertEquals(await client.send(bytes("x")), 1);
      else {
        assertEquals((await assertRejects(() => client.send(bytes("x")), SyscallError)).code, "EPIPE");
        assertEquals((await server.recv(1)).length, 0);
      }
      if (!reads) assertEquals((await client.recv(1)).length, 0);
      else {
        await server.send(bytes("y"));
        assertEquals(text(await client.recv(1)), "y");
      }
    });
  }
}

test("SocketBase.shutdown() refuses what is no direction, or has no peer", () => {
  using one = socket("PF_INET", "SOCK_STREAM");
  for (const how of ["sideways", 3, "toString"]) assertThrows(() => one.shutdown(how as "read"), TypeError);
  assertThrows(() => one.shutdown(), SyscallError, "(ENOTCONN, shutdown)");
});

test("SocketBase cannot be used after it was closed", () => {
  const one = socket("PF_INET", "SOCK_STREAM");
  one.close();
  one[Symbol.dispose]();
  assertEquals(one.closed, true);
  const uses = [
    () => one.getsockname(),
    () => one.getpeername(),
    () => one.shutdown(),
    () => one.getOption("SO_ERROR"),
    () => one.setOption("SO_KEEPALIVE", true),
    () => one.listen(),
    () => one.bind({ hostname: "127.0.0.1", port: 0 }),
  ];
  for (const use of uses) assertThrows(use, ClosedError);
});

test("wouldWait() is true of EAGAIN alone", () => {
  assertEquals([wouldWait(-11), wouldWait(-4), wouldWait(0)], [true, false, false]);
});

/** What waits for ever, as a program that has `listener`, `client` and `full`, to which no datagram goes any more. */
const WAITS = [
  "listener.accept()",
  "listener.accept({ timeout: 3_600_000 })",
  "client.recv(1)",
  "client.recvFrom(1)",
  "client.recvmsg(1)",
  "client.readable.getReader().read()",
  "client.send(new Uint8Array(1), { timeout: 3_600_000 })",
  "sender.send(new Uint8Array(1), { to })",
];

test("SocketBase.unref() lets a program end while something waits", async () => {
  const { code, stdout, stderr } = await denoSource(
    `import { socket } from "vasty/mod.ts";
     const sockets = [socket("PF_UNIX", "SOCK_STREAM"), socket("PF_UNIX", "SOCK_STREAM"), socket("PF_UNIX", "SOCK_DGRAM"),
       socket("PF_UNIX", "SOCK_DGRAM")];
     const [listener, client, reader, sender] = sockets;
     listener.bind({ path: "" });
     listener.listen();
     client.connectSync(listener.getsockname());
     const server = listener.acceptSync().socket;
     const fill = (one, options) => { try { for (;;) one.sendSync(new Uint8Array(1_000), options); } catch { /* full */ } };
     fill(client, { flags: ["MSG_DONTWAIT"] });
     reader.bind({ path: "" });
     const to = reader.getsockname();
     fill(sender, { to, flags: ["MSG_DONTWAIT"] });
     sockets.forEach((one) => one.unref());
     const waits = [${WAITS.map((wait) => `() => ${wait}`).join(", ")}];
     for (const wait of waits) wait().then(() => console.log("no wait", wait), (error) => console.log(error));
     console.log("waits", server.closed);`,
    { flags: ["--allow-net"] },
  );
  assertEquals([code, stdout, stderr], [0, "waits false\n", ""]);
});

test("SocketBase.ref() keeps a program alive that waits", async () => {
  const { stdout } = await denoSource(
    `import { socket } from "vasty/mod.ts";
     const one = socket("PF_INET", "SOCK_DGRAM");
     one.bind({ hostname: "127.0.0.1", port: 0 });
     one.unref();
     const waiting = one.recv(9);
     one.ref();
     const other = socket("PF_INET", "SOCK_DGRAM");
     setTimeout(() => other.send(new Uint8Array(3), { to: one.getsockname() }), 50);
     waiting.then((bytes) => console.log(bytes.length));`,
    { flags: ["--allow-net"] },
  );
  assertEquals(stdout, "3\n");
});
