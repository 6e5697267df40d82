/** What a person sees of a full-screen program. */
import { ClosedError } from "../lib/core/errors.ts";
import { checkLimit, Limit, timeoutReason, type WaitOptions } from "../lib/core/limit.ts";
import { type DialogTarget, EOF, Expect, type WindowSize } from "../lib/terminals/mod.ts";
import type { ScreenCell } from "./cell.ts";
import { Emulator, type ScreenCursor, type ScreenSize } from "./emulator.ts";
import { checkedRow, checkWanted, findIn, type ScreenPlace } from "./finding.ts";
import { svgOf } from "./svg.ts";

/** How a {@linkcode Screen} begins. */
export interface ScreenOptions extends Partial<ScreenSize> {
  /** Lines of characters. @default {that of the terminal, else 24} */
  rows?: number;
  /** Characters of a line. @default {that of the terminal, else 80} */
  cols?: number;
}

/** What to look for, and how long. */
export interface ScreenWaitOptions extends WaitOptions {
  /** The only row to look in; negative ones count from the bottom: -1 is the last. @default {all rows} */
  row?: number;
  /**
   * Milliseconds.
   * @default {30_000}
   */
  timeout?: number;
}

/** What a screen is told to show: a text, an expression over the rows' lines, or whatever a function says. */
export type ScreenCondition = string | RegExp | ((screen: Screen) => boolean);

/** A terminal that knows its size. */
interface Sized {
  size(): WindowSize;
  resize(size: WindowSize): void;
}

const TIMEOUT = 30_000;

/**
 * A terminal's screen: what a program has drawn on it, as a person sees it, by `@xterm/headless`. Programs such as vim, less
 * and top write where it stands, over what stood there, so that what they write in a row says little.
 *
 * It owns its target, or the dialog, from now on, and closes it at the end of an `await using` block. It reads all the time:
 * what it shows is never old, and what the program asks the terminal for (where the cursor is, what kind of terminal it is)
 * is answered. So nobody else may read: what is to be typed is sent by {@linkcode Screen.dialog}, but what is to be waited for
 * is waited for by {@linkcode Screen.expectScreen}.
 *
 * Rows and columns count from 0, at the top and at the left.
 *
 * @example
 * ```ts
 * import { spawnPty } from "@vasty/vasty";
 * import { Screen } from "@vasty/vasty/screen";
 *
 * const program = "printf '\\033[2;5Hhere\\033[31m!\\033[m'; read line";
 * await using screen = new Screen(spawnPty(["sh", "-c", program], { rows: 4, cols: 20 }));
 * const { row, col } = await screen.expectScreen("here!", { timeout: 5_000 });
 * console.assert(row === 1 && col === 4 && screen.cell(1, 8).foreground === 1);
 * await screen.dialog.sendLine("");
 * ```
 * @see console_codes(4)
 */
export class Screen implements AsyncDisposable {
  /** The dialog: by this the program is sent what a person would type. Its expects belong to the screen. */
  readonly dialog: Expect;
  readonly #terminal: Sized | undefined;
  readonly #emulator: Emulator;
  /** Those who look again whenever something has changed. */
  readonly #waiters = new Set<() => void>();
  readonly #reading: Promise<void>;
  #closed = false;
  #end: { reason: unknown } | undefined;

  /**
   * Show what a program writes, from now on.
   *
   * @param target A terminal, or whatever else an {@linkcode Expect} takes; or a dialog, for what comes after its last expect.
   *   Where `rows` or `cols` are given and it is a terminal, its size is set.
   * @param options The size.
   * @throws {TypeError} as {@linkcode Expect} does.
   * @throws {RangeError} if there is less than 1 row or 2 columns, or more than 65535.
   * @throws {ClosedError} if the terminal was closed.
   */
  constructor(target: DialogTarget | Expect, options: ScreenOptions = {}) {
    this.#terminal = "size" in target && "resize" in target ? target as unknown as Sized : undefined;
    const now = this.#terminal?.size() ?? { rows: 24, cols: 80 };
    const { rows = now.rows || 24, cols = now.cols || 80 } = options;
    checkSize({ rows, cols });
    this.dialog = target instanceof Expect ? target : new Expect(target);
    if (rows !== now.rows || cols !== now.cols) this.#terminal?.resize({ rows, cols });
    // A program that has ended meanwhile takes no answer; its end is seen by reading.
    this.#emulator = new Emulator({ rows, cols }, (text) => void this.dialog.send(text).catch(() => {}));
    this.#reading = this.#read();
  }

