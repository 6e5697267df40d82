/** Timers of the kernel's that send signals: alarm(2), setitimer(2). */
import { SIGNAL } from "../../ffi/abi/signal.ts";
import { ITIMER, ITIMERVAL } from "../../ffi/abi/sys_time.ts";
import { untilCaught } from "../../ffi/in_flight.ts";
import { getitimer as getTimer, setitimer as setTimer } from "../../ffi/sys_time.ts";
import { gettid } from "../../ffi/unistd.ts";
import { check } from "../core/errors.ts";
import { discard } from "./delivery.ts";

/** Which clock an interval timer goes by: real time, this process's processor time, or that and the kernel's for it. */
export type IntervalTimer = "real" | "virtual" | "prof";

/** An interval timer: milliseconds until it expires, and from one time to the next; 0 is never. */
export interface IntervalTimerValue {
  /** Milliseconds until it expires next. */
  value: number;
  /** Milliseconds from then on to each further time. @default {0} */
  interval?: number;
}

const WHICH: Record<IntervalTimer, number> = {
  real: ITIMER.ITIMER_REAL,
  virtual: ITIMER.ITIMER_VIRTUAL,
  prof: ITIMER.ITIMER_PROF,
};
const SENDS: Record<IntervalTimer, number> = {
  real: SIGNAL.SIGALRM,
  virtual: SIGNAL.SIGVTALRM,
  prof: SIGNAL.SIGPROF,
};
/** Nobody waits longer than the kernel counts. */
const LONGEST = 2 ** 53 / 1_000;

function numberOf(which: IntervalTimer): number {
  if (!Object.hasOwn(WHICH, which)) throw new TypeError(`There is no interval timer "${which}": real, virtual, prof`);
  return WHICH[which];
}

function put(timer: DataView, offset: number, ms: number, what: string): void {
  if (!(ms >= 0 && ms <= LONGEST)) throw new RangeError(`${what} must be a number of milliseconds from 0 on: ${ms}`);
  // What is more than nothing must not become nothing.
  const microseconds = Math.ceil(ms * 1_000);
  timer.setBigInt64(offset, BigInt(Math.floor(microseconds / 1e6)), true);
  timer.setBigInt64(offset + 8, BigInt(microseconds % 1e6), true);
}

function take(timer: DataView): Required<IntervalTimerValue> {
  const ms = (offset: number) =>
    Number(timer.getBigInt64(offset, true)) * 1_000 + Number(timer.getBigInt64(offset + 8, true)) / 1_000;
  return { value: ms(ITIMERVAL.it_value), interval: ms(ITIMERVAL.it_interval) };
}

/**
 * Set a timer of the process: when it expires the kernel sends `SIGALRM` (`"real"`), `SIGVTALRM` (`"virtual"`: time that
 * this program computes) or `SIGPROF` (`"prof"`: that and what the kernel does for it). Without a handler that ends the
 * program. There is one of each for the process: `alarm` is the real one.
 *
 * Set to 0 it is cancelled: a signal of it that was sent and not delivered yet is not delivered any more.
 *
 * @param which Which of the three.
 * @param timer When it expires, and at what intervals from then on.
 * @returns What it was set to before: the milliseconds that were left, and the interval.
 * @throws {TypeError} if there is no such timer.
 * @throws {RangeError} if a time is negative or not a number.
 * @example
 * ```ts
 * import { setitimer, SIG } from "@vasty/vasty";
 *
 * let ticks = 0;
 * SIG.ALRM = () => ticks++;
 * setitimer("real", { value: 5, interval: 5 });
 * await new Promise((resolve) => setTimeout(resolve, 200));
 * setitimer("real", { value: 0 });
 * console.assert(ticks > 1);
 * ```
 * @see setitimer(2)
 */
export function setitimer(which: IntervalTimer, timer: IntervalTimerValue): Required<IntervalTimerValue> {
  const number = numberOf(which);
  const [wanted, before] = [
    new DataView(new ArrayBuffer(ITIMERVAL.sizeof)),
    new DataView(new ArrayBuffer(ITIMERVAL.sizeof)),
  ];
  put(wanted, ITIMERVAL.it_value, timer.value, "value");
  put(wanted, ITIMERVAL.it_interval, timer.interval ?? 0, "interval");
  check(setTimer(number, wanted, before), `set the ${which} interval timer`, "setitimer");
  if (timer.value === 0 && gettid() !== Deno.pid) untilCaught(SENDS[which]);
  if (timer.value === 0) discard((info) => info.number === SENDS[which] && info.code === "kernel");
  return take(before);
}

/**
 * What an interval timer is set to; see {@linkcode setitimer}.
 *
 * @param which Which of the three.
 * @returns The milliseconds that are left, 0 if it is not set, and the interval.
 * @throws {TypeError} if there is no such timer.
 * @example
 * ```ts
 * import { getitimer } from "@vasty/vasty";
 *
 * console.assert(getitimer("virtual").value === 0);
 * ```
 * @see getitimer(2)
 */
export function getitimer(which: IntervalTimer): Required<IntervalTimerValue> {
  const timer = new DataView(new ArrayBuffer(ITIMERVAL.sizeof));
  check(getTimer(numberOf(which), timer), `read the ${which} interval timer`, "getitimer");
  return take(timer);
}

/**
 * Have `SIGALRM` sent after a time, as Perl's `alarm`. Without a handler that ends the program. There is one alarm: another
 * one takes its place, and 0 cancels it, also when the signal was sent and its handler has not run yet: after `alarm(0)`
 * it never runs.
 *
 * @param seconds Seconds, a fraction of one as well; 0 cancels.
 * @returns The seconds that were left of the alarm before, rounded up; 0 if there was none.
 * @throws {RangeError} if `seconds` is negative or not a number.
 * @example
 * ```ts
 * import { alarm, SIG } from "@vasty/vasty";
 *
 * SIG.ALRM = () => console.log("time is up");
 * alarm(10);
 * console.assert(alarm(0) === 10);
 * SIG.ALRM = "DEFAULT";
 * ```
 * @see alarm(2)
 */
export function alarm(seconds: number): number {
  if (!(seconds >= 0)) throw new RangeError(`An alarm takes a number of seconds from 0 on: ${seconds}`);
  return Math.ceil(setitimer("real", { value: seconds * 1_000 }).value / 1_000);
}
