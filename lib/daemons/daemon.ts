/** The daemon's side. */
import { cString } from "../../ffi/memory.ts";
import { chdir } from "../../ffi/unistd.ts";
import { check } from "../core/errors.ts";
import { leave } from "../core/legacy.ts";
import type { WaitOptions } from "../core/limit.ts";
import { pathOf } from "../core/path.ts";
import type { SignalName } from "../core/signal_names.ts";
import { startingDirectory } from "../core/starting_directory.ts";
import { knowCopies, silence } from "../core/standard_streams.ts";
import { dropPrivileges } from "../processes/mod.ts";
import { type SignalInfo, signals } from "../signals/mod.ts";
import type { DaemonChannel } from "./daemon_channel.ts";
import { filesOf } from "./daemon_files.ts";
import type { DaemonizeOptions } from "./daemon_options.ts";
import { type DaemonState, legacyOf } from "./daemon_state.ts";
import type { LogFile } from "./log_file.ts";
import type { PidFile } from "./pid_file.ts";

/**
 * This program as a daemon: what {@linkcode daemonize} gives. The end of a `using` block removes the pid file and closes the
 * log.
 *
 * @example
 * ```ts
 * import { type Daemon, daemonize } from "@vasty/vasty";
 *
 * async function serve(daemon: Daemon): Promise<void> {
 *   const stopped = daemon.stopped();
 *   await daemon.ready();
 *   daemon.log?.print("started");
 *   await stopped;
 * }
 * if (Deno.args.includes("--daemon")) {
 *   using daemon = await daemonize({ pidFile: "/run/example.pid", log: "/var/log/example.log" });
 *   await serve(daemon);
 * }
 * ```
 */
export class Daemon implements Disposable {
  /** Its pid file, locked; none in the trial of new code, which leaves it alone. */
  readonly pidFile: PidFile | undefined;
  /** Its log; in the trial of new code what is said is the reason if it fails. */
  readonly log: LogFile | undefined;
  readonly #channel: DaemonChannel | undefined;
  readonly #left: Disposable;
  #ready: Promise<void> | undefined;

  /**
   * Become what the options say, in the order in which it is possible: pid file, log, directory, root, groups, group, user. What
   * has begun anew (`before`) has its root and its user already.
   *
   * @ignore
   */
  constructor(options: DaemonizeOptions, channel: DaemonChannel | undefined, before?: DaemonState) {
    const { cwd = "/", chroot } = options;
    using stack = new DisposableStack();
    const streams = !options.foreground && before?.role !== "trial";
    // In its root there may be no /proc.
    if (streams) knowCopies();
    const began = startingDirectory();
    const { pidFile, log } = filesOf(options, before);
    if (pidFile) stack.use(pidFile);
    if (log) stack.use(log);
    if (chroot === undefined) enter(pathOf(cwd));
    if (before === undefined) dropPrivileges(options);
    // There it is already, and might not be allowed to go there again.
    if (chroot !== undefined && cwd !== "/") enter(pathOf(cwd));
    if (streams) becomeStreams(log, before !== undefined && channel === undefined);
    this.pidFile = pidFile;
    this.log = log;
    this.#channel = channel;
    channel?.onGone(() => this.#abandoned());
    this.#left = leave(legacyOf({ pidFile, log, channel, cwd: began }));
    stack.move();
  }

  /**
   * Tell the launcher that the daemon is ready: it ends with exit code 0, and standard error is the log from now on. Whoever
   * started the program may use it by then, so what it serves should be open. The second time does nothing.
   *
   * If the launcher is gone, nobody knows of the daemon: its pid file is removed, and it exits with 1.
   *
   * @returns When the launcher knows.
   * @throws {SyscallError} `EMFILE` if /dev/null cannot be opened.
   */
  ready(): Promise<void> {
    return this.#ready ??= this.#tellReady();
  }

  async #tellReady(): Promise<void> {
    const channel = this.#channel;
    if (channel === undefined) return;
    if (this.log) this.log.standBehind("stderr");
    else silence("stderr");
    channel.tell({});
    if (!await channel.answered) this.#abandoned();
    channel[Symbol.dispose]();
  }

  /**
   * Tell the launcher why the daemon cannot do its work: that fails with this reason. Then end with exit code 1. After
   * `ready()` the reason goes to the log.
   *
   * @param reason An error, or what to say.
   * @returns Never.
   */
  fail(reason: unknown): never {
    const text = reason instanceof Error ? reason.message : String(reason);
    // What the launcher hears of is over.
    this.pidFile?.remove();
    if (this.#channel === undefined || this.#ready) this.log ? this.log.print(text) : console.error(text);
    else this.#channel.tell({ failed: text });
    this[Symbol.dispose]();
    Deno.exit(1);
  }

  /**
   * Wait for the signal to stop, which keeps the program alive. From this call on it does not end the program: call it before
   * `ready()`, and await it after.
   *
   * @param options The signals, `SIGTERM` and `SIGINT` unless others are named, and when to give up.
   * @returns The signal.
   * @throws {TypeError} if there is no such signal, or it cannot be caught.
   * @throws the signal's reason.
   */
  async stopped(
    options: Pick<WaitOptions, "signal"> & { on?: readonly SignalName[] } = {},
  ): Promise<SignalInfo> {
    const { on = ["SIGTERM", "SIGINT"], signal } = options;
    await using coming = signals(...on, { ref: true, signal });
    const { value } = await coming.next();
    return value!;
  }

  /**
   * Open the log again, for a handler of a signal; see {@linkcode LogFile.reopen}. The option `reopenOn` of the log does it by
   * itself.
   *
   * @returns Whether it could be opened; true without a log.
   */
  reopenLog(): boolean {
    return this.log?.reopen() ?? true;
  }

  /** The launcher was killed before it could tell anybody. */
  #abandoned(): never {
    this[Symbol.dispose]();
    Deno.exit(1);
  }

  /** Remove the pid file and close the log; a launcher that still waits fails when the program ends. */
  [Symbol.dispose](): void {
    this.#left[Symbol.dispose]();
    this.pidFile?.remove();
    this.log?.close();
    if (!this.#ready) this.#channel?.[Symbol.dispose]();
  }
}

/** What a daemon writes to; `all` of one that nobody waits for. */
function becomeStreams(log: LogFile | undefined, all: boolean): void {
  const streams = all ? ["stdout", "stderr"] as const : ["stdout"] as const;
  if (log) log.standBehind(...streams);
  else if (all) silence(...streams);
}

function enter(path: string): void {
  check(chdir(cString(path, "cwd")), `enter directory ${JSON.stringify(path)}`, "chdir", { path });
}