  async #read(): Promise<void> {
    try {
      for (;;) {
        const { pattern, match } = await this.dialog.expect([/[^]/, EOF], { timeout: Infinity });
        if (pattern === EOF) break;
        await this.#emulator.draw(match + this.dialog.clear());
        this.#look();
      }
      this.#end = { reason: undefined };
    } catch (reason) {
      this.#end = { reason };
    }
    this.#look();
  }

  #look(): void {
    for (const look of [...this.#waiters]) look();
  }

  /** How many rows and columns it has. */
  get size(): ScreenSize {
    return this.#emulator.size;
  }

  /** Where the cursor is, and whether it is shown. */
  get cursor(): ScreenCursor {
    return this.#emulator.cursor;
  }

  /** The title that the program has given its window; empty before. */
  get title(): string {
    return this.#emulator.title;
  }

  /** Whether the program's output has ended. The screen stays as it was. */
  get ended(): boolean {
    return this.#end !== undefined;
  }

  /**
   * The rows as lines of text.
   *
   * @returns All of them, without the blanks at their ends.
   */
  lines(): string[] {
    return Array.from({ length: this.size.rows }, (_, row) => this.#emulator.text(row).trimEnd());
  }

  /**
   * The whole screen as text.
   *
   * @returns The lines, without the empty ones at the end.
   */
  text(): string {
    return this.lines().join("\n").trimEnd();
  }

  /**
   * What stands in one place, and in which colours.
   *
   * @param row The row, from 0; -1 is the last.
   * @param col The column, from 0.
   * @returns A copy.
   * @throws {RangeError} if there is no such place.
   */
  cell(row: number, col: number): ScreenCell {
    const { rows, cols } = this.size;
    const cell = this.#emulator.row(checkedRow(row, rows))[col];
    if (cell === undefined) throw new RangeError(`The screen has columns from 0 to ${cols - 1}, not ${col}`);
    return cell;
  }

  /**
   * Where something stands now.
   *
   * @param wanted A text, or an expression over the lines of the screen, or of the one row, as {@linkcode Screen.lines} has them.
   * @param options Which row.
   * @returns The first place; `undefined` if it is not shown.
   * @throws {TypeError} if it is neither, or the empty text.
   * @throws {RangeError} if there is no such row.
   */
  find(wanted: string | RegExp, { row }: { row?: number } = {}): ScreenPlace | undefined {
    checkWanted(wanted);
    const { rows } = this.size;
    const looked = row === undefined ? Array.from({ length: rows }, (_, at) => at) : [checkedRow(row, rows)];
    return findIn(this.#emulator, wanted, looked);
  }

  /**
   * Wait until the screen shows something; at once if it does. Programs draw in pieces: where more than one thing matters, such
   * as a text and the place of the cursor, a function asks for all of them.
   *
   * @param wanted A text, or an expression, as for {@linkcode Screen.find}.
   * @param options Where to look, and when to give up.
   * @returns Where it stands.
   * @throws {DOMException} named "TimeoutError" if the time is over. The text says what was wanted and has the screen.
   * @throws {Deno.errors.UnexpectedEof} with the same text, if the program's output has ended without it.
   * @throws {TypeError} if it is neither text nor expression nor function, or the empty text.
   * @throws {RangeError} if there is no such row, or `timeout` is negative or not a number.
   * @throws {ClosedError} if the screen was closed, or is closed meanwhile.
   * @throws the signal's reason, what has failed in reading, or what the function throws.
   */
  expectScreen(wanted: string | RegExp, options?: ScreenWaitOptions): Promise<ScreenPlace>;
  /**
   * Wait until a function says that the screen is as it should be. It is called now and whenever something was drawn.
   *
   * @param condition What is called with this screen.
   * @param options When to give up.
   * @throws as with a text.
   */
  expectScreen(condition: (screen: Screen) => boolean, options?: ScreenWaitOptions): Promise<void>;
  async expectScreen(condition: ScreenCondition, options: ScreenWaitOptions = {}): Promise<ScreenPlace | void> {
    const { timeout = TIMEOUT, signal, row } = options;
    checkLimit({ timeout, signal });
    if (row !== undefined) checkedRow(row, this.size.rows);
    if (typeof condition !== "function") checkWanted(condition);
    const { promise, resolve, reject } = Promise.withResolvers<ScreenPlace | void>();
    const look = () => {
      try {
        if (this.#closed) return reject(new ClosedError("The screen was closed"));
        const found = typeof condition === "function" ? condition(this) : this.find(condition, { row });
        if (found) resolve(found === true ? undefined : found);
        else if (this.#end !== undefined) reject(this.#end.reason ?? this.#ended(condition, row));
      } catch (error) {
        reject(error);
      }
    };
    const late = (reason: unknown) => reject(signal?.aborted ? reason : this.#late(timeout, condition, row));
    using _limit = new Limit({ timeout, signal }, late);
    this.#waiters.add(look);
    look();
    return await promise.finally(() => this.#waiters.delete(look));
  }

  #late(ms: number, condition: ScreenCondition, row: number | undefined): DOMException {
    const { message, name } = timeoutReason(ms);
    return new DOMException(`${message}: ${this.#story(condition, row)}`, name);
  }

  #ended(condition: ScreenCondition, row: number | undefined): Error {
    return new Deno.errors.UnexpectedEof(`The other side has ended: ${this.#story(condition, row)}`);
  }

  /** What was wanted, and what is shown instead. */
  #story(condition: ScreenCondition, row: number | undefined): string {
    const wanted = typeof condition === "function" ? "a condition" : Deno.inspect(condition);
    const where = row === undefined ? "on the screen" : `in row ${row} of the screen`;
    return `waited for ${wanted} ${where}, which shows\n${this.text()}`;
  }

  /**
   * Change its size, and that of the terminal, if it was made of one: the program gets SIGWINCH.
   *
   * @param size The new size.
   * @throws {RangeError} if there is less than 1 row or 2 columns, or more than 65535.
   * @throws {ClosedError} if it was closed.
   */
  resize(size: ScreenSize): void {
    checkSize(size);
    this.#terminal?.resize(size);
    this.#emulator.resize(size);
    this.#look();
  }

  /**
   * A screenshot: colours, faces and the cursor as they are shown now. The font is the viewer's own.
   *
   * @param options Its title. @default {the window's title}
   * @returns A picture as SVG.
   */
  svg({ title = this.title }: { title?: string } = {}): string {
    const { size, cursor } = this;
    return svgOf({ size, cursor, title, rows: Array.from({ length: size.rows }, (_, row) => this.#emulator.row(row)) });
  }

  /** Close it, its dialog and the target; the second time does nothing. Whoever waits gets a {@linkcode ClosedError}. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#look();
    await this.dialog[Symbol.asyncDispose]();
    await this.#reading;
    this.#emulator[Symbol.dispose]();
  }
}

/** @throws {RangeError} */
function checkSize({ rows, cols }: ScreenSize): void {
  for (const [name, value, least] of [["rows", rows, 1], ["cols", cols, 2]] as const) {
    if (Number.isInteger(value) && value >= least && value <= 65_535) continue;
    throw new RangeError(`${name} must be an integer from ${least} to 65535: ${value}`);
  }
}
