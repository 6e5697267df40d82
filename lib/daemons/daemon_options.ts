/** What a daemon is to be. */
import { pathOf } from "../core/path.ts";
import { requireFile } from "../core/permissions.ts";
import { checkLimit, type WaitOptions } from "../core/limit.ts";
import type { DropOptions } from "../processes/mod.ts";
import type { LogFileOptions } from "./log_file.ts";

/** What {@linkcode daemonize} makes of the program, and how long it waits for that. */
export interface DaemonizeOptions extends WaitOptions, DropOptions {
  /** The file with the daemon's process id. Who has it locked is the only one. @default {none} */
  pidFile?: string | URL;
  /** The log that standard output and, once it is ready, standard error go to. @default {/dev/null} */
  log?: string | URL | { path: string | URL } & Omit<LogFileOptions, "streams">;
  /** The working directory; with `chroot` within that. @default {"/"} */
  cwd?: string | URL;
  /** The permission bits that files of its making do not get. @default {0o022} */
  umask?: number;
  /** Variables of the daemon's environment, besides or instead of this program's own. */
  env?: Record<string, string>;
  /**
   * Whether this process is the daemon itself, as a supervisor (systemd, s6, runit) or a debugger wants it: nothing is
   * started, and session, standard streams, umask and environment stay what they are. @default {false}
   */
  foreground?: boolean;
}

/** What can be refused before anything is done. */
export function checkOptions(options: DaemonizeOptions): void {
  checkLimit(options);
  const { pidFile, log, umask = 0 } = options;
  if (!Number.isInteger(umask) || umask < 0 || umask > 0o777) {
    throw new RangeError(`umask is an integer from 0 to 511, not ${umask}`);
  }
  if (pidFile !== undefined) { for (const access of ["read", "write"] as const) requireFile(access, pathOf(pidFile)); }
  if (log !== undefined) requireFile("write", pathOf(logOf(log).path));
}

/** A log as its path and its options. */
export function logOf(log: NonNullable<DaemonizeOptions["log"]>): { path: string | URL } & LogFileOptions {
  return typeof log === "string" || log instanceof URL ? { path: log } : log;
}
