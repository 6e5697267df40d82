/** Commands joined by pipes. */
import { Input } from "../core/input.ts";
import { Limit } from "../core/limit.ts";
import type { SignalName } from "../core/signal_names.ts";
import { type ByteStream, byteStream } from "../core/streams.ts";
import { Captured, collect } from "./capture.ts";
import { type Child, outputsOf } from "./child.ts";
import type { KillOptions, TerminateOptions } from "./ending.ts";
import type { ExitStatus } from "./exit_status.ts";
import type { Command } from "./options.ts";
import { locateProgram } from "./program.ts";
import { checkStatus } from "./run.ts";
import { checkCommand } from "./spawn.ts";
import { type Joined, joinStages, type PipelineOptions, type Stage, stageOptions } from "./stages.ts";
import { checkWaitDelay, Readings, WAIT_DELAY } from "./wait_delay.ts";

/** What a pipeline has written, and how its commands ended. */
export class PipelineOutput extends Captured {
  /** How each command ended. `status` is the one that decides about the whole. */
  readonly statuses: readonly ExitStatus[];

  /** @ignore */
  constructor(
    statuses: readonly ExitStatus[],
    status: ExitStatus,
    stdout: Uint8Array<ArrayBuffer>,
    stderr: Uint8Array<ArrayBuffer>,
    incomplete = false,
  ) {
    super(status, stdout, stderr, incomplete);
    this.statuses = statuses;
  }
}

/**
 * Commands that run, joined by pipes. Each is reaped when it ends; until all have ended they keep this program alive,
 * unless {@linkcode Pipeline.unref} was called. At the end of an `await using` block those that still run are terminated.
 */
export class Pipeline implements AsyncDisposable {
  /** The commands from the first to the last. */
  readonly stages: readonly Child[];
  /**
   * How each of them ended, once all have.
   *
   * Rejects with the reason of `signal` or `timeout` if that ended them: then all are gone and reaped.
   */
  readonly statuses: Promise<ExitStatus[]>;
  readonly #options: PipelineOptions;
  readonly #fed: Promise<void> | undefined;
  readonly #errors: Input | undefined;
  readonly #limit: Limit | undefined;
  #stderr: ByteStream | undefined;
  #output: Promise<PipelineOutput> | undefined;

  /** @ignore */
  constructor({ children, fed, errors }: Joined, options: PipelineOptions) {
    this.stages = children;
    this.#options = options;
    this.#fed = fed;
    this.#errors = errors && new Input(errors, () => this.#limit?.[Symbol.dispose]());
    // Each child has its own limit, for its own pipes too. That of all ends with the reason as well, not as if all was
    // said; unless all was.
    let ended = false;
    this.#limit = errors && new Limit(options, (reason) => {
      if (!(ended && this.#errors!.complete)) this.#errors!.close(reason);
    });
    this.#limit?.hold(false);
    this.statuses = all(children.map((child) => child.status));
    // Whoever does not ask for them is not told of a time limit by an unhandled rejection.
    this.statuses.then(() => ended = true, () => {});
  }

