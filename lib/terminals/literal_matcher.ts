/** Looking for a text as it stands. */
import { type Found, type Matcher, named } from "./matcher.ts";
import type { TextBuffer } from "./text_buffer.ts";

const NO_NAMES = new Map<string, readonly number[]>();

/**
 * Find a text, whatever the pieces are in which it comes. No character is looked at twice, however much of the text comes
 * before it in part; the empty text is found at once.
 */
export function literalMatcher(text: string): LiteralMatcher {
  return new LiteralMatcher(text);
}

/** A text, and how much of it stands at the end of what has come. */
export class LiteralMatcher implements Matcher {
  #text: string;
  /** For each length of a beginning: the longest shorter one with which it ends (Knuth, Morris and Pratt); made when it is needed. */
  #shorter: Int32Array | undefined;
  #matched = 0;
  #position = 0;
  #work = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** How often a character was compared: in proportion to the text at most. */
  get work(): number {
    return this.#work;
  }

  search(buffer: TextBuffer): Found | undefined {
    const { length } = this.#text;
    while (this.#matched < length) {
      const piece = buffer.pieceFrom(this.#position);
      if (piece === "") return undefined;
      this.#position += this.#scan(piece);
    }
    return { start: this.#position - length, end: this.#position, groups: [this.#text], named: named(NO_NAMES, []) };
  }

  reset(): void {
    this.#matched = this.#position = 0;
  }

  begin(_buffer: TextBuffer, place: number): void {
    this.#matched = 0;
    this.#position = place;
  }

  /** Go through a piece; what is returned is the place behind the match, or the piece's end. */
  #scan(piece: string): number {
    const text = this.#text;
    const first = text[0]!;
    let [matched, at, work] = [this.#matched, 0, 0];
    while (at < piece.length && matched < text.length) {
      work++;
      if (matched === 0) {
        // The engine's own search for one character is a good deal faster than a loop.
        const next = piece.indexOf(first, at);
        at = next < 0 ? piece.length : next + 1;
        matched = next < 0 ? 0 : 1;
      } else if (piece.charCodeAt(at) === text.charCodeAt(matched)) {
        matched++;
        at++;
      } else {
        this.#shorter ??= beginnings(text);
        matched = this.#shorter[matched]!;
      }
    }
    this.#matched = matched;
    this.#work += work;
    return at;
  }
}

function beginnings(text: string): Int32Array {
  const shorter = new Int32Array(text.length + 1);
  for (let length = 2, matched = 0; length <= text.length; length++) {
    const next = text.charCodeAt(length - 1);
    while (matched > 0 && text.charCodeAt(matched) !== next) matched = shorter[matched]!;
    if (text.charCodeAt(matched) === next) matched++;
    shorter[length] = matched;
  }
  return shorter;
}
