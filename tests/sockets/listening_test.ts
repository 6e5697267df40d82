import { SyscallError } from "../../lib/core/mod.ts";
import { socket } from "../../lib/sockets/mod.ts";
import { listeningTcp, listeningUnix } from "../../lib/sockets/listening.ts";
import { assert, assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";
import { SocketFolder } from "./loopback.ts";

test("listeningTcp() sets what it was asked for, and what it accepts has TCP_NODELAY", async () => {
  for (const noDelay of [true, false]) {
    const { socket: listener } = await listeningTcp({ hostname: "127.0.0.1", noDelay, reusePort: noDelay });
    using _listener = listener;
    assertEquals(["SO_REUSEADDR", "SO_REUSEPORT"].map((name) => listener.getOption(name as "SO_REUSEADDR")), [
      true,
      noDelay,
    ]);
    using client = socket("PF_INET", "SOCK_STREAM");
    await client.connect(listener.getsockname());
    using server = (await listener.accept()).socket;
    assertEquals(server.getOption("TCP_NODELAY"), noDelay);
  }
});

test("listeningTcp() listens at :: for both families, unless v6Only", async () => {
  for (const v6Only of [true, false]) {
    using listener = (await listeningTcp({ host: "::", v6Only })).socket;
    const { port } = listener.getsockname() as Deno.NetAddr;
    using client = socket("PF_INET", "SOCK_STREAM");
    const connecting = client.connect({ hostname: "127.0.0.1", port });
    if (v6Only) assertEquals((await assertRejects(() => connecting, SyscallError)).code, "ECONNREFUSED");
    else await connecting;
  }
});

test("listeningTcp() closes what it cannot use, and names the address", async () => {
  using first = (await listeningTcp({ hostname: "127.0.0.1" })).socket;
  const { port } = first.getsockname() as Deno.NetAddr;
  for (
    const [options, text] of [
      [{ hostname: "127.0.0.1", port }, `127.0.0.1:${port}: address already in use (EADDRINUSE, bind)`],
      [{ hostname: "192.0.2.1" }, "192.0.2.1:0: cannot assign requested address (EADDRNOTAVAIL, bind)"],
      [
        { hostname: "localhost", port, family: "AF_INET" },
        `127.0.0.1:${port}: address already in use (EADDRINUSE, bind)`,
      ],
    ] as const
  ) {
    const { message } = await assertRejects(() => listeningTcp(options), SyscallError);
    assertEquals(message, `Cannot listen at ${text}`);
  }
  const none = await assertRejects(() => listeningTcp({ hostname: "no-such-host.invalid", timeout: 20_000 }));
  assert(none instanceof SyscallError && none.code.startsWith("EAI_"));
});

test("listeningTcp() and listeningUnix() refuse wrong arguments before they do anything", async () => {
  await assertRejects(() => listeningTcp({ backlog: -1 }), RangeError);
  await assertRejects(() => listeningTcp({ port: 70_000 }), RangeError);
  await assertRejects(() => listeningTcp({ timeout: -1 }), RangeError);
  await assertRejects(() => listeningTcp({ signal: AbortSignal.abort(new Error("before")) }), Error, "before");
  assertThrows(() => listeningUnix({ path: "" }), TypeError);
  assertThrows(() => listeningUnix({ path: "/tmp/x", mode: 0o1777 }), RangeError);
  assertThrows(() => listeningUnix({ path: "/tmp/x", backlog: 1.5 }), RangeError);
  assertThrows(() => listeningUnix({ path: "\0x", mode: 0o600 }), TypeError);
  assertThrows(() => listeningUnix({ path: "/tmp/".padEnd(108, "x") }), RangeError);
});

test("listeningUnix() takes paths of 107 bytes, abstract names, and names what is in the way", () => {
  using folder = new SocketFolder();
  const long = `${folder.path}/`.padEnd(107, "x");
  const { socket: one, file } = listeningUnix({ path: long, mode: 0o600 });
  assertEquals(one.getsockname(), { transport: "unix", path: long });
  assertEquals(Deno.lstatSync(long).mode! & 0o777, 0o600);
  const { message } = assertThrows(() => listeningUnix({ path: long }), SyscallError);
  assertEquals(message, `Cannot listen at "${long}": address already in use (EADDRINUSE, bind)`);
  file?.remove();
  one.close();
  const name = `\0vasty-${crypto.randomUUID()}`;
  const abstract = listeningUnix({ path: name });
  assertEquals(abstract.file, undefined);
  assertEquals(assertThrows(() => listeningUnix({ path: name }), SyscallError).code, "EADDRINUSE");
  abstract.socket.close();
  const missing = assertThrows(() => listeningUnix({ path: `${folder.path}/none/x` }), SyscallError);
  assertEquals(missing.message, `Cannot listen at "${folder.path}/none/x": no such file or directory (ENOENT, bind)`);
});
