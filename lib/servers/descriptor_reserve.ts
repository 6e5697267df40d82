/** Descriptors that a server leaves to the rest of its program. */
import { getdtablesize } from "../../ffi/unistd.ts";
import type { Fd } from "../core/fd.ts";

/**
 * How many: a handler that cannot open a file is of little use, and Deno itself ends the program where it cannot have the few that
 * it makes when it needs them first.
 */
const RESERVE = 16;

/** How many of `limit` may be taken. */
function usable(limit: number): number {
  return limit - Math.min(RESERVE, limit >> 2);
}

/** Watches over the reserve. */
export class DescriptorReserve {
  #usable = usable(getdtablesize());
  #touched = false;

  /** A descriptor was taken. The kernel gives the lowest one that is free. */
  taken(fd: Fd): void {
    if (fd.number >= this.#usable) this.#touched = true;
  }

  /**
   * Why no other is to be taken; undefined if one may be. `any` is an open descriptor.
   *
   * @throws {SyscallError} `EMFILE`, `ENFILE`.
   */
  refusal(any: Fd): Error | undefined {
    if (!this.#touched) return undefined;
    const limit = getdtablesize();
    this.#usable = usable(limit);
    using lowest = any.duplicate();
    this.#touched = lowest.number >= this.#usable;
    return this.#touched ? new Error(`nearly all of ${limit} descriptors are open (EMFILE)`) : undefined;
  }
}
