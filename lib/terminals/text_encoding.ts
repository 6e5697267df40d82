/** Bytes to text and back, as a dialog needs it: text may be split anywhere. */
import { asciiText, encodeText } from "../../ffi/text.ts";

/** What the bytes of a dialog are: UTF-8 text, or one character for each byte. */
export type DialogEncoding = "utf-8" | "latin1";

/** Makes text of bytes that come in pieces. */
export interface Decoder {
  /** What is whole by now. */
  decode(bytes: Uint8Array<ArrayBuffer>): string;
  /** What is left at the end. */
  end(): string;
}

/** @throws {TypeError} if there is no such encoding. */
export function decoderOf(encoding: DialogEncoding): Decoder {
  if (encoding === "latin1") return { decode: latin1Text, end: () => "" };
  if (encoding !== "utf-8") throw new TypeError(`encoding is "utf-8" or "latin1", not ${JSON.stringify(encoding)}`);
  return new Utf8Decoder();
}

/** Up to here an answer in ASCII is put together sooner than Deno's decoder is called. */
const SHORT = 32;

class Utf8Decoder implements Decoder {
  // A byte order mark is a character that came like any other.
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** Whether no character has begun of which bytes are still to come. */
  #whole = true;

  decode(bytes: Uint8Array<ArrayBuffer>): string {
    const short = this.#whole && bytes.length <= SHORT ? asciiText(bytes) : undefined;
    if (short !== undefined) return short;
    this.#whole = bytes.at(-1)! <= 0x7f;
    return this.#decoder.decode(bytes, { stream: true });
  }

  end(): string {
    return this.#decoder.decode();
  }
}

/** No function takes any number of arguments. */
const PIECE = 8192;

/** Deno's "latin1" is windows-1252, in which the bytes from 0x80 to 0x9f are other characters. */
function latin1Text(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  }
  return text;
}

/**
 * The bytes of `text`; where they go to a call at once, `encode` may be what shares memory.
 *
 * @throws {TypeError} if a character is none of `encoding`'s.
 */
export function encoded(text: string, encoding: DialogEncoding, encode = encodeText): Uint8Array<ArrayBuffer> {
  if (encoding === "utf-8") return encode(text);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0xff) throw new TypeError(`${JSON.stringify(text[at])} has no byte in latin1`);
    bytes[at] = code;
  }
  return bytes;
}
