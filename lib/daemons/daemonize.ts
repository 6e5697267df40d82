/** Programs that leave their terminal and go on. */
import { Daemon } from "./daemon.ts";
import { type DaemonChannel, resumeChannel, takeChannel } from "./daemon_channel.ts";
import { launchDaemon } from "./daemon_launch.ts";
import { type DaemonState, takeDaemonState } from "./daemon_state.ts";
import { checkOptions, type DaemonizeOptions } from "./daemon_options.ts";

let called = false;

/** The launcher's, if that waits for a daemon that has begun anew meanwhile. */
function resumedChannel({ role, awaited }: DaemonState): DaemonChannel | undefined {
  return role === "restarted" && awaited ? resumeChannel() : undefined;
}

/**
 * Become a daemon: Perl's Proc::Daemon, C's daemon(3), without fork. The process that calls it, the launcher, starts the same
 * program again (same module, arguments, flags and permissions; however it was started) and waits. The new process runs
 * the program from its beginning: what stands before this call runs in both, so let it be among the first. In the new process
 * this returns; in the launcher it never does: that ends with exit code 0 once the daemon has called
 * {@linkcode Daemon.ready}, and fails if that does not happen.
 *
 * The daemon is always the same, from whatever it was started: in a session of its own which it does not lead, without a
 * controlling terminal; its standard input is /dev/null, its standard output too, or the log; standard error is the
 * launcher's until it is ready, so that what goes wrong at the start is seen, and the log or /dev/null afterwards. It has no
 * other descriptor, every signal at its default (also under `nohup`) and none blocked, its umask and its working directory.
 * Relative paths in `pidFile` and `log` are meant where the launcher was; relative paths in Deno's own flags as well, so do not
 * change the directory before.
 *
 * The pid file is locked before the launcher reports success. `chroot`, `user`, `group` and `groups` are taken in the daemon,
 * after its code is loaded, its pid file and log are open; what it loads or opens later has to be there for that
 * user, and Deno itself does without /proc in a new root no more than it must: mount one there. A pid file that this user may not remove is emptied at the end.
 *
 * If the launcher is killed before the daemon is ready, the daemon ends; if the daemon ends, it is reaped, and the launcher
 * throws. Afterwards the daemon is init's child.
 *
 * What begins anew, by {@linkcode execSelf} or {@linkcode Restarter.restart}, is the same daemon: it has the pid file locked all
 * the while, its log open, its root and its user, and nothing is started. Where the log or the pid file cannot be had again under
 * its path the daemon goes on with the one that it had, and says so in the log. The trial of new code gets a handle without the
 * pid file, and what it logs is the reason if it fails. `restartable()` may be called before or after.
 *
 * Needs `run` permission for Deno itself, `read` and `write` for the pid file, `write` for the log, and `sys` for `uid` and `gid`
 * if they change.
 *
 * @param options What the daemon is, and how long the launcher waits for it.
 * @returns In the daemon: its handle, for `using`. In the launcher: never.
 * @throws {DaemonError} in the launcher, if the daemon ended or failed before it was ready, with its reason: another
 * daemon has the pid file, a file cannot be opened, a user does not exist, it threw (which is on standard error), an exit
 * code, a signal.
 * @throws {SyscallError} in the launcher, if Deno cannot be started; see `spawn`.
 * @throws {TypeError} if it was called before, or a path has a NUL character.
 * @throws {RangeError} if `umask` or `timeout` is none.
 * @throws {Deno.errors.NotSupported} if the program came from the command line or from standard input, or a new process is to
 * take over from a daemon that has a pid file.
 * @throws {Deno.errors.NotCapable} if a permission is missing.
 * @throws in the launcher: the signal's reason, or a `DOMException` named "TimeoutError"; the daemon is ended then.
 * @example
 * ```ts
 * import { daemonize } from "@vasty/vasty";
 *
 * async function main() {
 *   using daemon = await daemonize({ pidFile: "/run/example.pid", log: "/var/log/example.log", timeout: 10_000 });
 *   const stopped = daemon.stopped();
 *   await daemon.ready();
 *   console.log("in the log");
 *   await stopped;
 * }
 * if (Deno.args.includes("--daemon")) await main();
 * ```
 * @see daemon(7), daemon(3)
 */
export async function daemonize(options: DaemonizeOptions = {}): Promise<Daemon> {
  checkOptions(options);
  if (called) throw new TypeError("daemonize() was called already");
  called = true;
  // What waits loads this later, which ends Deno with a panic where there is no /proc: in most new roots.
  if (options.chroot !== undefined) await import("node:net");
  const before = takeDaemonState();
  if (before?.role === "successor" && before.pidFile) {
    throw new Deno.errors.NotSupported(
      "A daemon with a pid file is replaced in place, by restart(), and not by handOver()",
    );
  }
  if (options.foreground) return new Daemon(options, undefined, before);
  const channel = before === undefined ? takeChannel() : resumedChannel(before);
  if (before === undefined && channel === undefined) {
    await launchDaemon(options).finally(() => called = false);
    Deno.exit(0);
  }
  try {
    return new Daemon(options, channel, before);
  } catch (error) {
    if (channel === undefined) throw error;
    channel.tell({ failed: error instanceof Error ? error.message : String(error) });
    Deno.exit(1);
  }
}
