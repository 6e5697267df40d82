/** A terminal without a window: bytes in, rows of cells out. */
import { BLANK, cellOf, type ScreenCell } from "./cell.ts";
import { HeadlessTerminal, type Terminal } from "./headless.ts";
import { BACKGROUND, FOREGROUND } from "./palette.ts";

/** DECTCEM: whether the cursor is shown. */
const CURSOR_MODE = 25;

/** How many rows and columns. */
export interface ScreenSize {
  /** Lines of characters. */
  rows: number;
  /** Characters of a line. */
  cols: number;
}

/** Where the cursor is. */
export interface ScreenCursor {
  /** From 0, the topmost. */
  row: number;
  /** From 0, the leftmost. */
  col: number;
  /** Whether it is shown. */
  visible: boolean;
}

/** What a program has drawn, and what it is told when it asks. */
export class Emulator implements Disposable {
  readonly #terminal: Terminal;
  #visible = true;
  #title = "";

  /** `answer` gets what the program has asked the terminal for. */
  constructor(size: ScreenSize, answer: (text: string) => void) {
    const windowOptions = { getWinSizeChars: true };
    this.#terminal = new HeadlessTerminal({ ...size, scrollback: 0, allowProposedApi: true, windowOptions });
    this.#terminal.onData(answer);
    this.#terminal.onTitleChange((title: string) => this.#title = title);
    this.#watchCursor();
    for (const [command, colour] of [[10, FOREGROUND], [11, BACKGROUND]] as const) {
      this.#terminal.parser.registerOscHandler(command, (asked: string) => {
        if (asked !== "?") return false;
        const parts = [1, 3, 5].map((at) => colour.slice(at, at + 2).repeat(2));
        answer(`\x1b]${command};rgb:${parts.join("/")}\x1b\\`);
        return true;
      });
    }
  }

  /** The emulator has no word for it. Its own handlers run after these. */
  #watchCursor(): void {
    const shown = (visible: boolean) => (params: (number | number[])[] = [CURSOR_MODE]) => {
      if (params.includes(CURSOR_MODE)) this.#visible = visible;
      return false;
    };
    const { parser } = this.#terminal;
    parser.registerCsiHandler({ prefix: "?", final: "h" }, shown(true));
    parser.registerCsiHandler({ prefix: "?", final: "l" }, shown(false));
    parser.registerCsiHandler({ intermediates: "!", final: "p" }, () => shown(true)());
    parser.registerEscHandler({ final: "c" }, () => shown(true)());
  }

  get size(): ScreenSize {
    const { rows, cols } = this.#terminal;
    return { rows, cols };
  }

  get title(): string {
    return this.#title;
  }

  get cursor(): ScreenCursor {
    const { cursorX, cursorY } = this.#terminal.buffer.active;
    // Behind the last column it waits for the next character before it goes on in the next row.
    return { row: cursorY, col: Math.min(cursorX, this.#terminal.cols - 1), visible: this.#visible };
  }

  /** Draw; settles when it was drawn. */
  draw(text: string): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(text, resolve));
  }

  resize({ rows, cols }: ScreenSize): void {
    this.#terminal.resize(cols, rows);
  }

  /** The cells of a row. */
  row(row: number): ScreenCell[] {
    const { active } = this.#terminal.buffer;
    const line = active.getLine(active.baseY + row);
    return Array.from({ length: this.#terminal.cols }, (_, col) => {
      const cell = line?.getCell(col);
      return cell === undefined ? { ...BLANK } : cellOf(cell);
    });
  }

  /** The text of a row, with blanks at its end. */
  text(row: number): string {
    const { active } = this.#terminal.buffer;
    return active.getLine(active.baseY + row)?.translateToString(false) ?? "";
  }

  [Symbol.dispose](): void {
    this.#terminal.dispose();
  }
}
