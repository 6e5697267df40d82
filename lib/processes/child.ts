/** A running child. */
import { SIGNAL } from "../../ffi/abi/signal.ts";
import { ClosedError } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import { Input } from "../core/input.ts";
import { Limit } from "../core/limit.ts";
import { Output } from "../core/output.ts";
import { POLLABLE, type PollState } from "../core/pollable.ts";
import { numberOfSignal, type SignalName } from "../core/signal_names.ts";
import { type ByteStream, byteStream, writableStream } from "../core/streams.ts";
import {
  checkGrace,
  endTree,
  GRACE,
  GRACE_AT_LIMIT,
  type KillOptions,
  markOf,
  type TerminateOptions,
} from "./ending.ts";
import { displayCommand } from "./exit_error.ts";
import type { ExitStatus } from "./exit_status.ts";
import { ExitWatch, type Started } from "./exit_watch.ts";
import type { Command, SpawnOptions } from "./options.ts";
import { adoptOrphans } from "./orphans.ts";
import { atParentEnd, forgetEnd } from "./parent_end.ts";
import { ProcessTree } from "./process_tree.ts";
import type { Redirects } from "./redirects.ts";
import { claim, enrol, strike } from "./roll.ts";

const PIPES = Symbol("pipes");
const WATCH = Symbol("watch");

/** Our ends of a child's pipes. */
export interface ChildPipes {
  stdin?: Output;
  stdout?: Input;
  stderr?: Input;
}

/**
 * A child that `spawn` has started. It is reaped when it ends, whether anybody asks for its {@linkcode Child.status} or
 * not, and until then keeps this program alive, unless {@linkcode Child.unref} was called. At the end of an
 * `await using` block it is terminated if it still runs.
 */
export class Child implements AsyncDisposable {
  /** Its process id. */
  readonly pid: number;
  /** The program and its arguments. */
  readonly command: Command;
  readonly #watch: ExitWatch;
  readonly #limit: Limit | undefined;
  readonly #options: SpawnOptions;
  readonly #status: PromiseWithResolvers<ExitStatus> = Promise.withResolvers();
  readonly #input: Output | undefined;
  readonly #output: Input | undefined;
  readonly #errors: Input | undefined;
  /** Which of the pipes are open. */
  readonly #open = new Set<number>();
  #stdin: WritableStream<Uint8Array<ArrayBuffer>> | undefined;
  #stdout: ByteStream | undefined;
  #stderr: ByteStream | undefined;
  #reached: { reason: unknown } | undefined;
  #descent: ProcessTree | undefined;

  /** @ignore */
  constructor(command: Command, started: Started, redirects: Redirects, options: SpawnOptions) {
    this.command = command;
    this.pid = started.pid;
    this.#input = this.#pipe(0, redirects, Output);
    this.#output = this.#pipe(1, redirects, Input);
    this.#errors = this.#pipe(2, redirects, Input);
    this.#watch = new ExitWatch(started);
    this.#options = options;
    enrol(this);
    const { onParentEnd = "leave" } = options;
    if (onParentEnd !== "leave") atParentEnd(this, () => this.kill(onParentEnd));
    if (options.signal !== undefined || options.timeout !== undefined) {
      this.#limit = new Limit({ ...options, what: () => displayCommand(command) }, (reason) => this.#end(reason));
      // The child and its pipes keep the program alive, not the limit.
      this.#limit.hold(false);
    }
    this.#watch.exited.then((status) => this.#exited(status), this.#status.reject);
    // Whoever does not ask for the status is not told of a time limit by an unhandled rejection.
    this.#status.promise.catch(() => {});
  }

