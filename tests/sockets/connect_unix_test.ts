import { SyscallError } from "../../lib/core/mod.ts";
import { ConnectError } from "../../lib/sockets/mod.ts";
import { connectedUnix } from "../../lib/sockets/connect_unix.ts";
import { assert, assertEquals, assertRejects, test, within } from "../support/mod.ts";
import { SocketFolder } from "./loopback.ts";

test("connectedUnix() tells a stale file, a missing one, one of another type, and one that may not be used", async () => {
  using folder = new SocketFolder();
  const bound = folder.bound("PF_UNIX", "SOCK_STREAM");
  const stale = (bound.getsockname() as Deno.UnixAddr).path;
  bound.close();
  using packets = folder.listener("PF_UNIX", "SOCK_SEQPACKET");
  const file = folder.next();
  Deno.writeTextFileSync(file, "");
  for (
    const [path, code] of [
      [stale, "ECONNREFUSED"],
      [folder.next(), "ENOENT"],
      [(packets.getsockname() as Deno.UnixAddr).path, "EPROTOTYPE"],
      [file, "ECONNREFUSED"],
      [`${file}/x`, "ENOTDIR"],
      ["/tmp/".padEnd(107, "x"), "ENOENT"],
    ] as const
  ) {
    const error = await assertRejects(() => connectedUnix({ path }, "SOCK_STREAM"), SyscallError);
    assertEquals([error.code, error.path], [code, path]);
    assert(error.message.startsWith(`Cannot connect to ${JSON.stringify(path)}: `));
  }
});

test("connectedUnix() refuses what is no path before it does anything", async () => {
  await assertRejects(() => connectedUnix({ path: "" }, "SOCK_STREAM"), TypeError);
  await assertRejects(() => connectedUnix({ path: "/tmp/".padEnd(108, "x") }, "SOCK_STREAM"), RangeError);
  await assertRejects(() => connectedUnix({ path: "/x", timeout: -1 }, "SOCK_STREAM"), RangeError);
  const signal = AbortSignal.abort(new Error("before"));
  await assertRejects(() => connectedUnix({ path: "/x", signal }, "SOCK_STREAM"), Error, "before");
});

test("connectedUnix() waits for a place in a full queue, until it is given up", async () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_UNIX", "SOCK_STREAM", 0);
  const { path } = listener.getsockname() as Deno.UnixAddr;
  using _first = await connectedUnix({ path }, "SOCK_STREAM");
  const start = performance.now();
  const late = await assertRejects(() => connectedUnix({ path, timeout: 30 }, "SOCK_STREAM"), DOMException, "30 ms");
  assert(late.cause instanceof ConnectError && late.cause.attempts[0]!.address === path);
  const controller = new AbortController();
  const waiting = connectedUnix({ path, signal: controller.signal }, "SOCK_STREAM");
  controller.abort(new Error("enough"));
  await assertRejects(() => waiting, Error, "enough");
  assert(performance.now() - start < within(130));
  const patient = connectedUnix({ path, timeout: 5_000 }, "SOCK_STREAM");
  listener.acceptSync().socket.close();
  using _second = await patient;
});
