/** Commands for a program that reads them, and what each of them says. */
import { SyscallError } from "../core/errors.ts";
import { checkLimit, Limit, type WaitOptions } from "../core/limit.ts";
import { TurnQueue } from "../core/turn_queue.ts";
import { Expect } from "./expect.ts";
import { TIMEOUT } from "./patterns.ts";
import type { PtyChild } from "./pty_child.ts";
import { type ReplKind, replKind, type ReplName, token } from "./repl_kind.ts";
import { spawnPty } from "./spawn_pty.ts";
import { stty } from "./stty.ts";

/** How {@linkcode openRepl} starts a program. */
export interface ReplOptions extends WaitOptions {
  /** The program, instead of the usual one of that name. */
  program?: string;
  /** Its working directory. @default {this program's} */
  cwd?: string;
  /** Variables of its environment, besides those it needs. */
  env?: Record<string, string>;
  /** How long a command may take that does not say, in milliseconds. @default {30_000} */
  commandTimeout?: number;
}

/** Milliseconds in which a program has to be ready again after ^C. */
const GRACE = 2_000;
/** Milliseconds from one ^C to the next. */
const SOON = 200;
/** Lines as wide as there can be: nobody wraps them. */
const WIDE = 32_767;
/** What is sent is not echoed, and lines end as programs write them. */
const QUIET = ["-echo", "-onlcr"];

/**
 * A program that reads commands, and says something of each. `openRepl` starts it.
 *
 * @example
 * ```ts
 * import { openRepl } from "@vasty/vasty";
 *
 * await using shell = await openRepl("bash");
 * await shell.run("cd /");
 * console.assert(await shell.run("pwd") === "/\n");
 * ```
 */
export class Repl implements AsyncDisposable {
  /** How often it had to be started anew, with all that it knew lost. */
  restarts = 0;
  readonly #kind: ReplKind;
  readonly #options: ReplOptions;
  readonly #queue = new TurnQueue();
  #child!: PtyChild;
  #dialog!: Expect;

  /** @ignore */
  constructor(kind: ReplKind, options: ReplOptions) {
    this.#kind = kind;
    this.#options = options;
  }

