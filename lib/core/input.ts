/** Reading a descriptor that never blocks us: a system call first, and only if it has nothing yet, a wait. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { setNonBlocking } from "../../ffi/descriptors.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { pollAny } from "../../ffi/poll.ts";
import { READABLE, ready, withTurn } from "../../ffi/reactor.ts";
import { bytesReadable } from "../../ffi/sys_ioctl.ts";
import { read } from "../../ffi/unistd.ts";
import { ClosedError, type SyscallError, syscallError } from "./errors.ts";
import type { Fd } from "./fd.ts";
import type { PollState } from "./pollable.ts";
import { DescriptorWaiter } from "./readiness.ts";

/** A pipe that has carried this much is made larger: an unprivileged user may have 64 MiB of pipes in all, so not before. */
const VOLUME = 4 * 1024 * 1024;
const LARGE_PIPE = 1024 * 1024;

/** The error for -errno of a descriptor that could not be read. */
export type ReadFailure = (rc: number, fd: number) => SyscallError;

const unreadable: ReadFailure = (rc, fd) => syscallError(`read descriptor ${fd}`, -rc, "read", { fd });

/** The reading half of a byte stream over a descriptor that nobody else reads. It owns the descriptor. */
export class Input {
  readonly #fd: Fd;
  /** The descriptor for read(2); it is not used any more once the stream has ended. */
  readonly #number: number;
  readonly #waiter: DescriptorWaiter;
  readonly #onClose: (() => void) | undefined;
  readonly #failed: ReadFailure;
  #failure: { reason: unknown } | undefined;
  #ended = false;
  #bytes = 0;

  /** `onClose` is called when it has ended or was closed, perhaps more than once. `failed` finds words for errors. */
  constructor(fd: Fd, onClose?: () => void, failed: ReadFailure = unreadable) {
    this.#fd = fd;
    this.#failed = failed;
    this.#onClose = onClose;
    this.#number = fd.number;
    this.#waiter = new DescriptorWaiter(fd);
    setNonBlocking(fd.number, true);
  }

  /**
   * Read into `target`: how many bytes came, 0 at the end. A number where no wait was needed, which spares the fast
   * case a promise.
   */
  read(target: Uint8Array<ArrayBuffer>): number | Promise<number> {
    const count = this.#try(target);
    return count === -ERRNO.EAGAIN ? this.#wait(target) : withTurn(count, count);
  }

  async #wait(target: Uint8Array<ArrayBuffer>): Promise<number> {
    for (;;) {
      await this.#waiter.readable();
      const count = this.#try(target);
      if (count !== -ERRNO.EAGAIN) return count;
    }
  }

  /**
   * What is there, in memory of its own, at most `most` bytes; undefined where nothing is, and at the end. A promise where
   * the loop has to have its turn first.
   */
  readChunk(most: number): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> | undefined {
    if (this.#failure || this.#ended) return undefined;
    const length = Math.min(most, bytesReadable(this.#number));
    if (length <= 0) return undefined;
    const chunk = new Uint8Array(length);
    const count = this.#try(chunk);
    return count > 0 ? withTurn(chunk.subarray(0, count), count) : undefined;
  }

  /** What is there: a count, 0 at the end, or -EAGAIN. */
  #try(target: Uint8Array<ArrayBuffer>): number {
    if (this.#failure) throw this.#failure.reason;
    if (this.#ended || target.length === 0) return 0;
    const count = this.#readOnce(target);
    if (count === 0) this.#finish();
    else if (count > 0) this.#count(count);
    return count;
  }

  #readOnce(target: Uint8Array<ArrayBuffer>): number {
    for (;;) {
      const count = read(this.#number, target, target.length);
      if (count >= 0 || count === -ERRNO.EAGAIN) return count;
      if (count === -ERRNO.EINTR) continue;
      const error = this.#failed(count, this.#number);
      this.close(error);
      throw error;
    }
  }

  #finish(): void {
    this.#ended = true;
    this.#release();
  }

  #count(bytes: number): void {
    const before = this.#bytes;
    this.#bytes += bytes;
    if (before < VOLUME && this.#bytes >= VOLUME) fcntl(this.#number, FCNTL.F_SETPIPE_SZ, LARGE_PIPE);
  }

  #release(): void {
    this.#fd.close();
    this.#onClose?.();
  }

  /** Whether nobody writes any more: what is left, and the end, come without a wait. */
  get complete(): boolean {
    if (this.#ended || this.#failure) return true;
    // A hang-up is reported whether asked for or not.
    return [pollAny([[this.#number, 0]], 0, false)].flat().includes(this.#number);
  }

  /** How it stands. */
  get state(): PollState {
    if (this.#ended || this.#failure) return { fd: -1, ready: true };
    const number = this.#number;
    return { fd: number, ready: false, wait: () => ready(number, READABLE) };
  }

  /** Whether waits keep the process alive. */
  hold(on: boolean): void {
    this.#waiter.hold(on);
  }

  /** Close the descriptor. Pending and later reads reject with `reason`; after the end they go on to report it. */
  close(reason: unknown = new ClosedError("The stream was closed")): void {
    if (!this.#ended) this.#failure ??= { reason };
    this.#release();
  }
}
