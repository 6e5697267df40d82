/**
 * Locks of ranges of bytes: fcntl(2) with locks of the open file description (OFD), which another descriptor for the same
 * file does not drop when it is closed.
 */
import { FCNTL, STRUCT_FLOCK } from "../../ffi/abi/fcntl.ts";
import { fcntlLock, fcntlLockElsewhere } from "../../ffi/fcntl.ts";
import { Block } from "../../ffi/memory.ts";
import type { LockCall, LockCalls, LockMode } from "./calls.ts";
import { type LockHolder, pidOf } from "./holders.ts";

/** Which bytes of a file. */
export interface ByteRange {
  /**
   * The first byte, counted from 0. It may lie behind the end of the file.
   * @default {0}
   */
  start?: number;
  /**
   * How many bytes; `Infinity` for all from `start` on, however long the file gets.
   * @default {Infinity}
   */
  length?: number;
}

/** Fields that say so are 64 bits wide, the rest 16 and 32. */
type Lock = DataView<ArrayBuffer>;

const types: Record<LockMode | "none", number> = {
  shared: FCNTL.F_RDLCK,
  exclusive: FCNTL.F_WRLCK,
  none: FCNTL.F_UNLCK,
};

export class RangeCalls implements LockCalls {
  readonly syscall = "fcntl";
  readonly start: number;
  readonly length: number;

  /** @throws {RangeError} if the numbers make no range. */
  constructor({ start = 0, length = Infinity }: ByteRange) {
    if (!Number.isSafeInteger(start) || start < 0) {
      throw new RangeError(`start must be an integer from 0 on: ${start}`);
    }
    // For the kernel 0 means "to the end", which nobody means who has computed a length of 0.
    if (length !== Infinity && (!Number.isSafeInteger(length) || length < 1)) {
      throw new RangeError(`length must be an integer from 1 on, or Infinity: ${length}`);
    }
    this.start = start;
    this.length = length;
  }

  get part(): string {
    if (this.length === 1) return `byte ${this.start} of `;
    if (this.length !== Infinity) return `bytes ${this.start} to ${this.start + this.length - 1} of `;
    return this.start === 0 ? "all bytes of " : `all bytes from ${this.start} on of `;
  }

  needs(mode: LockMode): "reading" | "writing" {
    return mode === "shared" ? "reading" : "writing";
  }

  attempt(fd: number, mode: LockMode): number {
    return fcntlLock(fd, FCNTL.F_OFD_SETLK, this.#lock(mode));
  }

  waiting(fd: number, mode: LockMode): LockCall {
    const memory = new Block(STRUCT_FLOCK.sizeof);
    memory.put(this.#lock(mode));
    const args = [fd, FCNTL.F_OFD_SETLKW, memory.address];
    return { fn: fcntlLockElsewhere, args, [Symbol.dispose]: () => memory.free() };
  }

  unlock(fd: number): number {
    return fcntlLock(fd, FCNTL.F_OFD_SETLK, this.#lock("none"));
  }

  inTheWay(fd: number, mode: LockMode): LockHolder | undefined {
    const found = this.test(fd, mode);
    return typeof found === "number" ? undefined : found;
  }

  /** The first lock that is in the way; nothing if there is none, or -errno. */
  test(fd: number, mode: LockMode): LockHolder | undefined | number {
    const lock = this.#lock(mode);
    const rc = fcntlLock(fd, FCNTL.F_OFD_GETLK, lock);
    if (rc < 0) return rc;
    const type = lock.getInt16(STRUCT_FLOCK.l_type, true);
    if (type === types.none) return undefined;
    const pid = lock.getInt32(STRUCT_FLOCK.l_pid, true);
    return {
      kind: pid === -1 ? "ofd" : "posix",
      mode: type === types.shared ? "shared" : "exclusive",
      pid: pidOf(pid),
      start: Number(lock.getBigInt64(STRUCT_FLOCK.l_start, true)),
      length: Number(lock.getBigInt64(STRUCT_FLOCK.l_len, true)) || Infinity,
    };
  }

  /** `struct flock`; l_whence is SEEK_SET, and l_pid has to be 0. */
  #lock(type: LockMode | "none"): Lock {
    const lock = new DataView(new ArrayBuffer(STRUCT_FLOCK.sizeof));
    lock.setInt16(STRUCT_FLOCK.l_type, types[type], true);
    lock.setBigInt64(STRUCT_FLOCK.l_start, BigInt(this.start), true);
    lock.setBigInt64(STRUCT_FLOCK.l_len, this.length === Infinity ? 0n : BigInt(this.length), true);
    return lock;
  }
}
