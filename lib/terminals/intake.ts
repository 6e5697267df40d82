/** What has come in a dialog and waits for an expect. */
import { turnDue } from "../../ffi/reactor.ts";
import type { DialogSource } from "./dialog_source.ts";
import { TextBuffer } from "./text_buffer.ts";
import type { Decoder } from "./text_encoding.ts";

/** Bytes of one read: few until there was volume. */
const SMALL_CHUNK = 16 * 1024;
const LARGE_CHUNK = 256 * 1024;

/** Who is told. */
export interface IntakeOwner {
  /** Text has come. */
  received(text: string, bytes: Uint8Array<ArrayBuffer>): void;
  /** There is more, or the end. */
  changed(): void;
}

/**
 * Reads when somebody wants more, one read at a time. A read that has begun is never given up: whoever has wanted it may have
 * gone, what it brings waits in the buffer.
 */
export class Intake {
  readonly buffer: TextBuffer = new TextBuffer();
  /** How many characters have come in all. */
  received = 0;
  /** How often something was taken. */
  cuts = 0;
  /** Nothing more comes. */
  ended = false;
  /** Reading has failed. */
  failure: { reason: unknown } | undefined;
  readonly #source: DialogSource;
  readonly #decoder: Decoder;
  readonly #limit: number;
  readonly #owner: IntakeOwner;
  #chunk = new Uint8Array(0);
  #reading = false;

  /** `limit`: how many characters may wait. */
  constructor(source: DialogSource, decoder: Decoder, limit: number, owner: IntakeOwner) {
    this.#source = source;
    this.#decoder = decoder;
    this.#limit = limit;
    this.#owner = owner;
  }

  /** Whether there is no room for more. */
  get full(): boolean {
    return this.buffer.length >= this.#limit;
  }

  /** Whether nothing more can come. */
  get over(): boolean {
    return this.ended || this.failure !== undefined;
  }

  /** Somebody needs more: who looks again once it has come. */
  want(): void {
    if (this.#reading || this.over || this.full) return;
    this.#reading = true;
    try {
      this.#source.read(this.#room()).then(this.#came, this.#failed);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** The same of what is there, or comes within a moment: whether something has. */
  takeSoon(): boolean {
    if (this.#reading || this.#source.soon === undefined || this.over || this.full) return false;
    try {
      const count = this.#source.soon(this.#room());
      if (count === undefined) return false;
      const turn = turnDue(count ?? 0);
      if (turn !== undefined) return this.#after(turn, count);
      this.#came(count);
    } catch (error) {
      this.#failed(error);
    }
    return true;
  }

  /** What has come is looked at once the event loop has had its turn. */
  #after(turn: Promise<void>, count: number | null): false {
    this.#reading = true;
    turn.then(() => this.#came(count));
    return false;
  }

  /** Where to read to. */
  #room(): Uint8Array<ArrayBuffer> {
    if (this.#chunk.length === 0) this.#chunk = new Uint8Array(SMALL_CHUNK);
    // No byte makes more than one character, so that this is as much as there is room for.
    const room = this.#limit - this.buffer.length;
    return room < this.#chunk.length ? this.#chunk.subarray(0, room) : this.#chunk;
  }

  readonly #came = (count: number | null): void => {
    this.#reading = false;
    if (this.over) return;
    try {
      // Whoever has room for bytes and reads none has come to the end.
      count === null || count === 0 ? this.#finish() : this.#keep(count);
    } catch (error) {
      this.failure = { reason: error };
    }
    this.#owner.changed();
  };

  #keep(count: number): void {
    const bytes = this.#chunk.subarray(0, count);
    this.#append(this.#decoder.decode(bytes), bytes);
    if (count === this.#chunk.length && count < LARGE_CHUNK) this.#chunk = new Uint8Array(LARGE_CHUNK);
  }

  #finish(): void {
    this.ended = true;
    this.#append(this.#decoder.end(), new Uint8Array(0));
  }

  #append(text: string, bytes: Uint8Array<ArrayBuffer>): void {
    if (text !== "") {
      this.buffer.append(text);
      this.received += text.length;
    }
    this.#owner.received(text, bytes);
  }

  readonly #failed = (reason: unknown): void => {
    this.#reading = false;
    if (this.over) return;
    this.failure = { reason };
    this.#owner.changed();
  };

  /** How many characters were taken away. */
  get taken(): number {
    return this.received - this.buffer.length;
  }

  /** Take away what comes before a place, counted from the first character that ever came, unless that has gone already. */
  takeUpTo(place: number): void {
    this.take(Math.max(0, place - this.taken));
  }

  /** Take the first `count` characters away. */
  take(count: number): void {
    if (count === 0) return;
    this.buffer.drop(count);
    this.cuts++;
  }

  /** What still waits of a stretch of the text; places are counted from the first character that ever came. */
  between(from: number, to: number): string {
    const { taken } = this;
    return to <= taken ? "" : this.buffer.slice(Math.max(0, from - taken), to - taken);
  }

  /** Nothing more is read. */
  close(reason: unknown): void {
    this.failure = { reason };
    this.#chunk = new Uint8Array(0);
  }
}
