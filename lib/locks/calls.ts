/** What all kinds of locks have in common: the calls that take and release them, and who holds them. */
import type { Bound } from "../../ffi/bind.ts";
import type { LockHolder } from "./holders.ts";

/** `"shared"`: with others that are shared, as readers want it. `"exclusive"`: alone, as a writer wants it. */
export type LockMode = "shared" | "exclusive";

/** @throws {TypeError} if it is neither. */
export function checkLockMode(mode: LockMode): void {
  if (mode !== "shared" && mode !== "exclusive") {
    throw new TypeError(`A lock is "shared" or "exclusive", not ${Deno.inspect(mode)}`);
  }
}

/** A call of libc that blocks until the lock is there, for a thread of the library's; what it points to is freed by disposing. */
export interface LockCall extends Disposable {
  readonly fn: Bound<readonly ("int" | "long" | "address")[]>;
  readonly args: readonly number[];
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
  /** What waits for it. */
  waiting(fd: number, mode: LockMode): LockCall;
  unlock(fd: number): number;
  /** Whose lock is in the way, if that is known. */
  inTheWay(fd: number, mode: LockMode): LockHolder | undefined;
}
