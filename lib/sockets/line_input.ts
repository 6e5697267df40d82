/** A buffer over something that is read: bytes, and records that are found in it. */
import { checkLimit, Deadline, type LimitOptions, timeoutReason } from "../core/limit.ts";
import type { ByteSource } from "./byte_transport.ts";
import { InputBuffer } from "./input_buffer.ts";
import { RecordLength } from "./record_length.ts";

/** What ends a record, and how long one may be. */
export interface RecordForm {
  /** The end, as bytes; not empty. */
  mark: Uint8Array<ArrayBuffer>;
  /** Whether a CR before the end belongs to the end. */
  lines: boolean;
  /** How many UTF-16 units it may have without its end. */
  maxLength: number;
}

/** What was found: the text, and how many bytes it has with its end. */
interface Found {
  text: string;
  size: number;
}

const CR = 13;

/**
 * Reads ahead, so that a line that has come needs no call of the kernel. Whatever fails or is given up leaves in the buffer
 * what has come. It is for one reader at a time.
 */
export class LineInput {
  readonly #source: ByteSource;
  readonly #buffer = new InputBuffer();
  #decoder: TextDecoder | undefined;
  #ended = false;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** How many bytes wait in the buffer. */
  get buffered(): number {
    return this.#buffer.length;
  }

  /** Whether the source has ended. What waits in the buffer is still to be read. */
  get ended(): boolean {
    return this.#ended;
  }

  /** What waits, or else what comes, at most as much as fits: how many bytes, 0 at the end. */
  read(target: Uint8Array<ArrayBuffer>, options: LimitOptions): number | Promise<number> {
    if (this.#buffer.length > 0) return this.#buffer.takeInto(target);
    if (this.#ended || target.length === 0) return 0;
    const count = this.#source.read(target, options);
    return typeof count === "number" ? this.#seen(count) : count.then((count) => this.#seen(count));
  }

  /** The same of what is there now; undefined if nothing is. */
  readNow(target: Uint8Array<ArrayBuffer>): number | undefined {
    if (this.#buffer.length > 0) return this.#buffer.takeInto(target);
    if (this.#ended || target.length === 0) return 0;
    const count = this.#source.receive?.(target);
    return count === undefined ? undefined : this.#seen(count);
  }

  #seen(count: number): number {
    if (count === 0) this.#ended = true;
    return count;
  }

  /** Wait for more in the buffer. Whether there is; not at the end. */
  async fill(options: LimitOptions): Promise<boolean> {
    if (this.#ended) return false;
    const room = this.#buffer.room();
    const count = this.#source.read(room, options);
    const came = this.#seen(typeof count === "number" ? count : await count);
    this.#buffer.added(came);
    return came > 0;
  }

  /** The same in a loop: a peer that never lets it wait does not outlast the time limit. */
  #more(deadline: Deadline, round: number): Promise<boolean> {
    const { options } = deadline;
    if (round > 0) checkLimit(options);
    if (round > 0 && options.timeout === 0) throw timeoutReason(deadline.timeout);
    return this.fill(options);
  }

  /** Exactly `length` bytes; fewer at the end. */
  async readBytes(length: number, options: LimitOptions): Promise<Uint8Array<ArrayBuffer>> {
    const deadline = new Deadline(options);
    for (let round = 0; this.#buffer.length < length && await this.#more(deadline, round); round++);
    return this.#buffer.take(Math.min(length, this.#buffer.length));
  }

  /** All until the end. @throws {RangeError} if it is more than `maxLength` bytes. */
  async readAll(maxLength: number, options: LimitOptions): Promise<Uint8Array<ArrayBuffer>> {
    const deadline = new Deadline(options);
    for (let round = 0;; round++) {
      if (this.#buffer.length > maxLength) throw new RangeError(`The peer has sent more than ${maxLength} bytes`);
      if (!await this.#more(deadline, round)) break;
    }
    return this.#buffer.take(this.#buffer.length);
  }

  /** The record that is in the buffer whole; it is taken out. @throws {RangeError} if it is too long. */
  takeRecord(form: RecordForm): string | undefined {
    const end = this.#buffer.find(form.mark);
    if (end < 0) return undefined;
    const { text, size } = this.#record(0, end, form);
    this.#buffer.drop(size);
    return text;
  }

  /** The record from `start` on whose end is at `end`. */
  #record(start: number, end: number, { mark, lines, maxLength }: RecordForm): Found {
    const text = this.#text(start, lines && end > start && this.#buffer.at(end - 1) === CR ? end - 1 : end);
    new RecordLength(maxLength).check(text);
    return { text, size: end + mark.length };
  }

  #text(start: number, end: number): string {
    this.#decoder ??= new TextDecoder("utf-8", { ignoreBOM: true });
    return this.#decoder.decode(this.#buffer.view(start, end));
  }

  /** The next record; `undefined` if the end comes first, and then its beginning waits in the buffer. */
  async readRecord(form: RecordForm, options: LimitOptions): Promise<string | undefined> {
    const deadline = new Deadline(options);
    const length = new RecordLength(form.maxLength);
    for (let round = 0;; round++) {
      const record = this.takeRecord(form);
      if (record !== undefined) return record;
      length.watch(this.#buffer.view(0, this.#buffer.length));
      if (!await this.#more(deadline, round)) return undefined;
    }
  }

  /** What is left where the end has come before the end of a record; nothing if nothing is left. */
  takeRest({ maxLength }: RecordForm): string | undefined {
    const { length } = this.#buffer;
    if (length === 0) return undefined;
    const text = this.#text(0, length);
    new RecordLength(maxLength).check(text);
    this.#buffer.drop(length);
    return text;
  }

  /**
   * Records until `last` says that it was the last one, taken out together; `undefined` if the end comes first, and then all of
   * them wait in the buffer.
   *
   * @throws {RangeError} if they have more than `maxLength` bytes.
   */
  async readRecords(
    form: RecordForm,
    last: (record: string) => boolean,
    options: LimitOptions,
  ): Promise<string[] | undefined> {
    const deadline = new Deadline(options);
    const records: string[] = [];
    const check = (length: number) => {
      if (length > form.maxLength) throw new RangeError(`A message is longer than ${form.maxLength} bytes`);
    };
    for (let at = 0, from = 0, round = 0;;) {
      const end = this.#buffer.find(form.mark, from);
      if (end >= 0) {
        const { text, size } = this.#record(at, end, form);
        check(size);
        records.push(text);
        at = from = size;
        if (!last(text)) continue;
        this.#buffer.drop(size);
        return records;
      }
      from = Math.max(at, this.#buffer.length - form.mark.length + 1);
      check(this.#buffer.length);
      if (!await this.#more(deadline, round++)) return undefined;
    }
  }
}
