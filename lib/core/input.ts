/** Reading a descriptor that never blocks us: a system call first, and only if it has nothing yet, a wait. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { setNonBlocking } from "../../ffi/descriptors.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { Pending, type Wait } from "../../ffi/pending.ts";
import { pollAny } from "../../ffi/poll.ts";
import { READABLE, ready, withTurn } from "../../ffi/reactor.ts";
import { read } from "../../ffi/unistd.ts";
import { Adopted } from "./adopted.ts";
import { ClosedError, type SyscallError, syscallError } from "./errors.ts";
import type { Fd } from "./fd.ts";
import type { PollState } from "./pollable.ts";
import { DescriptorWaiter } from "./readiness.ts";

const LARGE_PIPE = 1024 * 1024;

/** The error for -errno of a descriptor that could not be read. */
export type ReadFailure = (rc: number, fd: number) => SyscallError;

const unreadable: ReadFailure = (rc, fd) => syscallError(`read descriptor ${fd}`, -rc, "read", { fd });

/** The reading half of a byte stream over a descriptor that nobody else reads. It owns the descriptor. */
export class Input {
  /**
   * From this many bytes on a stream has shown volume. Then its pipe is made larger (an unprivileged user may have 64 MiB
   * of pipes in all, so not before), and Deno's own loop takes over from the reactor: that carries a quarter more, but
   * is no faster for a dialog.
   */
  static volume: number = 4 * 1024 * 1024;

  readonly #fd: Fd;
  /** The descriptor for read(2), ours or the adopted one; it is not used any more once the stream has ended. */
  readonly #number: number;
  readonly #waiter: DescriptorWaiter;
  readonly #onClose: (() => void) | undefined;
  readonly #failed: ReadFailure;
  #adopted: Adopted | undefined;
  #held = true;
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
    return count === -ERRNO.EAGAIN ? this.#wait(target) : withTurn(count);
  }

  async #wait(target: Uint8Array<ArrayBuffer>): Promise<number> {
    for (;;) {
      await (this.#adopt() ?? this.#waiter).readable();
      const count = this.#try(target);
      if (count !== -ERRNO.EAGAIN) return count;
    }
  }

  /** The adopted descriptor, once the stream has shown volume. */
  #adopt(): Adopted | undefined {
    if (this.#adopted === undefined && this.#bytes >= Input.volume) {
      this.#adopted = Adopted.take(this.#number, this.#held);
      if (this.#adopted) this.#fd.release();
    }
    return this.#adopted;
  }

  /** What is there: a count, 0 at the end, or -EAGAIN. */
  #try(target: Uint8Array<ArrayBuffer>): number {
    if (this.#failure) throw this.#failure.reason;
    if (this.#ended || target.length === 0) return 0;
    const count = this.#adopted === undefined || this.#adopted.direct
      ? this.#readDirectly(target)
      : this.#adopted.take(target) || this.#nothing(this.#adopted);
    if (count === 0) this.#finish();
    else if (count > 0) this.#count(count);
    return count;
  }

  /** Node has no chunk: it has seen an error or the end, or nothing yet. */
  #nothing(adopted: Adopted): number {
    if (this.#failure === undefined && adopted.error) this.close(this.#inOurWords(adopted.error));
    if (this.#failure) throw this.#failure.reason;
    return adopted.ended ? 0 : -ERRNO.EAGAIN;
  }

  /** The same error whoever met it: Node's has the number as well. */
  #inOurWords(error: Error & { errno?: number }): Error {
    const { errno = 0 } = error;
    return errno < 0 ? this.#failed(errno, this.#number) : error;
  }

  #readDirectly(target: Uint8Array<ArrayBuffer>): number {
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
    if (before < Input.volume && this.#bytes >= Input.volume) fcntl(this.#number, FCNTL.F_SETPIPE_SZ, LARGE_PIPE);
  }

  #release(): void {
    this.#adopted?.close();
    this.#fd.close();
    this.#onClose?.();
  }

  /** Whether nobody writes any more: what is left, and the end, come without a wait. */
  get complete(): boolean {
    if (this.#ended || this.#failure) return true;
    if (this.#adopted?.direct === false) return this.#adopted.ended;
    // A hang-up is reported whether asked for or not.
    return [pollAny([[this.#number, 0]], 0, false)].flat().includes(this.#number);
  }

  /** How it stands: what Node has read of it is no longer seen by the kernel. */
  get state(): PollState {
    if (this.#ended || this.#failure) return { fd: -1, ready: true };
    const adopted = this.#adopted;
    const number = this.#number;
    // A descriptor that Node takes over ends that wait, where a copy of it would go on waiting for what Node has read.
    if (adopted === undefined) return { fd: number, ready: false, wait: () => ready(number, READABLE) };
    const fd = adopted.gone ? -1 : number;
    return { fd, ready: adopted.ready, hidden: !adopted.direct, wait: () => waitFor(adopted) };
  }

  /** Whether waits keep the process alive. */
  hold(on: boolean): void {
    this.#held = on;
    this.#waiter.hold(on);
    this.#adopted?.hold(on);
  }

  /** Close the descriptor. Pending and later reads reject with `reason`; after the end they go on to report it. */
  close(reason: unknown = new ClosedError("The stream was closed")): void {
    if (!this.#ended) this.#failure ??= { reason };
    this.#release();
  }
}

/** Until Node has something, as the reactor would wait. */
function waitFor(adopted: Adopted): Wait {
  const pending = new Pending(true);
  adopted.readable().then(() => pending.settle(0));
  return {
    result: pending.result,
    cancel: () => {
      if (!pending.done) adopted.wake();
      pending.settle(-ERRNO.ECANCELED);
    },
    ref: () => pending.hold(true),
    unref: () => pending.hold(false),
  };
}
