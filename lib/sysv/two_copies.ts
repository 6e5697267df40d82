/**
 * A value in shared memory, twice. The version says which copy holds, by its lowest bit; a change is written into the other
 * one, and one store of the next version makes that the one that holds. Who dies before has changed nothing.
 */
import { encodeText } from "../../ffi/text.ts";
import { keyText } from "./key.ts";
import { alignedTo } from "./field_types.ts";
import type { SharedMemory } from "./shared_memory.ts";
import type { Fields, Struct, StructValue } from "./struct.ts";

/** "vasty" and what follows below, in one word: it is written last. */
const MAGIC = 0x7661_0001;
const MAGIC_AT = 0;
const VERSION_AT = 4;
const TEXT_LENGTH_AT = 8;
/** The schema in words, so that whoever comes with another one can be told which one is there. */
const TEXT_AT = 16;
/** A cache line: readers of one copy are not slowed down by who writes the other. */
const LINE = 64;

/** Whether a shared variable is in this memory. */
export function isVariable(memory: SharedMemory): boolean {
  return memory.size >= TEXT_AT && memory.load(MAGIC_AT) === MAGIC;
}

/** Where everything lies. */
export class TwoCopies<F extends Fields> {
  /** How many bytes it takes. */
  readonly size: number;
  readonly #schema: Struct<F>;
  readonly #text: Uint8Array<ArrayBuffer>;
  readonly #first: number;
  readonly #step: number;

  constructor(schema: Struct<F>) {
    this.#schema = schema;
    this.#text = encodeText(schema.description);
    this.#first = alignedTo(TEXT_AT + this.#text.length, LINE);
    this.#step = alignedTo(schema.size, LINE);
    this.size = this.#first + 2 * this.#step;
  }

  /** The bytes of a value. @throws {RangeError | TypeError} if it does not fit. */
  image(value: StructValue<F>): DataView<ArrayBuffer> {
    const image = this.#empty();
    this.#schema.encode(image, 0, value, "");
    return image;
  }

  /** What is there in the beginning, where nothing else is said: 0, false, and nothing. */
  zero(): StructValue<F> {
    return this.#schema.decode(this.#empty(), 0);
  }

  #empty(): DataView<ArrayBuffer> {
    return new DataView(new ArrayBuffer(this.#schema.size));
  }

  /**
   * Write the first value, unless there is one. The lock is held; whoever held it before may have died in the middle of this.
   *
   * @throws {TypeError} if something else is there.
   */
  initialise(memory: SharedMemory, image: DataView<ArrayBuffer>): void {
    if (isVariable(memory)) return this.#compare(memory);
    if (memory.size !== this.size || memory.load(MAGIC_AT) !== 0) {
      throw new TypeError(`Shared memory ${keyText(memory.key)} was not made by shared()`);
    }
    memory.store(TEXT_LENGTH_AT, this.#text.length);
    memory.write(this.#text, TEXT_AT);
    memory.write(image, this.#place(0));
    memory.store(VERSION_AT, 0);
    memory.store(MAGIC_AT, MAGIC);
  }

  #compare(memory: SharedMemory): void {
    const length = Math.min(memory.load(TEXT_LENGTH_AT) >>> 0, memory.size - TEXT_AT);
    const there = new TextDecoder().decode(memory.read(length, TEXT_AT));
    if (there === this.#schema.description && memory.size === this.size) return;
    const [key, ours] = [keyText(memory.key), this.#schema.description];
    throw new TypeError(`Shared memory ${key} has another schema: ${there}, not ${ours}`);
  }

  #place(version: number): number {
    return this.#first + (version & 1) * this.#step;
  }

  /** The version that holds, from 0 to 2 ** 32 - 1. */
  version(memory: SharedMemory): number {
    return memory.load(VERSION_AT) >>> 0;
  }

  /**
   * The value that holds. A copy is written again only after another version has been published, so what was read while
   * the version stayed the same is whole. Who changes the value takes longer than this, so it comes to an end.
   */
  read(memory: SharedMemory): StructValue<F> {
    const image = this.#empty();
    for (;;) {
      const version = memory.load(VERSION_AT);
      memory.readInto(image, this.#place(version));
      // A load may be made before those that precede it; a change, which adds nothing here, may not.
      if (memory.add(VERSION_AT, 0) === version) return this.#schema.decode(image, 0);
    }
  }

  /** Make `image` the value that holds. The lock is held. */
  publish(memory: SharedMemory, image: DataView<ArrayBuffer>): void {
    const next = memory.load(VERSION_AT) + 1 | 0;
    memory.write(image, this.#place(next));
    memory.store(VERSION_AT, next);
    this.tell(memory);
  }

  /** Wake who waits for another version. */
  tell(memory: SharedMemory): void {
    memory.wake(VERSION_AT, Infinity);
  }

  /** Where the version lies, for those who wait. */
  get versionAt(): number {
    return VERSION_AT;
  }
}
