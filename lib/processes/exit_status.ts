/** How a process ended. */
import { RUSAGE } from "../../ffi/abi/sys_wait.ts";
import { nameOfSignal } from "../core/signal_names.ts";

/** What a process and the children that it waited for have used. */
export interface ResourceUsage {
  /** Milliseconds of processor time in the program itself. */
  readonly userTime: number;
  /** Milliseconds of processor time in the kernel on its behalf. */
  readonly systemTime: number;
  /**
   * The most memory it had at once, in bytes. For a child that was small it is this program's own: until it executes its
   * program a child shares that, and the kernel counts it.
   */
  readonly maxRss: number;
  /** Page faults served without reading a disk. */
  readonly minorFaults: number;
  /** Page faults that a disk was read for. */
  readonly majorFaults: number;
  /** Blocks read from file systems. */
  readonly blocksIn: number;
  /** Blocks written to file systems. */
  readonly blocksOut: number;
  /** Times it gave up its processor to wait. */
  readonly voluntarySwitches: number;
  /** Times its processor was given to another process. */
  readonly involuntarySwitches: number;
}

/**
 * How a process ended: its exit code, or the signal that killed it.
 *
 * @example
 * ```ts
 * import { run } from "@vasty/vasty";
 *
 * const status = await run(["sh", "-c", "exit 3"], { check: false });
 * console.assert(status.code === 3 && status.raw === 768 && `${status}` === "exit 3");
 * ```
 * @see wait(2)
 */
export class ExitStatus {
  /** The exit code, 0 to 255; `null` if a signal killed it. */
  readonly code: number | null;
  /** The signal that killed it, such as `"SIGTERM"`; `null` if it ended by itself. */
  readonly signal: string | null;
  /** Whether it left a core dump. */
  readonly coreDumped: boolean;
  /** The wait status as the kernel gave it, Perl's `$?`; -1 if another part of the program took it away. */
  readonly raw: number;
  /** What it has used. */
  readonly usage: ResourceUsage;

  /** @ignore */
  constructor(raw: number, usage: DataView = new DataView(new ArrayBuffer(RUSAGE.sizeof))) {
    const signal = raw & 0x7f;
    this.raw = raw;
    this.code = raw >= 0 && signal === 0 ? (raw >> 8) & 0xff : null;
    this.signal = raw >= 0 && signal !== 0 ? nameOfSignal(signal) : null;
    this.coreDumped = raw >= 0 && (raw & 0x80) !== 0;
    this.usage = usageOf(usage);
  }

  /** Whether it ended by itself with exit code 0. */
  get success(): boolean {
    return this.code === 0;
  }

  /** In words: `exit 3`, `killed by SIGTERM`, `killed by SIGSEGV (core dumped)`. */
  toString(): string {
    if (this.raw < 0) return "ended, and its status was taken by another wait or by an ignored SIGCHLD";
    if (this.signal === null) return `exit ${this.code}`;
    return `killed by ${this.signal}${this.coreDumped ? " (core dumped)" : ""}`;
  }
}

function usageOf(rusage: DataView): ResourceUsage {
  const long = (offset: number) => rusage.getInt32(offset + 4, true) * 2 ** 32 + rusage.getUint32(offset, true);
  const time = (offset: number) => long(offset) * 1_000 + long(offset + 8) / 1_000;
  return {
    userTime: time(RUSAGE.ru_utime),
    systemTime: time(RUSAGE.ru_stime),
    maxRss: long(RUSAGE.ru_maxrss) * 1_024,
    minorFaults: long(RUSAGE.ru_minflt),
    majorFaults: long(RUSAGE.ru_majflt),
    blocksIn: long(RUSAGE.ru_inblock),
    blocksOut: long(RUSAGE.ru_oublock),
    voluntarySwitches: long(RUSAGE.ru_nvcsw),
    involuntarySwitches: long(RUSAGE.ru_nivcsw),
  };
}
