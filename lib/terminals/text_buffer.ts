/** Text that comes in pieces and is taken from the front. */

export class TextBuffer {
  #text = "";

  /** How many characters are kept, in UTF-16 units. */
  get length(): number {
    return this.#text.length;
  }

  append(text: string): void {
    this.#text += text;
  }

  slice(from = 0, to: number = this.length): string {
    return this.#text.slice(from, to);
  }

  /** Take the first `count` characters away. */
  drop(count: number): void {
    this.#text = this.#text.slice(count);
  }

  *pieces(from = 0): Iterable<string> {
    yield this.#text.slice(from);
  }
}
