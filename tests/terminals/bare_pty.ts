/** A pty for tests of terminals that need nothing else of it. */
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { bind } from "../../ffi/bind.ts";
import { open } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { POLL_READ, pollAny } from "../../ffi/poll.ts";
import { Fd } from "../../lib/core/mod.ts";

const posix_openpt = bind("posix_openpt", ["int"], "int");
const unlockpt = bind("unlockpt", ["int"], "int");
const ptsname_r = bind("ptsname_r", ["int", "buffer", "long"], "code");

/** Both sides of a pty, and the path of the terminal. */
export interface BarePty extends Disposable {
  readonly master: Fd;
  readonly slave: Fd;
  readonly path: string;
}

/** Make one, with nobody's session at its other end. */
export function barePty(): BarePty {
  const flags = FCNTL.O_RDWR | FCNTL.O_NOCTTY | FCNTL.O_CLOEXEC;
  const master = Fd.adopt(posix_openpt(flags));
  const name = new Uint8Array(64);
  if (unlockpt(master.number) < 0 || ptsname_r(master.number, name, name.length) < 0) throw new Error("no pty");
  const path = new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
  const slave = Fd.adopt(open(cString(path), flags, 0));
  return {
    master,
    slave,
    path,
    [Symbol.dispose]() {
      slave.close();
      master.close();
    },
  };
}

/** What stty(1) says, and what it complains of. */
export function stty(path: string, ...words: string[]): { stdout: string; stderr: string } {
  const command = new Deno.Command("stty", {
    args: ["-F", path, ...words],
    env: { COLUMNS: "80", LC_ALL: "C" },
    stdin: "null",
  });
  const { stdout, stderr } = command.outputSync();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trimEnd();
  return { stdout: text(stdout), stderr: text(stderr) };
}

/** Whether a descriptor can be read now, or within `timeout` milliseconds. */
export function isReadable({ number }: Fd, timeout = 0): boolean {
  const ready = pollAny([[number, POLL_READ]], timeout);
  return typeof ready !== "number" && ready.length > 0;
}
