/** How long a record may be, told before all of it has come. */

/** Bytes of UTF-8 that one UTF-16 unit can stand for at most. */
const WIDEST = 3;
const CR = 13;

export class RecordLength {
  readonly #longest: number;
  /** How far the bytes were counted, and how many units they have at least. */
  #at = 0;
  #units = 0;

  /** `longest` in UTF-16 units. @throws {RangeError} if it is no length. */
  constructor(longest: number) {
    if (!(longest > 0)) throw new RangeError(`maxLength must be a positive number: ${longest}`);
    this.#longest = longest;
  }

  /** @throws {RangeError} if `record` is too long. */
  check(record: string): void {
    if (record.length > this.#longest) this.#refuse(record.slice(0, 40));
  }

  /**
   * Look at the bytes that there are of a record whose end has not come; it counts each once, and none while they are few.
   *
   * @throws {RangeError} if it is too long already.
   */
  watch(bytes: Uint8Array<ArrayBuffer>): void {
    // A CR at the end may belong to the end.
    const length = bytes.at(-1) === CR ? bytes.length - 1 : bytes.length;
    if (length <= this.#longest) return;
    for (; this.#at < length; this.#at++) this.#units += unitsOf(bytes[this.#at]!);
    if (this.#units > this.#longest || length > WIDEST * this.#longest) {
      this.#refuse(new TextDecoder().decode(bytes.subarray(0, 40)));
    }
  }

  #refuse(beginning: string): never {
    throw new RangeError(`A record is longer than ${this.#longest} characters: ${JSON.stringify(beginning)}...`);
  }
}

/** What a byte of UTF-8 adds: a character's first byte stands for all of it. */
function unitsOf(byte: number): number {
  if (byte < 0x80) return 1;
  return byte < 0xc0 ? 0 : byte < 0xf0 ? 1 : 2;
}
