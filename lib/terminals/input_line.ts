/** The line that is being typed into a terminal, as far as it has to be known: none may be longer than the kernel keeps. */
import { CHARACTER } from "../../ffi/abi/termios.ts";
import { LineRules, type LineState, LONGEST_LINE, NO_LINE } from "./line_length.ts";

/**
 * How many bytes may be typed before the terminal is asked what it makes of them. So few make no line too long; and to ask
 * each time takes a twentieth of what a short line and its answer do.
 */
const UNSEEN = 256;

export class InputLine {
  readonly #rules: LineRules;
  /** How things stood when the terminal was asked last, and what was typed since. */
  #line: LineState = NO_LINE;
  readonly #unseen = new Uint8Array(UNSEEN);
  #count = 0;

  /** `fd` is the master. */
  constructor(fd: number) {
    this.#rules = new LineRules(fd);
  }

  /** @throws {RangeError} if `bytes`, which are to be typed, would be cut. */
  check(bytes: Uint8Array): void {
    if (!this.#isShort(bytes) && this.#look()) this.#rules.after(bytes, this.#line);
  }

  /** They were typed. The terminal may have begun to collect lines since they were checked. */
  typed(bytes: Uint8Array): void {
    if (this.#isShort(bytes)) {
      this.#unseen.set(bytes, this.#count);
      this.#count += bytes.length;
    } else this.#line = this.#look() ? this.#after(bytes) : NO_LINE;
  }

  #isShort({ length }: Uint8Array): boolean {
    return length <= UNSEEN - this.#count && this.#line.length + this.#count + length <= LONGEST_LINE;
  }

  /** Ask the terminal what it makes of what was typed; whether it collects lines. */
  #look(): boolean {
    const canonical = this.#rules.refresh();
    this.#line = canonical ? this.#after(this.#unseen.subarray(0, this.#count)) : NO_LINE;
    this.#count = 0;
    return canonical;
  }

  /** What is typed is typed, also where the terminal has cut it. */
  #after(bytes: Uint8Array): LineState {
    try {
      return this.#rules.after(bytes, this.#line);
    } catch {
      return NO_LINE;
    }
  }

  /** Whether the terminal collects lines, so that a character can end its input. */
  get canonical(): boolean {
    return this.#look();
  }

  /** What ends the input: once where a line begins, twice within one, which the first time only hands over; none if it is off. */
  ending(): Uint8Array<ArrayBuffer> | undefined {
    const within = this.#look() && this.#line.length > 0;
    const byte = this.#rules.character(CHARACTER.VEOF);
    return byte === 0 ? undefined : new Uint8Array(within ? 2 : 1).fill(byte);
  }
}
