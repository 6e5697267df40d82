/** The lines of a log. */

/** What a line of a log is about. */
export interface LogEntry {
  /** What is to be said, in one line or several. */
  readonly text: string;
  /** Who says it. */
  readonly name: string;
  /** The process. */
  readonly pid: number;
  /** When. */
  readonly time: Date;
}

/** Makes the line, without the line feed at its end. */
export type LogFormat = (entry: LogEntry) => string;

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const two = (number: number) => String(number).padStart(2, "0");

/** `08:40:46`, local time. */
function clock(time: Date): string {
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":");
}

/** `May 14 08:40:46`, local time: as syslog has it. */
export function stamp(time: Date): string {
  return `${MONTHS[time.getMonth()]} ${String(time.getDate()).padStart(2)} ${clock(time)}`;
}

/** `Wed May 14 08:40:46 1997`, local time: as ctime(3) and Perl's `localtime` have it. */
function date(time: Date): string {
  return `${DAYS[time.getDay()]} ${stamp(time)} ${time.getFullYear()}`;
}

/**
 * `NAME PID: TEXT at DATE`: the lines of the Cookbook's and perlipc's servers.
 *
 * @param entry What the line is about.
 * @returns The line.
 * @example
 * ```ts
 * import { plainFormat } from "@vasty/vasty";
 *
 * const time = new Date(1997, 4, 14, 8, 40, 46);
 * const line = plainFormat({ text: "server started", name: "server", pid: 7, time });
 * console.assert(line === "server 7: server started at Wed May 14 08:40:46 1997");
 * ```
 * @see ctime(3)
 */
export function plainFormat({ text, name, pid, time }: LogEntry): string {
  return `${name} ${pid}: ${text} at ${date(time)}`;
}

/** What this program is called: its module's file name without its ending. */
export function programName(): string {
  const file = Deno.mainModule.replace(/[?#].*$/, "").replace(/^.*\//, "");
  return decodeURIComponent(file).replace(/\.[cm]?[jt]sx?$/, "") || "deno";
}
