import { SyscallError } from "../../lib/core/mod.ts";
import { flock } from "../../lib/locks/mod.ts";
import { socket } from "../../lib/sockets/mod.ts";
import { bindPath, setMode, SocketFile } from "../../lib/sockets/socket_file.ts";
import { assert, assertEquals, assertThrows, denoSource, test } from "../support/mod.ts";
import { SocketFolder } from "./loopback.ts";

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

test("SocketFile.remove() removes the file it was made for, and none that came in its place", () => {
  using folder = new SocketFolder();
  const path = folder.next();
  using _one = folder.bound("PF_UNIX", "SOCK_STREAM");
  Deno.writeTextFileSync(path, "");
  const file = new SocketFile(path);
  Deno.writeTextFileSync(`${path}.new`, "another");
  Deno.renameSync(`${path}.new`, path);
  file.remove();
  assertEquals(Deno.readTextFileSync(path), "another");
  const second = new SocketFile(path);
  second.remove();
  second.remove();
  assert(!exists(path));
});

test("bindPath() replaces a stale file, and nothing else", () => {
  using folder = new SocketFolder();
  using one = folder.bound("PF_UNIX", "SOCK_STREAM");
  const { path } = one.getsockname() as Deno.UnixAddr;
  using other = socket("PF_UNIX", "SOCK_STREAM");
  assertEquals(assertThrows(() => bindPath(other.fd, path), SyscallError).code, "EADDRINUSE");
  one.close();
  bindPath(other.fd, path);
  assertEquals(other.getsockname(), { transport: "unix", path });
});

/** A path that a socket has left. */
function stale(folder: SocketFolder): string {
  const path = folder.next();
  using former = socket("PF_UNIX", "SOCK_STREAM");
  former.bind({ path });
  return path;
}

test("bindPath() does not remove a file while another program may be replacing it, for a while", async () => {
  using folder = new SocketFolder();
  const path = stale(folder);
  using other = socket("PF_UNIX", "SOCK_STREAM");
  {
    using _lock = await flock(folder.path, "shared", { readOnly: true });
    const began = performance.now();
    bindPath(other.fd, path);
    assert(performance.now() - began >= 290);
  }
  assertEquals(other.getsockname(), { transport: "unix", path });
});

test("bindPath() in one folder, by several programs at once, replaces the files of all", async () => {
  using folder = new SocketFolder();
  const source = `
    import { listen, socket } from "vasty/mod.ts";
    const [path] = Deno.args;
    for (let i = 0; i < 100; i++) {
      const former = socket("PF_UNIX", "SOCK_STREAM");
      former.bind({ path });
      former.close();
      (await listen({ path })).close();
    }`;
  const flags = [`--allow-read=${folder.path}`, `--allow-write=${folder.path}`, "--allow-net"];
  const ended = await Promise.all(
    Array.from({ length: 3 }, () => denoSource(source, { flags, args: [folder.next()] })),
  );
  assertEquals(ended.map(({ stderr }) => stderr), ["", "", ""]);
});

test("setMode() says who may connect", () => {
  using folder = new SocketFolder();
  using one = folder.bound("PF_UNIX", "SOCK_STREAM");
  const { path } = one.getsockname() as Deno.UnixAddr;
  setMode(path, 0o640);
  assertEquals(Deno.lstatSync(path).mode! & 0o777, 0o640);
  assertEquals(assertThrows(() => setMode(`${path}.none`, 0), SyscallError).code, "ENOENT");
});
