/** What is known of a signal that has come. */
import { SIGINFO, SIGNAL, SIGNAL_CODE } from "../../ffi/abi/signal.ts";
import { nameOfSignal } from "../core/signal_names.ts";

/**
 * Why a signal was sent: by a process with kill(2) (`"user"`), sigqueue(3) (`"queue"`) or tgkill(2) (`"thread"`); by a
 * timer or a message queue; by the kernel itself, as at ^C; or, of `SIGCHLD`, what has become of the child.
 */
export type SignalCode =
  | "user"
  | "queue"
  | "thread"
  | "timer"
  | "message queue"
  | "asynchronous input or output"
  | "kernel"
  | "child exited"
  | "child killed"
  | "child dumped"
  | "child trapped"
  | "child stopped"
  | "child continued";

/** One signal that was delivered, as siginfo_t describes it. */
export interface SignalInfo {
  /** Its name: `"SIGTERM"`, `"SIGRTMIN+3"`. */
  readonly signal: string;
  /** Its number on this machine. */
  readonly number: number;
  /** Why it was sent. */
  readonly code: SignalCode;
  /** The process that sent it, or of `SIGCHLD` the child; nothing where the kernel or a timer did. */
  readonly pid?: number;
  /** The real user of that process. */
  readonly uid?: number;
  /** Of `SIGCHLD`: the exit code, or the number of the signal that killed, stopped or continued the child. */
  readonly status?: number;
  /** The value that sigqueue(3), a timer or a message queue sent along, a 32-bit integer. */
  readonly value?: number;
}

const CODES = new Map<number, SignalCode>([
  [SIGNAL_CODE.SI_USER, "user"],
  [SIGNAL_CODE.SI_QUEUE, "queue"],
  [SIGNAL_CODE.SI_TKILL, "thread"],
  [SIGNAL_CODE.SI_TIMER, "timer"],
  [SIGNAL_CODE.SI_MESGQ, "message queue"],
  [SIGNAL_CODE.SI_ASYNCIO, "asynchronous input or output"],
  [SIGNAL_CODE.SI_SIGIO, "asynchronous input or output"],
]);

const CHILD_CODES = new Map<number, SignalCode>([
  [SIGNAL_CODE.CLD_EXITED, "child exited"],
  [SIGNAL_CODE.CLD_KILLED, "child killed"],
  [SIGNAL_CODE.CLD_DUMPED, "child dumped"],
  [SIGNAL_CODE.CLD_TRAPPED, "child trapped"],
  [SIGNAL_CODE.CLD_STOPPED, "child stopped"],
  [SIGNAL_CODE.CLD_CONTINUED, "child continued"],
]);

/** What a timer or a message queue sends has a value, and no process behind it. */
const WITH_VALUE: readonly SignalCode[] = ["queue", "timer", "message queue"];
const WITHOUT_SENDER: readonly SignalCode[] = ["timer", "kernel", "asynchronous input or output"];

/** The siginfo_t of a signal as an object of its own. */
export function infoOf(siginfo: DataView): SignalInfo {
  const number = siginfo.getInt32(SIGINFO.si_signo, true);
  const raw = siginfo.getInt32(SIGINFO.si_code, true);
  // The numbers of a positive code mean something else for each signal.
  const child = number === SIGNAL.SIGCHLD ? CHILD_CODES.get(raw) : undefined;
  const code = child ?? CODES.get(raw) ?? "kernel";
  const info: { -readonly [K in keyof SignalInfo]: SignalInfo[K] } = { signal: nameOfSignal(number), number, code };
  if (!WITHOUT_SENDER.includes(code)) {
    info.pid = siginfo.getInt32(SIGINFO.si_pid, true);
    info.uid = siginfo.getUint32(SIGINFO.si_uid, true);
  }
  if (child !== undefined) info.status = siginfo.getInt32(SIGINFO.si_status, true);
  if (WITH_VALUE.includes(code)) info.value = siginfo.getInt32(SIGINFO.si_value, true);
  return info;
}
