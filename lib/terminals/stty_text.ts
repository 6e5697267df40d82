/** What stty(1) shows of a terminal. */
import { LOCAL_MODE } from "../../ffi/abi/termios.ts";
import { caret, CHARACTER_NAMES, DISABLED } from "./control_characters.ts";
import { type ModeName, modeNames } from "./mode_names.ts";
import { baudOf } from "./speeds.ts";
import { savedText } from "./stty_settings.ts";
import { readMode, type TerminalMode } from "./terminal_mode.ts";
import { windowSizeOf } from "./window_size.ts";
import { openTerminal, type Terminal, type TerminalTarget } from "./terminal_target.ts";

/** What {@linkcode sttyText} is to show, in stty(1)'s own words; `""` is what it shows without any. */
export type SttyView = "" | "-a" | "-g" | "size" | "speed";

/** How {@linkcode sttyText} writes. */
export interface SttyTextOptions {
  /** How wide the lines are, as stty(1) counts: one more may fit, and a longer word has a line of its own. @default {80} */
  columns?: number;
}

const VIEWS: Readonly<Record<SttyView, (terminal: Terminal, columns: number) => string>> = {
  "": (terminal, columns) => changes(readMode(terminal), columns),
  "-a": (terminal, columns) => everything(terminal, columns),
  "-g": (terminal) => savedText(readMode(terminal)),
  "size": (terminal) => sizeOf(terminal, (rows, cols) => `${rows} ${cols}`),
  "speed": (terminal) => `${baudOf(readMode(terminal).speed)}`,
};

/**
 * How a terminal is set, as stty(1) shows it.
 *
 * @param target The terminal. The master of a pty tells how its terminal is set.
 * @param view `"-a"`, everything in words; `""`, what differs from `sane`; `"-g"`, a text that `stty` takes as a setting and
 * so sets everything again; `"size"`, rows and columns; `"speed"`.
 * @param options How wide the lines may be.
 * @returns The text, without the newline at its end.
 * @throws {TypeError} if `view` is something else, or `target` is no target.
 * @throws {RangeError} if `columns` is no integer above 0.
 * @throws {SyscallError} `ENOTTY` if it is no terminal, `EIO` if it was hung up, or why its path cannot be opened.
 * @throws {ClosedError} if `target` is closed.
 * @throws {Deno.errors.NotCapable} if it is a path and `read` permission is missing.
 * @example
 * ```ts
 * import { isTerminal, sttyText } from "@vasty/vasty";
 *
 * if (isTerminal(0)) console.log(sttyText(0, "-a"));
 * ```
 * @see stty(1)
 */
export function sttyText(target: TerminalTarget, view: SttyView = "-a", options: SttyTextOptions = {}): string {
  const { columns = 80 } = options;
  if (!Object.hasOwn(VIEWS, view)) {
    throw new TypeError(`stty shows ${Object.keys(VIEWS).map((one) => `"${one}"`).join(", ")}, not "${view}"`);
  }
  if (!Number.isInteger(columns) || columns < 1) throw new RangeError(`A line has at least one column, not ${columns}`);
  using terminal = openTerminal(target, "read");
  return VIEWS[view](terminal, columns);
}

function sizeOf<T>(terminal: Terminal, use: (rows: number, cols: number) => T): T {
  const { rows, cols } = windowSizeOf(terminal.fd, terminal.name);
  return use(rows, cols);
}

/** Lines of words, broken where stty(1) breaks them: it does not count the blank before the next one. */
class Lines {
  readonly #columns: number;
  readonly #lines: string[] = [""];

  constructor(columns: number) {
    this.#columns = columns;
  }

  put(...words: string[]): this {
    for (const word of words) {
      const last = this.#lines.at(-1)!;
      if (last === "") this.#lines[this.#lines.length - 1] = word;
      else if (last.length + word.length > this.#columns) this.#lines.push(word);
      else this.#lines[this.#lines.length - 1] = `${last} ${word}`;
    }
    return this;
  }

  /** Begin another line, unless this one is empty. */
  end(): this {
    if (this.#lines.at(-1) !== "") this.#lines.push("");
    return this;
  }

  toString(): string {
    return this.#lines.join("\n").trimEnd();
  }
}

function everything(terminal: Terminal, columns: number): string {
  const mode = readMode(terminal);
  const size = sizeOf(terminal, (rows, cols) => `rows ${rows}; columns ${cols};`);
  const lines = new Lines(columns).put(speedText(mode), size, `line = ${mode.line};`).end();
  lines.put(...CHARACTER_NAMES.map(({ word, name }) => characterText(word, mode.character(name))));
  lines.put(readText(mode)).end();
  for (const group of ["control", "input", "output", "local"] as const) {
    const names = modeNames().filter((name) => name.group === group && !name.hidden);
    lines.put(...names.filter((name) => name.reversible || isSet(mode, name)).map((name) => modeText(mode, name)))
      .end();
  }
  return lines.toString();
}

/** What differs from a terminal that is set sanely. */
function changes(mode: TerminalMode, columns: number): string {
  const lines = new Lines(columns).put(speedText(mode), `line = ${mode.line};`).end();
  const characters = CHARACTER_NAMES.filter(({ name, sane }) => mode.character(name) !== sane);
  lines.put(...characters.map(({ word, name }) => characterText(word, mode.character(name))));
  if (!mode.has("local", LOCAL_MODE.ICANON)) {
    lines.put(readText(mode));
  }
  lines.end();
  for (const group of ["control", "input", "output", "local"] as const) {
    const names = modeNames().filter((name) => name.group === group && !name.hidden && differs(mode, name));
    lines.put(...names.map((name) => modeText(mode, name))).end();
  }
  return lines.toString();
}

function differs(mode: TerminalMode, name: ModeName): boolean {
  if (name.sane === undefined) return false;
  return name.reversible ? isSet(mode, name) !== name.sane : isSet(mode, name) && !name.sane;
}

function isSet(mode: TerminalMode, { group, bits, mask }: ModeName): boolean {
  return (mode.word(group) & (mask === 0 ? bits : mask)) >>> 0 === bits >>> 0;
}

function modeText(mode: TerminalMode, name: ModeName): string {
  return isSet(mode, name) ? name.word : `-${name.word}`;
}

function characterText(word: string, code: number): string {
  return `${word} = ${code === DISABLED ? "<undef>" : caret(code)};`;
}

function readText(mode: TerminalMode): string {
  return `min = ${mode.character("VMIN")}; time = ${mode.character("VTIME")};`;
}

function speedText(mode: TerminalMode): string {
  return `speed ${baudOf(mode.speed)} baud;`;
}
