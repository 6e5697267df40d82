import { ERRNO } from "../../ffi/abi/errno.ts";
import { holderOf, holderRemark } from "../../lib/sockets/path_holder.ts";
import { assertEquals, test } from "../support/mod.ts";
import { SocketFolder } from "./loopback.ts";

const STALE = "a stale socket file, nobody has it open";

/** What is said of a path: whether it is stale, and the remark. */
function said(path: string): [stale: boolean | number, remark: string | undefined] {
  const holder = holderOf(path);
  return [typeof holder === "number" ? holder : holder.stale, holderRemark(path)];
}

test("holderOf() tells a stale file from a socket that is alive, whatever its type, and listening or not", () => {
  using folder = new SocketFolder();
  for (const type of ["SOCK_STREAM", "SOCK_DGRAM", "SOCK_SEQPACKET"] as const) {
    const one = folder.bound("PF_UNIX", type);
    const { path } = one.getsockname() as Deno.UnixAddr;
    assertEquals(said(path), [false, undefined]);
    if (type !== "SOCK_DGRAM") one.listen();
    assertEquals(said(path), [false, undefined]);
    one.close();
    assertEquals(said(path), [true, STALE]);
  }
});

test("holderOf() does not take a place in the queue of who listens", () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_UNIX", "SOCK_STREAM");
  holderOf((listener.getsockname() as Deno.UnixAddr).path);
  try {
    listener.acceptSync({ timeout: 0 });
    throw new Error("there was a connection");
  } catch (error) {
    assertEquals((error as Error).name, "TimeoutError");
  }
});

test("holderRemark() names what is no socket", () => {
  using folder = new SocketFolder();
  const [file, link, none] = [folder.next(), folder.next(), folder.next()];
  Deno.writeTextFileSync(file, "");
  Deno.symlinkSync(none, link);
  assertEquals(said(file), [false, "a regular file is there, no socket"]);
  assertEquals(said(folder.path), [false, "a directory is there, no socket"]);
  assertEquals(said(link), [false, "a symbolic link is there, no socket"]);
  assertEquals(said(none), [-ERRNO.ENOENT, undefined]);
});
