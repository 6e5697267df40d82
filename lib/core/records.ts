/** Lines and records out of a stream of bytes. */

/** How long a line may be by default, in UTF-16 units. */
const LONGEST_LINE = 16 * 1024 * 1024;

/** Where bytes come from: a stream, or any iterable of chunks. */
export type ByteChunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** How {@linkcode readLines} reads. */
export interface LineOptions {
  /**
   * The longest line that is accepted, in characters (UTF-16 units), so that a peer that never sends an end of line
   * cannot fill the memory.
   * @default {16_777_216}
   */
  maxLength?: number;
}

/** How {@linkcode readRecords} reads. */
export interface RecordOptions extends LineOptions {
  /**
   * What ends a record.
   * @default {"\n"}
   */
  separator?: string;
}

/** What separates lines, and what may stand before it and is no part of them. */
const [LF, CR] = ["\n", "\r"];

/** Cuts text that comes in pieces at a separator, looking at every character once however many pieces a record has. */
export class Splitter {
  readonly #separator: string;
  readonly #longest: number;
  readonly #before: string;
  /** The record that has begun. */
  #rest = "";
  /** The end of it that may be the beginning of a separator. */
  #overlap = "";

  /** `before`: what does not count where a separator follows; the record has it all the same. */
  constructor(separator: string, longest = LONGEST_LINE, before = "") {
    if (typeof separator !== "string") {
      throw new TypeError(`The separator of records is a string, not ${Deno.inspect(separator)}`);
    }
    if (separator === "") throw new TypeError("The separator of records must not be empty");
    if (!(longest > 0)) throw new RangeError(`maxLength must be a positive number: ${longest}`);
    this.#separator = separator;
    this.#longest = longest;
    this.#before = before;
  }

  /** Of lines; the CR of a CRLF does not count, and {@linkcode withoutReturn} takes it off. */
  static ofLines(longest?: number): Splitter {
    return new Splitter(LF, longest, CR);
  }

  /** The records that `piece` completes. */
  *push(piece: string): Generator<string> {
    const { length } = this.#separator;
    const text = this.#overlap + piece;
    const before = this.#rest.length - this.#overlap.length;
    let record = this.#rest + piece;
    let start = -before;
    for (let end; (end = text.indexOf(this.#separator, Math.max(0, start))) >= 0; start = end + length) {
      yield this.#limited(start < 0 ? record.slice(0, before + end) : text.slice(start, end), this.#before);
    }
    if (start >= 0) record = text.slice(start);
    this.#rest = this.#limited(record, this.#before + this.#separator);
    this.#overlap = length === 1 ? "" : text.slice(Math.max(0, start, text.length - length + 1));
  }

  /** The last record, if it has no end. */
  *end(): Generator<string> {
    if (this.#rest !== "") yield this.#limited(this.#rest, "");
    this.#rest = "";
  }

  /** What `end` begins with does not count at the end of `record`: it may be no part of it. */
  #limited(record: string, end: string): string {
    const over = record.length - this.#longest;
    if (over <= 0) return record;
    for (let length = end.length; length >= over; length--) {
      if (record.endsWith(end.slice(0, length))) return record;
    }
    throw new RangeError(
      `A record is longer than ${this.#longest} characters: ${JSON.stringify(record.slice(0, 40))}...`,
    );
  }
}

/**
 * The records of a stream of UTF-8, each without its separator; a last one without an end counts as well. Leaving the
 * loop early ends the source, as `for await` does.
 *
 * @param source Where the bytes come from.
 * @param options What separates records and how long one may be.
 * @throws {RangeError} if a record is longer than `maxLength`.
 * @throws {TypeError} if the separator is empty, or no string.
 * @example Fields that end in NUL, as `find -print0` writes them
 * ```ts
 * import { readRecords } from "@vasty/vasty";
 *
 * const chunks = [new TextEncoder().encode("one\0tw"), new TextEncoder().encode("o\0")];
 * const found = await Array.fromAsync(readRecords(chunks, { separator: "\0" }));
 * console.assert(found.join() === "one,two");
 * ```
 */
export async function* readRecords(source: ByteChunks, options: RecordOptions = {}): AsyncGenerator<string, void> {
  yield* cut(source, new Splitter(options.separator ?? LF, options.maxLength));
}

/** The records of `source`; `ended` is made of those that have an end. */
async function* cut(
  source: ByteChunks,
  splitter: Splitter,
  ended = (record: string) => record,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for await (const chunk of source) {
    for (const record of splitter.push(decoder.decode(chunk, { stream: true }))) yield ended(record);
  }
  for (const record of splitter.push(decoder.decode())) yield ended(record);
  yield* splitter.end();
}

/**
 * The lines of a stream of UTF-8 without their ends, LF or CRLF; a last line without an end counts as well.
 *
 * @param source Where the bytes come from.
 * @param options How long a line may be.
 * @throws {RangeError} if a line is longer than `maxLength`.
 * @example
 * ```ts
 * import { readLines, spawn } from "@vasty/vasty";
 *
 * await using child = spawn(["printf", "one\\r\\ntwo"], { stdout: "piped" });
 * const found = await Array.fromAsync(readLines(child.stdout));
 * console.assert(found.join() === "one,two");
 * ```
 */
export async function* readLines(source: ByteChunks, options: LineOptions = {}): AsyncGenerator<string, void> {
  yield* cut(source, Splitter.ofLines(options.maxLength), withoutReturn);
}

/** `line`, which had an end, without the CR of a CRLF. */
export function withoutReturn(line: string): string {
  return line.endsWith(CR) ? line.slice(0, -1) : line;
}
