/** A value as bytes, in the format of structured clone that V8 writes. */

type V8 = typeof import("node:v8");

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
   * The bytes of `value`, which `structuredClone()` has made, after `prefix`.
   *
   * @throws {DOMException} named "DataCloneError", if it holds what no other process can see (shared memory).
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
