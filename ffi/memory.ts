/**
 * Memory outside JavaScript's heap, for what a worker thread, the kernel or a child may touch after a call, and
 * strings as C has them.
 *
 * @module
 */
import { libc, type Memory } from "./libc.ts";
import { argz_create } from "./argz.ts";
import { calloc, free } from "./stdlib.ts";
import { strlen } from "./string.ts";
import { decodeText, encodeForCall } from "./text.ts";

/** Zeroed memory of malloc(3)'s, freed by `using` or `free()`; freeing twice is safe. */
export class Block implements Disposable {
  #address: number;
  /** Its length in bytes. */
  readonly size: number;

  /** @throws {RangeError} if the system has no more memory. */
  constructor(size: number) {
    const address = calloc(1, Math.max(1, size));
    if (address < 0) throw new RangeError(`Cannot allocate ${size} bytes of memory (ENOMEM, calloc)`);
    this.#address = address;
    this.size = size;
  }

  /** Where it lies. */
  get address(): number {
    if (this.#address === 0) throw new ReferenceError("This memory has been freed");
    return this.#address;
  }

  /** Copy `source` to `offset`. */
  put(source: Memory, offset = 0): void {
    this.#check(offset, source.byteLength);
    if (source.byteLength > 0) libc().put(this.address + offset, source, source.byteLength);
  }

  /** Copy from `offset` until `target` is full. */
  get<T extends Memory>(target: T, offset = 0): T {
    this.#check(offset, target.byteLength);
    if (target.byteLength > 0) libc().get(target, this.address + offset, target.byteLength);
    return target;
  }

  #check(offset: number, length: number): void {
    if (offset < 0 || offset + length > this.size) {
      throw new RangeError(`Bytes ${offset} to ${offset + length} lie outside a block of ${this.size}`);
    }
  }

  /** Give it back. */
  free(): void {
    if (this.#address !== 0) free(this.#address);
    this.#address = 0;
  }

  /** The same as {@linkcode free}. */
  [Symbol.dispose](): void {
    this.free();
  }
}

/**
 * `text` as UTF-8 with the terminator, for a call of C or to copy from: see {@linkcode encodeForCall}.
 *
 * @throws {TypeError} if it contains a NUL, which C would take for its end.
 */
export function cString(text: string, what = "A string"): Uint8Array<ArrayBuffer> {
  if (text.includes("\0")) throw new TypeError(`${what} must not contain a NUL character: ${JSON.stringify(text)}`);
  return encodeForCall(text, 1);
}

/** The C string at `address`, which must not be NULL. */
export function readCString(address: number): string {
  const bytes = new Uint8Array(strlen(address));
  if (bytes.length > 0) libc().get(bytes, address, bytes.length);
  return decodeText(bytes);
}

/** A `char *[]` with its strings behind it, as execve(2) takes it. `pointers` are entries that already lie in memory. */
export function stringArray(strings: readonly Uint8Array[], pointers: readonly number[] = []): Block {
  const table = 8 * (strings.length + pointers.length + 1);
  const block = new Block(strings.reduce((sum, bytes) => sum + bytes.length, table));
  const image = new Uint8Array(block.size);
  const view = new DataView(image.buffer);
  let at = table;
  strings.forEach((bytes, i) => {
    view.setBigUint64(8 * i, BigInt(block.address + at), true);
    image.set(bytes, at);
    at += bytes.length;
  });
  pointers.forEach((pointer, i) => view.setBigUint64(8 * (strings.length + i), BigInt(pointer), true));
  block.put(image);
  return block;
}

/** The addresses in the NULL-terminated array of pointers at `address`. */
export function pointersAt(address: number): number[] {
  const pointers: number[] = [];
  const word = new BigUint64Array(1);
  for (let at = address;; at += 8) {
    libc().get(word, at, 8);
    if (word[0] === 0n) return pointers;
    pointers.push(Number(word[0]));
  }
}

/** A copy of the strings in such an array, one behind the other, each with its NUL; -errno without memory for it. */
export function stringsAt(address: number): Uint8Array<ArrayBuffer> | number {
  const [at, length] = [new BigUint64Array(1), new BigUint64Array(1)];
  const rc = argz_create(address, at, length);
  if (rc < 0) return rc;
  const strings = new Uint8Array(Number(length[0]));
  if (strings.length > 0) libc().get(strings, Number(at[0]), strings.length);
  free(Number(at[0]));
  return strings;
}
