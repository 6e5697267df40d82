import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { ClosedError, SyscallError } from "../../lib/core/mod.ts";
import { localSignal } from "../../lib/signals/mod.ts";
import { type Socket, socket } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, test, within } from "../support/mod.ts";
import { deaf } from "./deaf.ts";
import { SocketFolder } from "./loopback.ts";

test("Socket.connect() by TCP is given up on time, and the socket connects afterwards", async () => {
  using folder = new SocketFolder();
  const { listener, queued } = await deaf(folder);
  using _listener = listener;
  using client = socket("PF_INET", "SOCK_STREAM");
  const name = listener.getsockname();
  const start = performance.now();
  const controller = new AbortController();
  const waiting = client.connect(name, { signal: controller.signal });
  controller.abort(new Error("enough"));
  await assertRejects(() => waiting, Error, "enough");
  await assertRejects(() => client.connect(name, { timeout: 10 }), DOMException, "10 ms");
  assertThrows(() => client.connectSync(name, { timeout: 10 }), DOMException, "10 ms");
  assert(performance.now() - start < within(120));
  queued.forEach((one) => one.close());
  using other = folder.listener("PF_INET", "SOCK_STREAM");
  await client.connect(other.getsockname(), { timeout: 5_000 });
  using server = (await other.accept()).socket;
  assertEquals(server.getpeername(), client.getsockname());
});

test("Socket.connect() is a ClosedError when the socket is closed meanwhile", async () => {
  using folder = new SocketFolder();
  const { listener, queued } = await deaf(folder);
  using _listener = listener;
  const client = socket("PF_INET", "SOCK_STREAM");
  const waiting = client.connect(listener.getsockname());
  client.close();
  await assertRejects(() => waiting, ClosedError);
  queued.forEach((one) => one.close());
});

test("Socket.connect() tells the outcome once: a second attempt is an attempt of its own", async () => {
  using folder = new SocketFolder();
  using listener = folder.bound("PF_INET", "SOCK_STREAM");
  using client = socket("PF_INET", "SOCK_STREAM");
  const name = listener.getsockname();
  for (let i = 0; i < 2; i++) {
    assertEquals((await assertRejects(() => client.connect(name), SyscallError)).code, "ECONNREFUSED");
  }
  assertEquals(client.getOption("SO_ERROR"), undefined);
  listener.listen();
  await client.connect(name);
  assertEquals((await assertRejects(() => client.connect(name), SyscallError)).code, "EISCONN");
});

/** A Unix listener with a full queue. */
function full(folder: SocketFolder): { listener: Socket; queued: Socket } {
  const listener = folder.listener("PF_UNIX", "SOCK_STREAM", 0);
  const queued = socket("PF_UNIX", "SOCK_STREAM");
  queued.connectSync(listener.getsockname());
  return { listener, queued };
}

test("Socket.connect() to a Unix socket whose queue is full waits for its turn", async () => {
  using folder = new SocketFolder();
  const { listener, queued } = full(folder);
  using _listener = listener;
  using _queued = queued;
  using client = socket("PF_UNIX", "SOCK_STREAM");
  const connecting = client.connect(listener.getsockname());
  assertEquals(await Promise.race([connecting, Promise.resolve("waits")]), "waits");
  (await listener.accept()).socket.close();
  await connecting;
  using server = (await listener.accept()).socket;
  assertEquals(await client.send(new Uint8Array(2)), 2);
  assertEquals((await server.recv(9)).length, 2);
  await assertRejects(() => client.recv(1, { timeout: 5 }), DOMException, "5 ms");
});

test("Socket.connect() to a full Unix socket is given up on time, or when it is closed", async () => {
  using folder = new SocketFolder();
  const { listener, queued } = full(folder);
  using _listener = listener;
  using _queued = queued;
  const name = listener.getsockname();
  using client = socket("PF_UNIX", "SOCK_STREAM");
  const start = performance.now();
  await assertRejects(() => client.connect(name, { timeout: 20 }), DOMException, "20 ms");
  assertThrows(() => client.connectSync(name, { timeout: 20 }), DOMException, "20 ms");
  assertThrows(() => client.connectSync(name, { timeout: 0 }), DOMException, "0 ms");
  assert(performance.now() - start < within(140));
  const waiting = client.connect(name);
  client.close();
  await assertRejects(() => waiting, ClosedError);
});

test("Socket.release() while it waits for its turn at a Unix socket gives a descriptor that blocks", async () => {
  using folder = new SocketFolder();
  const { listener, queued } = full(folder);
  using _listener = listener;
  using _queued = queued;
  const client = socket("PF_UNIX", "SOCK_STREAM");
  const waiting = client.connect(listener.getsockname());
  using released = client.release();
  await assertRejects(() => waiting, ClosedError);
  assertEquals(fcntl(released.number, FCNTL.F_GETFL, 0) & FCNTL.O_NONBLOCK, 0);
});

test("Socket.connect() that waits for its turn at a Unix socket refuses a second one, which would block this thread", async () => {
  using folder = new SocketFolder();
  const { listener, queued } = full(folder);
  using _listener = listener;
  using _queued = queued;
  const name = listener.getsockname();
  using client = socket("PF_UNIX", "SOCK_STREAM");
  const connecting = client.connect(name);
  const error = await assertRejects(() => client.connect(name), SyscallError);
  assertEquals(error.code, "EALREADY");
  assertThrows(() => client.connectSync(name, { timeout: 1_000 }), SyscallError, "EALREADY");
  await assertRejects(() => client.recv(1), SyscallError);
  (await listener.accept()).socket.close();
  await connecting;
  (await listener.accept()).socket.close();
});

test("Socket.connectSync() that waits for its turn ends when a handler closes the socket, or the listener", () => {
  using folder = new SocketFolder();
  for (const closed of ["client", "listener"] as const) {
    const { listener, queued } = full(folder);
    using _listener = listener;
    using _queued = queued;
    using client = socket("PF_UNIX", "SOCK_STREAM");
    const name = listener.getsockname();
    using _local = localSignal("SIGUSR2", () => closed === "client" ? client.close() : listener.close());
    Deno.kill(Deno.pid, "SIGUSR2");
    const error = assertThrows(() => client.connectSync(name, { timeout: within(10_000) }));
    if (closed === "client") assert(error instanceof ClosedError);
    else assertEquals((error as SyscallError).code, "ECONNREFUSED");
  }
});
