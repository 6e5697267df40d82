/** A daemon's files: opened for the first time, or those that it had before it began anew. */
import { SyscallError } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import { takeDescriptor } from "../core/legacy.ts";
import { pathOf } from "../core/path.ts";
import { duplicate } from "../core/standard_streams.ts";
import { type DaemonizeOptions, logOf } from "./daemon_options.ts";
import type { DaemonState } from "./daemon_state.ts";
import { LogFile, type LogFileOptions } from "./log_file.ts";
import { PidFile } from "./pid_file.ts";

/** What a daemon has open. */
export interface DaemonFiles {
  readonly pidFile: PidFile | undefined;
  readonly log: LogFile | undefined;
}

/**
 * The pid file and the log; the caller closes them.
 *
 * @throws what keeps them from being opened for the first time.
 */
export function filesOf(options: DaemonizeOptions, before: DaemonState | undefined): DaemonFiles {
  if (before?.role === "trial") return { pidFile: undefined, log: trialLog(options, before) };
  using stack = new DisposableStack();
  const had = before?.pidFile && { ...before.pidFile, fd: stack.use(takeDescriptor(before.pidFile.fd)) };
  const complaints: string[] = [];
  const complain = (text: string) => void complaints.push(text);
  const pidFile = pidFileOf(options, had, complain);
  if (pidFile) stack.use(pidFile);
  const log = logFileOf(options, before?.log === undefined ? undefined : takeDescriptor(before.log), complain);
  for (const text of complaints) log ? log.print(text) : console.error(text);
  stack.move();
  return { pidFile, log };
}

function pidFileOf(
  { pidFile }: DaemonizeOptions,
  had: { fd: Fd; path: string } | undefined,
  complain: (text: string) => void,
): PidFile | undefined {
  if (had !== undefined && pidFile !== undefined) return PidFile.resume(pathOf(pidFile), had.fd, had.path, complain);
  if (had !== undefined) PidFile.removeAt(had.path, had.fd);
  return pidFile === undefined ? undefined : PidFile.create(pidFile);
}

/** A daemon that serves goes on in the log that it had, if that cannot be opened any more: by its user, in no folder. */
function logFileOf(
  { log }: DaemonizeOptions,
  had: Fd | undefined,
  complain: (text: string) => void,
): LogFile | undefined {
  if (log === undefined) {
    had?.close();
    return undefined;
  }
  const { path, ...options } = logOf(log);
  try {
    const opened = LogFile.open(path, options);
    had?.close();
    return opened;
  } catch (error) {
    if (had === undefined || !(error instanceof SyscallError)) throw error;
    complain(error.message);
    return LogFile.behind(pathOf(path), had, options);
  }
}

/** What a trial has to say is the reason if it fails. A log that the daemon has not yet is to be one that can be opened. */
function trialLog({ log }: DaemonizeOptions, before: DaemonState): LogFile | undefined {
  if (log === undefined) return undefined;
  const { path, ...options }: { path: string | URL } & LogFileOptions = logOf(log);
  if (before.log === undefined) LogFile.open(path, { ...options, reopenOn: [] }).close();
  return LogFile.behind(pathOf(path), duplicate("stderr"), { ...options, reopenOn: [] });
}
