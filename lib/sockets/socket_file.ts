/** The file that a Unix socket's path makes. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { FLOCK } from "../../ffi/abi/sys_file.ts";
import { block } from "../../ffi/blocking.ts";
import { aboveStandard } from "../../ffi/descriptors.ts";
import { open } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { flock } from "../../ffi/sys_file.ts";
import { chmod, identityAt } from "../../ffi/sys_stat.ts";
import { close, unlink } from "../../ffi/unistd.ts";
import { check } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import { sockaddrOf } from "./address.ts";
import { bindTo } from "./binding.ts";
import { holderOf } from "./path_holder.ts";

/** The file that this program has made, under the path by which it is found whatever the current folder is then. */
export class SocketFile {
  readonly #path: string;
  readonly #id: string | undefined;

  /** Of the file that is at `path` now. */
  constructor(path: string) {
    this.#path = path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
    const found = identityAt(this.#path);
    this.#id = typeof found === "number" ? undefined : found.id;
  }

  /** Remove it, if it is still the same. */
  remove(): void {
    const found = identityAt(this.#path);
    if (typeof found !== "number" && found.id === this.#id) unlink(cString(this.#path));
  }
}

/**
 * Bind to `path`. What a socket that nobody has any more has left there is replaced.
 *
 * @throws {SyscallError} `EADDRINUSE` if there is anything else, which the error names; and as bind(2).
 */
export function bindPath(fd: Fd, path: string, doing = "listen at"): void {
  const address = { path };
  const name = sockaddrOf(address);
  const bind = () => bindTo(fd, name, address, doing);
  try {
    bind();
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse) || !isStale(path) || !removeStale(path)) throw error;
    bind();
  }
}

function isStale(path: string): boolean {
  const holder = holderOf(path);
  return typeof holder !== "number" && holder.stale;
}

/** Milliseconds that are many times those that somebody needs who replaces a file. */
const PATIENCE = 300;

/**
 * Remove the stale file at `path`; whether it is gone. Two that replace the same file take turns by a lock on its folder:
 * else the second would remove the new file of the first, that it still takes for the stale one. Who has it for longer does
 * something else: everybody may lock a folder that he may read.
 */
function removeStale(path: string): boolean {
  const folder = path.replace(/[^/]*$/, "") || ".";
  const fd = aboveStandard(open(cString(folder), FCNTL.O_RDONLY | FCNTL.O_DIRECTORY | FCNTL.O_CLOEXEC, 0));
  try {
    // One that may not be read cannot be locked: then there is only the moment between the two calls to go wrong.
    const taken = fd >= 0 && flock(fd, FLOCK.LOCK_EX | FLOCK.LOCK_NB) === -ERRNO.EAGAIN;
    // What is locked after all is unlocked when it is closed.
    if (taken) block(flock, [fd, FLOCK.LOCK_EX], PATIENCE, () => {});
    return isStale(path) && unlink(cString(path)) === 0;
  } finally {
    if (fd >= 0) close(fd);
  }
}

/** Say who may connect. @throws {SyscallError} */
export function setMode(path: string, mode: number): void {
  check(chmod(cString(path), mode), `change the mode of ${JSON.stringify(path)}`, "chmod", { path });
}
