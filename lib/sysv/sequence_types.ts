/** What values look like in memory of which there are so many: text, bytes, arrays. */
import { encodeForCall } from "../../ffi/text.ts";
import { checkCount, type Field, type FieldType, isNot, typeOf, type ValueOf } from "./field_types.ts";

let decoder: TextDecoder | undefined;

/** All of it, a byte order mark too. */
function decoded(bytes: Uint8Array<ArrayBuffer>): string {
  return (decoder ??= new TextDecoder("utf-8", { ignoreBOM: true })).decode(bytes);
}

function bytesAt(memory: DataView<ArrayBuffer>, at: number, length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(memory.buffer, memory.byteOffset + at, length);
}

/**
 * Text of at most `size` bytes of UTF-8: C's `char[size]`. It ends at the first NUL, or where the bytes end: as strncpy(3) writes
 * it, with zeros behind it, and none if it takes all the bytes.
 *
 * @param size How many bytes: an integer from 1 on.
 * @returns The type, for {@linkcode struct}. Text that is too long for it is a `RangeError`; text with a NUL, or a lone
 * surrogate, which UTF-8 has no form for, a `TypeError`.
 * @throws {RangeError} if the size is none.
 * @example
 * ```ts
 * import { IPC_PRIVATE, SharedMemory, struct, text } from "@vasty/vasty";
 *
 * using memory = SharedMemory.create(IPC_PRIVATE, 100);
 * memory.remove();
 * const person = memory.struct(struct({ name: text(16) }));
 * person.name = "Ann";
 * console.assert(person.name === "Ann");
 * ```
 */
export function text(size: number): FieldType<string> {
  checkCount(size, "The size of a text");
  const decode: FieldType<string>["decode"] = (memory, at) => {
    const bytes = bytesAt(memory, at, size);
    const end = bytes.indexOf(0);
    return decoded(end < 0 ? bytes : bytes.subarray(0, end));
  };
  const encode: FieldType<string>["encode"] = (memory, at, value, where) => {
    if (typeof value !== "string") throw isNot(where, value, "text");
    if (value.includes("\0")) throw new TypeError(`${where}: text must not contain a NUL character`);
    if (!value.isWellFormed()) throw new TypeError(`${where}: a lone surrogate has no form in UTF-8`);
    const bytes = encodeForCall(value);
    if (bytes.length > size) {
      throw new RangeError(`${where}: text of ${bytes.length} bytes does not fit into text(${size})`);
    }
    bytesAt(memory, at, size).set(bytes);
  };
  return { size, alignment: 1, description: `text(${size})`, decode, encode };
}

/**
 * Bytes, so many: C's `unsigned char[length]`.
 *
 * @param length How many: an integer from 1 on.
 * @returns The type, for {@linkcode struct}; a value is a copy. One of another length is a `RangeError`.
 * @throws {RangeError} if the length is none.
 * @example
 * ```ts
 * import { bytes, IPC_PRIVATE, SharedMemory, struct } from "@vasty/vasty";
 *
 * using memory = SharedMemory.create(IPC_PRIVATE, 100);
 * memory.remove();
 * const packet = memory.struct(struct({ digest: bytes(4) }));
 * packet.digest = Uint8Array.of(1, 2, 3, 4);
 * console.assert(packet.digest[3] === 4);
 * ```
 */
export function bytes(length: number): FieldType<Uint8Array<ArrayBuffer>> {
  checkCount(length, "A number of bytes");
  const encode: FieldType<Uint8Array<ArrayBuffer>>["encode"] = (memory, at, value, where) => {
    if (!(value instanceof Uint8Array)) throw isNot(where, value, "a Uint8Array");
    if (value.length !== length) throw new RangeError(`${where}: ${value.length} bytes are not ${length}`);
    bytesAt(memory, at, length).set(value);
  };
  const decode = (memory: DataView<ArrayBuffer>, at: number) => bytesAt(memory, at, length).slice();
  return { size: length, alignment: 1, description: `bytes(${length})`, decode, encode };
}

/**
 * Values of one type, so many: C's `T[length]`.
 *
 * @param type The type of the values.
 * @param length How many: an integer from 1 on.
 * @returns The type, for {@linkcode struct}; a value is a copy. An array of another length is a `RangeError`.
 * @throws {RangeError} if the length is none.
 * @throws {TypeError} if there is no such type.
 * @example
 * ```ts
 * import { array, IPC_PRIVATE, SharedMemory, struct } from "@vasty/vasty";
 *
 * using memory = SharedMemory.create(IPC_PRIVATE, 100);
 * memory.remove();
 * const point = memory.struct(struct({ at: array("f64", 3) }));
 * point.at = [1, 2, 3];
 * console.assert(point.at[2] === 3);
 * ```
 */
export function array<F extends Field>(type: F, length: number): FieldType<ValueOf<F>[]> {
  const item = typeOf(type);
  checkCount(length, "The length of an array");
  const encode: FieldType<ValueOf<F>[]>["encode"] = (memory, at, value, where) => {
    if (!Array.isArray(value)) throw isNot(where, value, "an array");
    if (value.length !== length) throw new RangeError(`${where}: an array of ${value.length} is not one of ${length}`);
    for (let i = 0; i < length; i++) item.encode(memory, at + i * item.size, value[i]!, `${where}[${i}]`);
  };
  const decode = (memory: DataView<ArrayBuffer>, at: number) =>
    Array.from({ length }, (_, i) => item.decode(memory, at + i * item.size));
  const description = `array(${item.description}, ${length})`;
  return { size: length * item.size, alignment: item.alignment, description, decode, encode };
}
