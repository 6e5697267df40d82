/** Seeing the end of a child of ours, and no other: waiting for any child would steal those of `Deno.Command`. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { EPOLL } from "../../ffi/abi/sys_epoll.ts";
import { RUSAGE, WAIT } from "../../ffi/abi/sys_wait.ts";
import { aboveStandard } from "../../ffi/descriptors.ts";
import { Block } from "../../ffi/memory.ts";
import type { Wait } from "../../ffi/pending.ts";
import { ended } from "../../ffi/reactor.ts";
import { kill } from "../../ffi/signal.ts";
import { eventfd } from "../../ffi/sys_epoll.ts";
import { pidfd_open, pidfd_send_signal, wait4, waitid } from "../../ffi/sys_wait.ts";
import { close } from "../../ffi/unistd.ts";
import { offload } from "../../ffi/workers.ts";
import { check, syscallError } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import { ExitStatus } from "./exit_status.ts";

/** Where wait4(2) puts the status, and behind it the usage. */
const STATUS = 0;
const USAGE = 8;
let results: Block | undefined;

/** Reap `pid` if it has ended. With `wait` the thread blocks until it has. */
export function reap(pid: number, wait: boolean): ExitStatus | undefined {
  results ??= new Block(USAGE + RUSAGE.sizeof);
  for (;;) {
    const rc = wait4(pid, results.address + STATUS, wait ? 0 : WAIT.WNOHANG, results.address + USAGE);
    if (rc === 0) return undefined;
    if (rc === -ERRNO.EINTR) continue;
    // ECHILD: another part of the program waited for it, or SIGCHLD is ignored.
    if (rc === -ERRNO.ECHILD) return new ExitStatus(-1);
    if (rc < 0) throw syscallError(`wait for process ${pid}`, -rc, "wait4", { pid });
    const view = new DataView(results.get(new Uint8Array(USAGE + RUSAGE.sizeof)).buffer);
    return new ExitStatus(view.getInt32(STATUS, true), new DataView(view.buffer, USAGE));
  }
}

/** A child that can be watched. */
export interface Started {
  readonly pid: number;
  /** Refers to it, whatever becomes of the number; -errno where none could be opened. Its owner closes it. */
  readonly pidfd: number;
}

/**
 * Start a child and open its pidfd. A number is kept free for that meanwhile: a child that could not be watched must not
 * be started.
 *
 * @throws {SyscallError} `EMFILE` or `ENFILE` if there are too many open descriptors.
 */
export function startWatched(program: string, start: () => number): Started {
  const doing = `spawn ${JSON.stringify(program)}: watch it`;
  const reserved = check(eventfd(0, EPOLL.EFD_CLOEXEC), doing, "eventfd");
  let pid: number;
  try {
    pid = start();
  } finally {
    close(reserved);
  }
  return { pid, pidfd: aboveStandard(pidfd_open(pid, 0)) };
}

/** Watches one child from its start to its end. */
export class ExitWatch {
  readonly pid: number;
  /** How it ended; never rejects but for a kernel that refuses to tell. */
  readonly exited: Promise<ExitStatus>;
  #pidfd: Fd | undefined;
  #status: ExitStatus | undefined;
  #wait: Wait | undefined;
  #held = true;

  /** Owns the pidfd. Where there is none (an emulator) a worker waits. */
  constructor({ pid, pidfd }: Started) {
    this.pid = pid;
    if (pidfd >= 0) this.#pidfd = Fd.adopt(pidfd);
    this.exited = this.#watch();
  }

  /** How it ended, if it has been reaped. */
  get status(): ExitStatus | undefined {
    return this.#status;
  }

  async #watch(): Promise<ExitStatus> {
    for (;;) {
      const result = await this.#waitOnce();
      const status = this.#status = reap(this.pid, false);
      if (status !== undefined) {
        this.#pidfd?.close();
        return status;
      }
      if (result < 0) this.#withoutDescriptor(-result);
    }
  }

  #waitOnce(): Promise<number> {
    this.#wait = this.#pidfd === undefined
      ? offload(waitid, [WAIT.P_PID, this.pid, 0, WAIT.WEXITED | WAIT.WNOWAIT], this.#held)
      : ended(this.#pidfd.number, this.#held);
    return this.#wait.result;
  }

  /** epoll(7) took no more (ENOSPC, ENOMEM): a worker waits; without one there is no way left. */
  #withoutDescriptor(errno: number): void {
    const pid = this.pid;
    if (this.#pidfd === undefined) throw syscallError(`wait for process ${pid}`, errno, "waitid", { pid });
    this.#pidfd.close();
    this.#pidfd = undefined;
  }

  /** Send a signal; false if the child had ended. It is not reaped before, so even its number cannot be another's. */
  kill(signal: number): boolean {
    if (this.#status !== undefined) return false;
    let rc = this.#pidfd === undefined ? -ERRNO.ENOSYS : pidfd_send_signal(this.#pidfd.number, signal, 0, 0);
    if (rc < 0 && rc !== -ERRNO.ESRCH) rc = kill(this.pid, signal);
    if (rc < 0 && rc !== -ERRNO.ESRCH) throw syscallError(`signal process ${this.pid}`, -rc, "kill", { pid: this.pid });
    return rc === 0;
  }

  /** Whether waiting for the end keeps the process alive. */
  hold(on: boolean): void {
    this.#held = on;
    on ? this.#wait?.ref() : this.#wait?.unref();
  }
}
