import { SyscallError } from "../../lib/core/mod.ts";
import { ConnectError, type InetAddress, type Socket, socket } from "../../lib/sockets/mod.ts";
import { connectedTcp } from "../../lib/sockets/connect_tcp.ts";
import { assert, assertEquals, assertRejects, denoSource, test, within, workerThreads } from "../support/mod.ts";
import { Deaf, freePort, portOf, SocketFolder } from "./loopback.ts";
import { linesInWorld, worldTest } from "./names_world.ts";

for (
  const [domain, hosts] of [["PF_INET", ["127.0.0.1", "127.1", "2130706433"]], ["PF_INET6", [
    "::1",
    "0::1",
    "[::1]",
  ]]] as const
) {
  test(`connectedTcp() connects to an address of ${domain} without a thread, and sends at once`, async () => {
    using folder = new SocketFolder();
    using listener = folder.listener(domain, "SOCK_STREAM");
    const port = portOf(listener.getsockname());
    const threads = workerThreads();
    for (const host of hosts) {
      using one = await connectedTcp({ host, port });
      using _server = (await listener.accept()).socket;
      assertEquals(one.getpeername(), listener.getsockname());
      assert(one.getOption("TCP_NODELAY"));
    }
    using slow = await connectedTcp({ hostname: hosts[0], service: `${port}`, noDelay: false });
    assert(!slow.getOption("TCP_NODELAY"));
    assertEquals(workerThreads(), threads);
  });
}

test("connectedTcp() comes from the address and the port that it was told, again and again", async () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_INET", "SOCK_STREAM");
  const port = portOf(listener.getsockname());
  const localPort = freePort();
  for (const localAddress of ["127.0.0.5", "127.0.0.5", undefined]) {
    using client = await connectedTcp({ port, localAddress, localPort });
    using server = (await listener.accept()).socket;
    const { hostname, port: from } = server.getpeername() as InetAddress;
    assertEquals([hostname, from], [localAddress ?? "127.0.0.1", localPort]);
    client.setOption("SO_LINGER", 0);
  }
  using any = await connectedTcp({ port, localAddress: "127.0.0.6" });
  assertEquals((any.getsockname() as InetAddress).hostname, "127.0.0.6");
});

test("connectedTcp() names what it cannot come from", async () => {
  using folder = new SocketFolder();
  using taken = folder.listener("PF_INET", "SOCK_STREAM");
  const localPort = portOf(taken.getsockname());
  for (
    const [local, text] of [
      [{ localAddress: "192.0.2.1" }, "192.0.2.1:0: cannot assign requested address (EADDRNOTAVAIL, bind)"],
      [{ localAddress: "127.0.0.1", localPort }, `127.0.0.1:${localPort}: address already in use (EADDRINUSE, bind)`],
    ] as const
  ) {
    const error = await assertRejects(() => connectedTcp({ port: 1, ...local }), SyscallError);
    assertEquals(error.message, `Cannot bind to ${text}`);
  }
});

test("connectedTcp() refuses wrong arguments before it does anything", async () => {
  const nobody = { host: "127.0.0.1", port: 1 };
  await assertRejects(() => connectedTcp({ ...nobody, localAddress: "::1" }), TypeError, "another family");
  await assertRejects(() => connectedTcp({ host: "a", port: 1, localAddress: "::1", family: "AF_INET" }), TypeError);
  await assertRejects(() => connectedTcp({ ...nobody, localAddress: "localhost" }), TypeError);
  await assertRejects(() => connectedTcp({ ...nobody, localPort: 65_536 }), RangeError);
  await assertRejects(() => connectedTcp({ ...nobody, attemptDelay: -1 }), RangeError);
  await assertRejects(() => connectedTcp({ ...nobody, timeout: NaN }), RangeError);
  await assertRejects(() => connectedTcp({ host: "127.0.0.1" }), TypeError);
  const signal = AbortSignal.abort(new Error("before"));
  await assertRejects(() => connectedTcp({ ...nobody, signal }), Error, "before");
});

test("connectedTcp() is refused at once, and says by whom", async () => {
  const port = freePort();
  const start = performance.now();
  const error = await assertRejects(() => connectedTcp({ port, timeout: 10_000 }), SyscallError);
  assertEquals(error.message, `Cannot connect to 127.0.0.1:${port}: connection refused (ECONNREFUSED, connect)`);
  assert(error instanceof Deno.errors.ConnectionRefused && !(error instanceof ConnectError));
  assert(performance.now() - start < within(100));
});

