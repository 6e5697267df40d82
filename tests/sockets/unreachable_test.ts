/** Whom nobody can reach: each is an error of its own, and on time. */
import { SyscallError } from "../../lib/core/mod.ts";
import { type Socket, socket } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, denoSource, test, within } from "../support/mod.ts";
import { bytes, portOf, SocketFolder } from "./loopback.ts";
import { linesInWorld, worldTest } from "./names_world.ts";

worldTest("Socket says that there is no route, whatever it is to do, asynchronously or not", async () => {
  const lines = await linesInWorld(`
    const { socket } = sockets;
    for (const [domain, hostname] of [["PF_INET", "192.0.2.1"], ["PF_INET6", "2001:db8::1"]]) {
      const to = { hostname, port: 9 };
      const tcp = socket(domain, "SOCK_STREAM");
      await tell(() => tcp.connect(to));
      await tell(() => tcp.connectSync(to));
      const udp = socket(domain, "SOCK_DGRAM");
      await tell(() => udp.connect(to));
      await tell(() => udp.send(new Uint8Array(2), { to }));
      await tell(() => udp.sendmsgSync(new Uint8Array(2), { to }));
    }
    const one = socket("PF_INET", "SOCK_STREAM");
    await tell(() => one.bind({ hostname: "192.0.2.1", port: 0 }));`);
  const said = ["192.0.2.1:9", "[2001:db8::1]:9"].flatMap((to) => {
    const connect = `Cannot connect to ${to}: network is unreachable (ENETUNREACH, connect)`;
    const send = (call: string) => `Cannot send 2 bytes to ${to}: network is unreachable (ENETUNREACH, ${call})`;
    return [connect, connect, connect, send("sendto"), send("sendmsg")];
  });
  assertEquals(lines, [
    ...said.map((line) => `SyscallError ENETUNREACH ${line}`),
    "SyscallError EADDRNOTAVAIL Cannot bind to 192.0.2.1:0: cannot assign requested address (EADDRNOTAVAIL, bind)",
  ]);
});

worldTest(
  "Socket says that a host is unreachable, that the way to it is forbidden, and that a port is not for it",
  async () => {
    const routes = ["unreachable 198.51.100.0/24", "prohibit 203.0.113.0/24"].map((route) =>
      `ip route replace ${route}`
    );
    const script = `${routes.join(" && ")} && exec setpriv --bounding-set=-net_bind_service --inh-caps=-all "$@"`;
    const lines = await linesInWorld(
      `
    const { socket } = sockets;
    for (const hostname of ["198.51.100.1", "203.0.113.1"]) {
      const one = socket("PF_INET", "SOCK_STREAM");
      await tell(() => one.connect({ hostname, port: 80 }));
    }
    const one = socket("PF_INET", "SOCK_STREAM");
    await tell(() => one.bind({ hostname: "127.0.0.1", port: 80 }));
    const udp = socket("PF_INET", "SOCK_DGRAM");
    await tell(() => udp.send(new Uint8Array(1), { to: { hostname: "127.255.255.255", port: 9 } }));
    await tell(() => udp.connect({ hostname: "127.255.255.255", port: 9 }));`,
      undefined,
      ["sh", "-c", script, "sh"],
    );
    assertEquals(lines, [
      "SyscallError EHOSTUNREACH Cannot connect to 198.51.100.1:80: no route to host (EHOSTUNREACH, connect)",
      "SyscallError EACCES Cannot connect to 203.0.113.1:80: permission denied (EACCES, connect)",
      "SyscallError EACCES Cannot bind to 127.0.0.1:80: permission denied (EACCES, bind)",
      "SyscallError EACCES Cannot send 1 byte to 127.255.255.255:9: permission denied (EACCES, sendto)",
      "SyscallError EACCES Cannot connect to 127.255.255.255:9: permission denied (EACCES, connect)",
    ]);
  },
  ["ip", "setpriv"],
);

