/** What a line for syslogd looks like. */
import { stamp } from "./log_line.ts";

const PRIORITIES: readonly SyslogPriority[] = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

const FACILITIES: readonly SyslogFacility[] = [
  "kern",
  "user",
  "mail",
  "daemon",
  "auth",
  "syslog",
  "lpr",
  "news",
  "uucp",
  "cron",
  "authpriv",
  "ftp",
  "ntp",
  "security",
  "console",
  "solaris-cron",
  "local0",
  "local1",
  "local2",
  "local3",
  "local4",
  "local5",
  "local6",
  "local7",
];

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
  | "ntp"
  | "security"
  | "console"
  | "solaris-cron"
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
  if (!FACILITIES.includes(facility)) throw new TypeError(`There is no facility ${JSON.stringify(facility)}`);
}

/** @throws {TypeError} if there is no such priority. */
export function checkPriority(priority: SyslogPriority): void {
  if (!PRIORITIES.includes(priority)) throw new TypeError(`There is no priority ${JSON.stringify(priority)}`);
}

/** `<PRI>Mon dd hh:mm:ss ident[pid]: text`, as glibc's syslog(3) sends it: with the local time and without a host. */
export function syslogLine(sender: SyslogSender, priority: SyslogPriority, text: string, time: Date): string {
  const { ident, facility, pid } = sender;
  const number = FACILITIES.indexOf(facility) * 8 + PRIORITIES.indexOf(priority);
  return `<${number}>${stamp(time)} ${ident}${pid === undefined ? "" : `[${pid}]`}: ${text}`;
}
