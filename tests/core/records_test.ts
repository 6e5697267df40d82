import { type ByteChunks, readLines, readRecords, Splitter, withoutReturn } from "../../lib/core/records.ts";
import { lookedAt } from "../support/looked_at.ts";
import { assertEquals, assertRejects, assertThrows, size, test } from "../support/mod.ts";

const encoder = new TextEncoder();

/** `text` in pieces of `size` bytes, which cut characters and separators wherever they happen to. */
function pieces(text: string, size: number): Uint8Array[] {
  const bytes = encoder.encode(text);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

/** The same result however the bytes are cut. */
async function everyWay(text: string, read: (chunks: ByteChunks) => AsyncIterable<string>, expected: string[]) {
  for (const size of [1, 2, 3, 5, 1_000]) {
    assertEquals(await Array.fromAsync(read(pieces(text, size))), expected, `pieces of ${size}`);
  }
}

const LINES: [text: string, lines: string[]][] = [
  ["", []],
  ["\n", [""]],
  ["\r\n", [""]],
  ["one", ["one"]],
  ["one\n", ["one"]],
  ["one\ntwo", ["one", "two"]],
  ["one\r\ntwo\r\n", ["one", "two"]],
  ["one\n\n\nfour\n", ["one", "", "", "four"]],
  ["a\rb\r\nc\r\r\n", ["a\rb", "c\r"]],
  ["last without an end\r", ["last without an end\r"]],
  ["Grüße\n世界 🎭\n", ["Grüße", "世界 🎭"]],
  ["\uFEFFbom\n", ["\uFEFFbom"]],
  ["nul\0in it\n", ["nul\0in it"]],
];
for (const [text, lines] of LINES) {
  test(`readLines() reads ${JSON.stringify(text)} however it is cut`, () => everyWay(text, readLines, lines));
}

const RECORDS: [text: string, separator: string, records: string[]][] = [
  ["one\0two\0", "\0", ["one", "two"]],
  ["a--b---c", "--", ["a", "b", "-c"]],
  ["aaaa", "aa", ["", ""]],
  ["aaaaa", "aa", ["", "", "a"]],
  ["ababac", "abac", ["ab"]],
  ["xabcabcabdy", "abcabd", ["xabc", "y"]],
  ["one\r\ntwo\nthree", "\r\n", ["one", "two\nthree"]],
  ["1→2→→4", "→", ["1", "2", "", "4"]],
  ["x🎭🎭y🎭", "🎭", ["x", "", "y"]],
  ["no separator", "||", ["no separator"]],
];
for (const [text, separator, records] of RECORDS) {
  const what = `${JSON.stringify(text)} at ${JSON.stringify(separator)}`;
  test(`readRecords() cuts ${what} however it comes`, () =>
    everyWay(text, (chunks) => readRecords(chunks, { separator }), records));
}

test("readRecords() cuts at a newline unless told otherwise, and keeps a carriage return", async () => {
  assertEquals(await Array.fromAsync(readRecords(pieces("a\r\nb\n", 2))), ["a\r", "b"]);
});

test("Splitter agrees with split() for any text in any pieces", () => {
  let seed = 1;
  const pick = (limit: number) => (seed = Math.imul(seed, 1_103_515_245) + 12_345 & 0x7fffffff) % limit;
  for (let round = 0; round < 3_000; round++) {
    const word = (length: number) => Array.from({ length }, () => "ab"[pick(2)]).join("");
    const separator = word(1 + pick(4));
    const text = word(pick(40));
    const splitter = new Splitter(separator);
    const found: string[] = [];
    for (let at = 0; at < text.length;) {
      const length = 1 + pick(5);
      found.push(...splitter.push(text.slice(at, at + length)));
      at += length;
    }
    found.push(...splitter.end());
    const expected = text.split(separator);
    if (expected.at(-1) === "") expected.pop();
    assertEquals(found, expected, `${text} at ${separator}`);
  }
});

test("readLines() replaces bytes that are no UTF-8, also at the end", async () => {
  const bytes = Uint8Array.of(0x61, 0xff, 0x0a, 0xc3);
  assertEquals(await Array.fromAsync(readLines([bytes.subarray(0, 2), bytes.subarray(2)])), ["a\uFFFD", "\uFFFD"]);
});

test("readLines() accepts a line of the longest length, and refuses a longer one, whether it has ended or not", async () => {
  for (const size of [1, 4, 1_000]) {
    const read = (text: string) => Array.fromAsync(readLines(pieces(text, size), { maxLength: 5 }));
    assertEquals(await read("12345\n1234\n12345"), ["12345", "1234", "12345"]);
    for (const text of ["123456\n", "123456", "1\n1234567890"]) {
      await assertRejects(() => read(text), RangeError, "A record is longer than 5 characters");
    }
  }
});

test("readLines(): the CR of a CRLF does not count, wherever it is cut; one that nothing follows does", async () => {
  for (const size of [1, 2, 4, 5, 1_000]) {
    const read = (text: string) => Array.fromAsync(readLines(pieces(text, size), { maxLength: 3 }));
    assertEquals(await read("abc\r\nabc\nab\r\r\nab\r"), ["abc", "abc", "ab\r", "ab\r"]);
    for (const text of ["abcd\r\n", "abc\r", "abc\rd\n", "abc\r\r\n"]) {
      await assertRejects(() => read(text), RangeError, "longer than 3 characters", `${text} in pieces of ${size}`);
    }
  }
});

test("readRecords(): what may be the beginning of a separator does not count before it is known to be none", async () => {
  for (const size of [1, 2, 3, 4, 5, 1_000]) {
    const read = (text: string) => Array.fromAsync(readRecords(pieces(text, size), { maxLength: 3, separator: "--+" }));
    assertEquals(await read("abc--+a----+ab-"), ["abc", "a--", "ab-"]);
    for (const text of ["abc-", "abc--", "abc--a", "abcd--+", "abc---+"]) {
      await assertRejects(() => read(text), RangeError, "longer than 3 characters", `${text} in pieces of ${size}`);
    }
  }
});

test("readLines() gives the lines before the one that is too long", async () => {
  const found: string[] = [];
  const reading = async () => {
    for await (const line of readLines(pieces("one\ntwo\nthree and more\n", 1_000), { maxLength: 5 })) found.push(line);
  };
  const error = await assertRejects(reading, RangeError);
  assertEquals(found, ["one", "two"]);
  assertEquals(error.message, 'A record is longer than 5 characters: "three and more"...');
});

test("readLines() ends the source when the loop is left, and when a line is too long", async () => {
  let ended = 0;
  async function* source() {
    try {
      for (;;) yield encoder.encode("line\n");
    } finally {
      ended++;
    }
  }
  for await (const line of readLines(source())) if (line === "line") break;
  assertEquals(ended, 1);
  await assertRejects(() => Array.fromAsync(readLines(source(), { maxLength: 2 })), RangeError);
  assertEquals(ended, 2);
});

test("readLines() looks at every character once, however many pieces a line comes in", async () => {
  const chunks = Array<Uint8Array>(size(1 << 14)).fill(encoder.encode("x".repeat(16)));
  const length = 16 * chunks.length;
  for (const [separator, again] of [["\n", 0], ["--\n", 2]] as const) {
    const looked = await lookedAt(String, async () => {
      const [record] = await Array.fromAsync(readRecords(chunks, { separator }));
      assertEquals(record!.length, length);
    });
    // The last characters of each piece again, which may have been the beginning of a separator.
    assertEquals(looked, length + again * chunks.length);
  }
});

test("Splitter refuses a separator of nothing and a limit that is none", () => {
  assertThrows(() => new Splitter(""), TypeError, "must not be empty");
  // In which every place would be one.
  assertThrows(() => new Splitter(/x/ as unknown as string), TypeError, "is a string, not /x/");
  for (const limit of [0, -1, NaN]) assertThrows(() => new Splitter("\n", limit), RangeError, "positive number");
});

test("withoutReturn() takes one carriage return off the end", () => {
  assertEquals(["a\r", "a", "\r\r", "", "a\rb"].map(withoutReturn), ["a", "a", "\r", "", "a\rb"]);
});
