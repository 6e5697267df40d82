/**
 * Daemons: programs that leave their terminal, with a pid file, a log, and syslog.
 *
 * ```ts
 * import { PidFile } from "@vasty/vasty/daemons";
 *
 * const { running, pid } = PidFile.status("/run/example.pid");
 * console.log(running ? `process ${pid} runs` : "nobody runs");
 * ```
 *
 * @module
 */
export { Daemon } from "./daemon.ts";
export { DaemonError } from "./daemon_launch.ts";
export type { DaemonizeOptions } from "./daemon_options.ts";
export { daemonize } from "./daemonize.ts";
export { detachTerminal } from "./detach_terminal.ts";
export { LogFile, type LogFileOptions } from "./log_file.ts";
export { type LogEntry, type LogFormat, plainFormat } from "./log_line.ts";
export { PidFile, type PidFileOptions } from "./pid_file.ts";
export { PidFileError, type PidFileReason } from "./pid_file_error.ts";
export type { PidFileStatus } from "./pid_file_status.ts";
export type { StopOptions, Stopped } from "./pid_file_stop.ts";
export { openSyslog, Syslog, type SyslogOptions } from "./syslog.ts";
export type { SyslogFacility, SyslogPriority } from "./syslog_message.ts";
