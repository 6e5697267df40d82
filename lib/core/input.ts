/** Reading a descriptor that never blocks us: a system call first, and only if it has nothing yet, a wait. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { setNonBlocking } from "../../ffi/descriptors.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import type { Memory } from "../../ffi/libc.ts";
import { read } from "../../ffi/unistd.ts";
import { ClosedError, syscallError } from "./errors.ts";
import type { Fd } from "./fd.ts";
import { DescriptorWaiter } from "./readiness.ts";

/** From this many bytes on a pipe is made larger: an unprivileged user may have 64 MiB of pipes in all. */
const VOLUME = 4 * 1024 * 1024;
const LARGE_PIPE = 1024 * 1024;

/** The reading half of a byte stream over a descriptor that nobody else reads. It owns the descriptor. */
export class Input {
  readonly #fd: Fd;
  readonly #waiter: DescriptorWaiter;
  #failure: { reason: unknown } | undefined;
  #ended = false;
  #bytes = 0;

  constructor(fd: Fd) {
    this.#fd = fd;
    this.#waiter = new DescriptorWaiter(fd);
    setNonBlocking(fd.number, true);
  }

  /** Whether the end has been read. */
  get ended(): boolean {
    return this.#ended;
  }

  /**
   * Read into `target`: how many bytes came, 0 at the end. A number where no wait was needed, which spares the fast
   * case a turn of the event loop.
   */
  read(target: Memory): number | Promise<number> {
    const count = this.#try(target);
    return count === -ERRNO.EAGAIN ? this.#wait(target) : count;
  }

  async #wait(target: Memory): Promise<number> {
    for (;;) {
      await this.#waiter.readable();
      const count = this.#try(target);
      if (count !== -ERRNO.EAGAIN) return count;
    }
  }

  /** One read(2): a count, or -EAGAIN. */
  #try(target: Memory): number {
    if (this.#failure) throw this.#failure.reason;
    if (this.#ended || target.byteLength === 0) return 0;
    for (;;) {
      const count = read(this.#fd.number, target, target.byteLength);
      if (count === -ERRNO.EINTR) continue;
      if (count < 0 && count !== -ERRNO.EAGAIN) throw this.#broken(-count);
      if (count === 0) this.#finish();
      else if (count > 0) this.#count(count);
      return count;
    }
  }

  #broken(errno: number): Error {
    const error = syscallError(`read descriptor ${this.#fd.number}`, errno, "read", { fd: this.#fd.number });
    this.close(error);
    return error;
  }

  #finish(): void {
    this.#ended = true;
    this.#fd.close();
  }

  #count(bytes: number): void {
    const before = this.#bytes;
    this.#bytes += bytes;
    if (before < VOLUME && this.#bytes >= VOLUME) fcntl(this.#fd.number, FCNTL.F_SETPIPE_SZ, LARGE_PIPE);
  }

  /** Whether waits keep the process alive. */
  hold(on: boolean): void {
    this.#waiter.hold(on);
  }

  /** Close the descriptor. Pending and later reads reject with `reason`; after the end they go on to report it. */
  close(reason: unknown = new ClosedError("The stream was closed")): void {
    if (!this.#ended) this.#failure ??= { reason };
    this.#fd.close();
  }
}
