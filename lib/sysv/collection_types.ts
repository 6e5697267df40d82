/** What values look like in memory of which there are more or fewer: lists and maps. */
import { alignedTo, checkCount, type Field, type FieldType, isNot, typeOf, type ValueOf } from "./field_types.ts";

/** The count before the values. */
const COUNT = 4;

/** How many there are; a count that others have spoilt does not lead outside. */
function countAt(memory: DataView<ArrayBuffer>, at: number, capacity: number): number {
  return Math.min(memory.getUint32(at, true), capacity);
}

/**
 * Values of one type, up to so many: C's `struct { uint32_t length; T items[capacity]; }`.
 *
 * @param type The type of the values.
 * @param capacity How many at most: an integer from 1 on.
 * @returns The type, for {@linkcode struct} and {@linkcode shared}; a value is a copy. A longer array is a `RangeError`.
 * @throws {RangeError} if the capacity is none.
 * @throws {TypeError} if there is no such type.
 * @example
 * ```ts
 * import { IPC_PRIVATE, list, SharedMemory, struct, text } from "@vasty/vasty";
 *
 * using memory = SharedMemory.create(IPC_PRIVATE, 1000);
 * memory.remove();
 * const state = memory.struct(struct({ names: list(text(16), 10) }));
 * state.names = [...state.names, "Ann"];
 * console.assert(state.names.length === 1);
 * ```
 */
export function list<F extends Field>(type: F, capacity: number): FieldType<ValueOf<F>[]> {
  const item = typeOf(type);
  checkCount(capacity, "The capacity of a list");
  const first = alignedTo(COUNT, item.alignment);
  const alignment = Math.max(COUNT, item.alignment);
  const encode: FieldType<ValueOf<F>[]>["encode"] = (memory, at, value, where) => {
    if (!Array.isArray(value)) throw isNot(where, value, "an array");
    const { length } = value;
    if (length > capacity) {
      throw new RangeError(`${where}: ${length} do not fit into a list of ${capacity}`);
    }
    for (let i = 0; i < length; i++) {
      item.encode(memory, at + first + i * item.size, value[i]!, `${where}[${i}]`);
    }
    memory.setUint32(at, length, true);
  };
  const decode = (memory: DataView<ArrayBuffer>, at: number) =>
    Array.from(
      { length: countAt(memory, at, capacity) },
      (_, i) => item.decode(memory, at + first + i * item.size),
    );
  const size = alignedTo(first + capacity * item.size, alignment);
  return { size, alignment, description: `list(${item.description}, ${capacity})`, decode, encode };
}

/** The types that may be keys of a map: those whose equal values are the same in JavaScript. */
export type KeyField = "i8" | "u8" | "i16" | "u16" | "i32" | "u32" | "i64" | "u64" | "bool" | FieldType<string>;

/** What has a name and may be no key, has a fraction; what has none, has parts, but for a text. */
const KEYS = /^([iu]\d+|bool|text\(\d+\))$/;

/** Where the entries of a map lie, and what is in them. */
function entriesOf(keys: FieldType<unknown>, values: FieldType<unknown>) {
  const alignment = Math.max(keys.alignment, values.alignment);
  const behind = alignedTo(keys.size, values.alignment);
  return { alignment, behind, first: alignedTo(COUNT, alignment), step: alignedTo(behind + values.size, alignment) };
}

/**
 * Values by their keys, up to so many, in the order in which they were put there: C's
 * `struct { uint32_t length; struct { K key; V value; } entries[capacity]; }`.
 *
 * @param key The type of the keys: a text or an integer.
 * @param value The type of the values.
 * @param capacity How many at most: an integer from 1 on.
 * @returns The type, for {@linkcode struct} and {@linkcode shared}; a value is a `Map`, which is a copy. A larger one is a `RangeError`.
 * @throws {RangeError} if the capacity is none.
 * @throws {TypeError} if there is no such type.
 * @example
 * ```ts
 * import { IPC_PRIVATE, map, SharedMemory, struct, text } from "@vasty/vasty";
 *
 * using memory = SharedMemory.create(IPC_PRIVATE, 1000);
 * memory.remove();
 * const state = memory.struct(struct({ ages: map(text(16), "u8", 10) }));
 * state.ages = new Map([["Ann", 3]]);
 * console.assert(state.ages.get("Ann") === 3);
 * ```
 */
export function map<K extends KeyField, V extends Field>(
  key: K,
  value: V,
  capacity: number,
): FieldType<Map<ValueOf<K>, ValueOf<V>>> {
  const [keys, values] = [typeOf(key), typeOf(value)];
  if (!KEYS.test(keys.description)) {
    throw new TypeError(`A key of a map is a text or an integer, not ${keys.description}`);
  }
  checkCount(capacity, "The capacity of a map");
  const { alignment, behind, first, step } = entriesOf(keys, values);
  const encode: FieldType<Map<ValueOf<K>, ValueOf<V>>>["encode"] = (memory, at, value, where) => {
    if (!(value instanceof Map)) throw isNot(where, value, "a Map");
    if (value.size > capacity) throw new RangeError(`${where}: ${value.size} do not fit into a map of ${capacity}`);
    let place = at + first;
    for (const [name, item] of value) {
      keys.encode(memory, place, name, `a key of ${where}`);
      values.encode(memory, place + behind, item, `${where}[${String(name)}]`);
      place += step;
    }
    memory.setUint32(at, value.size, true);
  };
  const decode = (memory: DataView<ArrayBuffer>, at: number) =>
    new Map(Array.from({ length: countAt(memory, at, capacity) }, (_, i) => {
      const place = at + first + i * step;
      return [keys.decode(memory, place), values.decode(memory, place + behind)] as const;
    }));
  const description = `map(${keys.description}, ${values.description}, ${capacity})`;
  const whole = Math.max(COUNT, alignment);
  return { size: alignedTo(first + capacity * step, whole), alignment: whole, description, decode, encode };
}
