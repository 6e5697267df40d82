import { LineInput } from "../../lib/sockets/line_input.ts";
import { dotForm, lineForm, markForm } from "../../lib/sockets/record_forms.ts";
import { lookedAt } from "../support/looked_at.ts";
import { assertEquals, assertRejects, assertThrows, size, test } from "../support/mod.ts";
import { Pieces } from "./connections.ts";
import { bytes, text } from "./loopback.ts";

const lines = lineForm({});
const one = (whole: string) => [...bytes(whole)].map((byte) => Uint8Array.of(byte));

test("LineInput finds lines however they come, decodes a character that came in two pieces, and keeps NUL", async () => {
  const whole = "é€😀\r\n\n\0a\0\n\r\r\nlast\r";
  for (const pieces of [[whole], one(whole)]) {
    const input = new LineInput(new Pieces(pieces));
    const found = [];
    for (let line; (line = await input.readRecord(lines, {})) !== undefined;) found.push(line);
    assertEquals(found, ["é€😀", "", "\0a\0", "\r"]);
    assertEquals([input.takeRest(lines), input.takeRest(lines), input.ended], ["last\r", undefined, true]);
  }
});

test("LineInput does not ask its source for a line that has come", async () => {
  const source = new Pieces(["one\ntwo\nthr"]);
  const input = new LineInput(source);
  assertEquals([await input.readRecord(lines, {}), await input.readRecord(lines, {}), source.reads], ["one", "two", 1]);
  assertEquals([input.takeRecord(lines), input.buffered, source.reads], [undefined, 3, 1]);
});

test("LineInput looks at every byte once, however many pieces a line comes in", async () => {
  const pieces = size(10_000);
  const looked = await lookedAt(Uint8Array, async () => {
    const input = new LineInput(new Pieces([...Array(pieces).fill("0123456"), "\n"]));
    assertEquals((await input.readRecord(lines, {}))!.length, 7 * pieces);
  });
  assertEquals(looked, 7 * pieces + 1);
});

test("LineInput: what is given up has taken nothing, and a line that has begun is not looked through again", async () => {
  const input = new LineInput(new Pieces(["be", null, "fore\nbe", null, "hind"]));
  const giveUp = () => AbortSignal.timeout(5);
  await assertRejects(() => input.readRecord(lines, { signal: giveUp() }), DOMException);
  assertEquals([input.buffered, await input.readRecord(lines, {})], [2, "before"]);
  await assertRejects(() => input.readBytes(6, { signal: giveUp() }), DOMException);
  assertEquals(text(await input.readBytes(6, {})), "behind");
  assertEquals((await input.readBytes(6, {})).length, 0);
});

test("LineInput: the reader may take less than there is, and volume goes by no buffer", async () => {
  const source = new Pieces(["abcdef", "ghi"]);
  const input = new LineInput(source);
  assertEquals(text(await input.readBytes(1, {})), "a");
  const room = new Uint8Array(3);
  assertEquals([await input.read(room, {}), text(room), await input.read(room, {}), text(room.subarray(0, 2))], [
    3,
    "bcd",
    2,
    "ef",
  ]);
  assertEquals([await input.read(room, {}), text(room), input.buffered], [3, "ghi", 0]);
  assertEquals([await input.read(new Uint8Array(0), {}), await input.read(room, {}), input.ended], [0, 0, true]);
});

test("LineInput: what is too long is refused before its end has come, and can still be read", async () => {
  const input = new LineInput(new Pieces(["x".repeat(20), null]));
  const short = lineForm({ maxLength: 10 });
  await assertRejects(() => input.readRecord(short, {}), RangeError, "longer than 10 characters");
  assertEquals(input.buffered, 20);
  const whole = new LineInput(new Pieces(["xxxx\nyy"]));
  await whole.fill({});
  assertThrows(() => whole.takeRecord(lineForm({ maxLength: 3 })), RangeError);
  assertEquals(whole.takeRecord(lines), "xxxx");
  assertThrows(() => whole.takeRest(lineForm({ maxLength: 1 })), RangeError);
  await assertRejects(() => whole.readAll(1, {}), RangeError, "more than 1 bytes");
  assertEquals(text(await whole.readAll(2, {})), "yy");
});

test("LineInput: a message is taken whole or not at all", async () => {
  const last = (line: string) => line === ".";
  const message = "a\r\n..b\r\n.\r\nnext";
  for (const pieces of [[message], one(message)]) {
    const input = new LineInput(new Pieces(pieces));
    assertEquals(await input.readRecords(dotForm({}), last, {}), ["a", "..b", "."]);
    assertEquals(text(await input.readAll(9, {})), "next");
  }
  const cut = new LineInput(new Pieces(["a\nb\n", null, ".x"]));
  await assertRejects(() => cut.readRecords(dotForm({}), last, { signal: AbortSignal.timeout(5) }), DOMException);
  await assertRejects(() => cut.readRecords(dotForm({ maxLength: 3 }), last, {}), RangeError, "3 bytes");
  assertEquals([await cut.readRecords(dotForm({}), last, {}), cut.buffered], [undefined, 6]);
  const smuggled = new LineInput(new Pieces(["a\n.\nb\r\n.\r\n"]));
  assertEquals(await smuggled.readRecords(dotForm({ strict: true }), last, {}), ["a\n.\nb", "."]);
});

test("LineInput: a message has as many bytes as it may have, however it comes", async () => {
  const last = (line: string) => line === ".";
  const whole = "a\r\nb\r\n.\r\n";
  for (const pieces of [[`${whole}next`], one(`${whole}next`)]) {
    const input = new LineInput(new Pieces(pieces));
    for (const maxLength of [1, 3, 5, 8]) {
      await assertRejects(() => input.readRecords(dotForm({ maxLength }), last, {}), RangeError, `${maxLength} bytes`);
    }
    assertEquals(await input.readRecords(dotForm({ maxLength: 9 }), last, {}), ["a", "b", "."]);
    assertEquals(text(await input.readAll(4, {})), "next");
  }
});

test("LineInput: an empty message, and marks of several bytes", async () => {
  const input = new LineInput(new Pieces(one(".\naaab--b---ende")));
  assertEquals(await input.readRecords(dotForm({}), (line) => line === ".", {}), ["."]);
  assertEquals(await input.readRecord(markForm("aab", {}), {}), "a");
  assertEquals(await input.readRecord(markForm("---", {}), {}), "--b");
  assertEquals(await input.readRecord(markForm("e", {}), {}), "");
});

test("LineInput: a peer that never lets it wait does not outlast a limit", async () => {
  const endless = { read: (target: Uint8Array<ArrayBuffer>) => target.subarray(0, 64).length };
  for (const limit of [{ timeout: 5 }, { signal: AbortSignal.timeout(5) }]) {
    const slow = { read: (target: Uint8Array<ArrayBuffer>) => later(endless.read(target)) };
    await assertRejects(() => new LineInput(slow).readAll(Infinity, limit), DOMException);
  }
  await assertRejects(() => new LineInput(endless).readAll(Infinity, { timeout: 5 }), DOMException, "5 ms");
  await assertRejects(() => new LineInput(endless).readBytes(1e12, { timeout: 5 }), DOMException, "5 ms");
});

function later(count: number): Promise<number> {
  return new Promise((resolve) => setTimeout(() => resolve(count)));
}