test("connectedTcp() is given up in time, and a timeout tells what was tried", async () => {
  using deaf = new Deaf();
  const port = portOf(deaf.address);
  let start = performance.now();
  const late = await assertRejects(() => connectedTcp({ port, timeout: 50 }), DOMException, "50 ms");
  assert(performance.now() - start < within(150));
  assert(late.cause instanceof ConnectError);
  assertEquals(
    late.cause.message,
    `Cannot connect to 127.0.0.1:${port}: no connection in time: 127.0.0.1:${port}: ` +
      "operation now in progress (EINPROGRESS, connect)",
  );
  const controller = new AbortController();
  const waiting = connectedTcp({ port, signal: controller.signal, timeout: 60_000 });
  start = performance.now();
  controller.abort(new Error("enough"));
  const reason = await assertRejects(() => waiting, Error, "enough");
  assert(reason.cause === undefined && performance.now() - start < within(100));
  await assertRejects(() => connectedTcp({ port, timeout: 0 }), DOMException, "0 ms");
});

test("connectedTcp() ten times at once", async () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_INET", "SOCK_STREAM");
  const port = portOf(listener.getsockname());
  const host = "localhost";
  const clients = await Promise.all(
    Array.from({ length: 10 }, () => connectedTcp({ host, port, family: "AF_INET", timeout: 10_000 })),
  );
  const servers: Socket[] = [];
  for (const _ of clients) servers.push((await listener.accept()).socket);
  const names = (all: Socket[], name: "getpeername" | "getsockname") => all.map((one) => portOf(one[name]())).sort();
  assertEquals(names(clients, "getsockname"), names(servers, "getpeername"));
  for (const one of [...clients, ...servers]) one.close();
});

test("connectedTcp() without a descriptor, at once and in the middle of several tries, says so", async () => {
  const { stdout, stderr } = await denoSource(
    `import { socket } from "vasty/lib/sockets/mod.ts";
     import { connectedTcp, reach } from "vasty/lib/sockets/connect_tcp.ts";
     import { ConnectionRace } from "vasty/lib/sockets/connection_race.ts";
     import { allFailed } from "vasty/lib/sockets/connect_error.ts";
     const spare = [];
     const fill = () => { try { for (;;) spare.push(socket("PF_INET", "SOCK_STREAM")); } catch (error) { return error.code; } };
     const tell = async (f) => { try { await f(); console.log("connected"); } catch (error) { console.log(error.message); } };
     await connectedTcp({ port: 1 }).catch(() => {});
     console.log(fill());
     await tell(() => connectedTcp({ port: 1 }));
     const way = {
       make: () => { const one = socket("PF_INET", "SOCK_STREAM"); fill(); return one; },
       reach: async (one, address) => { await null; await reach(one, address, {}); },
       failed: (tried) => allFailed("all", tried, {}),
     };
     spare.pop().close();
     await tell(() => new ConnectionRace([2, 3].map((n) => ({ hostname: "127.0.0." + n, port: 1 })), 0, way).run());
     for (const one of spare) one.close();
     await tell(() => connectedTcp({ port: 1 }));`,
    { flags: ["--allow-net"], under: ["prlimit", "--nofile=96"] },
  );
  const full = "too many open files (EMFILE, socket)";
  const refused = "connection refused (ECONNREFUSED, connect)";
  const [code, first, several, last] = stdout.trim().split("\n");
  assertEquals([code, stderr], ["EMFILE", ""]);
  assertEquals(first, `Cannot make a socket (PF_INET, SOCK_STREAM, 0): ${full}`);
  assert(several!.startsWith(`Cannot connect to all: all 2 addresses failed: 127.0.0.2:1: ${refused}; 127.0.0.3:1: `));
  assertEquals(last, `Cannot connect to 127.0.0.1:1: ${refused}`);
}, { needs: ["prlimit"] });

const IMPORTS = `
  import { connectedTcp } from "vasty/lib/sockets/connect_tcp.ts";
  import { openDescriptors } from "vasty/ffi/dirent.ts";
  const { socket } = sockets;
  const to = async (options) => { using one = await connectedTcp({ timeout: 5_000, ...options }); return one.getpeername().hostname; };
  function listening(hostname, port = 0, backlog = 9) {
    const one = socket(hostname.includes(":") ? "PF_INET6" : "PF_INET", "SOCK_STREAM");
    one.bind({ hostname, port });
    one.listen(backlog);
    return one;
  }
`;

