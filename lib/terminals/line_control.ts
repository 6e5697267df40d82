/** The queues of a terminal and its line: tcdrain(3) and its kin. */
import { LINE_CONTROL } from "../../ffi/abi/termios.ts";
import type { Bound } from "../../ffi/bind.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { tcdrain, tcflow, tcflush, tcsendbreak } from "../../ffi/termios.ts";
import { offload } from "../../ffi/workers.ts";
import { onClosing } from "../core/closing.ts";
import { check, ClosedError } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import { checkLimit, Limit, type WaitOptions } from "../core/limit.ts";
import { openTerminal, type TerminalTarget } from "./terminal_target.ts";

/** Which queue of a terminal. */
export type TerminalQueue = "input" | "output" | "both";

/** What {@linkcode flow} does. */
export type FlowAction = "suspend-output" | "resume-output" | "send-stop" | "send-start";

const QUEUES: Readonly<Record<TerminalQueue, number>> = {
  input: LINE_CONTROL.TCIFLUSH,
  output: LINE_CONTROL.TCOFLUSH,
  both: LINE_CONTROL.TCIOFLUSH,
};

const ACTIONS: Readonly<Record<FlowAction, number>> = {
  "suspend-output": LINE_CONTROL.TCOOFF,
  "resume-output": LINE_CONTROL.TCOON,
  "send-stop": LINE_CONTROL.TCIOFF,
  "send-start": LINE_CONTROL.TCION,
};

/** What a worker is to do with a terminal. */
interface Job {
  readonly call: Bound<readonly "int"[]>;
  readonly args: readonly number[];
  readonly syscall: string;
  readonly doing: string;
}

/**
 * Wait until everything written to a terminal has gone out over its line. Of a pty that is at once: what the other side has
 * not read yet counts as sent. A thread of the library's waits, so that the program goes on.
 *
 * @param target The terminal.
 * @param options When to give up; what was written goes out all the same.
 * @throws {TypeError} if `target` is no target.
 * @throws {RangeError} if `timeout` is negative or not a number.
 * @throws {SyscallError} `ENOTTY` if it is no terminal, `EIO` if it was hung up, or why its path cannot be opened.
 * @throws {ClosedError} if `target` is closed, before or meanwhile.
 * @throws {Deno.errors.NotCapable} if it is a path and `read` or `write` permission is missing.
 * @throws the signal's reason, or a `DOMException` named "TimeoutError".
 * @example
 * ```ts
 * import { drain, isTerminal } from "@vasty/vasty";
 *
 * if (isTerminal(1)) await drain(1);
 * ```
 * @see tcdrain(3)
 */
export function drain(target: TerminalTarget, options: WaitOptions = {}): Promise<void> {
  return elsewhere(target, { call: tcdrain, args: [], syscall: "tcdrain", doing: "drain" }, options);
}

/**
 * Send a break over a serial line: zeros for longer than any character takes. A pty does nothing. A thread of the library's
 * waits until it was sent.
 *
 * @param target The terminal.
 * @param ms How long, in milliseconds, rounded up to tenths of a second; 0, the default, is between a quarter and half a
 * second.
 * @param options When to give up; the break ends then.
 * @throws {TypeError} if `target` is no target.
 * @throws {RangeError} if `ms` is no integer from 0 to 60,000, or `timeout` is negative or not a number.
 * @throws {SyscallError} `ENOTTY` if it is no terminal, `EIO` if it was hung up, or why its path cannot be opened.
 * @throws {ClosedError} if `target` is closed, before or meanwhile.
 * @throws {Deno.errors.NotCapable} if it is a path and `read` or `write` permission is missing.
 * @throws the signal's reason, or a `DOMException` named "TimeoutError".
 * @example
 * ```ts
 * import { sendBreak } from "@vasty/vasty";
 *
 * async function attention(line: string): Promise<void> {
 *   await sendBreak(line, 300);
 * }
 * console.assert(typeof attention === "function");
 * ```
 * @see tcsendbreak(3)
 */
