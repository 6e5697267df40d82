/** How POSIX shared memory comes into this process. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { MMAN } from "../../ffi/abi/sys_mman.ts";
import { open, posix_fallocate } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { mmap } from "../../ffi/sys_mman.ts";
import { fchmod, type FileStatus, statusOf } from "../../ffi/sys_stat.ts";
import { close, unlink } from "../../ffi/unistd.ts";
import { check, syscallError } from "../core/errors.ts";
import { checkMode } from "./ipc_object.ts";
import { posixName } from "./posix_name.ts";
import { createOrOpen, type PosixCreateOptions } from "./posix_object.ts";

/** How POSIX shared memory is mapped. */
export interface PosixSharedMemoryOptions {
  /**
   * Map it to be read only, for which the permission to read it is enough.
   * @default {false}
   */
  readOnly?: boolean;
}

/** How POSIX shared memory is made and mapped. */
export interface PosixSharedMemoryCreateOptions extends PosixCreateOptions, PosixSharedMemoryOptions {}

/** Memory that is mapped. */
export interface PosixMapping {
  readonly name: string;
  /** Which file it is. */
  readonly file: string;
  readonly created: boolean;
  readonly readOnly: boolean;
  readonly address: number;
  readonly size: number;
}

/** As shm_open(3) opens it; O_NONBLOCK, so that a FIFO of this name holds nobody up. */
const FLAGS = FCNTL.O_CLOEXEC | FCNTL.O_NOFOLLOW | FCNTL.O_NONBLOCK;

/** Where shm_open(3) has the memory of this name, which is without its slash. */
export function memoryPath(bare: string): string {
  return `/dev/shm/${bare}`;
}

/** What errors call it. */
export function posixMemoryName(name: string): string {
  return `shared memory ${JSON.stringify(name)}`;
}

/** Map what has this name, or make it. */
export function createMapping(name: string, size: number, options: PosixSharedMemoryCreateOptions): PosixMapping {
  const { mode = 0o600, exclusive = false, readOnly = false } = options;
  const path = cString(memoryPath(posixName(name)));
  checkMode(mode);
  if (!Number.isSafeInteger(size) || size < 1) throw new RangeError(`size is an integer from 1 on: ${size}`);
  // What is new has to be given its size.
  const access = (flags: number) => readOnly && flags === 0 ? FCNTL.O_RDONLY : FCNTL.O_RDWR;
  const { rc, made } = createOrOpen(exclusive, (flags) => open(path, FLAGS | access(flags) | flags, mode));
  using file = new OpenFile(name, rc, "create");
  try {
    // The kernel has taken the umask off.
    if (made) check(fchmod(rc, mode), `set the mode of ${posixMemoryName(name)}`, "fchmod", { path: name });
    return file.map({ created: made, readOnly }, size);
  } catch (error) {
    if (made) unlink(path);
    throw error;
  }
}

/** Map what has this name. */
export function openMapping(name: string, { readOnly = false }: PosixSharedMemoryOptions): PosixMapping {
  const path = cString(memoryPath(posixName(name)));
  using file = new OpenFile(name, open(path, FLAGS | (readOnly ? FCNTL.O_RDONLY : FCNTL.O_RDWR), 0), "open");
  return file.map({ created: false, readOnly }, 0);
}

/** The file behind it, which is open only until it is mapped. */
class OpenFile implements Disposable {
  readonly #name: string;
  readonly #fd: number;

  constructor(name: string, fd: number, verb: string) {
    this.#name = name;
    this.#fd = check(fd, `${verb} ${posixMemoryName(name)}`, "shm_open", { path: name });
  }

  /** Map all of it, which is `least` bytes at least; 0 if any length will do. */
  map(found: Pick<PosixMapping, "created" | "readOnly">, least: number): PosixMapping {
    let status = this.#status();
    if (status.size === 0 && least > 0 && !(found.readOnly && !found.created)) {
      this.#reserve(least);
      status = this.#status();
    }
    const { size } = status;
    if (size === 0) throw this.#error("map", ", which has no size yet", ERRNO.EINVAL, "mmap");
    if (size < least) throw this.#error(`map ${least} bytes of`, `, which has ${size}`, ERRNO.EINVAL, "mmap");
    const access = found.readOnly ? MMAN.PROT_READ : MMAN.PROT_READ | MMAN.PROT_WRITE;
    const address = mmap(0, size, access, MMAN.MAP_SHARED, this.#fd, 0);
    if (address < 0) throw this.#error("map", "", -address, "mmap");
    return { ...found, name: this.#name, file: status.id, address, size };
  }

  /**
   * Not ftruncate(2): that leaves pages to be found when they are first touched, and where there are none then, SIGBUS
   * kills. It also shortens what another process, which has come first, has made longer.
   */
  #reserve(size: number): void {
    let rc: number;
    while ((rc = posix_fallocate(this.#fd, 0, size)) === -ERRNO.EINTR);
    if (rc < 0) throw this.#error(`reserve ${size} bytes for`, "", -rc, "posix_fallocate");
  }

  #status(): FileStatus {
    const status = statusOf(this.#fd);
    if (typeof status === "number") throw this.#error("ask about", "", -status, "statx");
    if (status.kind !== "regular file") throw this.#error("map", `, which is a ${status.kind}`, ERRNO.EINVAL, "mmap");
    return status;
  }

  #error(verb: string, why: string, errno: number, syscall: string): Error {
    return syscallError(`${verb} ${posixMemoryName(this.#name)}${why}`, errno, syscall, { path: this.#name });
  }

  [Symbol.dispose](): void {
    close(this.#fd);
  }
}