  /** Start it. @ignore */
  async start(options: WaitOptions): Promise<void> {
    const { command, env, piped = false, prompt } = this.#kind;
    const { cwd, env: more } = this.#options;
    const stdin = piped ? { stdin: "piped" as const } : {};
    this.#child = spawnPty(command, { cwd, env: { ...env, ...more }, cols: WIDE, settings: QUIET, ...stdin });
    try {
      const { readable, child } = this.#child;
      this.#dialog = new Expect(piped ? { readable, writable: child.stdin } : this.#child);
      await this.#dialog.expect(prompt, options);
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Run a command, of one line or several. Several calls have their turns in the order of the calls.
   *
   * A command that takes too long gets ^C, and the program is ready for the next one. Where it does not heed that, or ends by it, as
   * Deno does, it is started anew: {@linkcode Repl.restarts} counts that.
   *
   * @param command The command. What the program reads of its standard input is not part of it.
   * @param options When to give up; after `commandTimeout` by default.
   * @returns What the program said, without its prompts, its lines ended by `"\n"`. Of a command of several statements Deno
   *   shows its prompt `"> "` between what they say.
   * @throws {SyntaxError} if the command is not whole; it is taken back then. Deno does not tell, so that this is a command
   *   there which takes too long.
   * @throws {RangeError} if a line has more than 4095 bytes, but for Python: the command is taken back then; or if `timeout`
   *   is none.
   * @throws {Deno.errors.UnexpectedEof} if the program has ended, as by `exit`.
   * @throws {ClosedError} if it was closed.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   */
  run(command: string, options: WaitOptions = {}): Promise<string> {
    const { signal, timeout = this.#options.commandTimeout ?? 30_000 } = options;
    const what = () => `run ${JSON.stringify(command)}`;
    return this.#queue.run((rest) => this.#run(command.replace(/\n$/, ""), rest), { signal, timeout, what });
  }

  async #run(command: string, options: WaitOptions): Promise<string> {
    checkLimit(options);
    // A command may have set it otherwise.
    if (!this.#child.closed) stty(this.#child, ...QUIET).keep();
    const stop = new AbortController();
    using _limit = new Limit(options, (reason) => stop.abort(reason));
    const { signal } = stop;
    try {
      return await this.#output(command, { signal, timeout: Infinity });
    } catch (error) {
      const unfinished = error instanceof SyntaxError || error instanceof RangeError;
      if (unfinished || (signal.aborted && error === signal.reason)) await this.#interrupt();
      throw hasEnded(error) ? new Deno.errors.UnexpectedEof("The program has ended", { cause: error }) : error;
    }
  }

  async #output(command: string, options: WaitOptions): Promise<string> {
    const { continuation, blocks } = this.#kind;
    if (continuation === undefined) return await this.#marked(command, options);
    let output = "";
    let unfinished = false;
    for (const line of command.split("\n")) {
      ({ output, unfinished } = await this.#line(line, output, options));
    }
    if (unfinished && blocks) ({ output, unfinished } = await this.#line("", output, options));
    if (unfinished) throw new SyntaxError(`The command is not whole: ${JSON.stringify(command)}`);
    return output;
  }

  async #line(line: string, output: string, options: WaitOptions): Promise<{ output: string; unfinished: boolean }> {
    const { prompt, continuation } = this.#kind;
    await this.#dialog.sendLine(line, options);
    const { before, index } = await this.#dialog.expect([prompt, continuation!], options);
    return { output: output + before, unfinished: index === 1 };
  }

  /** The command, and behind it one that tells that it is done. */
  async #marked(command: string, options: WaitOptions): Promise<string> {
    const { prompt } = this.#kind;
    const mark = this.#kind.mark(token());
    await this.#dialog.send(`${command}\n${mark.command}\n`, options);
    return (await this.#dialog.expect(`${prompt}${mark.says}${prompt}`, options)).before;
  }

  /** Have it ready again. */
  async #interrupt(): Promise<void> {
    const mark = this.#kind.mark(token());
    try {
      await this.#signalled();
      // It may have said its prompt just before ^C came, and once more by it.
      await this.#dialog.sendLine(mark.command, { timeout: GRACE });
      await this.#dialog.expect(mark.says + this.#kind.prompt, { timeout: GRACE });
    } catch {
      await this[Symbol.asyncDispose]();
      this.restarts++;
      await this.start({});
    }
  }

  /** Send ^C until it shows its prompt: Python loses one that comes just before it begins to read. */
  async #signalled(): Promise<void> {
    const { prompt } = this.#kind;
    for (let tries = GRACE / SOON; tries > 0; tries--) {
      this.#child.signal("SIGINT");
      const { index } = await this.#dialog.expect([prompt, TIMEOUT], { timeout: SOON });
      if (index === 0) return;
      await this.#dialog.sendLine("", { timeout: SOON });
    }
    throw new Error("It does not heed ^C");
  }

  /** End the program; the second time does nothing. */
  async [Symbol.asyncDispose](): Promise<void> {
    // Whoever reads commands ends when the terminal is hung up.
    this.#child.close();
    await this.#dialog?.[Symbol.asyncDispose]();
    await this.#child[Symbol.asyncDispose]();
  }
}

/** Whether what is sent has nobody to read it. */
function hasEnded(error: unknown): boolean {
  return error instanceof SyscallError && ["EIO", "EPIPE"].includes(error.code);
}

/**
 * Start a program that reads commands on a terminal of its own: bash, Python, Deno, or another that is described. Its prompts
 * are made such that no output is mistaken for them, nothing is echoed, and no file of a user's settings is read.
 *
 * @param kind Which program.
 * @param options Where it runs, and when to give up waiting for its first prompt.
 * @returns The program, ready for a command; the caller closes it.
 * @throws {TypeError} if there is no such name.
 * @throws {SyscallError} `ENOENT` if there is no such program, or as `spawnPty` does.
 * @throws {Deno.errors.UnexpectedEof} if it ends at once.
 * @throws {Deno.errors.NotCapable} if `run` permission is missing.
 * @throws the signal's reason, or a `DOMException` named "TimeoutError", after 30 seconds by default.
 * @example
 * ```ts
 * import { openRepl } from "@vasty/vasty";
 *
 * await using python = await openRepl("python");
 * await python.run("def twice(n):\n    return 2 * n");
 * console.assert(await python.run("twice(21)") === "42\n");
 * ```
 */
export async function openRepl(kind: ReplName | ReplKind, options: ReplOptions = {}): Promise<Repl> {
  const { signal, timeout } = options;
  checkLimit(options);
  const repl = new Repl(typeof kind === "string" ? replKind(kind, options.program) : kind, options);
  await repl.start({ signal, timeout });
  return repl;
}
