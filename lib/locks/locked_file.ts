/** The file that a lock is on: opened here by its path, or a descriptor that its caller has. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { aboveStandard } from "../../ffi/descriptors.ts";
import { open } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { identityBehind, identityOf } from "../../ffi/sys_stat.ts";
import { check, type ErrorSubject } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import { pathOf } from "../core/path.ts";
import { requireFile } from "../core/permissions.ts";
import type { LockMode } from "./calls.ts";

/** How a file is opened that is to be locked. It has no effect on a descriptor. */
export interface LockFileOptions {
  /**
   * Whether to make the file if there is none.
   * @default {true, unless `readOnly`}
   */
  create?: boolean;
  /**
   * The permission bits of a file that is made; the umask takes some away, as always.
   * @default {0o666}
   */
  mode?: number;
  /**
   * Open it for reading only, which asks for no `write` permission. Without this a file that may only be read is opened
   * that way for a shared lock, and a directory for any.
   * @default {false}
   */
  readOnly?: boolean;
}

/** No terminal becomes ours, and neither a FIFO nor a serial line waits for its other side. */
const FLAGS = FCNTL.O_CLOEXEC | FCNTL.O_NOCTTY | FCNTL.O_NONBLOCK;

/** The failures after which reading may still be possible. */
const ONLY_READABLE: ReadonlySet<number> = new Set(
  [ERRNO.EACCES, ERRNO.EPERM, ERRNO.EROFS, ERRNO.ETXTBSY].map((errno) => -errno),
);

export class LockedFile implements Disposable {
  readonly fd: Fd;
  /** Of a file that was opened here. */
  readonly path: string | undefined;

  /**
   * Open what a lock is to be on. The result owns it, unless it is a descriptor.
   *
   * @throws {RangeError} if the mode of a new file is none.
   * @throws {SyscallError} if it cannot be opened.
   */
  static open(file: string | URL | Fd, lock: LockMode, options: LockFileOptions): LockedFile {
    const { readOnly = false, create = !readOnly, mode = 0o666 } = options;
    if (!Number.isInteger(mode) || mode < 0 || mode > 0o7777) {
      throw new RangeError(`mode must be an integer from 0 to 0o7777: ${mode}`);
    }
    if (file instanceof Fd) return new LockedFile(file, undefined);
    const path = pathOf(file);
    const name = cString(path, "A path");
    requireFile("read", path);
    if (create || !readOnly) requireFile("write", path);
    const access = readOnly ? FCNTL.O_RDONLY : FCNTL.O_RDWR;
    let fd = openNow(name, access);
    // Not at first: in a folder for everybody O_CREAT is refused for files of others (fs.protected_regular).
    if (fd === -ERRNO.ENOENT && create) fd = openNow(name, access | FCNTL.O_CREAT, mode);
    if (fd === -ERRNO.EISDIR || (lock === "shared" && ONLY_READABLE.has(fd))) fd = openNow(name, FCNTL.O_RDONLY);
    return LockedFile.#owning(fd, path, "lock");
  }

  /** Open it to see its locks. */
  static toLookAt(file: string | URL | Fd): LockedFile {
    if (file instanceof Fd) return new LockedFile(file, undefined);
    const path = pathOf(file);
    const name = cString(path, "A path");
    requireFile("read", path);
    return LockedFile.#owning(openNow(name, FCNTL.O_RDONLY), path, "see the locks of");
  }

  static #owning(fd: number, path: string, doing: string): LockedFile {
    const number = check(aboveStandard(fd), `${doing} ${JSON.stringify(path)}`, "open", { path });
    return new LockedFile(Fd.adopt(number), path);
  }

  private constructor(fd: Fd, path: string | undefined) {
    // Asked for before any call: a closed one has none.
    void fd.number;
    this.fd = fd;
    this.path = path;
  }

  /** For messages. */
  get name(): string {
    if (this.path !== undefined) return JSON.stringify(this.path);
    return this.fd.closed ? "a descriptor" : `descriptor ${this.fd.number}`;
  }

  /** For errors. */
  get subject(): ErrorSubject {
    return this.path !== undefined ? { path: this.path } : { fd: this.fd.number };
  }

  /**
   * Whether its path still leads to it. A file that was removed or replaced while its lock was waited for is locked for
   * nothing: those who come now lock another one.
   */
  get inPlace(): boolean {
    if (this.path === undefined) return true;
    const there = identityBehind(this.path);
    const here = identityOf(this.fd.number);
    if (typeof there === "number") return there !== -ERRNO.ENOENT;
    return typeof here === "number" || here.id === there.id;
  }

  /** Close it if it was opened here; the second time does nothing. */
  close(): void {
    if (this.path !== undefined) this.fd.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Open it without waiting; a signal can still interrupt it where the file system does (NFS, FUSE). */
function openNow(name: Uint8Array<ArrayBuffer>, flags: number, mode = 0): number {
  let fd: number;
  while ((fd = open(name, flags | FLAGS, mode)) === -ERRNO.EINTR);
  return fd;
}
