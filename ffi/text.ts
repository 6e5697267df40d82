/**
 * Text as bytes of UTF-8. Deno's encoder and decoder take 0.3 ms to load, which a program that has short words in ASCII
 * alone, as paths and a command's output often are, is spared.
 */

/** Up to here a loop that V8 has not compiled is quicker. */
const SHORT = 512;

/**
 * To make memory takes the engine ten times as long as to fill it with a short text: such share it for a call, and nobody
 * gets the same twice.
 */
const SLAB = 8_192;
let slab = new Uint8Array(0);
let used = 0;

let encoder: TextEncoder | undefined;
let decoder: TextDecoder | undefined;

/** `text` as UTF-8, with what has no form in it as U+FFFD, in memory of its own: it may be kept, and given to anybody. */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  if (text.length > SHORT) return encodeLong(text, 0);
  const bytes = new Uint8Array(text.length);
  return putAscii(text, bytes, 0) ? bytes : encodeLong(text, 0);
}

/**
 * The same with `zeros` behind it, for a call of C or to copy from. It is never given to a user: whoever transfers it takes
 * away what others have beside it in the same memory, and can read that.
 */
export function encodeForCall(text: string, zeros = 0): Uint8Array<ArrayBuffer> {
  const length = text.length + zeros;
  if (length > SHORT) return encodeLong(text, zeros);
  if (used + length > slab.length) [slab, used] = [new Uint8Array(SLAB), 0];
  if (!putAscii(text, slab, used)) return encodeLong(text, zeros);
  const bytes = slab.subarray(used, used += length);
  // A text that turned out to be none of these has left something there.
  if (zeros > 0) bytes.fill(0, text.length);
  return bytes;
}

/** Whether all of `text` is ASCII, and is in `bytes` now. */
function putAscii(text: string, bytes: Uint8Array, from: number): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return false;
    bytes[from + i] = code;
  }
  return true;
}

function encodeLong(text: string, zeros: number): Uint8Array<ArrayBuffer> {
  return (encoder ??= new TextEncoder()).encode(text + "\0".repeat(zeros));
}

/** Who decodes so often gains more than loading Deno's decoder costs: it is ten times as quick. */
const OFTEN = 200;
let decoded = 0;

/** `bytes` as text; what is not UTF-8 becomes U+FFFD, and a byte order mark is a character like any other. */
export function decodeText(bytes: Uint8Array<ArrayBuffer>): string {
  if (decoder !== undefined) return decoder.decode(bytes);
  const text = bytes.length <= SHORT && ++decoded < OFTEN ? asciiText(bytes) : undefined;
  return text ?? (decoder ??= new TextDecoder("utf-8", { ignoreBOM: true })).decode(bytes);
}

/** `bytes` as text if all of them are ASCII; for few. */
export function asciiText(bytes: Uint8Array): string | undefined {
  let text = "";
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i]! > 0x7f) return undefined;
    text += String.fromCharCode(bytes[i]!);
  }
  return text;
}