worldTest("connectedTcp() tries all addresses of a name", async () => {
  const lines = await linesInWorld(`${IMPORTS}
    const good = listening("127.0.0.1");
    const { port } = good.getsockname();
    await tell(() => to({ host: "both", port }));
    await tell(() => to({ host: "both", port: 1 }));
    await tell(() => to({ host: "both", port: 1, localAddress: "127.0.0.1" }));
    await tell(() => to({ host: "both", port: 1, family: "AF_INET6" }));
    const deaf = listening("127.0.0.2", port, 0);
    const first = await connectedTcp({ host: "127.0.0.2", port });
    const late = listening("127.0.0.3", port);
    const start = performance.now();
    await tell(() => to({ host: "pair", port }));
    console.log(performance.now() - start >= 249);
    await tell(() => to({ host: "pair", port, attemptDelay: 1 }), ${within(100)});
  `);
  const tries = ["[::1]:1", "127.0.0.1:1"].map((name) => `${name}: connection refused (ECONNREFUSED, connect)`);
  assertEquals(lines, [
    '"127.0.0.1"',
    `ConnectError ECONNREFUSED Cannot connect to "both" port 1: all 2 addresses failed: ${tries.join("; ")}`,
    `SyscallError ECONNREFUSED Cannot connect to ${tries[1]}`,
    `SyscallError ECONNREFUSED Cannot connect to ${tries[0]}`,
    '"127.0.0.3"',
    "true",
    '"127.0.0.3"',
  ]);
});

worldTest("connectedTcp() tells hosts that are not there, cannot be reached, or do not answer, in time", async () => {
  const lines = await linesInWorld(`${IMPORTS}
    await connectedTcp({ host: "both", port: 1 }).catch(() => {});
    await tell(() => to({ host: "203.0.113.1", port: 80 }));
    await tell(() => to({ host: "own", port: 80 }));
    await tell(() => to({ host: "nobody.example", port: 80 }));
    for (const host of ["198.51.100.1", "holes"]) {
      const cause = connectedTcp({ host, port: 80, timeout: 200, attemptDelay: 50 }).catch((error) => error.cause.message);
      await tell(() => cause, ${within(300)});
      const controller = new AbortController();
      const waiting = connectedTcp({ host, port: 80, signal: controller.signal });
      waiting.catch(() => {});
      setTimeout(() => controller.abort(new Error("enough")), 60);
      await tell(() => waiting, ${within(160)});
    }
    await tell(() => connectedTcp({ host: "silent.example", port: 80, timeout: 100 }), ${within(200)});
    const isTcp = (fd) => { try { return sockets.socketType(fd).protocol === 6; } catch { return false; } };
    console.log(openDescriptors().filter(isTcp).length === 0 ? "none left" : "descriptors left");
  `);
  const hole = (n: number) => `198.51.100.${n}:80: operation now in progress (EINPROGRESS, connect)`;
  assertEquals(lines, [
    "SyscallError ENETUNREACH Cannot connect to 203.0.113.1:80: network is unreachable (ENETUNREACH, connect)",
    "SyscallError ENETUNREACH Cannot connect to 192.0.2.1:80: network is unreachable (ENETUNREACH, connect)",
    'SyscallError EAI_NONAME Cannot look up "nobody.example": name or service not known (EAI_NONAME, getaddrinfo)',
    `"Cannot connect to 198.51.100.1:80: no connection in time: ${hole(1)}"`,
    "Error undefined enough",
    `"Cannot connect to \\"holes\\" port 80: no connection in time: ${hole(1)}; ${hole(2)}"`,
    "Error undefined enough",
    "TimeoutError 23 Timed out after 100 ms",
    "none left",
  ]);
});

test("connectedTcp() needs leave for the host as it is named alone", async () => {
  const { stdout } = await denoSource(
    `import { connectedTcp } from "vasty/lib/sockets/connect_tcp.ts";
     for (const [host, port] of [["localhost", 1], ["localhost", 2], ["127.0.0.1", 1]]) {
       await connectedTcp({ host, port }).catch((error) => console.log(error.name === "NotCapable" ? error.message : error.code));
     }`,
    { flags: ["--allow-net=localhost:1"] },
  );
  const needs = (what: string) => `Requires net access to "${what}", run again with the --allow-net flag`;
  assertEquals(stdout.trim().split("\n"), ["ECONNREFUSED", needs("localhost:2"), needs("127.0.0.1:1")]);
});

test("an address costs no timer and no resolver: the file of socket() is all that is opened", async () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_INET", "SOCK_STREAM");
  const original = globalThis.setTimeout;
  let timers = 0;
  globalThis.setTimeout = ((...args: Parameters<typeof setTimeout>) => {
    timers++;
    return original(...args);
  }) as typeof setTimeout;
  try {
    using _one = await connectedTcp({ port: portOf(listener.getsockname()) });
    using _two = socket("PF_INET", "SOCK_STREAM");
    assertEquals(timers, 0);
  } finally {
    globalThis.setTimeout = original;
  }
});
