/** A value as bytes, in the format of structured clone that V8 writes. */

type V8 = typeof import("node:v8");

/** What structured clone makes and V8 knows by itself, besides plain objects, arrays and buffers. */
const KNOWN = [Map, Set, Date, RegExp, Error, Number, String, Boolean, BigInt] as const;

/**
 * A copy of `value` as it is now, of nothing but what V8 knows: of an object of Deno's own, such as a `Blob`, it would
 * write an empty one.
 *
 * @throws {DOMException} named "DataCloneError".
 */
export function snapshot<T>(value: T): T {
  const copy = structuredClone(value);
  // A set gives what is added while it is gone through, and gives it once.
  const objects = new Set<object>();
  const add = (one: unknown) => typeof one === "object" && one !== null && objects.add(one);
  add(copy);
  for (const one of objects) {
    if (!isKnown(one)) throw new DOMException(`${Deno.inspect(one)} cannot be sent`, "DataCloneError");
    for (const part of partsOf(one)) add(part);
  }
  return copy;
}

function isKnown(one: object): boolean {
  return Object.getPrototypeOf(one) === Object.prototype || Array.isArray(one) || ArrayBuffer.isView(one) ||
    one instanceof ArrayBuffer || KNOWN.some((kind) => one instanceof kind);
}

/** What hangs on an object that was cloned. */
function partsOf(one: object): Iterable<unknown> {
  if (ArrayBuffer.isView(one) || one instanceof ArrayBuffer || one instanceof String) return [];
  if (one instanceof Map) return [...one.keys(), ...one.values()];
  if (one instanceof Set) return one;
  return one instanceof Error ? [one.cause] : Object.values(one);
}

/** `node:v8`, loaded with the first message: that takes 5 ms, which a program without messages must not pay. */
let loading: Promise<MessageValues> | undefined;

/** What makes bytes of values and values of bytes. */
export function messageValues(): Promise<MessageValues> {
  return loading ??= import("node:v8").then((v8) => new MessageValues(v8));
}

export class MessageValues {
  readonly #v8: V8;

  constructor(v8: V8) {
    this.#v8 = v8;
  }

  /**
   * The bytes of `value`, a {@linkcode snapshot}, after `prefix`.
   *
   * @throws {DOMException} named "DataCloneError", if V8 refuses it.
   */
  encode(value: unknown, prefix: Uint8Array): Uint8Array<ArrayBuffer> {
    // Not v8.serialize(): that one's own way with views ends up at wrong offsets (DataView), and forgets that two views
    // look at one buffer.
    const serializer = new this.#v8.Serializer();
    serializer.writeRawBytes(prefix);
    serializer.writeHeader();
    try {
      serializer.writeValue(value);
    } catch (error) {
      throw new DOMException((error as Error).message, "DataCloneError");
    }
    const bytes = serializer.releaseBuffer();
    return new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The value of `bytes`. @throws {Deno.errors.InvalidData} if they are none. */
  decode(bytes: Uint8Array): unknown {
    try {
      const deserializer = new this.#v8.Deserializer(bytes);
      deserializer.readHeader();
      return deserializer.readValue();
    } catch (cause) {
      throw new Deno.errors.InvalidData("A message that is no value came", { cause });
    }
  }
}