export async function sendBreak(target: TerminalTarget, ms = 0, options: WaitOptions = {}): Promise<void> {
  if (!Number.isInteger(ms) || ms < 0 || ms > 60_000) {
    throw new RangeError(`A break lasts an integer of milliseconds from 0 to 60000, not ${ms}`);
  }
  const job = { call: tcsendbreak, args: [ms], syscall: "tcsendbreak", doing: "send a break over" };
  await elsewhere(target, job, options);
}

/** Make a call on a thread of ours, with a descriptor of its own. */
async function elsewhere(target: TerminalTarget, job: Job, options: WaitOptions): Promise<void> {
  checkLimit(options);
  using terminal = openTerminal(target, "write");
  const { fd, name, owner } = terminal;
  const doing = `${job.doing} ${name}`;
  using copy = Fd.made(check(fcntl(fd, FCNTL.F_DUPFD_CLOEXEC, 3), doing, "fcntl", { fd }));
  let failure: { reason: unknown } | undefined;
  let cancel = () => {};
  const giveUp = (reason: unknown) => {
    failure ??= { reason };
    cancel();
  };
  using _limit = new Limit(options, giveUp);
  using _closing = owner && onClosing(owner, () => giveUp(new ClosedError("The terminal was closed meanwhile")));
  const wait = offload(job.call, [copy.number, ...job.args]);
  cancel = () => wait.cancel();
  const rc = await wait.result;
  if (rc >= 0) return;
  if (failure !== undefined) throw failure.reason;
  check(rc, doing, job.syscall, { fd });
}

/**
 * Throw away what waits in a terminal's queues: what was typed and not read, what was written and not sent.
 *
 * @param target The terminal. Of a pty's master the queues are the other way round: its input is what the terminal was sent.
 * @param queue Which of them.
 * @throws {TypeError} if `target` is no target, or `queue` is something else.
 * @throws {SyscallError} `ENOTTY` if it is no terminal, `EIO` if it was hung up, or why its path cannot be opened.
 * @throws {ClosedError} if `target` is closed.
 * @throws {Deno.errors.NotCapable} if it is a path and `read` or `write` permission is missing.
 * @example
 * ```ts
 * import { flush, isTerminal } from "@vasty/vasty";
 *
 * if (isTerminal(0)) flush(0, "input"); // what was typed ahead is not the answer
 * ```
 * @see tcflush(3)
 */
export function flush(target: TerminalTarget, queue: TerminalQueue): void {
  if (!Object.hasOwn(QUEUES, queue)) throw new TypeError(`A queue is "input", "output" or "both", not "${queue}"`);
  using terminal = openTerminal(target, "write");
  const { fd, name } = terminal;
  check(tcflush(fd, QUEUES[queue]), `flush ${name}`, "tcflush", { fd });
}

/**
 * Hold the flow of a terminal, or let it go on.
 *
 * @param target The terminal.
 * @param action `"suspend-output"` holds what is written, as ^S does, until `"resume-output"`; `"send-stop"` and
 * `"send-start"` send the characters that ask the other side for that.
 * @throws {TypeError} if `target` is no target, or `action` is something else.
 * @throws {SyscallError} `ENOTTY` if it is no terminal, `EIO` if it was hung up, or why its path cannot be opened.
 * @throws {ClosedError} if `target` is closed.
 * @throws {Deno.errors.NotCapable} if it is a path and `read` or `write` permission is missing.
 * @example
 * ```ts
 * import { flow, isTerminal } from "@vasty/vasty";
 *
 * if (isTerminal(1)) flow(1, "resume-output");
 * ```
 * @see tcflow(3)
 */
export function flow(target: TerminalTarget, action: FlowAction): void {
  if (!Object.hasOwn(ACTIONS, action)) {
    throw new TypeError(`The flow is changed by ${Object.keys(ACTIONS).join(", ")}, not by "${action}"`);
  }
  using terminal = openTerminal(target, "write");
  const { fd, name } = terminal;
  check(tcflow(fd, ACTIONS[action]), `change the flow of ${name}`, "tcflow", { fd });
}
