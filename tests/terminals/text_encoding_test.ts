import { decoderOf, type DialogEncoding, encoded } from "../../lib/terminals/text_encoding.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

function decodedInPieces(bytes: number[], size: number, encoding: DialogEncoding): string {
  const decoder = decoderOf(encoding);
  let text = "";
  for (let at = 0; at < bytes.length; at += size) text += decoder.decode(new Uint8Array(bytes.slice(at, at + size)));
  return text + decoder.end();
}

test("decoderOf() puts UTF-8 together that is split anywhere", () => {
  const text = "\ufeffa\u00e9\u20ac\u{1f600}\ufeffz";
  const bytes = [...new TextEncoder().encode(text)];
  for (const size of [1, 2, 3, 4, 5, 100]) assertEquals(decodedInPieces(bytes, size, "utf-8"), text);
});

test("decoderOf() makes U+FFFD of what is no UTF-8, at the end too", () => {
  for (const size of [1, 2, 7]) {
    assertEquals(decodedInPieces([0x61, 0xff, 0xc3, 0x28, 0xe2, 0x82], size, "utf-8"), "a\ufffd\ufffd(\ufffd");
  }
});

test("latin1 has a character for each byte", () => {
  const all = Array.from({ length: 256 }, (_, byte) => byte);
  const text = decodedInPieces(all, 50, "latin1");
  assertEquals([...text].map((character) => character.charCodeAt(0)), all);
  assertEquals([...encoded(text, "latin1")], all);
  assertEquals(decoderOf("latin1").decode(new Uint8Array(100_000).fill(0x80)), "\x80".repeat(100_000));
  assertThrows(() => encoded("a\u20ac", "latin1"), TypeError, `"€" has no byte in latin1`);
  assertThrows(() => decoderOf("utf-16" as "utf-8"), TypeError);
});
