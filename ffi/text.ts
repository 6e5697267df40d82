/**
 * Text as bytes of UTF-8. Deno's encoder and decoder take 0.3 ms to load, which a program that has short words in ASCII
 * alone, as paths and a command's output often are, is spared.
 */

/** Up to here a loop that V8 has not compiled is quicker. */
const SHORT = 512;

let encoder: TextEncoder | undefined;
let decoder: TextDecoder | undefined;

/** `text` as UTF-8, with what has no form in it as U+FFFD, and `zeros` behind it. */
export function encodeText(text: string, zeros = 0): Uint8Array<ArrayBuffer> {
  if (text.length > SHORT) return encodeLong(text, zeros);
  const bytes = new Uint8Array(text.length + zeros);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return encodeLong(text, zeros);
    bytes[i] = code;
  }
  return bytes;
}

function encodeLong(text: string, zeros: number): Uint8Array<ArrayBuffer> {
  return (encoder ??= new TextEncoder()).encode(text + "\0".repeat(zeros));
}

/** Who decodes so often gains more than loading Deno's decoder costs: it is ten times as quick. */
const OFTEN = 200;
let decoded = 0;

/** `bytes` as text; what is not UTF-8 becomes U+FFFD, and a byte order mark at the beginning is left out. */
export function decodeText(bytes: Uint8Array<ArrayBuffer>): string {
  if (decoder !== undefined) return decoder.decode(bytes);
  const text = bytes.length <= SHORT && ++decoded < OFTEN ? asciiText(bytes) : undefined;
  return text ?? (decoder ??= new TextDecoder()).decode(bytes);
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
