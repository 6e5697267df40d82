/** What all kinds of locks have in common: the calls that take and release them, and who holds them. */
import type { Wait } from "../../ffi/pending.ts";
import type { LockHolder } from "./holders.ts";

/** `"shared"`: with others that are shared, as readers want it. `"exclusive"`: alone, as a writer wants it. */
export type LockMode = "shared" | "exclusive";

/** @throws {TypeError} if it is neither. */
export function checkLockMode(mode: LockMode): void {
  if (mode !== "shared" && mode !== "exclusive") {
    throw new TypeError(`A lock is "shared" or "exclusive", not ${Deno.inspect(mode)}`);
  }
}

/** A lock that a thread of the library's waits for. Disposed of once the wait is over. */
export interface LockWait extends Disposable {
  readonly wait: Wait;
}

/** One kind of lock. All return 0 or -errno. */
export interface LockCalls {
  /** The function of libc. */
  readonly syscall: "flock" | "fcntl";
  /** What of a file it locks: `""` for all of it, or `"bytes 0 to 9 of "`. */
  readonly part: string;
  /** What a lock in this mode can only be on: a descriptor that is open for this. */
  needs(mode: LockMode): "reading" | "writing" | undefined;
  /** At once: -EAGAIN if somebody else's lock is in the way. */
  attempt(fd: number, mode: LockMode): number;
  /** Blocks this thread; -EINTR among its failures. */
  block(fd: number, mode: LockMode): number;
  /** Blocks a thread of the library's. */
  wait(fd: number, mode: LockMode): LockWait;
  unlock(fd: number): number;
  /** Whose lock is in the way, if that is known. */
  inTheWay(fd: number, mode: LockMode): LockHolder | undefined;
}
