/** A message of a POSIX queue, and what can be sent as one. */
import { decodeText, encodeText } from "../../ffi/text.ts";

/** A message that was taken from a {@linkcode PosixMessageQueue}. */
export class PosixMessage {
  /** The higher, the earlier it is received; from 0 on. */
  readonly priority: number;
  /** What was sent, in memory of the receiver's own. */
  readonly bytes: Uint8Array<ArrayBuffer>;

  /** @ignore */
  constructor(priority: number, bytes: Uint8Array<ArrayBuffer>) {
    this.priority = priority;
    this.bytes = bytes;
  }

  /** What was sent as text; bytes that are not UTF-8 become U+FFFD. */
  text(): string {
    return decodeText(this.bytes);
  }

  /** What was sent as a value. @throws {SyntaxError} if it is no JSON. */
  json<T = unknown>(): T {
    return JSON.parse(this.text());
  }
}

/**
 * The bytes of a message: bytes as they are now, text as UTF-8, any other value as JSON.
 *
 * @throws {TypeError} if JSON has no form for it.
 */
export function messageBytes(content: unknown): Uint8Array<ArrayBuffer> {
  if (typeof content === "string") return encodeText(content);
  if (ArrayBuffer.isView(content)) {
    return new Uint8Array(content.buffer, content.byteOffset, content.byteLength).slice();
  }
  if (content instanceof ArrayBuffer || content instanceof SharedArrayBuffer) return new Uint8Array(content).slice();
  const text: string | undefined = JSON.stringify(content);
  if (text === undefined) throw new TypeError(`JSON has no form for ${Deno.inspect(content)}`);
  return encodeText(text);
}