test("Socket.connect() to a host that does not answer is ETIMEDOUT where the kernel gives up first", async () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_INET", "SOCK_STREAM", 0);
  const to = listener.getsockname();
  const queued: Socket[] = [];
  const fill = async () => {
    for (;;) {
      const one = socket("PF_INET", "SOCK_STREAM");
      queued.push(one);
      await one.connect(to, { timeout: 50 });
    }
  };
  await assertRejects(fill, DOMException, "50 ms");
  using client = socket("PF_INET", "SOCK_STREAM");
  client.setOption("TCP_USER_TIMEOUT", 50);
  const error = await assertRejects(() => client.connect(to, { timeout: within(10_000) }), SyscallError);
  assertEquals(error.message, `Cannot connect to 127.0.0.1:${portOf(to)}: connection timed out (ETIMEDOUT, connect)`);
  assert(error instanceof Deno.errors.TimedOut);
  queued.forEach((one) => one.close());
});

test("Socket.bind() and connect() in a folder that may not be searched, or not be written, are EACCES", async () => {
  using folder = new SocketFolder();
  Deno.chmodSync(folder.path, 0o755);
  Deno.mkdirSync(folder.path + "/shut", { mode: 0o744 });
  using listener = socket("PF_UNIX", "SOCK_STREAM");
  listener.bind({ path: folder.path + "/shut/s" });
  listener.listen();
  const { stdout, stderr } = await denoSource(
    `import { setresuid } from "vasty/ffi/unistd.ts";
     import { socket } from "vasty/mod.ts";
     const [folder] = Deno.args;
     setresuid(65534, 65534, 65534);
     const tell = (act) => { try { act(socket("PF_UNIX", "SOCK_STREAM")); } catch (error) { console.log(error.message); } };
     tell((one) => one.connectSync({ path: folder + "/shut/s" }));
     tell((one) => one.bind({ path: folder + "/shut/t" }));
     tell((one) => one.bind({ path: folder + "/t" }));`,
    { args: [folder.path], flags: ["--allow-net", "--allow-read", "--allow-write"] },
  );
  const [path] = [folder.path];
  assertEquals([stdout, stderr], [
    `Cannot connect to "${path}/shut/s": permission denied (EACCES, connect)\n` +
    `Cannot bind to "${path}/shut/t": permission denied (EACCES, bind)\n` +
    `Cannot bind to "${path}/t": permission denied (EACCES, bind)\n`,
    "",
  ]);
}, { skip: Deno.uid() !== 0 && "needs to be root to become nobody" });

test("Socket connects to a path of 107 bytes and to an abstract name of 107, and refuses one byte more", async () => {
  using folder = new SocketFolder();
  const start = `\0vasty-${Deno.pid}-`;
  const names = [folder.path + "/".padEnd(107 - folder.path.length, "x"), start.padEnd(108, "y")];
  for (const path of names) {
    using listener = socket("PF_UNIX", "SOCK_STREAM");
    listener.bind({ path });
    listener.listen();
    using client = socket("PF_UNIX", "SOCK_STREAM");
    await client.connect({ path });
    using server = (await listener.accept()).socket;
    assertEquals(client.getpeername(), { transport: "unix", path });
    assertEquals([await server.send(bytes("x")), (await client.recv(2)).length], [1, 1]);
    using other = socket("PF_UNIX", "SOCK_STREAM");
    await assertRejects(() => other.connect({ path: `${path}x` }), RangeError, "at most 107 bytes");
    assertThrows(() => other.connectSync({ path: `${path}x` }), RangeError);
  }
});

test("Socket: a stale file refuses whoever connects, and has to be removed before it is bound to again", async () => {
  using folder = new SocketFolder();
  const path = folder.next();
  socketAt(path).close();
  using client = socket("PF_UNIX", "SOCK_STREAM");
  const refused = await assertRejects(() => client.connect({ path }), SyscallError);
  assertEquals([refused.code, refused.path], ["ECONNREFUSED", path]);
  assertThrows(() => socketAt(path), SyscallError, "address already in use");
  Deno.removeSync(path);
  using _again = socketAt(path);
  await client.connect({ path });
});

function socketAt(path: string): Socket {
  const one = socket("PF_UNIX", "SOCK_STREAM");
  try {
    one.bind({ path });
    one.listen();
    return one;
  } catch (error) {
    one.close();
    throw error;
  }
}
