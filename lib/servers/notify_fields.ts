/** What a service tells its supervisor, in the words of sd_notify(3). */
import { CLOCK } from "../../ffi/abi/time.ts";
import { clock_gettime } from "../../ffi/time.ts";

/** What a service tells about itself. Whatever is given goes in one message. */
export interface NotifyFields {
  /** It has started, or has finished to reload: `READY=1`. */
  ready?: boolean;
  /** It begins to reload its configuration: `RELOADING=1`, and the time. `ready` tells the end. */
  reloading?: boolean;
  /** It begins to end: `STOPPING=1`. */
  stopping?: boolean;
  /** What it does, in a line for people: `STATUS=`. */
  status?: string;
  /** The number of the error that it failed of: `ERRNO=`. */
  errno?: number;
  /** The error as D-Bus names it: `BUSERROR=`. */
  busError?: string;
  /** What it will exit with: `EXIT_STATUS=`. */
  exitStatus?: number;
  /** The process that is the service from now on: `MAINPID=`. */
  mainPid?: number;
  /** `true`: it is alive; `"trigger"`: have it treated as if it were not: `WATCHDOG=`. */
  watchdog?: boolean | "trigger";
  /** Milliseconds within which it will say that it is alive, from now on: `WATCHDOG_USEC=`. */
  watchdogTimeout?: number;
  /** Milliseconds more that it needs to start, to reload or to end: `EXTEND_TIMEOUT_USEC=`. */
  extendTimeout?: number;
  /** Who may speak for it from now on: `NOTIFYACCESS=`. */
  notifyAccess?: "none" | "main" | "exec" | "all";
  /** Further assignments, by their names. */
  others?: Readonly<Record<string, string>>;
}

const MICROSECONDS = 1_000;

/** Their lines. @throws {TypeError} if one is of the wrong kind or has a line end. @throws {RangeError} if a number is none. */
export function notifyText(fields: NotifyFields): string {
  const lines: string[] = [];
  const add = (name: string, value: string | number | undefined) => {
    if (value === undefined) return;
    if (/[\n\0]/.test(`${value}`)) throw new TypeError(`${name} has to be one line: ${JSON.stringify(value)}`);
    lines.push(`${name}=${value}`);
  };
  if (fields.ready) add("READY", 1);
  if (fields.reloading) add("RELOADING", 1);
  if (fields.reloading) add("MONOTONIC_USEC", monotonic());
  if (fields.stopping) add("STOPPING", 1);
  add("STATUS", fields.status);
  add("ERRNO", whole("errno", fields.errno, 0));
  add("BUSERROR", fields.busError);
  add("EXIT_STATUS", whole("exitStatus", fields.exitStatus, 0, 255));
  add("MAINPID", whole("mainPid", fields.mainPid, 1));
  if (fields.watchdog) add("WATCHDOG", fields.watchdog === "trigger" ? "trigger" : 1);
  add("WATCHDOG_USEC", microseconds("watchdogTimeout", fields.watchdogTimeout));
  add("EXTEND_TIMEOUT_USEC", microseconds("extendTimeout", fields.extendTimeout));
  add("NOTIFYACCESS", fields.notifyAccess);
  for (const [name, value] of Object.entries(fields.others ?? {})) {
    if (!/^[A-Z_][A-Z0-9_]*$/.test(name)) throw new TypeError(`Not the name of an assignment: ${JSON.stringify(name)}`);
    add(name, value);
  }
  return lines.join("\n");
}

function whole(name: string, value: number | undefined, least: number, most = 2 ** 31 - 1): number | undefined {
  if (value === undefined || Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(`${name} is an integer from ${least} to ${most}, not ${value}`);
}

function microseconds(name: string, value: number | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (value >= 0 && value < 2 ** 43) return Math.round(value * MICROSECONDS);
  throw new RangeError(`${name} is a number of milliseconds from 0 on, not ${value}`);
}

/** Microseconds of the clock by which systemd tells a reload that it has asked for from an earlier one. */
function monotonic(): number {
  const time = new BigInt64Array(2);
  clock_gettime(CLOCK.CLOCK_MONOTONIC, time);
  return Number(time[0]! * 1_000_000n + time[1]! / 1_000n);
}
