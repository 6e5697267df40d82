/** A process that is referred to by a descriptor, and not by a number that may become another's. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { aboveStandard } from "../../ffi/descriptors.ts";
import { pidfd_open, pidfd_send_signal } from "../../ffi/sys_wait.ts";
import { check, syscallError } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import type { WaitOptions } from "../core/limit.ts";
import { requireRun } from "../core/permissions.ts";
import { POLLABLE, type PollState } from "../core/pollable.ts";
import { waitReadable } from "../core/readiness.ts";
import { nameOfSignal, numberOfSignal, type SignalName } from "../core/signal_names.ts";

/**
 * One process, whoever its parent is. Its number is looked up once; a signal that is sent later reaches this process or
 * nobody.
 *
 * @example
 * ```ts
 * import { Pidfd, spawn } from "@vasty/vasty";
 *
 * await using child = spawn(["sleep", "60"]);
 * using sleeper = Pidfd.open(child.pid);
 * console.assert(sleeper.kill("SIGTERM"));
 * await sleeper.exited({ timeout: 5_000 });
 * ```
 * @see pidfd_open(2)
 */
export class Pidfd implements Disposable {
  /** Its process id. */
  readonly pid: number;
  readonly #fd: Fd;

  private constructor(pid: number, fd: Fd) {
    this.pid = pid;
    this.#fd = fd;
  }

  /**
   * Refer to a process.
   *
   * @param pid Its process id.
   * @returns Its owner closes it.
   * @throws {TypeError} if `pid` is no integer above 0.
   * @throws {SyscallError} `ESRCH` if there is no such process; `EMFILE` or `ENFILE` if there are too many descriptors.
   * @throws {Deno.errors.NotCapable} without `run` permission.
   */
  static open(pid: number): Pidfd {
    if (!Number.isInteger(pid) || pid <= 0) throw new TypeError(`${pid} is no process id of one process`);
    requireRun();
    const rc = aboveStandard(pidfd_open(pid, 0));
    return new Pidfd(pid, Fd.made(check(rc, `refer to process ${pid}`, "pidfd_open", { pid })));
  }

  /**
   * Send a signal.
   *
   * @param signal Its name or number; 0 sends nothing.
   * @returns False if the process has ended and was waited for. One that was not yet, a zombie, takes every signal, and
   * nothing comes of it; {@linkcode Pidfd.exited} tells of the end at once.
   * @throws {TypeError} if there is no such signal.
   * @throws {SyscallError} `EPERM` if the process is not yours.
   * @throws {ClosedError} if this is closed.
   */
  kill(signal: SignalName | number = "SIGTERM"): boolean {
    const number = numberOfSignal(signal);
    const rc = pidfd_send_signal(this.#fd.number, number, 0, 0);
    if (rc === -ERRNO.ESRCH) return false;
    if (rc < 0) {
      const doing = `send ${number === 0 ? "signal 0" : nameOfSignal(number)} to process ${this.pid}`;
      throw syscallError(doing, -rc, "pidfd_send_signal", { pid: this.pid });
    }
    return true;
  }

  /**
   * Wait for its end, also of a process that is no child. Nothing is reaped by that.
   *
   * @param options When to give up.
   * @throws the reason of `signal`, or a `DOMException` named "TimeoutError".
   * @throws {ClosedError} if this is closed.
   */
  exited(options: WaitOptions = {}): Promise<void> {
    return waitReadable(this.#fd, options);
  }

  /** @ignore */
  [POLLABLE](): PollState {
    return { fd: this.#fd.number, ready: false };
  }

  /** Close the descriptor; the process goes on. The second time does nothing. */
  close(): void {
    this.#fd.close();
  }

  /** The same as {@linkcode Pidfd.close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}
