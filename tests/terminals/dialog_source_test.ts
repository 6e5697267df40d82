import { streamSource } from "../../lib/terminals/dialog_source.ts";
import { EOF, Expect, pipe, spawn } from "../../mod.ts";
import { assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test("streamSource() takes a chunk in parts, and keeps the rest", async () => {
  const source = streamSource(ReadableStream.from([bytes("abc"), bytes(""), bytes("d")]));
  const target = new Uint8Array(2);
  const read = async () => [await source.read(target), String.fromCharCode(...target)];
  assertEquals([await read(), await read(), await read()], [[2, "ab"], [1, "cb"], [1, "db"]]);
  assertEquals(await source.read(target), null);
  await source.close();
});

test("streamSource() refuses chunks that are no bytes, and streams that are locked", async () => {
  const texts = ReadableStream.from(["text"]) as unknown as ReadableStream<Uint8Array<ArrayBuffer>>;
  await using dialog = new Expect({ readable: texts });
  await assertRejects(() => dialog.expect("text"), TypeError, "chunks of bytes");
  assertThrows(() => new Expect({ readable: texts }), TypeError);
  await using child = spawn(["true"], { stdin: "piped", stdout: "piped" });
  const reader = child.stdout.getReader();
  assertThrows(() => new Expect(child), TypeError, "locked to a reader");
  reader.releaseLock();
});

test("an error of the stream comes out of every expect, after what came before it", async () => {
  let pulls = 0;
  const readable = new ReadableStream({
    pull(controller) {
      pulls++ === 0 ? controller.enqueue(bytes("one two")) : controller.error(new RangeError("torn"));
    },
  }, { highWaterMark: 0 });
  await using dialog = new Expect({ readable });
  await dialog.expect("one");
  await assertRejects(() => dialog.expect(["three", EOF]), RangeError, "torn");
  await dialog.expect("two");
  await assertRejects(() => dialog.expect("three"), RangeError, "torn");
});

test("a dialog reads a pipe's stream", async () => {
  const { reader, writer } = pipe();
  await using sh = spawn(["printf", "from the pipe"], { stdout: writer });
  writer.close();
  await sh.status;
  await using cat = spawn(["cat"], { stdin: reader, stdout: "piped" });
  reader.close();
  await using dialog = new Expect({ readable: cat.stdout });
  assertEquals((await dialog.expect(EOF)).before, "from the pipe");
  await assertRejects(() => dialog.send("x"), TypeError, "can only be read");
  await assertRejects(() => dialog.sendEof(), TypeError, "can only be read");
});
