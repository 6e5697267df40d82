/**
 * The memory of a channel: a ring of bytes in which messages lie one behind the other, and what is known of it.
 *
 * `tail` and `head` count all bytes that were ever published and taken; each is changed by one store of whoever has the
 * lock of its side. Whoever is killed before that store has changed nothing, so a ring never has to be repaired.
 */
import { compareExchange32, exchange32, exchange64, load32, load64 } from "../../ffi/atomic.ts";
import { libc } from "../../ffi/libc.ts";

/** Where what lies; each counter has a line of the cache for itself. A new segment is all zeros: an empty channel. */
const AT = {
  MAGIC: 0,
  /** The id of the set of semaphores, plus one. */
  SET: 4,
  TAIL: 64,
  HEAD: 128,
  HAD_WRITER: 192,
  HAD_READER: 196,
  READERS: 256,
  DATA_WANTED: 320,
  SPACE_WANTED: 384,
  RING: 448,
} as const;

/** "vch1" */
const MAGIC = 0x3168_6376;

/** Bytes before a message: its length in four, and four that keep what follows aligned. */
export const FRAME_HEADER = 8;

/** Bytes that a message of `length` takes. */
export function frameSize(length: number): number {
  return FRAME_HEADER + Math.ceil(length / 8) * 8;
}

/** Bytes that a segment needs for a ring of `capacity`. */
export function segmentSize(capacity: number): number {
  return AT.RING + Math.ceil(capacity / 8) * 8;
}

/** One of the words that say how it is with one side. */
export type ChannelWord = "HAD_WRITER" | "HAD_READER" | "READERS" | "DATA_WANTED" | "SPACE_WANTED";

export class ChannelMemory {
  /** Bytes that the ring holds. */
  readonly capacity: number;
  readonly #address: number;

  /** `address`: where `size` bytes are attached, for longer than this is used. */
  constructor(address: number, size: number) {
    this.#address = address;
    this.capacity = size < AT.RING ? 0 : Math.floor((size - AT.RING) / 8) * 8;
    // What moves bytes is worth compiling for whoever has a channel.
    libc().compile();
  }

  /** Whether this is a channel, or was nothing and is one now. */
  claim(): boolean {
    if (this.capacity === 0) return false;
    const found = compareExchange32(this.#address + AT.MAGIC, 0, MAGIC);
    return found === 0 || found === MAGIC;
  }

  /** Whether it is one already. */
  get isChannel(): boolean {
    return this.capacity > 0 && load32(this.#address + AT.MAGIC) === MAGIC;
  }

  /** The id of its semaphores, which whoever has only the segment's id has to be told; -1 before it is known. */
  get set(): number {
    return load32(this.#address + AT.SET) - 1;
  }

  set set(id: number) {
    exchange32(this.#address + AT.SET, id + 1);
  }

  get tail(): number {
    return load64(this.#address + AT.TAIL);
  }

  set tail(value: number) {
    exchange64(this.#address + AT.TAIL, value);
  }

  get head(): number {
    return load64(this.#address + AT.HEAD);
  }

  set head(value: number) {
    exchange64(this.#address + AT.HEAD, value);
  }

  load(word: ChannelWord): number {
    return load32(this.#address + AT[word]);
  }

  store(word: ChannelWord, value: number): void {
    exchange32(this.#address + AT[word], value);
  }

  /** Zero it, if it is still what it was. */
  clear(word: ChannelWord, was: number): void {
    compareExchange32(this.#address + AT[word], was, 0);
  }

  /** Copy `bytes` to where `position` is in the ring. */
  put(position: number, bytes: Uint8Array<ArrayBuffer>): void {
    const start = position % this.capacity;
    const first = Math.min(bytes.length, this.capacity - start);
    const { put } = libc();
    put(this.#address + AT.RING + start, bytes, first);
    if (first < bytes.length) put(this.#address + AT.RING, bytes.subarray(first), bytes.length - first);
  }

  /** Copy from `position` until `target` is full. */
  get(position: number, target: Uint8Array<ArrayBuffer>): void {
    const start = position % this.capacity;
    const first = Math.min(target.length, this.capacity - start);
    const { get } = libc();
    get(target, this.#address + AT.RING + start, first);
    if (first < target.length) get(target.subarray(first), this.#address + AT.RING, target.length - first);
  }
}
