/** Signals to the daemon of a pid file. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { SyscallError } from "../core/errors.ts";
import { Deadline, Limit, type WaitOptions } from "../core/limit.ts";
import { numberOfSignal, type SignalName } from "../core/signal_names.ts";
import { Pidfd } from "../signals/mod.ts";
import { PidFileError } from "./pid_file_error.ts";
import { isHolder } from "./pid_file_holder.ts";
import { openToRead, statusOfPidFile } from "./pid_file_status.ts";

/** How {@linkcode PidFile.stop} ends a daemon. */
export interface StopOptions extends WaitOptions {
  /** The signal that asks it to end. @default {"SIGTERM"} */
  send?: SignalName;
  /** Milliseconds until it gets SIGKILL, if it has not ended by then. @default {Infinity} */
  killAfter?: number;
}

/** How a daemon was stopped. */
export interface Stopped {
  /** Its process id, which may be another's by now. */
  readonly pid: number;
  /** Whether it took SIGKILL. */
  readonly killed: boolean;
}

/** The process that has the file locked, as something that cannot become another one. */
function holderOf(path: string, doing: string): Pidfd {
  for (;;) {
    const { running, pid } = statusOfPidFile(path);
    if (!running) throw new PidFileError(`Cannot ${doing}: no daemon has ${JSON.stringify(path)}`, "not running", path);
    if (pid === undefined) throw foreign(path, doing, "does not say who");
    const holder = opened(pid);
    // From now on it does not become another process, so what is asked is about this one.
    if (holder && hasIt(path, pid)) return holder;
    holder?.close();
    // It may have ended since; or who has the file is not who is named in it.
    const again = statusOfPidFile(path);
    if (!again.running || again.pid !== pid) continue;
    throw foreign(
      path,
      doing,
      holder ? `is not known to be process ${pid}` : `is not process ${pid}, which is gone`,
      pid,
    );
  }
}

/** Nothing if it is gone. */
function opened(pid: number): Pidfd | undefined {
  try {
    return Pidfd.open(pid);
  } catch (error) {
    if (error instanceof SyscallError && error.errno === ERRNO.ESRCH) return undefined;
    throw error;
  }
}

function hasIt(path: string, pid: number): boolean {
  using fd = openToRead(path);
  return fd !== undefined && isHolder(pid, fd);
}

function foreign(path: string, doing: string, who: string, pid?: number): PidFileError {
  return new PidFileError(`Cannot ${doing}: who has ${JSON.stringify(path)} ${who}`, "foreign", path, pid);
}

export function signalDaemon(path: string, signal: SignalName, doing: string): number {
  numberOfSignal(signal);
  using holder = holderOf(path, doing);
  if (!holder.kill(signal)) return signalDaemon(path, signal, doing);
  return holder.pid;
}

export async function stopDaemon(path: string, options: StopOptions): Promise<Stopped> {
  const { send = "SIGTERM", killAfter = Infinity } = options;
  numberOfSignal(send);
  if (!(killAfter >= 0)) throw new RangeError(`killAfter must be a number of milliseconds from 0 on: ${killAfter}`);
  const deadline = new Deadline(options);
  using holder = holderOf(path, "stop the daemon");
  holder.kill(send);
  let killed = false;
  using _late = new Limit({ timeout: killAfter }, () => killed = holder.kill("SIGKILL"));
  await holder.exited(deadline.options);
  return { pid: holder.pid, killed };
}
