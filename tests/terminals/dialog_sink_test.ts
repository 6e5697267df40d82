import { streamSink, targetSink } from "../../lib/terminals/dialog_sink.ts";
import { Expect, spawn } from "../../mod.ts";
import { assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";

test("targetSink() goes on where a write has stopped", async () => {
  const written: number[] = [];
  const sink = targetSink({
    read: () => Promise.resolve(null),
    write: (bytes) => {
      written.push(...bytes.subarray(0, 2));
      return Promise.resolve(Math.min(2, bytes.length));
    },
  });
  await sink.write(new Uint8Array([1, 2, 3, 4, 5]));
  assertEquals(written, [1, 2, 3, 4, 5]);
  await assertRejects(async () => await sink.sendEof(), TypeError, "no end of its own");
  assertEquals(sink.isEchoOff, undefined);
});

test("targetSink() has the target send the end in its own way", async () => {
  const said: string[] = [];
  const target = { read: () => Promise.resolve(null), write: () => Promise.resolve(0) };
  const closeWrite = () => Promise.resolve(said.push("closeWrite"));
  await targetSink({ ...target, closeWrite }).sendEof();
  await targetSink({ ...target, closeWrite, sendEof: () => Promise.resolve(said.push("sendEof")) }).sendEof();
  assertEquals(said, ["closeWrite", "sendEof"]);
});

test("streamSink() closes what is idle and aborts what is not", async () => {
  const said: string[] = [];
  const stream = (name: string) =>
    new WritableStream<Uint8Array<ArrayBuffer>>({
      write: ([byte]) => void said.push(`${name} ${byte}`),
      close: () => void said.push(`${name} closed`),
      abort: () => void said.push(`${name} aborted`),
    });
  const [one, two] = [streamSink(stream("one")), streamSink(stream("two"))];
  await one.write(new Uint8Array([1]));
  await one.sendEof();
  one.close(true);
  two.close(false);
  await Promise.resolve();
  assertEquals(said, ["one 1", "one closed", "two aborted"]);
  const locked = stream("locked");
  locked.getWriter();
  assertThrows(() => streamSink(locked), TypeError, "locked to a writer");
});

test("Expect.sendEof() closes a child's standard input, and reading goes on", async () => {
  await using dialog = new Expect(spawn(["sort"], { stdin: "piped", stdout: "piped" }));
  await dialog.send("b\na\n");
  await dialog.sendEof();
  await dialog.expect("a\nb\n");
  await assertRejects(() => dialog.send("c"), TypeError);
});
