import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { ClosedError, SyscallError } from "../../lib/core/mod.ts";
import { socket, type SocketAddress, SOMAXCONN } from "../../lib/sockets/mod.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertThrows,
  count,
  denoSource,
  sample,
  test,
  within,
} from "../support/mod.ts";
import { bytes, CONNECTED, portOf, SocketFolder, text } from "./loopback.ts";

for (const [domain, type] of CONNECTED) {
  test(`Socket of ${domain}, ${type}: connect(), accept(), and both names`, async () => {
    using folder = new SocketFolder();
    using listener = folder.listener(domain, type);
    using client = socket(domain, type);
    const name = listener.getsockname();
    const accepting = listener.accept();
    await client.connect(name);
    const { socket: server, address } = await accepting;
    using _server = server;
    assertEquals(address, server.getpeername());
    assertEquals(client.getpeername(), name);
    assertEquals(client.getsockname(), address);
    assertEquals([server.family, server.type], [client.family, client.type]);
    await client.send(bytes("there"));
    assertEquals(text(await server.recv(100)), "there");
  });

  test(`Socket of ${domain}, ${type}: connectSync() and acceptSync() block this thread`, () => {
    using folder = new SocketFolder();
    using listener = folder.listener(domain, type);
    using client = socket(domain, type);
    assertThrows(() => listener.acceptSync({ timeout: 20 }), DOMException, "20 ms");
    client.connectSync(listener.getsockname());
    using server = listener.acceptSync().socket;
    server.sendSync(bytes("back"));
    assertEquals(text(client.recvSync(100)), "back");
  });

  test(`Socket of ${domain}, ${type}: accept() that is aborted, timed out or closed takes nothing`, async () => {
    using folder = new SocketFolder();
    using listener = folder.listener(domain, type);
    const controller = new AbortController();
    const waiting = listener.accept({ signal: controller.signal });
    const start = performance.now();
    controller.abort(new Error("enough"));
    await assertRejects(() => waiting, Error, "enough");
    await assertRejects(() => listener.accept({ timeout: 10 }), DOMException, "10 ms");
    assert(performance.now() - start < within(60));
    using client = socket(domain, type);
    await client.connect(listener.getsockname());
    using _server = (await listener.accept()).socket;
    const again = listener.accept();
    listener.close();
    await assertRejects(() => again, ClosedError);
    await assertRejects(() => listener.accept(), ClosedError);
  });
}

test("socket() gives a descriptor that is close-on-exec, does not block, and is above 2", () => {
  using one = socket("PF_INET", "SOCK_STREAM", "tcp");
  assert(one.fd.number > 2);
  assertEquals(fcntl(one.fd.number, FCNTL.F_GETFD, 0), FCNTL.FD_CLOEXEC);
  assert((fcntl(one.fd.number, FCNTL.F_GETFL, 0) & FCNTL.O_NONBLOCK) !== 0);
  one.close();
  one.close();
  assert(one.closed);
});

test("Socket.accept() gives descriptors that are close-on-exec and do not block", async () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_UNIX", "SOCK_STREAM");
  using client = socket("PF_LOCAL", "SOCK_STREAM");
  await client.connect(listener.getsockname());
  using server = (await listener.accept()).socket;
  assertEquals(fcntl(server.fd.number, FCNTL.F_GETFD, 0), FCNTL.FD_CLOEXEC);
  assert((fcntl(server.fd.number, FCNTL.F_GETFL, 0) & FCNTL.O_NONBLOCK) !== 0);
});

test("socket() names what is no socket", () => {
  assertEquals(
    assertThrows(() => socket("PF_INET", "SOCK_STREAM", "udp"), SyscallError).message,
    "Cannot make a socket (PF_INET, SOCK_STREAM, udp): protocol not supported (EPROTONOSUPPORT, socket)",
  );
});

test("Socket.bind() names the address that is in use, and a path of which the file is there", () => {
  using folder = new SocketFolder();
  using first = folder.listener("PF_INET", "SOCK_STREAM");
  using second = socket("PF_INET", "SOCK_STREAM");
  const address = first.getsockname();
  const error = assertThrows(() => second.bind(address), SyscallError);
  const where = `127.0.0.1:${portOf(address)}`;
  assertEquals(
    [error.message, error.address, error instanceof Deno.errors.AddrInUse],
    [`Cannot bind to ${where}: address already in use (EADDRINUSE, bind)`, where, true],
  );
  const path = folder.next();
  Deno.writeTextFileSync(path, "");
  using third = socket("PF_UNIX", "SOCK_STREAM");
  const stale = assertThrows(() => third.bind({ path }), SyscallError);
  assertEquals([stale.message, stale.path], [
    `Cannot bind to "${path}": address already in use (EADDRINUSE, bind): a regular file is there, no socket`,
    path,
  ]);
});

test("Socket.bind() takes a path of 107 bytes and abstract names, and refuses a path of 108", () => {
  using folder = new SocketFolder();
  using one = socket("PF_UNIX", "SOCK_DGRAM");
  const path = folder.path + "/".padEnd(107 - folder.path.length, "x");
  one.bind({ path });
  assertEquals(one.getsockname(), { transport: "unixpacket", path });
  using two = socket("PF_UNIX", "SOCK_DGRAM");
  assertThrows(() => two.bind({ path: `${path}x` }), RangeError);
  two.bind({ path: `\0vasty-test-${Deno.pid}` });
  assertEquals(two.getsockname(), { transport: "unixpacket", path: `\0vasty-test-${Deno.pid}` });
});

