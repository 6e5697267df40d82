import { TextBuffer } from "../../lib/terminals/text_buffer.ts";
import { assert, assertEquals, assertThrows, size, test } from "../support/mod.ts";
import { Chance } from "./regexp_cases.ts";

function pieces(buffer: TextBuffer, from = 0): string[] {
  const found: string[] = [];
  for (let piece; (piece = buffer.pieceFrom(from)) !== ""; from += piece.length) found.push(piece);
  return found;
}

test("TextBuffer keeps what a string would, however it is appended, dropped and cut", () => {
  const [chance, buffer] = [new Chance(5), new TextBuffer()];
  let [kept, next] = ["", 0];
  for (let round = 0; round < size(3_000); round++) {
    let text = "";
    for (let length = chance.below(round % 50 === 0 ? 9_000 : 6); length > 0; length--) {
      text += String.fromCharCode(32 + next++ % 90);
    }
    buffer.append(text);
    kept += text;
    const dropped = chance.below(3) === 0 ? chance.below(kept.length + 1) : 0;
    buffer.drop(dropped);
    kept = kept.slice(dropped);
    const [from, to] = [chance.below(kept.length + 2), chance.below(kept.length + 2)];
    assertEquals([buffer.length, buffer.slice(from, to)], [kept.length, kept.slice(Math.min(from, to), to)]);
    assertEquals(pieces(buffer, from).join(""), kept.slice(from));
  }
});

test("TextBuffer puts single characters together", () => {
  const buffer = new TextBuffer();
  for (let count = 0; count < 10_000; count++) buffer.append("x");
  const { length } = pieces(buffer);
  assert(length < 20, `${length} pieces`);
  assertEquals([buffer.slice(), buffer.slice(-5, 2), buffer.slice(9_999)], ["x".repeat(10_000), "xx", "x"]);
});

test("TextBuffer.drop() refuses more than there is", () => {
  const buffer = new TextBuffer();
  buffer.append("abc");
  for (const count of [4, -1, 0.5, NaN]) {
    assertThrows(() => buffer.drop(count), RangeError, `Of 3 characters ${count} cannot`);
  }
  buffer.drop(3);
  assertEquals([buffer.length, buffer.slice(), pieces(buffer)], [0, "", []]);
});
