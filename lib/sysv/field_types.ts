/** What values look like in memory: numbers and truth values, as C lays them out. */

/** How values of one type lie in memory. Such as {@linkcode text} and {@linkcode struct} make are field types. */
export interface FieldType<T> {
  /** How many bytes a value takes. */
  readonly size: number;
  /** A value lies at a multiple of this. */
  readonly alignment: number;
  /** The type in words, the same for all types that look the same in memory: `array(u8, 16)`. */
  readonly description: string;
  /** The value at `at`. */
  decode(memory: DataView<ArrayBuffer>, at: number): T;
  /**
   * Put `value` at `at`, where zeros are.
   *
   * @throws {RangeError} if it does not fit; `where` is what the error calls it.
   * @throws {TypeError} if it is of another type.
   */
  encode(memory: DataView<ArrayBuffer>, at: number, value: T, where: string): void;
}

/** The types that have a name, and what they are in JavaScript: integers of 64 bits are bigints. */
export interface NamedTypes {
  /** `int8_t` */
  i8: number;
  /** `uint8_t` */
  u8: number;
  /** `int16_t` */
  i16: number;
  /** `uint16_t` */
  u16: number;
  /** `int32_t` */
  i32: number;
  /** `uint32_t` */
  u32: number;
  /** `int64_t` */
  i64: bigint;
  /** `uint64_t` */
  u64: bigint;
  /** `float` */
  f32: number;
  /** `double` */
  f64: number;
  /** `bool` */
  bool: boolean;
}

/** The type of a field: a name, or what {@linkcode text}, {@linkcode array} and the like have made. */
export type Field = keyof NamedTypes | FieldType<unknown>;

/** What a field of this type is in JavaScript. */
export type ValueOf<F extends Field> = F extends keyof NamedTypes ? NamedTypes[F]
  : F extends FieldType<infer T> ? T
  : never;

type Getter<T> = (memory: DataView<ArrayBuffer>, at: number) => T;
type Setter<T> = (memory: DataView<ArrayBuffer>, at: number, value: T) => void;

/** Not in a sentence of its own, so that all errors read alike: `tags[3]: 300 does not fit into u8`. */
function doesNotFit(where: string, value: unknown, into: string): RangeError {
  return new RangeError(`${where}: ${value} does not fit into ${into}`);
}

/** The error of a value of another type. */
export function isNot(where: string, value: unknown, wanted: string): TypeError {
  const kind = value === null ? "null" : typeof value;
  return new TypeError(`${where}: ${kind === "object" ? "an object" : kind} is not ${wanted}`);
}

/** An integer of up to 32 bits. */
function integer(description: string, size: number, get: Getter<number>, set: Setter<number>): FieldType<number> {
  const signed = description.startsWith("i");
  const from = signed ? -(2 ** (8 * size - 1)) : 0;
  const to = from + 2 ** (8 * size) - 1;
  const encode: FieldType<number>["encode"] = (memory, at, value, where) => {
    if (typeof value !== "number") throw isNot(where, value, "a number");
    if (!Number.isInteger(value) || value < from || value > to) throw doesNotFit(where, value, description);
    set(memory, at, value);
  };
  return { size, alignment: size, description, decode: get, encode };
}

/** An integer of 64 bits. */
function long(description: string, get: Getter<bigint>, set: Setter<bigint>): FieldType<bigint> {
  const from = description === "i64" ? -(2n ** 63n) : 0n;
  const to = from + 2n ** 64n - 1n;
  const encode: FieldType<bigint>["encode"] = (memory, at, value, where) => {
    if (typeof value !== "bigint") throw isNot(where, value, "a bigint");
    if (value < from || value > to) throw doesNotFit(where, value, description);
    set(memory, at, value);
  };
  return { size: 8, alignment: 8, description, decode: get, encode };
}

/** Numbers with a fraction. A finite one that would become infinite does not fit. */
function float(description: string, size: number, get: Getter<number>, set: Setter<number>): FieldType<number> {
  const encode: FieldType<number>["encode"] = (memory, at, value, where) => {
    if (typeof value !== "number") throw isNot(where, value, "a number");
    const lost = size === 4 && Number.isFinite(value) && !Number.isFinite(Math.fround(value));
    if (lost) throw doesNotFit(where, value, description);
    set(memory, at, value);
  };
  return { size, alignment: size, description, decode: get, encode };
}

const bool: FieldType<boolean> = {
  size: 1,
  alignment: 1,
  description: "bool",
  decode: (memory, at) => memory.getUint8(at) !== 0,
  encode: (memory, at, value, where) => {
    if (typeof value !== "boolean") throw isNot(where, value, "a boolean");
    memory.setUint8(at, value ? 1 : 0);
  },
};

type Named = { readonly [N in keyof NamedTypes]: FieldType<NamedTypes[N]> };

/** Both architectures are little-endian. */
const makeNamed = (): Named => ({
  i8: integer("i8", 1, (m, at) => m.getInt8(at), (m, at, value) => m.setInt8(at, value)),
  u8: integer("u8", 1, (m, at) => m.getUint8(at), (m, at, value) => m.setUint8(at, value)),
  i16: integer("i16", 2, (m, at) => m.getInt16(at, true), (m, at, value) => m.setInt16(at, value, true)),
  u16: integer("u16", 2, (m, at) => m.getUint16(at, true), (m, at, value) => m.setUint16(at, value, true)),
  i32: integer("i32", 4, (m, at) => m.getInt32(at, true), (m, at, value) => m.setInt32(at, value, true)),
  u32: integer("u32", 4, (m, at) => m.getUint32(at, true), (m, at, value) => m.setUint32(at, value, true)),
  i64: long("i64", (m, at) => m.getBigInt64(at, true), (m, at, value) => m.setBigInt64(at, value, true)),
  u64: long("u64", (m, at) => m.getBigUint64(at, true), (m, at, value) => m.setBigUint64(at, value, true)),
  f32: float("f32", 4, (m, at) => m.getFloat32(at, true), (m, at, value) => m.setFloat32(at, value, true)),
  f64: float("f64", 8, (m, at) => m.getFloat64(at, true), (m, at, value) => m.setFloat64(at, value, true)),
  bool,
});

/** Made when the first is asked for: an import of the whole library is spared it. */
let made: Named | undefined;
const named = (): Named => made ??= makeNamed();

/**
 * The type that `field` means.
 *
 * @throws {TypeError} if it means none.
 */
export function typeOf<F extends Field>(field: F): FieldType<ValueOf<F>> {
  if (typeof field === "string" && Object.hasOwn(named(), field)) {
    return named()[field as keyof NamedTypes] as FieldType<unknown> as FieldType<ValueOf<F>>;
  }
  const isType = typeof field === "object" && field !== null && "decode" in field && "encode" in field;
  if (!isType) throw new TypeError(`There is no type ${typeof field === "string" ? JSON.stringify(field) : field}`);
  return field as FieldType<ValueOf<F>>;
}

/** Whether all the bytes of a value are written whatever it is, and by no code of the user's. */
export function isNamed(type: FieldType<unknown>): boolean {
  return Object.hasOwn(named(), type.description);
}

/**
 * A count of bytes or values in a schema.
 *
 * @throws {RangeError} if it is none.
 */
export function checkCount(count: number, what: string): number {
  if (!Number.isInteger(count) || count < 1 || count >= 2 ** 32) {
    throw new RangeError(`${what} is an integer from 1 to 4294967295: ${count}`);
  }
  return count;
}

/** The next place from `at` on where a value of this alignment may lie. */
export function alignedTo(at: number, alignment: number): number {
  return Math.ceil(at / alignment) * alignment;
}
