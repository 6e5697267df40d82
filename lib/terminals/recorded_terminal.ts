/** A terminal that is recorded. */
import type { Fd } from "../core/fd.ts";
import type { WaitOptions } from "../core/limit.ts";
import { type AsciicastEvent, type AsciicastHeader, eventLine, headerLine } from "./asciicast.ts";
import { isEchoOff } from "./echo_state.ts";
import type { Pty } from "./pty.ts";
import { type Decoder, decoderOf } from "./text_encoding.ts";
import type { WindowSize } from "./window_size.ts";

/** How a recording is made. */
export interface RecordingOptions {
  /** What it is. */
  title?: string;
  /** What is run, as a person would write it. */
  command?: string;
  /** Players are asked to make no pause longer than so many milliseconds. */
  idleTimeLimit?: number;
  /** Variables of the environment that players are told. @default {TERM and SHELL, where this program may read them} */
  env?: Record<string, string>;
  /**
   * Whether what is typed is recorded too, once the terminal has taken all of it, but never while that does not echo: then it may
   * be a password. What a dialog sends as `hidden` to a terminal that echoes is recorded, as it is seen there all the same.
   * @default {false}
   */
  input?: boolean;
  /** The version of the format. @default {2} */
  version?: 2 | 3;
}

/** Where the lines of a recording go. */
export interface RecordingSink extends Disposable {
  write(line: string): void;
}

/**
 * A terminal that is recorded: what is read of it, what is typed if that is asked for, and every change of its size, each with
 * its time. It owns the terminal; a dialog can be held over it. `recordAsciicast` makes it.
 *
 * What comes is written down when it is read. The recording ends with the terminal, and is whole after every line.
 *
 * @example
 * ```ts
 * import { EOF, Expect, parseAsciicast, recordAsciicast, spawnPty } from "@vasty/vasty";
 *
 * let text = "";
 * await using dialog = new Expect(recordAsciicast(spawnPty(["echo", "hello"]), (line) => text += line));
 * await dialog.expect(EOF);
 * console.assert(parseAsciicast(text).events[0]!.data === "hello\r\n");
 * ```
 */
export class RecordedTerminal<T extends Pty = Pty> implements AsyncDisposable {
  /** The terminal. What is read of it directly is not recorded. */
  readonly terminal: T;
  readonly #sink: RecordingSink;
  readonly #version: 2 | 3;
  readonly #typed: Decoder | undefined;
  readonly #shown: Decoder = decoderOf("utf-8");
  readonly #began = performance.now();
  #last = 0;
  #ended = false;

  /** @ignore */
  constructor(terminal: T, sink: RecordingSink, options: RecordingOptions) {
    this.terminal = terminal;
    this.#sink = sink;
    this.#version = options.version ?? 2;
    this.#typed = options.input ? decoderOf("utf-8") : undefined;
    sink.write(headerLine(this.#header(options)));
  }

  #header({ title, command, idleTimeLimit, env = environment() }: RecordingOptions): AsciicastHeader {
    const { rows, cols } = this.terminal.size();
    const common = { version: this.#version, cols, rows, timestamp: Date.now(), title, command, idleTimeLimit };
    return { ...common, env, term: env.TERM };
  }

  /**
   * Read what was written to the terminal, and record it. See {@linkcode Pty.read}.
   *
   * @param target Where to.
   * @param options When to give up.
   * @returns How many bytes; `null` at the end.
   * @throws as {@linkcode Pty.read} does, and what writing down throws.
   */
  async read(target: Uint8Array<ArrayBuffer>, options?: WaitOptions): Promise<number | null> {
    const count = await this.terminal.read(target, options);
    if (count === null) this.#record("o", this.#shown.end());
    else this.#record("o", this.#shown.decode(target.subarray(0, count)));
    return count;
  }

  /**
   * Type bytes, all of them. See {@linkcode Pty.write}. What is refused, or given up before all of it was typed, is not recorded.
   *
   * @param bytes What to type.
   * @param options When to give up.
   * @returns How many bytes there were.
   * @throws as {@linkcode Pty.write} does, and what writing down throws.
   */
  async write(bytes: Uint8Array<ArrayBuffer>, options?: WaitOptions): Promise<number> {
    const typed = this.#typed === undefined || isEchoOff(this.terminal) ? undefined : this.#typed;
    const count = await this.terminal.write(bytes, options);
    if (typed !== undefined) this.#record("i", typed.decode(bytes));
    return count;
  }

  /**
   * Type the end of the input. See {@linkcode Pty.sendEof}.
   *
   * @param options When to give up.
   * @throws as {@linkcode Pty.sendEof} does.
   */
  sendEof(options?: WaitOptions): Promise<void> {
    return this.terminal.sendEof(options);
  }

  /** The terminal's own, so that what asks for how it is set may be given this. */
  get master(): Fd {
    return this.terminal.master;
  }

  /** How large its window is. */
  size(): Required<WindowSize> {
    return this.terminal.size();
  }

  /**
   * Change the size of its window, and record it.
   *
   * @param size The new size.
   * @throws as {@linkcode PtyBase.resize} does, and what writing down throws.
   */
  resize(size: WindowSize): void {
    const before = this.terminal.size();
    this.terminal.resize(size);
    if (before.rows !== size.rows || before.cols !== size.cols) this.#record("r", `${size.cols}x${size.rows}`);
  }

  /**
   * Put a marker here, which players can jump to.
   *
   * @param label Its name.
   */
  marker(label: string = ""): void {
    this.#write({ kind: "m", data: label });
  }

  #record(kind: string, data: string): void {
    if (data !== "") this.#write({ kind, data });
  }

  #write({ kind, data }: Omit<AsciicastEvent, "time">): void {
    if (this.#ended) return;
    const time = performance.now() - this.#began;
    this.#sink.write(eventLine(this.#version, { time, kind, data }, this.#last));
    this.#last = time;
  }

  /** Close the terminal and end the recording; the second time does nothing. */
  close(): void {
    this.terminal.close();
    this.#finish();
  }

  #finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#sink[Symbol.dispose]();
  }

  /** The same as `close()`, and a child of the terminal has ended afterwards. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#finish();
    await this.terminal[Symbol.asyncDispose]();
  }
}

/** What players know of the environment. */
function environment(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const variable of ["SHELL", "TERM"]) {
    if (Deno.permissions.querySync({ name: "env", variable }).state !== "granted") continue;
    const value = Deno.env.get(variable);
    if (value !== undefined) env[variable] = value;
  }
  return env;
}
