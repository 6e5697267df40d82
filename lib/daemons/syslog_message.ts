/** What a line for syslogd looks like. */
import { stamp } from "./log_line.ts";

const PRIORITIES: readonly SyslogPriority[] = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

/** As <syslog.h> has them; 12 to 15 are the system's. */
const FACILITIES: Readonly<Record<SyslogFacility, number>> = {
  kern: 0,
  user: 1,
  mail: 2,
  daemon: 3,
  auth: 4,
  syslog: 5,
  lpr: 6,
  news: 7,
  uucp: 8,
  cron: 9,
  authpriv: 10,
  ftp: 11,
  local0: 16,
  local1: 17,
  local2: 18,
  local3: 19,
  local4: 20,
  local5: 21,
  local6: 22,
  local7: 23,
};

/** How bad it is, from `"emerg"` to `"debug"`. */
export type SyslogPriority = "emerg" | "alert" | "crit" | "err" | "warning" | "notice" | "info" | "debug";
/** What kind of program says it. */
export type SyslogFacility =
  | "kern"
  | "user"
  | "mail"
  | "daemon"
  | "auth"
  | "syslog"
  | "lpr"
  | "news"
  | "uucp"
  | "cron"
  | "authpriv"
  | "ftp"
  | "local0"
  | "local1"
  | "local2"
  | "local3"
  | "local4"
  | "local5"
  | "local6"
  | "local7";

/** Who says it. */
export interface SyslogSender {
  readonly ident: string;
  readonly facility: SyslogFacility;
  /** The process, unless it is not to be told. */
  readonly pid: number | undefined;
}

/** @throws {TypeError} if there is no such facility. */
export function checkFacility(facility: SyslogFacility): void {
  if (!Object.hasOwn(FACILITIES, facility)) throw new TypeError(`There is no facility ${JSON.stringify(facility)}`);
}

/** @throws {TypeError} if there is no such priority. */
export function checkPriority(priority: SyslogPriority): void {
  if (!PRIORITIES.includes(priority)) throw new TypeError(`There is no priority ${JSON.stringify(priority)}`);
}

/** `<PRI>Mon dd hh:mm:ss ident[pid]: text`, as glibc's syslog(3) sends it: with the local time and without a host. */
export function syslogLine(sender: SyslogSender, priority: SyslogPriority, text: string, time: Date): string {
  const { ident, facility, pid } = sender;
  const number = FACILITIES[facility] * 8 + PRIORITIES.indexOf(priority);
  return `<${number}>${stamp(time)} ${ident}${pid === undefined ? "" : `[${pid}]`}: ${text}`;
}
