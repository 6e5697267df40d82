/** What a daemon tells itself about its files when it begins anew, and the trial of its new code. */
import type { Fd } from "../core/fd.ts";
import { type Legacy, type NextStart, takeVariable } from "../core/legacy.ts";
import type { DaemonChannel } from "./daemon_channel.ts";
import type { LogFile } from "./log_file.ts";
import type { PidFile } from "./pid_file.ts";

/** The variable. */
export const STATE = "VASTY_DAEMON_STATE";

/** What a daemon had before it began anew. */
export interface DaemonState {
  /** In the place of the daemon, to be tried, or beside it. */
  readonly role: NextStart;
  /** The descriptor of its pid file, and where that was. */
  readonly pidFile?: { readonly fd: number; readonly path: string };
  /** That of its log. */
  readonly log?: number;
  /** Whether its launcher waits for it still. */
  readonly awaited: boolean;
}

/** What a daemon has. */
export interface DaemonParts {
  readonly pidFile: PidFile | undefined;
  readonly log: LogFile | undefined;
  readonly channel: DaemonChannel | undefined;
  /** Where it began. */
  readonly cwd: string | undefined;
}

/** What this process had before it began anew, if it is a daemon that did. */
export function takeDaemonState(): DaemonState | undefined {
  const text = takeVariable(STATE);
  return text === undefined ? undefined : JSON.parse(text);
}

/** What a daemon leaves to its next start. */
export function legacyOf({ pidFile, log, channel, cwd }: DaemonParts): Legacy {
  const state = (role: NextStart): DaemonState => ({
    role,
    pidFile: pidFile && !pidFile.fd.closed ? { fd: pidFile.fd.number, path: pidFile.path } : undefined,
    log: log && !log.fd.closed ? log.fd.number : undefined,
    awaited: channel !== undefined && !channel.closed,
  });
  return {
    variable: STATE,
    cwd,
    text: (next) => JSON.stringify(state(next)),
    fds: () => [pidFile?.fd, log?.fd, ...channel?.fds ?? []].filter((fd) => fd?.closed === false) as Fd[],
  };
}
