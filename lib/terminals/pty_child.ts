/** A child on a pseudo-terminal of its own. */
import { Limit } from "../core/limit.ts";
import type { SignalName } from "../core/signal_names.ts";
import {
  type Child,
  type Command,
  type ExitStatus,
  type KillOptions,
  type Redirect,
  spawn,
  type SpawnOptions,
  type TerminateOptions,
} from "../processes/mod.ts";
import { Pty } from "./pty.ts";
import type { PtyOptions } from "./pty_base.ts";

/** What `spawnPty` starts a program with. */
export interface SpawnPtyOptions
  extends Omit<SpawnOptions, "session" | "processGroup" | "foreground" | "controllingTerminal">, PtyOptions {
  /** Its standard input. @default {the terminal} */
  stdin?: Redirect;
  /** Its standard output. @default {the terminal} */
  stdout?: Redirect;
  /** Its standard error output. @default {the terminal} */
  stderr?: Redirect;
  /**
   * Variables of its environment, besides or instead of this program's own.
   * @default {TERM is "xterm-256color", whatever it is here}
   */
  env?: Record<string, string>;
}

/** Milliseconds in which the hang-up may do before the child is told to end otherwise. */
const HANG_UP = 1_000;

/** The descriptors that are the terminal, and which of them is the controlling one. */
function descriptors(pty: Pty, options: SpawnPtyOptions): Partial<SpawnOptions> & { controllingTerminal: number } {
  const { slave } = pty;
  const { stdin = slave, stdout = slave, stderr = slave } = options;
  const fds = { ...options.fds };
  let controllingTerminal = [stdin, stdout, stderr].indexOf(slave);
  if (controllingTerminal < 0) {
    controllingTerminal = 3;
    while (controllingTerminal in fds) controllingTerminal++;
    fds[controllingTerminal] = slave;
  }
  return { stdin, stdout, stderr, fds, controllingTerminal };
}

/**
 * A child that `spawnPty` has started, and the terminal that it has.
 *
 * The end of the terminal's output and the end of the child are two things: what the child has started may keep the terminal
 * open, and what the child wrote may wait to be read; `poll([it, it.child])` tells which. At the end of an `await using` block the terminal is closed, which hangs
 * the child up; one that still runs is terminated.
 */
export class PtyChild extends Pty {
  /** The child, for all that is not said here. */
  readonly child: Child;

  /** @ignore */
  constructor(command: Command, options: SpawnPtyOptions = {}) {
    super(options, true);
    try {
      const env = { TERM: "xterm-256color", ...options.env };
      this.child = spawn(command, { ...options, ...descriptors(this, options), env, session: true });
      this.closeSlave();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Its process id, which is also that of its session and of its first process group. */
  get pid(): number {
    return this.child.pid;
  }

  /** The program and its arguments. */
  get command(): Command {
    return this.child.command;
  }

  /** How it ended, as soon as it has; see {@linkcode Child.status}. What it has written may still wait to be read. */
  get status(): Promise<ExitStatus> {
    return this.child.status;
  }

  /** How it ended, if it has, without waiting. @returns How it ended; `undefined` while it runs. */
  poll(): ExitStatus | undefined {
    return this.child.poll();
  }

  /**
   * Send the child a signal; see {@linkcode Child.kill}. `signal()` sends one to the group in the foreground.
   *
   * @param signal Its name, long or short. @default {"SIGTERM"}
   * @param options Whom it reaches.
   * @returns Whether it was still there.
   * @throws as {@linkcode Child.kill} does.
   */
  kill(signal: SignalName = "SIGTERM", options: KillOptions = {}): boolean {
    return this.child.kill(signal, options);
  }

  /**
   * End the child: a signal that asks, time to comply, then SIGKILL; see {@linkcode Child.terminate}. The terminal stays open.
   * Interactive shells ignore SIGTERM: `{ signal: "HUP" }` is what they comply with.
   *
   * @param options Which signal, how long, and whom.
   * @returns How it ended.
   * @throws as {@linkcode Child.terminate} does.
   */
  terminate(options: TerminateOptions = {}): Promise<ExitStatus> {
    return this.child.terminate(options);
  }

  /** Have what waits for it keep this program alive, as at the beginning. */
  override ref(): void {
    super.ref();
    this.child.ref();
  }

  /** Let this program end without waiting for it. The terminal is closed then, which hangs the child up. */
  override unref(): void {
    super.unref();
    this.child.unref();
  }

  /** Close the terminal, which hangs the child up; terminate it if it still runs a second later; wait until it is reaped. */
  override async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    const ended = this.child.status.catch(() => {});
    if (this.poll() === undefined) await hungUp(ended);
    await this.child[Symbol.asyncDispose]();
  }
}

/** Until it has ended, or has had its time. */
async function hungUp(ended: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  using _limit = new Limit({ timeout: HANG_UP }, () => resolve());
  await Promise.race([ended, promise]);
}
