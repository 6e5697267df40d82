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
import { changeOf, pidfd_open, pidfd_send_signal, wait4, waitid } from "../../ffi/sys_wait.ts";
import { close } from "../../ffi/unistd.ts";
import { offload } from "../../ffi/workers.ts";
import { syscallError } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import type { PollState } from "../core/pollable.ts";
import { reaping } from "../core/reaping.ts";
import { nameOfSignal } from "../core/signal_names.ts";
import { ExitStatus } from "./exit_status.ts";

/** Where wait4(2) puts the status, and behind it the usage, and a copy to read them from. Made once. */
const STATUS = 0;
const USAGE = 8;
let results: { block: Block; copy: DataView<ArrayBuffer>; usage: DataView } | undefined;

function newResults(): NonNullable<typeof results> {
  const copy = new DataView(new ArrayBuffer(USAGE + RUSAGE.sizeof));
  return { block: new Block(copy.byteLength), copy, usage: new DataView(copy.buffer, USAGE) };
}

/** What wait4(2) says of `pid`: its status and usage, which is to be read before the next call. */
function waitFor(pid: number, options: number): [raw: number, usage?: DataView] | undefined {
  const { block, copy, usage } = results ??= newResults();
  for (;;) {
    const rc = wait4(pid, block.address + STATUS, options, block.address + USAGE);
    if (rc === 0) return undefined;
    if (rc === -ERRNO.EINTR) continue;
    // ECHILD: another part of the program waited for it, or SIGCHLD is ignored.
    if (rc === -ERRNO.ECHILD) return [-1];
    if (rc < 0) throw syscallError(`wait for process ${pid}`, -rc, "wait4", { pid });
    return [block.get(copy).getInt32(STATUS, true), usage];
  }
}

/** Reap `pid` if it has ended. With `wait` the thread blocks until it has. */
export function reap(pid: number, wait: boolean): ExitStatus | undefined {
  const found = waitFor(pid, wait ? 0 : WAIT.WNOHANG);
  return found && statusOf(found);
}

/** Nobody is told how a child has ended whose end is of no interest. */
function statusOf(found: [raw: number, usage?: DataView]): ExitStatus {
  return reaping.automatic ? new ExitStatus(-1) : new ExitStatus(...found);
}

/** Which changes of a living child are of interest. */
export interface ChangeOptions {
  /** Whether it was stopped. @default {false} */
  stopped?: boolean;
  /** Whether it was continued. @default {false} */
  continued?: boolean;
}

function flagsOf({ stopped, continued }: ChangeOptions): number {
  return (stopped ? WAIT.WUNTRACED : 0) | (continued ? WAIT.WCONTINUED : 0);
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
  const reserved = eventfd(0, EPOLL.EFD_CLOEXEC);
  if (reserved < 0) throw syscallError(`spawn ${JSON.stringify(program)}: watch it`, -reserved, "eventfd");
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
  #endedAt: number | undefined;
  #wait: Wait | undefined;
  #held = true;

  /** Owns the pidfd. Where there is none (an emulator) a worker waits. */
  constructor({ pid, pidfd }: Started) {
    this.pid = pid;
    if (pidfd >= 0) this.#pidfd = Fd.made(pidfd);
    this.exited = this.#watch();
  }

  /** How it ended, if it has been reaped. */
  get status(): ExitStatus | undefined {
    return this.#status;
  }

  /** When it was reaped, as performance.now() counts: from then on its number may become another's. */
  get endedAt(): number | undefined {
    return this.#endedAt;
  }

  async #watch(): Promise<ExitStatus> {
    for (;;) {
      const result = await this.#waitOnce();
      const status = this.poll();
      if (status !== undefined) return status;
      if (result < 0) this.#withoutDescriptor(-result);
    }
  }

  /** How it ended, if it has. It is reaped by this if it was not; never twice, as its number may be another child's. */
  poll(): ExitStatus | undefined {
    return this.#status ??= this.#end(waitFor(this.pid, WAIT.WNOHANG));
  }

  #end(found: ReturnType<typeof waitFor>): ExitStatus | undefined {
    if (found === undefined) return undefined;
    this.#endedAt = performance.now();
    this.#wait?.cancel();
    this.#pidfd?.close();
    return statusOf(found);
  }

  /** Its last change, if nobody was told of that yet: the signal that stopped it, or that it was continued. */
  change(options: ChangeOptions): { stopped: string } | { continued: true } | undefined {
    if (this.#status !== undefined) return undefined;
    const found = waitFor(this.pid, WAIT.WNOHANG | flagsOf(options));
    const change = found && changeOf(found[0]);
    if (change === undefined) this.#status = this.#end(found);
    return change && ("stopped" in change ? { stopped: nameOfSignal(change.stopped) } : change);
  }

  /** Until it has changed or ended: a worker waits, as no descriptor tells of a change. Takes no news away. */
  changes(options: ChangeOptions): Wait {
    return offload(waitid, [WAIT.P_PID, this.pid, 0, flagsOf(options) | WAIT.WEXITED | WAIT.WNOWAIT], this.#held);
  }

  #waitOnce(): Promise<number> {
    this.#wait = this.#begin(this.#held);
    return this.#wait.result;
  }

  #begin(held: boolean): Wait {
    return this.#pidfd === undefined
      ? offload(waitid, [WAIT.P_PID, this.pid, 0, WAIT.WEXITED | WAIT.WNOWAIT], held)
      : ended(this.#pidfd.number, held);
  }

  /** Whether it has ended, which is what a child can be waited for; it is reaped by this if it has. */
  get state(): PollState {
    if (this.poll() !== undefined) return { fd: -1, ready: true };
    const fd = this.#pidfd?.number ?? -1;
    return { fd, ready: false, hidden: fd < 0, wait: () => this.#begin(true) };
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
