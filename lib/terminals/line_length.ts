/** How long the line is that a terminal's input is in: what of it is too long the kernel drops without a word. */
import { CHARACTER, INPUT_MODE, LOCAL_MODE, TERMIOS } from "../../ffi/abi/termios.ts";
import { tcgetattr } from "../../ffi/termios.ts";

/** The most bytes that the kernel keeps of a line, its end not counted. */
export const LONGEST_LINE = 4_095;

const ORDINARY = 0;
const ENDS = 1;
const QUOTES = 2;
const ERASES = 3;
/** Nothing of it is kept, but it counts. */
const PASSES = 4;

/** How things stand after some bytes. */
export interface LineState {
  /** Bytes of the line that has not ended. */
  readonly length: number;
  /** Characters of it that nothing has erased; of what erases a word it is not known how many those are. */
  readonly kept: number;
  /** Whether the next byte is taken as it is, because of ^V. */
  readonly quoted: boolean;
}

/** Between lines. */
export const NO_LINE: LineState = { length: 0, kept: 0, quoted: false };

/** Whether `bytes` are too few for too long a line, however the terminal is set: a byte counts twice at most. */
export function fits(bytes: Uint8Array, { length }: LineState): boolean {
  return length + 2 * bytes.length <= LONGEST_LINE;
}

/** What of a terminal's attributes its input lines depend on. */
export class LineRules {
  readonly #fd: number;
  readonly #state = new DataView(new ArrayBuffer(TERMIOS.sizeof));
  readonly #kinds = new Uint8Array(256);

  /** `fd` is the master, which has the attributes of its slave. */
  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Whether the terminal collects lines now. To be asked before the others, which answer for this moment. */
  refresh(): boolean {
    return tcgetattr(this.#fd, this.#state) >= 0 && (this.#flags("c_lflag") & LOCAL_MODE.ICANON) !== 0;
  }

  #flags(field: "c_iflag" | "c_lflag"): number {
    return this.#state.getUint32(TERMIOS[field], true);
  }

  /** A special character; 0 if it is switched off. */
  character(index: number): number {
    return this.#state.getUint8(TERMIOS.c_cc + index);
  }

  /**
   * How things stand after `bytes`. What erases characters of a line, or words, is counted as more of it.
   *
   * @throws {RangeError} if a line is too long.
   */
  after(bytes: Uint8Array, { length, kept, quoted }: LineState): LineState {
    const kinds = this.#marked();
    const { doubled, inner } = this.#widths();
    for (const byte of bytes) {
      const kind = quoted ? ORDINARY : kinds[byte]!;
      quoted = kind === QUOTES;
      if (kind === ENDS) length = kept = 0;
      if (kind === ENDS || kind === QUOTES) continue;
      length += byte === doubled ? 2 : 1;
      if (length > LONGEST_LINE) throw tooLong();
      if (kind === ORDINARY && !inner(byte)) kept++;
      if (kind === ERASES && kept > 0) kept--;
    }
    return { length, kept, quoted };
  }

  /** The byte that is kept twice, and whether one is the inner part of a character. */
  #widths(): { doubled: number | undefined; inner: (byte: number) => boolean } {
    const input = this.#flags("c_iflag");
    const marks = (input & INPUT_MODE.PARMRK) !== 0 && (input & INPUT_MODE.ISTRIP) === 0;
    const utf8 = (input & INPUT_MODE.IUTF8) !== 0;
    return { doubled: marks ? 0xff : undefined, inner: (byte) => utf8 && (byte & 0xc0) === 0x80 };
  }

  /** What each byte does to the line. */
  #marked(): Uint8Array {
    const kinds = this.#kinds.fill(ORDINARY);
    const input = this.#flags("c_iflag");
    const local = this.#flags("c_lflag");
    const mark = (index: number, kind: number) => {
      const byte = this.character(index);
      if (byte !== 0) kinds[byte] = kind;
    };
    if ((input & INPUT_MODE.INLCR) === 0) kinds[0x0a] = ENDS;
    if ((input & INPUT_MODE.IGNCR) !== 0) kinds[0x0d] = PASSES;
    else if ((input & INPUT_MODE.ICRNL) !== 0) kinds[0x0d] = ENDS;
    if ((input & INPUT_MODE.IXON) !== 0) {
      for (const index of [CHARACTER.VSTART, CHARACTER.VSTOP]) {
        mark(index, PASSES);
      }
    }
    mark(CHARACTER.VERASE, ERASES);
    mark(CHARACTER.VEOF, ENDS);
    mark(CHARACTER.VEOL, ENDS);
    mark(CHARACTER.VKILL, ENDS);
    if ((local & LOCAL_MODE.IEXTEN) !== 0) {
      mark(CHARACTER.VEOL2, ENDS);
      mark(CHARACTER.VLNEXT, QUOTES);
      mark(CHARACTER.VWERASE, PASSES);
    }
    // A signal that is typed empties the input.
    if ((local & LOCAL_MODE.ISIG) !== 0) {
      const kind = (local & LOCAL_MODE.NOFLSH) === 0 ? ENDS : PASSES;
      for (const index of [CHARACTER.VINTR, CHARACTER.VQUIT, CHARACTER.VSUSP]) mark(index, kind);
    }
    return kinds;
  }
}

function tooLong(): RangeError {
  return new RangeError(
    `A terminal that reads lines takes ${LONGEST_LINE} bytes of a line at most, and the kernel would drop what is more: ` +
      `write shorter lines, or set the terminal to raw`,
  );
}