  #pipe<T>(number: number, redirects: Redirects, End: new (fd: Fd, onClose: () => void) => T): T | undefined {
    const fd = redirects.take(number);
    if (fd === undefined) return undefined;
    this.#open.add(number);
    return new End(fd, () => {
      this.#open.delete(number);
      this.#endLimit();
    });
  }

  /** The limit is for the pipes as well, which others may keep open when the child has ended. */
  #endLimit(): void {
    if (this.#watch.status !== undefined && this.#open.size === 0) this.#limit?.[Symbol.dispose]();
  }

  /** Itself and whoever descends from it. */
  get #tree(): ProcessTree {
    return this.#descent ??= new ProcessTree(this.#watch, markOf(this.#options));
  }

  #exited(status: ExitStatus): void {
    this.#endLimit();
    forgetEnd(this);
    strike(this);
    this.#reached ? this.#status.reject(this.#reached.reason) : this.#status.resolve(status);
    if (this.#options.subreaper) adoptOrphans(this.#tree);
  }

  /** The time limit: what is read and written ends with its reason, then the child. */
  #end(reason: unknown): void {
    if (this.#watch.status !== undefined) return this.#closeStreams(reason, true);
    this.#reached = { reason };
    this.#closeStreams(reason);
    // A child that may not be signalled (EPERM: it has become another user) is not waited for.
    this.terminate({ grace: this.#options.grace ?? GRACE_AT_LIMIT }).catch(() => this.#status.reject(reason));
  }

  /**
   * How it ended, as soon as it has. It may have written more than was read by then.
   *
   * Rejects with the reason of `signal` or `timeout` if that ended it: then the child is gone and reaped. Where it had
   * ended before, and something that it has started keeps its pipes open, the limit closes those with the reason.
   */
  get status(): Promise<ExitStatus> {
    claim(this);
    return this.#status.promise;
  }

  /**
   * How it ended, if it has, without waiting. A child that has just ended is reaped by this, and its
   * {@linkcode Child.status} is the same.
   *
   * @returns How it ended; `undefined` while it runs.
   * @example
   * ```ts
   * import { spawn } from "@vasty/vasty";
   *
   * await using child = spawn(["cat"], { stdin: "piped" });
   * console.assert(child.poll() === undefined);
   * await child.stdin.close();
   * console.assert(await child.status === child.poll());
   * ```
   * @see waitpid(2), `WNOHANG`
   */
  poll(): ExitStatus | undefined {
    const status = this.#watch.poll();
    if (status !== undefined) claim(this);
    return status;
  }

  /**
   * Its standard input, to be closed by the caller: that is how it sees the end. Writing waits while the pipe is full, and
   * fails with `EPIPE` once the child has closed its end.
   *
   * @throws {TypeError} if `stdin` is not `"piped"`.
   */
  get stdin(): WritableStream<Uint8Array<ArrayBuffer>> {
    return this.#stdin ??= writableStream(piped(this.#input, "stdin"));
  }

  /**
   * Its standard output. Cancelling closes the pipe; the child then gets SIGPIPE when it writes.
   *
   * @throws {TypeError} if `stdout` is not `"piped"`.
   */
  get stdout(): ByteStream {
    return this.#stdout ??= byteStream(piped(this.#output, "stdout"));
  }

  /**
   * Its standard error output.
   *
   * @throws {TypeError} if `stderr` is not `"piped"`.
   */
  get stderr(): ByteStream {
    return this.#stderr ??= byteStream(piped(this.#errors, "stderr"));
  }

  /**
   * Send it a signal; with `tree`, its descendants too. A tree that is killed (`"KILL"`) is stopped first, so that it
   * cannot grow faster than it is killed; that takes milliseconds, in which nothing else of this program runs.
   *
   * @param signal Its name, long or short. @default {"SIGTERM"}
   * @param options Whom it reaches.
   * @returns Whether the child, or one of its tree, was still there; a signal never reaches another process that got its
   * number.
   * @throws {TypeError} if there is no such signal.
   * @throws {SyscallError} `EPERM` if the child has become another user; the others of its tree have got the signal.
   * `ENOENT` for a tree where there is no /proc, `EMFILE` if there is no descriptor left to see it with.
   * @example
   * ```ts
   * import { spawn } from "@vasty/vasty";
   *
   * await using child = spawn(["sleep", "60"]);
   * child.kill("TERM");
   * console.assert((await child.status).signal === "SIGTERM");
   * ```
   * @see pidfd_send_signal(2)
   */
  kill(signal: SignalName = "SIGTERM", options: KillOptions = {}): boolean {
    const number = numberOfSignal(signal);
    if (!(options.tree ?? this.#options.tree)) return this.#watch.kill(number);
    return (number === SIGNAL.SIGKILL ? this.#tree.kill() : this.#tree.signal(number)).length > 0;
  }

  /**
   * End it: a signal that asks, time to comply, then SIGKILL. A stopped child is continued, to see the signal.
   * With `tree`, its descendants too: it resolves when none of them is left.
   *
   * @param options Which signal, how long, and whom.
   * @returns How it ended; at once if it had.
   * @throws {TypeError} if there is no such signal.
   * @throws {RangeError} if `grace` is negative or not a number.
   * @throws {SyscallError} as {@linkcode Child.kill} does.
   * @example
   * ```ts
   * import { spawn } from "@vasty/vasty";
   *
   * const child = spawn(["sh", "-c", "trap '' TERM; while :; do sleep 1; done"]);
   * const status = await child.terminate({ grace: 100 });
   * console.assert(status.signal !== null);
   * ```
   */
  async terminate(options: TerminateOptions = {}): Promise<ExitStatus> {
    const { signal = "SIGTERM", grace = GRACE, tree = this.#options.tree } = options;
    checkGrace(grace);
    claim(this);
    if (tree) {
      await endTree(this.#tree, numberOfSignal(signal), grace);
      return await this.#watch.exited;
    }
    if (!this.kill(signal, { tree })) return await this.#watch.exited;
    // Who is stopped sees no signal but KILL before it is continued.
    this.#watch.kill(SIGNAL.SIGCONT);
    using _limit = new Limit({ timeout: grace }, () => this.#watch.kill(SIGNAL.SIGKILL));
    return await this.#watch.exited;
  }

  /** @ignore */
  [PIPES](): ChildPipes {
    return { stdin: this.#input, stdout: this.#output, stderr: this.#errors };
  }

  /** @ignore */
  [POLLABLE](): PollState {
    return this.#watch.state;
  }

  /** @ignore */
  [WATCH](): ExitWatch {
    return this.#watch;
  }

  /** Have waiting for it, and for its streams, keep this program alive, as at the beginning. */
  ref(): void {
    this.#hold(true);
  }

  /** Let this program end without waiting for it. It is not killed then, and no longer anybody's to reap but init's. */
  unref(): void {
    this.#hold(false);
  }

  #hold(on: boolean): void {
    for (const part of [this.#watch, this.#input, this.#output, this.#errors]) part?.hold(on);
  }

  /** With `waiting` only those that have to be waited for: nothing is lost of what has all been written. */
  #closeStreams(reason: unknown, waiting = false): void {
    this.#input?.close(reason);
    for (const end of [this.#output, this.#errors]) if (!(waiting && end?.complete)) end?.close(reason);
  }

  /** Close the pipes, terminate the child if it still runs, and wait until it is reaped. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closeStreams(new ClosedError("The child was disposed of"));
    if (this.#watch.status === undefined || this.#options.tree) await this.terminate();
  }
}

/** Our ends of a child's pipes, for `capture`, which needs no streams of them. */
export function outputsOf(child: Child): ChildPipes {
  return child[PIPES]();
}

/** What watches over a child, for `waitAny`. */
export function watchOf(child: Child): ExitWatch {
  return child[WATCH]();
}

function piped<T>(stream: T | undefined, name: string): T {
  if (stream === undefined) throw new TypeError(`${name} is not "piped"`);
  return stream;
}