test("Socket takes addresses of its own family alone", async () => {
  using one = socket("PF_INET", "SOCK_STREAM");
  for (const address of [{ hostname: "::1", port: 1 }, { path: "/tmp/x" }, { hostname: "localhost", port: 1 }]) {
    assertThrows(() => one.bind(address), TypeError);
    await assertRejects(() => one.connect(address), TypeError);
  }
  assertThrows(() => one.bind({ hostname: "127.0.0.1", port: 65_536 }), RangeError);
  assertThrows(() => one.listen(-1), RangeError);
  await assertRejects(() => one.connect({ hostname: "127.0.0.1", port: 1 }, { timeout: -1 }), RangeError);
});

test("Socket.listen() takes as many as it says", () => {
  assertEquals(SOMAXCONN, 4096);
  using one = socket("PF_INET", "SOCK_DGRAM");
  assertThrows(
    () => one.listen(),
    SyscallError,
    "Cannot listen at 0.0.0.0:0: operation not supported (EOPNOTSUPP, listen)",
  );
  using two = socket("PF_INET", "SOCK_STREAM");
  assertThrows(() => two.acceptSync(), SyscallError, "(EINVAL, accept4)");
});

/** Whom nobody answers, and what that is called. */
const REFUSED: [
  what: string,
  address: (folder: SocketFolder) => SocketAddress,
  said: RegExp,
  Class: new () => Error,
][] = [
  [
    "a port without a listener",
    () => {
      using folder = new SocketFolder();
      using one = folder.bound("PF_INET", "SOCK_STREAM");
      return one.getsockname();
    },
    /^Cannot connect to 127\.0\.0\.1:\d+: connection refused \(ECONNREFUSED, connect\)$/,
    Deno.errors.ConnectionRefused,
  ],
  [
    "a stale file",
    (folder) => {
      using one = folder.listener("PF_UNIX", "SOCK_STREAM");
      return one.getsockname();
    },
    /^Cannot connect to "\/.*\/1": connection refused \(ECONNREFUSED, connect\)$/,
    Deno.errors.ConnectionRefused,
  ],
  [
    "no file",
    (folder) => ({ path: folder.next() }),
    /"\/.*\/1": no such file .*\(ENOENT, connect\)$/,
    Deno.errors.NotFound,
  ],
  [
    "an abstract name that is nobody's",
    () => ({ path: "\0nobody" }),
    /^Cannot connect to "@nobody": connection refused/,
    Error,
  ],
  [
    "a socket of another type",
    (folder) => {
      const path = folder.next();
      using one = socket("PF_UNIX", "SOCK_DGRAM");
      one.bind({ path });
      return { path };
    },
    /\(ECONNREFUSED|EPROTOTYPE, connect\)$/,
    Error,
  ],
  ["a broadcast address", () => ({ hostname: "255.255.255.255", port: 9 }), /(ENETUNREACH|EACCES), connect\)$/, Error],
];

for (const [what, target, said, Class] of REFUSED) {
  test(`Socket.connect() to ${what} is an error of its own`, async () => {
    using folder = new SocketFolder();
    const address = target(folder);
    const domain = "path" in address ? "PF_UNIX" : "PF_INET";
    using one = socket(domain, "SOCK_STREAM");
    const error = await assertRejects(() => one.connect(address), SyscallError);
    assert(said.test(error.message), error.message);
    assert(error instanceof Class && error.address !== undefined);
    assertEquals(error.path, "path" in address && !address.path.startsWith("\0") ? address.path : undefined);
    using two = socket(domain, "SOCK_STREAM");
    assert(said.test(assertThrows(() => two.connectSync(address), SyscallError).message));
  });
}

test("Socket.connect() to a path that is not for everybody is EACCES", async () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_UNIX", "SOCK_STREAM");
  const address = listener.getsockname();
  const { stdout } = await denoSource(
    `import { setresuid } from "vasty/ffi/unistd.ts";
     import { socket } from "vasty/mod.ts";
     setresuid(65534, 65534, 65534);
     try { await socket("PF_UNIX", "SOCK_STREAM").connect(${JSON.stringify(address)}); }
     catch (error) { console.log(error.code, error instanceof Deno.errors.PermissionDenied); }`,
    { flags: ["--allow-net", "--allow-read", "--allow-write"] },
  );
  assertEquals(stdout, "EACCES true\n");
}, { skip: Deno.uid() !== 0 ? "needs to be root to become nobody" : sample(false) });

test("Socket: connections made and closed leave nothing behind", async () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_UNIX", "SOCK_STREAM");
  const name = listener.getsockname();
  for (let i = count(100_000); i > 0; i--) {
    using client = socket("PF_UNIX", "SOCK_STREAM");
    await client.connect(name);
    using _server = (await listener.accept()).socket;
  }
});

test(
  "Socket.accept() says EMFILE when there are too many descriptors, and the connection stays in the queue",
  async () => {
    const { stdout, stderr } = await denoSource(
      `import { socket } from "vasty/mod.ts";
     const listener = socket("PF_INET", "SOCK_STREAM");
     listener.bind({ hostname: "127.0.0.1", port: 0 });
     listener.listen();
     const client = socket("PF_INET", "SOCK_STREAM");
     await client.connect(listener.getsockname());
     const made = [];
     try { for (;;) made.push(socket("PF_INET", "SOCK_STREAM")); } catch (error) { console.log(error.code, error.syscall); }
     await listener.accept().catch((error) => console.log(error.code, error.syscall));
     made.pop().close();
     const { socket: server } = await listener.accept();
     console.log(await client.send(new Uint8Array(3)), (await server.recv(9)).length);
     Deno.exit();`,
      { under: ["prlimit", "--nofile=100"], flags: ["--allow-net"] },
    );
    assertEquals([stdout, stderr], ["EMFILE socket\nEMFILE accept4\n3 3\n", ""]);
  },
  { needs: ["prlimit"] },
);
