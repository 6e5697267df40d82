/** Structures laid over shared memory. */
import { alignedTo, type Field, type FieldType, isNamed, isNot, typeOf, type ValueOf } from "./field_types.ts";
import type { SharedBytes } from "./shared_bytes.ts";

/** The fields of a structure, in their order in memory. */
export type Fields = Readonly<Record<string, Field>>;

/** The value of a structure with these fields. */
export type StructValue<F extends Fields> = { -readonly [N in keyof F]: ValueOf<F[N]> };

/** A structure: what {@linkcode struct} has made. It is a field type itself. */
export interface Struct<F extends Fields> extends FieldType<StructValue<F>> {
  /** Its fields, as they were given. */
  readonly fields: F;
  /**
   * Where a field lies, in bytes from the beginning: C's `offsetof`.
   *
   * @throws {RangeError} if there is no such field.
   */
  offsetOf(name: keyof F & string): number;
}

/** A value that is read from memory and cannot be changed in place, since it is a copy. */
export type CopyOf<T> = T extends Uint8Array ? T
  : T extends Map<infer K, infer V> ? ReadonlyMap<K, V>
  : T extends (infer U)[] ? readonly U[]
  : T;

/**
 * The object that lies over memory, of the structure `S`: its numbers, texts and truth values are those in the memory, and so are the
 * structures in it. Arrays, lists, maps and bytes are copies: they are changed by putting another one in their place.
 */
export type StructOf<S> = S extends Struct<infer F>
  ? { -readonly [N in keyof F]: F[N] extends Struct<Fields> ? StructOf<F[N]> : CopyOf<ValueOf<F[N]>> }
  : never;

/** A field and its place. */
export interface Place {
  readonly name: string;
  readonly offset: number;
  readonly type: FieldType<unknown>;
}

/** The places of the fields, as the C compiler chooses them. */
function layout(fields: Fields): { places: Place[]; size: number; alignment: number } {
  let [end, alignment] = [0, 1];
  const places = Object.entries(fields).map(([name, field]) => {
    // JavaScript would put them before all others.
    if (/^\d+$/.test(name)) throw new TypeError(`A field is not named by a number: ${name}`);
    const type = typeOf(field);
    const offset = alignedTo(end, type.alignment);
    end = offset + type.size;
    alignment = Math.max(alignment, type.alignment);
    return { name, offset, type };
  });
  if (places.length === 0) throw new TypeError("A structure has at least one field");
  return { places, size: alignedTo(end, alignment), alignment };
}

const PLACES = new WeakMap<object, readonly Place[]>();

/**
 * A structure as the C compiler lays it out on this machine: fields in their order, each at a multiple of its alignment.
 *
 * @param fields Names and types: `"i8"`, `"u8"`, `"i16"`, `"u16"`, `"i32"`, `"u32"`, `"i64"`, `"u64"`, `"f32"`, `"f64"`, `"bool"`,
 * {@linkcode text}, {@linkcode bytes}, {@linkcode array}, {@linkcode list}, {@linkcode map}, or another structure.
 * @returns The structure, for {@linkcode SharedBytes.struct} and {@linkcode shared}.
 * @throws {TypeError} if there is no field, no such type, or a field is named by a number.
 * @example
 * ```ts
 * import { array, IPC_PRIVATE, SharedMemory, struct, text } from "@vasty/vasty";
 *
 * const Account = struct({ id: "u32", balance: "f64", owner: text(32), history: array("i32", 4) });
 * using memory = SharedMemory.create(IPC_PRIVATE, Account.size);
 * memory.remove();
 * const account = memory.struct(Account);
 * account.owner = "Ann";
 * account.balance += 12.5;
 * console.assert(account.balance === 12.5 && Account.offsetOf("balance") === 8);
 * ```
 */
export function struct<const F extends Fields>(fields: F): Struct<F> {
  const own = Object.freeze({ ...fields });
  const { places, size, alignment } = layout(own);
  const encode: Struct<F>["encode"] = (memory, at, value, where) => {
    if (typeof value !== "object" || value === null) throw isNot(where, value, "an object");
    const stranger = Object.keys(value).find((name) => !Object.hasOwn(own, name));
    if (stranger !== undefined) throw new TypeError(`${where}: there is no field ${JSON.stringify(stranger)}`);
    for (const { name, offset, type } of places) {
      type.encode(
        memory,
        at + offset,
        (value as Record<string, unknown>)[name],
        where === "" ? name : `${where}.${name}`,
      );
    }
  };
  const decode = (memory: DataView<ArrayBuffer>, at: number) =>
    Object.fromEntries(places.map(({ name, offset, type }) => [name, type.decode(memory, at + offset)]));
  const offsetOf = (name: string) => {
    const place = places.find((place) => place.name === name);
    if (place === undefined) throw new RangeError(`There is no field ${JSON.stringify(name)}`);
    return place.offset;
  };
  const description = `{ ${
    places.map(({ name, type }) => `${JSON.stringify(name)}: ${type.description}`).join(", ")
  } }`;
  const made = { fields: own, size, alignment, description, encode, offsetOf, decode };
  PLACES.set(made, places);
  return made as unknown as Struct<F>;
}

/** Where its fields lie. @throws {TypeError} if {@linkcode struct} has not made it. */
export function placesOf(made: object): readonly Place[] {
  const places = PLACES.get(made);
  if (places === undefined) throw new TypeError("A structure is made by struct()");
  return places;
}

/**
 * The object that lies over `memory` at `offset`.
 *
 * @throws {RangeError} if it does not lie in it, or not where it may.
 */
export function structOver<F extends Fields>(
  memory: SharedBytes,
  made: Struct<F>,
  offset: number,
): StructOf<Struct<F>> {
  const places = placesOf(made);
  memory.addressOf(offset, made.size);
  if (offset % made.alignment !== 0) {
    throw new RangeError(`A structure with this alignment lies at a multiple of ${made.alignment}, not at ${offset}`);
  }
  const properties = places.map((place) => [place.name, accessors(memory, place, offset + place.offset)] as const);
  return Object.seal(Object.defineProperties({}, Object.fromEntries(properties))) as StructOf<Struct<F>>;
}

/** How a property reads and writes the memory. A value is whole before any of it is written. */
function accessors(memory: SharedBytes, { name, type }: Place, at: number): PropertyDescriptor {
  const once = new DataView(new ArrayBuffer(type.size));
  const image = isNamed(type) ? () => once : () => new DataView(new ArrayBuffer(type.size));
  const set = (value: unknown) => {
    const bytes = image();
    type.encode(bytes, 0, value, name);
    memory.write(bytes, at);
  };
  const get = () => {
    const value = type.decode(memory.readInto(image(), at), 0);
    return Array.isArray(value) ? Object.freeze(value) : value;
  };
  const inner = PLACES.has(type) ? structOver(memory, type as Struct<Fields>, at) : undefined;
  return { enumerable: true, get: inner === undefined ? get : () => inner, set };
}
