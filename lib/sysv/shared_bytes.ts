/** Memory that processes share, as bytes: copied in and out, or seen without a copy. */
import { libc, type Memory } from "../../ffi/libc.ts";
import { encodeForCall } from "../../ffi/text.ts";
import { viewOf } from "../../ffi/view.ts";
import { tellClosing } from "../core/closing.ts";
import { ClosedError } from "../core/errors.ts";
import { type Fields, type Struct, type StructOf, structOver } from "./struct.ts";

/** Where memory is mapped, and how that ends. */
export interface Mapping {
  /** Where it begins. */
  readonly address: number;
  /** Its length in bytes. */
  readonly size: number;
  /** Whether a store would kill the process. */
  readonly readOnly: boolean;
  /** What errors call it. */
  readonly name: string;
  /** Called once, when nobody uses it any more. */
  readonly unmap: (address: number) => void;
}

/**
 * Bytes that processes share. It is what all kinds of shared memory have in common, and made by them alone.
 *
 * @example
 * ```ts
 * import { IPC_PRIVATE, SharedMemory } from "@vasty/vasty";
 *
 * using memory = SharedMemory.create(IPC_PRIVATE, 4096);
 * memory.remove();
 * const length = memory.write("Grüße", 100);
 * console.assert(new TextDecoder().decode(memory.read(length, 100)) === "Grüße");
 * ```
 */
export class SharedBytes implements Disposable {
  /** Its length in bytes. */
  readonly size: number;
  /** Whether it can only be read through this object. */
  readonly readOnly: boolean;
  readonly #mapping: Mapping;
  #closed = false;
  /** Calls on other threads that have its address. */
  #users = 0;
  /** One buffer for all views, so that one transfer ends them all. */
  #buffer: ArrayBuffer | undefined;
  /** A buffer was transferred by its user: what has it now cannot be found, so the memory stays. */
  #escaped = false;

  /** @ignore */
  constructor(mapping: Mapping) {
    this.#mapping = mapping;
    this.size = mapping.size;
    this.readOnly = mapping.readOnly;
  }

