/** Writing a descriptor that never blocks us. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { setNonBlocking } from "../../ffi/descriptors.ts";
import type { Memory } from "../../ffi/libc.ts";
import { turnDue } from "../../ffi/reactor.ts";
import { write } from "../../ffi/unistd.ts";
import { ClosedError, type SyscallError, syscallError } from "./errors.ts";
import type { Fd } from "./fd.ts";
import { DescriptorWaiter } from "./readiness.ts";

/** write(2), or what a socket has for it: how many bytes went, or -errno. */
export type WriteCall = (fd: number, bytes: Memory, length: number) => number;

/** The error for -errno of a descriptor that could not be written. */
export type WriteFailure = (rc: number, fd: number) => SyscallError;

const unwritable: WriteFailure = (rc, fd) => syscallError(`write to descriptor ${fd}`, -rc, "write", { fd });

/** The writing half of a byte stream over a descriptor that nobody else writes. It owns the descriptor. */
export class Output {
  readonly #fd: Fd;
  readonly #waiter: DescriptorWaiter;
  readonly #onClose: (() => void) | undefined;
  readonly #write: WriteCall;
  readonly #failed: WriteFailure;
  #failure: { reason: unknown } | undefined;

  /** `onClose` is called when it was closed, perhaps more than once. `put` writes, `failed` finds words for errors. */
  constructor(fd: Fd, onClose?: () => void, put: WriteCall = write, failed: WriteFailure = unwritable) {
    this.#failed = failed;
    this.#fd = fd;
    this.#write = put;
    this.#onClose = onClose;
    this.#waiter = new DescriptorWaiter(fd);
    setNonBlocking(fd.number, true);
  }

  /** Write all of `bytes`, waiting as often as the other side makes us. */
  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const count = this.#try(at === 0 ? bytes : bytes.subarray(at));
      if (count === -ERRNO.EAGAIN) await this.#waiter.writable();
      else at += count;
    }
    return turnDue(bytes.length);
  }

  #try(bytes: Memory): number {
    for (;;) {
      if (this.#failure) throw this.#failure.reason;
      const count = this.#write(this.#fd.number, bytes, bytes.byteLength);
      if (count >= 0 || count === -ERRNO.EAGAIN) return count;
      if (count === -ERRNO.EINTR) continue;
      this.close(this.#failed(count, this.#fd.number));
    }
  }

  /** Until nobody reads any more, or it is closed. */
  abandoned(): Promise<void> {
    return this.#waiter.broken();
  }

  /** Whether waits keep the process alive. */
  hold(on: boolean): void {
    this.#waiter.hold(on);
  }

  /** Close the descriptor, which is how the other side sees the end. Pending and later writes reject with `reason`. */
  close(reason: unknown = new ClosedError("The stream was closed")): void {
    this.#failure ??= { reason };
    this.#fd.close();
    this.#onClose?.();
  }
}