  /** What the last command writes, if that is piped. */
  get #last(): Input | undefined {
    return outputsOf(this.stages.at(-1)!).stdout;
  }

  /** How the one ended that decides about the whole: the last, or with `pipefail` the last that failed. */
  get status(): Promise<ExitStatus> {
    return this.statuses.then((statuses) => statuses[this.#decisive(statuses)]!);
  }

  /** The standard input of the first command, see `Child.stdin`. @throws {TypeError} if `stdin` is not `"piped"`. */
  get stdin(): WritableStream<Uint8Array<ArrayBuffer>> {
    return this.stages[0]!.stdin;
  }

  /** The standard output of the last command, see `Child.stdout`. @throws {TypeError} if `stdout` is not `"piped"`. */
  get stdout(): ByteStream {
    return this.stages.at(-1)!.stdout;
  }

  /** What all commands write to their standard error output. @throws {TypeError} if `stderr` is not `"piped"`. */
  get stderr(): ByteStream {
    if (this.#errors === undefined) throw new TypeError('stderr is not "piped"');
    return this.#stderr ??= byteStream(this.#errors);
  }

  /**
   * Wait for the end of all commands, and collect what the last one writes and, where `stderr` is `"piped"`, what all
   * report: a process that they have started and that keeps those pipes open is waited for as long as `waitDelay` says.
   * Then the result has what came, and is marked `incomplete`. Asking twice gives the same answer.
   *
   * @returns What was written, and how the commands ended.
   * @throws {ExitError} if the one that decides ended otherwise than with exit code 0, unless `check` is false.
   * @throws the reason of `signal`, or a `DOMException` named "TimeoutError", or the error of a stream given as `input`:
   * the commands are gone then.
   */
  output(): Promise<PipelineOutput> {
    return this.#output ??= this.#collect();
  }

  async #collect(): Promise<PipelineOutput> {
    const pipes = { stdin: outputsOf(this.stages[0]!).stdin, stdout: this.#last, stderr: this.#errors };
    const delay = this.#options.waitDelay ?? WAIT_DELAY;
    using readings = new Readings({ pipes, ended: this.statuses, fed: this.#fed }, delay);
    const [statuses, stdout, stderr] = await all<unknown>([
      this.statuses,
      collect(readings.stdout),
      collect(readings.stderr),
    ]) as [
      ExitStatus[],
      Uint8Array<ArrayBuffer>,
      Uint8Array<ArrayBuffer>,
    ];
    await this.#fed;
    const at = this.#decisive(statuses);
    const output = new PipelineOutput(statuses, statuses[at]!, stdout, stderr, readings.incomplete);
    checkStatus(this.stages[at]!.command, output.status, this.#options, output);
    return output;
  }

  #decisive(statuses: readonly ExitStatus[]): number {
    const failed = this.#options.pipefail ? statuses.findLastIndex(({ success }) => !success) : -1;
    return failed < 0 ? statuses.length - 1 : failed;
  }

  /**
   * Send every command a signal.
   *
   * @param signal Its name, long or short. @default {"SIGTERM"}
   * @param options Whether it reaches their descendants too.
   * @returns Whether any of them was still there.
   * @throws {TypeError} if there is no such signal.
   * @throws {SyscallError} `EPERM` if one of them has become another user.
   * @see pidfd_send_signal(2)
   */
  kill(signal: SignalName = "SIGTERM", options: KillOptions = {}): boolean {
    return this.stages.map((child) => child.kill(signal, options)).includes(true);
  }

  /**
   * End every command: a signal that asks, time to comply, then SIGKILL.
   *
   * @param options Which signal, and how long.
   * @returns How each of them ended; at once if all had.
   * @throws {TypeError} if there is no such signal.
   * @throws {RangeError} if `grace` is negative or not a number.
   * @throws {SyscallError} `EPERM` if one of them has become another user; see `Child.terminate`.
   */
  terminate(options: TerminateOptions = {}): Promise<ExitStatus[]> {
    return all(this.stages.map((child) => child.terminate(options)));
  }

  /** Have waiting for the commands, and for their streams, keep this program alive, as at the beginning. */
  ref(): void {
    for (const child of this.stages) child.ref();
    this.#errors?.hold(true);
  }

  /** Let this program end without waiting for the commands. */
  unref(): void {
    for (const child of this.stages) child.unref();
    this.#errors?.hold(false);
  }

  /** Close our ends of the pipes, terminate what still runs, and wait until it is reaped. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#errors?.close();
    await all(this.stages.map((child) => child[Symbol.asyncDispose]()));
  }
}

/** All results, once every one of them is there; else the first failure, once nothing is under way any more. */
async function all<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return await Promise.all(promises);
}

/**
 * Start commands, each of which reads what the one before it writes: `a | b | c` without a shell. The kernel carries the
 * bytes from one to the next; they never come into this program.
 *
 * A program that cannot be found is reported before any is started. Where a later one cannot be started after all, those
 * before it are ended (SIGTERM, `grace`, SIGKILL) and reaped, and nothing is left. A command whose reader has ended gets
 * SIGPIPE, which is how `yes` ends in `yes | head -1`. `signal` and `timeout` end all commands.
 *
 * Needs `run` permission for each program, and `read` or `write` for files by path.
 *
 * @param commands The commands from the first to the last; one that needs options of its own is an object.
 * @param options What the outside of the whole is joined to, and as for `spawn`, for every command.
 * @returns The running pipeline.
 * @throws {SyscallError} if one could not be started; see `spawn` for the codes.
 * @throws {TypeError} if there is no command, or an option makes no sense.
 * @throws {RangeError} if a number is out of its range, such as `waitDelay` and `timeout`; see `spawn` for the others.
 * @throws {Deno.errors.NotCapable} if a permission is missing; nothing has been started then.
 * @throws the reason of `signal`, if that is aborted already.
 * @example
 * ```ts
 * import { pipeline } from "@vasty/vasty";
 *
 * const { stdout, statuses } = await pipeline([["yes"], ["head", "-1"]]).output();
 * console.assert(stdout === "y\n");
 * console.assert(`${statuses}` === "killed by SIGPIPE,exit 0");
 * ```
 * @example With the streams of the whole, and one command in another language
 * ```ts
 * import { pipeline } from "@vasty/vasty";
 *
 * const sorted = { command: ["sort", "-u"], env: { LC_ALL: "C" } };
 * await using words = pipeline([["tr", " ", "\\n"], sorted], { stdin: "piped", timeout: 5_000 });
 * const writer = words.stdin.getWriter();
 * await writer.write(new TextEncoder().encode("b a b\n"));
 * await writer.close();
 * console.assert(await new Response(words.stdout).text() === "a\nb\n");
 * console.assert((await words.status).success);
 * ```
 * @see pipe(7)
 */
export function pipeline(commands: readonly (Command | Stage)[], options: PipelineOptions = {}): Pipeline {
  if (!Array.isArray(commands) || commands.length === 0) throw new TypeError("A pipeline has at least one command");
  checkWaitDelay(options.waitDelay);
  const stages = commands.map((entry): Stage => Array.isArray(entry) ? { command: entry } : entry);
  for (const stage of stages) {
    checkCommand(stage.command);
    if ((stage.stderr as unknown) === "piped") {
      throw new TypeError('stderr is "piped" for the whole, not for one command');
    }
    locateProgram(stage.command[0]!, stageOptions(stage, options), "spawn");
  }
  return new Pipeline(joinStages(stages, options), options);
}
