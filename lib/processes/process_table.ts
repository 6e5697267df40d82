/** The processes of this machine, as the kernel's table has them. */
import { numbersIn } from "../../ffi/dirent.ts";
import { ppoll } from "../../ffi/poll.ts";
import { textOf } from "../../ffi/proc.ts";
import { syscallError } from "../core/errors.ts";

/** One process at one moment. Its number may be another's later; the number and `started` together never are. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** When it began, in ticks since the machine did. */
  readonly started: number;
  /** A letter: `T` is stopped, `Z` has ended and was not waited for. */
  readonly state: string;
}

/** Ticks in a second, on every architecture. */
const TICKS = 100;
/** How often an environment is looked at again that is empty, and 0.2 ms between, as a `struct timespec`. */
const TRIES = 50;
const BRIEFLY = BigInt64Array.of(0n, 200_000n);

/** The process `pid`, or nothing. */
export function processEntry(pid: number): ProcessEntry | undefined {
  const text = textOf(`/proc/${pid}/stat`);
  if (typeof text === "number") return undefined;
  // The name, in parentheses, may contain anything, parentheses too.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [parent, group, session] = fields.slice(1, 4).map(Number);
  return {
    pid,
    parent: parent!,
    group: group!,
    session: session!,
    started: Number(fields[19]),
    state: fields[0]!,
  };
}

/**
 * Every process, by its number. They come and go meanwhile.
 *
 * @throws {SyscallError} where there is no /proc, or no descriptor left to read it with.
 */
export function processTable(): Map<number, ProcessEntry> {
  const pids = numbersIn("/proc");
  if (typeof pids === "number") throw syscallError('list "/proc"', -pids, "getdents64", { path: "/proc" });
  const table = new Map<number, ProcessEntry>();
  for (const pid of pids) {
    const entry = processEntry(pid);
    if (entry !== undefined) table.set(pid, entry);
  }
  return table;
}

/** Now, in ticks since the machine began. */
export function ticksNow(): number {
  const text = textOf("/proc/uptime");
  return typeof text === "number" ? 0 : Math.floor(Number(text.split(" ")[0]) * TICKS + 0.5);
}

/** Ticks that `ms` milliseconds are, the begun one left out. */
export function ticksIn(ms: number): number {
  return Math.floor(ms * TICKS / 1_000);
}

/** Whether the environment that `pid` began with has the variable `name`; not if it may not be seen. */
export function hasVariable(pid: number, name: string): boolean {
  let text = textOf(`/proc/${pid}/environ`);
  // While a process executes a program, and that is when it is young, its environment is empty for a moment: the length of
  // that depends on whether it has a processor, so that it is left one.
  for (let tries = 0; text === "" && tries < TRIES; tries++) {
    ppoll(null, 0, BRIEFLY, null);
    text = textOf(`/proc/${pid}/environ`);
  }
  return typeof text === "string" && `\0${text}`.includes(`\0${name}=`);
}
