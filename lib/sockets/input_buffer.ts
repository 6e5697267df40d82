/** Bytes that have come and were not read yet. */

/** Room at the beginning, and as long as little comes at a time: a server has a buffer for each client that is silent. */
const FIRST = 2 * 1024;
/** Bytes that are less than this are not worth the memory that holds them. */
const SMALL = 16 * 1024;
/** An empty buffer that has grown beyond this is given back. */
const KEPT = 256 * 1024;

const NOTHING = new Uint8Array(0);

/**
 * A buffer that grows with what it holds. What it does for each byte does not depend on how many pieces they came in: it moves
 * bytes only after as many have come, and looks for a mark only where it has not looked.
 */
export class InputBuffer {
  #memory: Uint8Array<ArrayBuffer> = NOTHING;
  #start = 0;
  #end = 0;
  /** The mark that was looked for last, and where it is not, from the start on. */
  #mark: Uint8Array<ArrayBuffer> = NOTHING;
  #searched = 0;

  /** How many bytes there are. */
  get length(): number {
    return this.#end - this.#start;
  }

  at(index: number): number | undefined {
    return this.#memory[this.#start + index];
  }

  /** Those from `start` to `end`, until the buffer changes. */
  view(start: number, end: number): Uint8Array<ArrayBuffer> {
    return this.#memory.subarray(this.#start + start, this.#start + end);
  }

  /** Where more can be put, before {@linkcode InputBuffer.added}. */
  room(): Uint8Array<ArrayBuffer> {
    const { length } = this;
    const size = this.#memory.length;
    if (length === 0 && size > KEPT) this.#memory = NOTHING;
    if (length === 0) this.#start = this.#end = 0;
    if (this.#memory.length === 0) this.#memory = new Uint8Array(FIRST);
    else if (this.#end > size - size / 4) this.#move(length <= size / 2 ? this.#memory : new Uint8Array(2 * size));
    return this.#memory.subarray(this.#end);
  }

  #move(to: Uint8Array<ArrayBuffer>): void {
    to.set(this.#memory.subarray(this.#start, this.#end));
    this.#memory = to;
    this.#end -= this.#start;
    this.#start = 0;
  }

  /** So many bytes were put there. */
  added(count: number): void {
    this.#end += count;
    // Who fills all of it has more.
    if (this.#end === this.#memory.length && this.#start === 0 && this.#end < KEPT && count > 0) {
      this.#move(new Uint8Array(2 * this.#end));
    }
  }

  /** The first `count` bytes have been read. */
  drop(count: number): void {
    this.#start += count;
    this.#searched = 0;
  }

  /** Take bytes out into `target`, as many as fit. */
  takeInto(target: Uint8Array<ArrayBuffer>): number {
    const count = Math.min(target.length, this.length);
    target.set(this.view(0, count));
    this.drop(count);
    return count;
  }

  /** Take bytes out; where they are most of the memory, with the memory. */
  take(count: number): Uint8Array<ArrayBuffer> {
    const whole = count > SMALL && count === this.length && count * 2 > this.#memory.length;
    const bytes = whole ? this.view(0, count) : this.view(0, count).slice();
    this.drop(count);
    if (whole) this.#memory = NOTHING;
    if (whole) this.#start = this.#end = 0;
    return bytes;
  }

  /** Where `mark` begins, at `from` or later; -1 if it has not come. */
  find(mark: Uint8Array<ArrayBuffer>, from = 0): number {
    if (from > 0) return this.#find(mark, from);
    if (!same(mark, this.#mark)) {
      this.#mark = mark;
      this.#searched = 0;
    }
    const found = this.#find(mark, this.#searched);
    // The end of what has come may be the beginning of the mark.
    this.#searched = found >= 0 ? found : Math.max(0, this.length - mark.length + 1);
    return found;
  }

  #find(mark: Uint8Array<ArrayBuffer>, from: number): number {
    const [first] = mark;
    const bytes = this.view(0, this.length);
    for (let at = from;; at++) {
      at = bytes.indexOf(first!, at);
      if (at < 0 || at + mark.length > bytes.length) return -1;
      if (mark.length === 1 || same(bytes.subarray(at, at + mark.length), mark)) return at;
    }
  }
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return one === other || (one.length === other.length && one.every((byte, i) => byte === other[i]));
}
