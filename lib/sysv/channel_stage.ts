/** What was sent to a channel and is not published yet: messages as they will lie in the ring. */
import { FRAME_HEADER } from "./channel_memory.ts";

/** The most that is gathered, unless the ring is smaller. */
const MOST = 65_536;

/** Whole messages, one behind the other. */
export interface Frames {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly count: number;
}

export class ChannelStage {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #words: Uint32Array<ArrayBuffer>;
  #start = 0;
  #end = 0;
  #count = 0;

  /** For a ring of `capacity` bytes. */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(Math.min(capacity, MOST));
    this.#words = new Uint32Array(this.#bytes.buffer);
  }

  /** How much is not published yet. */
  get size(): number {
    return this.#end - this.#start;
  }

  /** Whether a message that takes `size` bytes could be put here at all. */
  takes(size: number): boolean {
    return size <= this.#bytes.length;
  }

  /** Copy a message that takes `size` bytes; false if there is no room for it. */
  add(message: Uint8Array<ArrayBuffer>, size: number): boolean {
    if (this.#end + size > this.#bytes.length) return false;
    this.#words[this.#end >> 2] = message.length;
    this.#bytes.set(message, this.#end + FRAME_HEADER);
    this.#end += size;
    this.#count++;
    return true;
  }

  /** As many of the first messages as `room` bytes hold. */
  fitting(room: number): Frames {
    if (this.size <= room) return { bytes: this.#bytes.subarray(this.#start, this.#end), count: this.#count };
    let at = this.#start;
    let count = 0;
    for (;;) {
      const next = at + FRAME_HEADER + Math.ceil(this.#words[at >> 2]! / 8) * 8;
      if (next - this.#start > room) return { bytes: this.#bytes.subarray(this.#start, at), count };
      at = next;
      count++;
    }
  }

  /** These are published. */
  drop({ bytes, count }: Frames): void {
    this.#start += bytes.length;
    this.#count -= count;
    if (this.#start === this.#end) this.#start = this.#end = 0;
  }

  /** All of it is given up. */
  clear(): void {
    this.#start = this.#end = this.#count = 0;
  }
}
