/** POSIX shared memory. */
import { cString } from "../../ffi/memory.ts";
import { munmap } from "../../ffi/sys_mman.ts";
import { statusAt } from "../../ffi/sys_stat.ts";
import { unlink } from "../../ffi/unistd.ts";
import { ERRNO } from "../../ffi/abi/errno.ts";
import { check, syscallError } from "../core/errors.ts";
import { posixName } from "./posix_name.ts";
import type { PosixStat } from "./posix_object.ts";
import {
  createMapping,
  memoryPath,
  openMapping,
  type PosixMapping,
  posixMemoryName,
  type PosixSharedMemoryCreateOptions,
  type PosixSharedMemoryOptions,
} from "./posix_mapping.ts";
import { SharedWords } from "./shared_words.ts";

/** What is known of shared memory that has a name. */
export interface PosixSharedMemoryStat extends PosixStat {
  /** Its length in bytes. */
  readonly size: number;
}

/**
 * POSIX shared memory, mapped into this process: bytes that all who map it see at once, whatever program they are. It is
 * found by its name, and stays, with what is in it, until it is unlinked: {@linkcode PosixSharedMemory.detach}, or the end
 * of a `using` block or of the process, only lets go of it. Who has it mapped when it is unlinked goes on using it.
 *
 * It reads, writes, views, changes and waits for words as `SharedMemory` does. Nobody may shorten it: the kernel kills a
 * process (SIGBUS) that touches what is not there any more, and any program that may write it can do that with
 * ftruncate(2).
 *
 * @example
 * ```ts
 * import { PosixSharedMemory } from "@vasty/vasty";
 *
 * using memory = PosixSharedMemory.create(`/greeting-${Deno.pid}`, 4096);
 * memory.write("hello");
 * using same = PosixSharedMemory.open(memory.name, { readOnly: true });
 * console.assert(new TextDecoder().decode(same.read(5)) === "hello");
 * memory.unlink();
 * ```
 * @see shm_overview(7)
 */
export class PosixSharedMemory extends SharedWords {
  /** The name that it was opened by. */
  readonly name: string;
  /** Whether this call has made it: it is full of zeros then. */
  readonly created: boolean;
  readonly #file: string;

  private constructor({ name, file, created, readOnly, address, size }: PosixMapping) {
    super({ address, size, readOnly, name: posixMemoryName(name), unmap: (address) => void munmap(address, size) });
    this.name = name;
    this.created = created;
    this.#file = file;
  }

  /**
   * Map the memory with this name, and make it if there is none. New memory is full of zeros, and the system sets all of it
   * aside at once, so that nobody is killed later for want of room.
   *
   * @param name A slash and a name without one, up to 255 bytes.
   * @param size How many bytes it has at least; what is there already may be longer. From 1 on.
   * @param options Who may use it, and how it is mapped.
   * @returns The memory, which the caller detaches, and unlinks when nobody needs it any more.
   * @throws {SyscallError} `EEXIST` if there is one and `exclusive` is set; `EINVAL` if there is a shorter one, or something
   * else of this name; `EACCES` if this user may not use it; `ENOSPC`, `EFBIG` or `ENOMEM` if the system or this process has
   * no room; `EMFILE` or `ENFILE` if there are too many descriptors. Nothing is left behind then.
   * @throws {TypeError} if it is no name.
   * @throws {RangeError} if the name is too long, or the size or the mode is out of range.
   * @example Whoever comes first
   * ```ts
   * import { PosixSharedMemory } from "@vasty/vasty";
   *
   * const name = `/counter-${Deno.pid}`;
   * using first = PosixSharedMemory.create(name, 4, { mode: 0o600 });
   * using second = PosixSharedMemory.create(name, 4);
   * first.add(0, 1);
   * console.assert(first.created && !second.created && second.add(0, 1) === 1);
   * PosixSharedMemory.unlink(name);
   * ```
   * @see shm_open(3), posix_fallocate(3), mmap(2)
   */
  static create(name: string, size: number, options: PosixSharedMemoryCreateOptions = {}): PosixSharedMemory {
    return new PosixSharedMemory(createMapping(name, size, options));
  }

  /**
   * Map the memory with this name, which somebody has made.
   *
   * @param name A slash and a name without one, up to 255 bytes.
   * @param options How it is mapped.
   * @returns The memory, as long as it is now; the caller detaches it.
   * @throws {SyscallError} `ENOENT` if there is none; `EINVAL` if it has no size yet, or is something else; `EACCES` if this
   * user may not use it; `ELOOP` if it is a symbolic link; `ENOMEM` if this process has no room; `EMFILE` or `ENFILE` if
   * there are too many descriptors.
   * @throws {TypeError} if it is no name.
   * @throws {RangeError} if the name is too long.
   * @example
   * ```ts
   * import { PosixSharedMemory, SyscallError } from "@vasty/vasty";
   *
   * try {
   *   using memory = PosixSharedMemory.open("/nobody-has-made-this", { readOnly: true });
   *   console.log(memory.size);
   * } catch (error) {
   *   console.assert(error instanceof SyscallError && error.code === "ENOENT");
   * }
   * ```
   * @see shm_open(3), mmap(2)
   */
  static open(name: string, options: PosixSharedMemoryOptions = {}): PosixSharedMemory {
    return new PosixSharedMemory(openMapping(name, options));
  }

  /**
   * Remove memory by its name, without mapping it. Who has it mapped goes on using it.
   *
   * @param name A slash and a name without one.
   * @throws {SyscallError} `ENOENT` if there is none; `EACCES` if it is not this user's.
   * @throws {TypeError} if it is no name.
   * @throws {RangeError} if the name is too long.
   * @see shm_unlink(3)
   */
  static unlink(name: string): void {
    const rc = unlink(cString(memoryPath(posixName(name))));
    const doing = `remove ${posixMemoryName(name)}`;
    check(rc === -ERRNO.EPERM ? -ERRNO.EACCES : rc, doing, "shm_unlink", { path: name });
  }

  /**
   * What the system knows of it, by its name.
   *
   * @returns Its owner, mode and size.
   * @throws {SyscallError} `ENOENT` if it was unlinked, whether or not there is another one of this name.
   * @throws {ClosedError} if it was detached.
   * @see stat(2)
   */
  stat(): PosixSharedMemoryStat {
    this.addressOf(0, 0);
    const doing = `ask about ${posixMemoryName(this.name)}`;
    const status = statusAt(memoryPath(posixName(this.name)));
    if (typeof status === "number") throw syscallError(doing, -status, "statx", { path: this.name });
    if (status.id !== this.#file) throw syscallError(doing, ERRNO.ENOENT, "statx", { path: this.name });
    const { uid, gid, mode, size } = status;
    return { uid, gid, mode, size };
  }

  /**
   * Remove its name. Who has it mapped, as this object has, goes on using it; it is gone when all have detached it. Memory
   * that was made anew under this name is removed instead.
   *
   * @throws {SyscallError} `ENOENT` if it was removed already; `EACCES` if it is not this user's.
   * @see shm_unlink(3)
   */
  unlink(): void {
    PosixSharedMemory.unlink(this.name);
  }
}
