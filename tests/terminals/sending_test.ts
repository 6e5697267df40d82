import { ClosedError, EOF, Expect, pipe, spawn, spawnPty } from "../../mod.ts";
import { assert, assertEquals, assertRejects, count, test, within } from "../support/mod.ts";

function child(command: [string, ...string[]], options = {}): Expect {
  return new Expect(spawn(command, { stdin: "piped", stdout: "piped" }), options);
}

test("Expect.send() and a child that writes meanwhile do not wait for each other", async () => {
  await using dialog = child(["cat"]);
  const size = count(10 * 1024 * 1024);
  const text = "0123456789abcde\n".repeat(size / 16);
  await dialog.send(text);
  await dialog.sendEof();
  const { before } = await dialog.expect(EOF);
  assert(before === text, `${before.length} of ${text.length}`);
});

test("Expect.send() to a terminal that has no room for all of it sends the rest in its turn", async () => {
  const script = "stty raw -echo; echo READY; exec cat";
  await using dialog = new Expect(spawnPty(["sh", "-c", script]), { timeout: 20_000 });
  await dialog.expect("READY\n");
  const text = "0123456789abcdef".repeat(16_384);
  const sent = [dialog.send(text), dialog.sendLine("first"), dialog.sendLine("second")];
  const { before } = await dialog.expect("first\nsecond\n");
  assertEquals(before === text, true);
  await Promise.all(sent);
  await dialog.sendLine("third");
  assertEquals((await dialog.expect("third\n")).before, "");
});

test("Expect.send() fails where both sides wait and the buffer is full", async () => {
  await using dialog = child(["cat"], { maxBuffer: 10_000 });
  const error = await assertRejects(() => dialog.send("x".repeat(500_000)), RangeError);
  assert(error.message.includes("the buffer is full (10000 characters)"), error.message);
  // What was begun goes on in the background as soon as there is room.
  for (let left = 500_000; left > 0;) {
    const { before, match } = await dialog.expect(/x+/);
    left -= before.length + match.length;
  }
  await dialog.send("y");
  await dialog.expect("y");
});

test("Expect.send() is given up in time, and sends all of what it has begun", async () => {
  const program = "read go <&3; cat";
  const { reader, writer } = pipe();
  const cat = spawn(["sh", "-c", program], { stdin: "piped", stdout: "piped", fds: { 3: reader } });
  reader.close();
  await using dialog = new Expect(cat);
  const begun = performance.now();
  await assertRejects(() => dialog.send("x".repeat(200_000), { timeout: 50 }), DOMException, "Timed out after 50 ms");
  assert(performance.now() - begun < within(150));
  await assertRejects(() => dialog.send("never", { timeout: 20 }), DOMException);
  await assertRejects(() => dialog.send("never", { signal: AbortSignal.abort(new RangeError()) }), RangeError);
  writer.close();
  await dialog.sendLine("end");
  assertEquals((await dialog.expect("end\n")).before.length, 200_000);
});

test("Expect.send() ends with a ClosedError when the dialog is disposed of", async () => {
  const dialog = child(["sleep", "60"]);
  const sending = assertRejects(() => dialog.send("x".repeat(500_000)), ClosedError);
  const paused = assertRejects(() => dialog.sendSlow("xy", { delay: 60_000 }), ClosedError);
  await dialog[Symbol.asyncDispose]();
  await sending;
  await paused;
});

test("Expect sends as many bytes as there are in each encoding", async () => {
  const echo = async (encoding: "utf-8" | "latin1") => {
    await using dialog = child(["od", "-An", "-tx1"], { encoding });
    await dialog.send("\xe9\xff");
    await dialog.send(new Uint8Array([0, 0x80]));
    await dialog.sendControl("c");
    await dialog.sendEof();
    return (await dialog.expect(EOF)).before.trim();
  };
  assertEquals(await echo("utf-8"), "c3 a9 c3 bf 00 80 03");
  assertEquals(await echo("latin1"), "e9 ff 00 80 03");
  await using dialog = child(["cat"], { encoding: "latin1" });
  await assertRejects(() => dialog.send("€"), TypeError, "no byte in latin1");
  await assertRejects(() => dialog.send(1 as unknown as string), TypeError);
});

test("Expect.sendLine() puts the dialog's line end behind it", async () => {
  await using dialog = child(["cat"], { lineEnd: "\r\n" });
  await dialog.sendLine("a");
  await dialog.sendLine();
  await dialog.expect("a\r\n\r\n");
  for (const line of [3, null, new Uint8Array(1), {}]) {
    await assertRejects(() => dialog.sendLine(line as string), TypeError, "A line is a string");
  }
});

test("Expect.sendSlow() and sendHuman() take their time, and stop when they are given up", async () => {
  await using dialog = child(["cat"], { sendDelay: 0 });
  let begun = performance.now();
  await dialog.sendSlow("abcd", { chunk: 2, delay: 30 });
  assert(performance.now() - begun >= 29);
  await dialog.sendHuman("efg", { mean: 1, wordEnd: 1, minimum: 10, maximum: 20 });
  await dialog.expect("abcdefg");
  begun = performance.now();
  const slow = dialog.sendSlow("xyz", { delay: 60_000, timeout: 50 });
  await assertRejects(() => slow, DOMException, "Timed out after 50 ms");
  assert(performance.now() - begun < within(150));
  await dialog.send("!");
  await dialog.expect("x!");
});

test("sendDelay is waited before each send", async () => {
  await using dialog = child(["cat"], { sendDelay: 40 });
  const begun = performance.now();
  await dialog.send("a");
  assert(performance.now() - begun >= 39);
  await assertRejects(() => dialog.send("never", { timeout: 5 }), DOMException);
  await dialog.send("b");
  assertEquals((await dialog.expect("b")).before, "a");
});

test("Expect.waitNoEcho() is for terminals", async () => {
  await using dialog = child(["cat"]);
  await assertRejects(() => dialog.waitNoEcho(), TypeError, "not held over a terminal");
});

test("Expect.send() gives what it writes to memory of its own, which may be transferred", async () => {
  const got: string[] = [];
  const take = (bytes: Uint8Array<ArrayBuffer>) => {
    assertEquals(bytes.buffer.byteLength, bytes.byteLength);
    got.push(new TextDecoder().decode(bytes.buffer.transfer()));
  };
  const over = new ReadableStream<Uint8Array<ArrayBuffer>>({ start: (controller) => controller.close() });
  const write = (bytes: Uint8Array<ArrayBuffer>) => {
    const count = bytes.length;
    take(bytes);
    return Promise.resolve(count);
  };
  for (const target of [{ readable: over, writable: new WritableStream({ write: take }) }, { read, write }]) {
    await using dialog = new Expect(target);
    await Promise.all([dialog.sendLine("one"), dialog.sendLine("two"), dialog.sendSlow("x", { delay: 0 })]);
  }
  assertEquals(got.join("").replaceAll("\r", "\n"), "one\ntwo\nxone\ntwo\nx");
});

function read(): Promise<null> {
  return Promise.resolve(null);
}
