/** Text that grows at its end and is dropped from its beginning. */

/** Pieces shorter than this are put together as they come, so that a text of single characters is no list of them. */
const SMALL = 1024;

/**
 * A text in the pieces in which it came. Offsets count from the first character that is kept. Nothing takes longer than
 * what it touches: to append and to drop do not copy what is there, and only {@linkcode TextBuffer.slice} joins.
 */
export class TextBuffer {
  #pieces: string[] = [];
  /** Where each piece begins, counted from the first character that ever came. */
  #starts: number[] = [];
  /** Pieces before this one are dropped. */
  #head = 0;
  /** What is dropped, in characters. */
  #dropped = 0;
  #end = 0;

  /** How many characters are kept. */
  get length(): number {
    return this.#end - this.#dropped;
  }

  /** Put text behind what is there. */
  append(text: string): void {
    let [start, whole] = [this.#end, text];
    this.#end += text.length;
    if (text === "") return;
    // Equal sizes are joined, as in counting by twos: a character is copied ten times at most on its way to SMALL.
    while (this.#joins(whole)) {
      whole = this.#pieces.pop()! + whole;
      start = this.#starts.pop()!;
    }
    this.#pieces.push(whole);
    this.#starts.push(start);
  }

  #joins(text: string): boolean {
    const last = this.#pieces.length - 1;
    if (text.length >= SMALL || last < this.#head || this.#starts[last]! < this.#dropped) return false;
    return this.#pieces[last]!.length <= text.length;
  }

  /** The text between two offsets; they are brought into what there is, and not counted from the end. */
  slice(from = 0, to: number = this.length): string {
    const [first, last] = [this.#inside(from), this.#inside(to)];
    if (first >= last) return "";
    const parts: string[] = [];
    for (let index = this.#index(first); index < this.#pieces.length && this.#starts[index]! < last; index++) {
      const [piece, start] = [this.#pieces[index]!, this.#starts[index]!];
      parts.push(
        first <= start && last >= start + piece.length ? piece : piece.slice(Math.max(0, first - start), last - start),
      );
    }
    // The engine copies what it is to put together so only once somebody looks at it.
    let text = "";
    for (const part of parts) text += part;
    return text;
  }

  /** The text from an offset on, up to the end of the piece in which that is; empty at the end of all. */
  pieceFrom(offset: number): string {
    const place = this.#inside(offset);
    if (place === this.#end) return "";
    const index = this.#index(place);
    const start = this.#starts[index]!;
    return place === start ? this.#pieces[index]! : this.#pieces[index]!.slice(place - start);
  }

  /**
   * Forget the first characters.
   *
   * @throws {RangeError} if there are not that many.
   */
  drop(count: number): void {
    if (!(Number.isInteger(count) && count >= 0 && count <= this.length)) {
      throw new RangeError(`Of ${this.length} characters ${count} cannot be dropped`);
    }
    this.#dropped += count;
    while (this.#head < this.#pieces.length && this.#pieceEnd(this.#head) <= this.#dropped) {
      this.#pieces[this.#head++] = "";
    }
    if (this.#head * 2 < this.#pieces.length) return;
    this.#pieces.splice(0, this.#head);
    this.#starts.splice(0, this.#head);
    this.#head = 0;
  }

  #pieceEnd(index: number): number {
    return this.#starts[index]! + this.#pieces[index]!.length;
  }

  /** An offset as a place in all that ever came. */
  #inside(offset: number): number {
    return this.#dropped + Math.min(Math.max(0, offset), this.length);
  }

  /** The piece in which a place is. */
  #index(place: number): number {
    let [low, high] = [this.#head, this.#pieces.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