  /** Whether it was detached. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Where it begins in this process, for who calls libc.
   *
   * @ignore
   */
  get address(): number {
    if (this.#closed) throw new ClosedError(`The ${this.#mapping.name} has been detached`);
    return this.#mapping.address;
  }

  /**
   * Keep it mapped until the result is disposed of, detached or not: for calls on other threads.
   *
   * @ignore
   */
  use(): Disposable {
    this.#users++;
    const done = () => {
      if (--this.#users === 0 && this.#closed) this.#unmap();
    };
    return { [Symbol.dispose]: done };
  }

  /**
   * The address of `length` bytes at `offset`.
   *
   * @ignore
   * @throws {ClosedError} if it was detached.
   * @throws {RangeError} if they do not lie in it.
   */
  addressOf(offset: number, length: number): number {
    const { address } = this;
    const fits = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0 &&
      offset + length <= this.size;
    if (!fits) throw new RangeError(`${length} bytes at ${offset} do not lie in the ${this.size} bytes of memory`);
    return address + offset;
  }

  /**
   * The same for bytes that are to be written.
   *
   * @ignore
   * @throws {TypeError} if it can only be read.
   */
  writableAddressOf(offset: number, length: number): number {
    const address = this.addressOf(offset, length);
    if (this.readOnly) throw new TypeError(`The ${this.#mapping.name} is attached to be read only`);
    return address;
  }

  /**
   * Copy bytes out. Others may write meanwhile: what is read is then partly old and partly new.
   *
   * @param length How many bytes. @default {all from `offset` on}
   * @param offset Where they begin, in bytes. @default {0}
   * @returns The bytes, in memory of the caller's own.
   * @throws {RangeError} if they do not lie in it.
   * @throws {ClosedError} if it was detached.
   */
  read(length?: number, offset = 0): Uint8Array<ArrayBuffer> {
    const count = length ?? this.size - offset;
    this.addressOf(offset, count);
    return this.readInto(new Uint8Array(count), offset);
  }

  /**
   * Copy bytes out into memory of the caller's own, which is filled: the fastest way for much.
   *
   * @param target What is filled.
   * @param offset Where they begin, in bytes. @default {0}
   * @returns `target`.
   * @throws {RangeError} if so many bytes do not lie in it.
   * @throws {ClosedError} if it was detached.
   */
  readInto<T extends ArrayBufferView<ArrayBuffer>>(target: T, offset = 0): T {
    const length = target.byteLength;
    const address = this.addressOf(offset, length);
    if (target.buffer === this.#buffer) bytesOf(target).set(this.view(offset, length));
    else if (length > 0) libc().get(target, address, length);
    return target;
  }

  /**
   * Copy bytes in. Others may read meanwhile: what they read is then partly old and partly new.
   *
   * @param data Bytes, or text, which is written as UTF-8 without a terminator.
   * @param offset Where they begin, in bytes. @default {0}
   * @returns How many bytes were written.
   * @throws {RangeError} if they do not fit; nothing was written then.
   * @throws {TypeError} if it can only be read.
   * @throws {ClosedError} if it was detached.
   */
  write(data: ArrayBufferView<ArrayBuffer> | ArrayBuffer | string, offset = 0): number {
    const source = bytesOf(data);
    const address = this.writableAddressOf(offset, source.length);
    // memcpy(3) is undefined where its arguments overlap, as a view of this memory may.
    if (source.buffer === this.#buffer) this.view(offset, source.length).set(source);
    else if (source.length > 0) libc().put(address, source, source.length);
    return source.length;
  }

  /**
   * The memory itself as bytes, without a copy: what is stored is seen by all processes at once. `Atomics` work on views of
   * its buffer (`new Int32Array(view.buffer, view.byteOffset, n)`), except for `Atomics.wait` and `Atomics.notify`.
   *
   * When it is detached, all views end with it: they have the length 0, and a store into them does nothing. What Deno
   * itself still reads or writes for a view, as a write to a file, has to be over by then. If the buffer was transferred, to a worker for
   * example, the memory stays mapped as long as this process lives.
   *
   * @param offset Where it begins, in bytes. @default {0}
   * @param length How many bytes. @default {all from `offset` on}
   * @returns The view; all views have one buffer, that of the whole memory.
   * @throws {RangeError} if the bytes do not lie in it.
   * @throws {TypeError} if it can only be read: a store would kill the process.
   * @throws {ClosedError} if it was detached.
   * @throws {Deno.errors.NotCapable} without the permission `ffi` as a whole: `--allow-ffi` without a path.
   * @example
   * ```ts
   * import { IPC_PRIVATE, SharedMemory } from "@vasty/vasty";
   *
   * using memory = SharedMemory.create(IPC_PRIVATE, 4096);
   * memory.remove();
   * if (Deno.permissions.querySync({ name: "ffi" }).state === "granted") {
   *   const view = memory.view(0, 8);
   *   view[4] = 7;
   *   console.assert(Atomics.add(new Int32Array(view.buffer), 1, 1) === 7 && memory.load(4) === 8);
   * }
   * ```
   */
  view(offset = 0, length?: number): Uint8Array<ArrayBuffer> {
    const count = length ?? this.size - offset;
    this.writableAddressOf(offset, count);
    if (this.#buffer?.detached) {
      this.#escaped = true;
      this.#buffer = undefined;
    }
    this.#buffer ??= viewOf(this.address, this.size);
    return new Uint8Array(this.#buffer, offset, count);
  }

  /**
   * An object whose properties are the memory: to read one copies its bytes out, to write one copies them in, as one. No
   * view is needed. What others see meanwhile is the old value or the new one where it has 1, 4 or 8 bytes.
   *
   * @param schema What {@linkcode struct} has made.
   * @param offset Where it begins, in bytes: a multiple of its alignment. @default {0}
   * @returns The object, for as long as the memory is attached. A value that does not fit is a `RangeError` or a `TypeError`, and
   * nothing is written then; so is writing where it can only be read.
   * @throws {RangeError} if it does not lie in the memory, or not at a multiple of its alignment.
   * @throws {TypeError} if the schema was not made by {@linkcode struct}.
   * @throws {ClosedError} if it was detached.
   * @example
   * ```ts
   * import { IPC_PRIVATE, SharedMemory, struct } from "@vasty/vasty";
   *
   * using memory = SharedMemory.create(IPC_PRIVATE, 4096);
   * memory.remove();
   * const counters = memory.struct(struct({ hits: "u32", ratio: "f64" }), 64);
   * counters.hits++;
   * console.assert(counters.hits === 1 && memory.load(64) === 1);
   * ```
   */
  struct<F extends Fields>(schema: Struct<F>, offset = 0): StructOf<Struct<F>> {
    return structOver(this, schema, offset);
  }

  /**
   * Detach it from this process; the second time does nothing. What waits on its words rejects with a
   * {@linkcode ClosedError}. The memory and what is in it stay for others.
   */
  detach(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#buffer?.detached) this.#escaped = true;
    // No view may outlive the mapping: a load from it would kill the process.
    else this.#buffer?.transfer(0);
    tellClosing(this);
    if (this.#users === 0) this.#unmap();
  }

  #unmap(): void {
    if (!this.#escaped) this.#mapping.unmap(this.#mapping.address);
  }

  /** The same as {@linkcode SharedBytes.detach}. */
  [Symbol.dispose](): void {
    this.detach();
  }
}

function bytesOf(data: Memory | ArrayBuffer | string): Uint8Array<ArrayBuffer> {
  if (typeof data === "string") return encodeForCall(data);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (!ArrayBuffer.isView(data)) throw new TypeError("What is written is bytes or text");
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
