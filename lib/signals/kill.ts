/** Sending signals. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { kill as killProcess, sigqueue as queueSignal, tgkill } from "../../ffi/signal.ts";
import { gettid } from "../../ffi/unistd.ts";
import { check, syscallError } from "../core/errors.ts";
import { requireRun } from "../core/permissions.ts";
import { nameOfSignal, numberOfSignal, type SignalName } from "../core/signal_names.ts";
import { deliverNow } from "./delivery.ts";
import { existing } from "./refused.ts";

/** The signal, and whether process groups are meant: `"-HUP"`, or a negative number. */
function parse(signal: SignalName | number): { number: number; group: boolean } {
  if (typeof signal === "number") return { number: numberOfSignal(Math.abs(signal)), group: signal < 0 };
  if (signal === "ZERO") return { number: 0, group: false };
  return signal.startsWith("-")
    ? { number: numberOfSignal(signal.slice(1)), group: true }
    : { number: numberOfSignal(signal), group: false };
}

/** What is signalled by this number: a process, or a group if it is below 0. */
function target(pid: number, group: boolean): number {
  checkPid(pid);
  if (group && Math.abs(pid) === 1) {
    throw new RangeError("Process group 1 cannot be signalled: to kill(2) -1 is everybody");
  }
  return group ? -Math.abs(pid) : pid;
}

function checkPid(pid: number): void {
  if (!Number.isInteger(pid) || Math.abs(pid) > 0x7fffffff) throw new TypeError(`${pid} is no process id`);
}

/**
 * Send a signal to processes, as Perl's `kill`.
 *
 * A process id above 0 is that process; 0 is every process of this one's group; -1 every process there is that may be
 * signalled; any other negative number the process group of that number. A negative signal (`-9`, `"-HUP"`) makes of each
 * id a process group. Signal 0 sends nothing, and tells whether it could be sent. Where a number may have become another
 * process's, use `Pidfd` or a `Child`.
 *
 * Needs `run` permission, all of it, unless it is this process alone.
 *
 * @param pids One process id or several.
 * @param signal A name or number, `"SIGTERM"` unless it is given.
 * @returns How many of `pids` were signalled. One that is gone or not yours is not counted; `alive` tells which it was.
 * @throws {TypeError} if there is no such signal, or a process id is no integer.
 * @throws {RangeError} if a negative signal is for group 1, which kill(2) has no number for: it takes -1 for everybody.
 * @throws {Deno.errors.NotCapable} if the permission is missing.
 * @example
 * ```ts
 * import { kill } from "@vasty/vasty";
 *
 * console.assert(kill([Deno.pid], 0) === 1);
 * ```
 * @see kill(2)
 */
export function kill(pids: number | readonly number[], signal: SignalName | number = "SIGTERM"): number {
  const { number, group } = parse(signal);
  const targets = (typeof pids === "number" ? [pids] : pids).map((pid) => target(pid, group));
  if (targets.some((pid) => pid !== Deno.pid)) requireRun();
  return targets.filter((pid) => killProcess(pid, number) === 0).length;
}

/**
 * Whether a process is there.
 *
 * @param pid Its process id. One that has ended and was not waited for yet, a zombie, is still there.
 * @returns `"alive"`, `"not yours"` if it is there and may not be signalled (EPERM), or `"gone"`.
 * @throws {TypeError} if `pid` is no integer above 0.
 * @throws {Deno.errors.NotCapable} without `run` permission, unless it is this process.
 * @example
 * ```ts
 * import { alive } from "@vasty/vasty";
 *
 * console.assert(alive(Deno.pid) === "alive");
 * ```
 * @see kill(2)
 */
export function alive(pid: number): "alive" | "not yours" | "gone" {
  checkPid(pid);
  if (pid <= 0) throw new TypeError(`${pid} is no process id of one process`);
  if (pid !== Deno.pid) requireRun();
  const rc = killProcess(pid, 0);
  if (rc === 0) return "alive";
  if (rc === -ERRNO.EPERM) return "not yours";
  if (rc === -ERRNO.ESRCH) return "gone";
  throw syscallError(`ask for process ${pid}`, -rc, "kill", { pid });
}

/**
 * Send a signal with a value. Real-time signals are queued: each arrives, in order, as long as the queue has room.
 *
 * @param pid The process.
 * @param signal Its name or number.
 * @param value An integer of 32 bits, which the receiver finds in `SignalInfo.value`.
 * @throws {TypeError} if there is no such signal, or `pid` is no integer above 0.
 * @throws {RangeError} if `value` is no integer of 32 bits.
 * @throws {SyscallError} `ESRCH` if there is no such process; `EPERM` if it is not yours; `EAGAIN` if the receiver has as
 * many signals waiting as it may have (RLIMIT_SIGPENDING).
 * @throws {Deno.errors.NotCapable} without `run` permission, unless it is this process.
 * @example
 * ```ts
 * import { sigqueue, signals } from "@vasty/vasty";
 *
 * await using coming = signals("SIGRTMIN+1", { ref: true });
 * sigqueue(Deno.pid, "SIGRTMIN+1", 42);
 * console.assert((await coming.next()).value?.value === 42);
 * ```
 * @see sigqueue(3)
 */
export function sigqueue(pid: number, signal: SignalName | number, value = 0): void {
  const number = numberOfSignal(signal);
  checkPid(pid);
  if (pid <= 0) throw new TypeError(`A signal with a value goes to one process, and ${pid} is none`);
  if ((value | 0) !== value) throw new RangeError(`The value of a signal is an integer of 32 bits: ${value}`);
  if (pid !== Deno.pid) requireRun();
  const doing = `send ${number === 0 ? "signal 0" : nameOfSignal(number)} to process ${pid}`;
  check(queueSignal(pid, number, value), doing, "sigqueue", { pid });
}

/**
 * Send a signal to this process. What comes of it has happened when this returns: handlers have run, unless the signal is
 * blocked.
 *
 * @param signal Its name or number, also one that cannot be caught: `raise("SIGSTOP")` stops the program until somebody
 * sends `SIGCONT`.
 * @throws {TypeError} if there is no such signal.
 * @throws what a handler throws.
 * @example
 * ```ts
 * import { raise, SIG } from "@vasty/vasty";
 *
 * let count = 0;
 * SIG.USR2 = () => count++;
 * raise("SIGUSR2");
 * console.assert(count === 1);
 * SIG.USR2 = "DEFAULT";
 * ```
 * @see raise(3)
 */
export function raise(signal: SignalName | number): void {
  const number = existing(signal);
  // On another thread than the first one the kernel would take its time and perhaps a third: a Web Worker's, a test's.
  const rc = gettid() === Deno.pid ? killProcess(Deno.pid, number) : tgkill(Deno.pid, gettid(), number);
  check(rc, `raise ${nameOfSignal(number)}`, "kill", { pid: Deno.pid });
  deliverNow();
}
