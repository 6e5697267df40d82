/**
 * Between the launcher and the daemon: a pipe by which the daemon tells that it is ready or why it is not, and one that the
 * launcher answers by, and whose end tells the daemon that the launcher is gone.
 */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { cString, readCString } from "../../ffi/memory.ts";
import { getenv, unsetenv } from "../../ffi/stdlib.ts";
import { identityOf } from "../../ffi/sys_stat.ts";
import { read, write } from "../../ffi/unistd.ts";
import type { Fd } from "../core/fd.ts";
import { takeDescriptor } from "../core/legacy.ts";
import { DescriptorWaiter } from "../core/readiness.ts";

/** The variable that tells a process that it is the daemon, by the identity of the pipe at {@linkcode REPORT}. */
export const VARIABLE = "VASTY_DAEMON";
/** The daemon's numbers of its ends. */
export const REPORT = 3;
export const ANSWER = 4;

/** What a daemon tells: it is ready, or it failed. */
export interface DaemonReport {
  readonly failed?: string;
}

/** The pipe behind `fd`, in a word. */
export function identityWord(fd: number): string {
  const found = identityOf(fd);
  return typeof found === "number" || found.kind !== "FIFO" ? "" : found.id;
}

/**
 * The daemon's ends, if this process was started to be one. The variable is removed: a child is no daemon. One that has
 * inherited it before finds other descriptors.
 */
export function takeChannel(): DaemonChannel | undefined {
  const address = getenv(cString(VARIABLE));
  if (address === 0) return undefined;
  const word = readCString(address);
  unsetenv(cString(VARIABLE));
  if (word === "" || identityWord(REPORT) !== word) return undefined;
  return resumeChannel();
}

/** The same ends, of a daemon that has begun anew while its launcher waits. */
export function resumeChannel(): DaemonChannel {
  return new DaemonChannel(takeDescriptor(REPORT), takeDescriptor(ANSWER));
}

/** The daemon's ends. */
export class DaemonChannel implements Disposable {
  readonly #report: Fd;
  readonly #answer: Fd;
  readonly #waiter: DescriptorWaiter;
  readonly #answered: Promise<boolean>;

  constructor(report: Fd, answer: Fd) {
    this.#report = report;
    this.#answer = answer;
    this.#waiter = new DescriptorWaiter(answer);
    // Only who waits for the answer keeps the process alive for it.
    this.#waiter.hold(false);
    this.#answered = this.#listen();
  }

  /** Both ends. */
  get fds(): readonly Fd[] {
    return [this.#report, this.#answer];
  }

  get closed(): boolean {
    return this.#report.closed;
  }

  /** Whether the launcher has answered; false when it is gone. */
  get answered(): Promise<boolean> {
    this.#waiter.hold(true);
    return this.#answered;
  }

  /** Have `listener` called if the launcher ends before it has answered. */
  onGone(listener: () => void): void {
    this.#answered.then((answered) => answered || this.#answer.closed || listener());
  }

  async #listen(): Promise<boolean> {
    const byte = new Uint8Array(1);
    for (;;) {
      await this.#waiter.readable();
      if (this.#answer.closed) return false;
      const count = read(this.#answer.number, byte, 1);
      if (count >= 0) return count === 1;
      if (count !== -ERRNO.EINTR && count !== -ERRNO.EAGAIN) return false;
    }
  }

  /** Tell the launcher. Nobody listens any more if it is gone, which `answered` tells. */
  tell(report: DaemonReport): void {
    const bytes = new TextEncoder().encode(`${JSON.stringify(report)}\n`);
    for (let at = 0; at < bytes.length;) {
      const rest = bytes.subarray(at);
      const count = write(this.#report.number, rest, rest.length);
      if (count > 0) at += count;
      else if (count !== -ERRNO.EINTR) return;
    }
  }

  [Symbol.dispose](): void {
    this.#report.close();
    this.#answer.close();
  }
}
