import { decodeText, encodeForCall, encodeText } from "../../ffi/text.ts";
import { assertEquals, denoSource, test } from "../support/mod.ts";

/** Around where the two ways meet: by length, and by what is in it. */
const TEXTS = ["", "a", "\0", "\x7f", "\x80", "é", "a\0é", "\u{1F600}", "\uD800", "\uFEFFa", "x".repeat(511)]
  .concat(["x".repeat(512), "x".repeat(513), "x".repeat(511) + "é", "x".repeat(512) + "é", "x".repeat(1 << 20)]);

test("encodeText() and encodeForCall() give what TextEncoder does", () => {
  for (const text of TEXTS) {
    assertEquals(encodeText(text), new TextEncoder().encode(text), text.slice(-3));
    assertEquals(encodeForCall(text), new TextEncoder().encode(text), text.slice(-3));
  }
});

test("encodeForCall() puts zeros behind", () => {
  for (const text of TEXTS) {
    assertEquals(encodeForCall(text, 2), new TextEncoder().encode(`${text}\0\0`), text.slice(-3));
  }
});

test("encodeText() gives memory of its own: to transfer it takes away nothing else", () => {
  for (const text of TEXTS) {
    const [shared, before] = [encodeForCall("abc"), encodeText("def")];
    const bytes = encodeText(text);
    assertEquals(bytes.buffer.byteLength, bytes.byteLength, text.slice(-3));
    bytes.buffer.transfer();
    assertEquals([...shared, ...before], [97, 98, 99, 100, 101, 102]);
  }
});

test("decodeText() gives what TextDecoder does, and a byte order mark too", () => {
  const broken = [[0x80], [0x61, 0xff], [0xc3], [0xef, 0xbb, 0xbf, 0x61]].map((bytes) => Uint8Array.from(bytes));
  // The first that is not short and ASCII loads Deno's decoder, which then takes all.
  // deno-lint-ignore no-control-regex
  const ascii = TEXTS.filter((text) => /^[\x00-\x7f]{0,512}$/.test(text));
  for (const bytes of [...[...ascii, ...TEXTS].map((text) => new TextEncoder().encode(text)), ...broken]) {
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    assertEquals(decodeText(bytes), text, `${bytes.slice(-3)}`);
  }
});

test("decodeText() goes on as it was once it was called often", async () => {
  const source = `
    import { decodeText } from "vasty/ffi/text.ts";
    const bytes = Uint8Array.of(0x61, 0, 0x7f);
    const texts = new Set(Array.from({ length: 500 }, () => decodeText(bytes)));
    console.log(JSON.stringify([...texts]));`;
  assertEquals(JSON.parse((await denoSource(source)).stdout), ["a\0\x7f"]);
});

test("encodeForCall() never gives the same memory twice", () => {
  const texts = Array.from({ length: 3_000 }, (_, i) => `text ${i}`);
  const encoded = texts.map((text) => encodeForCall(text, 1));
  assertEquals(encoded.map((bytes) => new TextDecoder().decode(bytes.subarray(0, -1))), texts);
  for (const bytes of encoded) bytes.fill(0);
  assertEquals(encodeForCall("abc", 1), Uint8Array.of(97, 98, 99, 0));
});

test("encodeForCall() puts zeros behind a text where one that was not ASCII had begun", () => {
  encodeForCall("abcdefé");
  assertEquals(encodeForCall("x", 3), Uint8Array.of(120, 0, 0, 0));
});

test("a capture of what is short and ASCII loads no encoder", async () => {
  const source = `
    import { captureSync } from "vasty/mod.ts";
    for (const name of ["TextEncoder", "TextDecoder"]) {
      Object.defineProperty(globalThis, name, { get() { throw new Error(name + " was asked for"); } });
    }
    console.log(captureSync(["echo", "hello"]).stdout);`;
  assertEquals((await denoSource(source, { flags: ["--allow-run=echo"] })).stdout, "hello\n\n");
});
