import { ClosedError, EOF, Expect, glob, spawn, SyscallError, TIMEOUT } from "../../mod.ts";
import { assert, assertEquals, assertRejects, size, test, within } from "../support/mod.ts";

/** A dialog with a child's pipes. */
function child(command: [string, ...string[]], options = {}): Expect {
  return new Expect(spawn(command, { stdin: "piped", stdout: "piped" }), options);
}

test("Expect.expect() gives what came before, the match, its groups and what came behind", async () => {
  await using dialog = child(["cat"]);
  await dialog.send("one two=2 three");
  const match = await dialog.expect(/(?<name>\w+)=(\d)(x)?/);
  assertEquals(
    [match.index, match.list, match.before, match.match, match.groups, match.named.name],
    [0, "expect", "one ", "two=2", ["two=2", "two", "2", undefined], "two"],
  );
  assertEquals([match.after, match.source === dialog, dialog.buffer], [" three", true, " three"]);
  assertEquals((await dialog.expect("three")).before, " ");
  assertEquals(dialog.buffer, "");
});

test("Expect.expect() takes the earliest match, then the first in the list", async () => {
  await using dialog = child(["sh", "-c", "printf 'abcdef'; read x; printf xyz; read x"]);
  await dialog.expect("abcdef");
  await dialog.sendLine();
  await dialog.expect({ pattern: "xyz", transfer: false });
  assertEquals(dialog.buffer, "xyz");
  assertEquals((await dialog.expect(["z", "y", "x", /x/])).index, 2);
  assertEquals((await dialog.expect(["z", "yz", /y/, glob("y")])).index, 1);
});

test("Expect.expect() sees the end of the child, after all that it wrote", async () => {
  await using dialog = child(["sh", "-c", "printf 'the last words'"]);
  const words = await dialog.expect("last");
  assertEquals(words.before, "the ");
  const end = await dialog.expect([EOF, "nothing"]);
  assertEquals([end.index, end.before, end.match, end.groups, end.after], [0, " words", "", [""], ""]);
  assertEquals((await dialog.expect(EOF)).before, "");
  const error = await assertRejects(() => dialog.expect("more"), Deno.errors.UnexpectedEof);
  assertEquals(error.message, `The other side has ended: waited for "more"; nothing has come`);
});

test("Expect.expect() loses nothing at a time limit", async () => {
  await using dialog = child(["cat"]);
  await dialog.send("half\x1b");
  await dialog.expect({ pattern: "half\x1b", transfer: false });
  const begun = performance.now();
  const error = await assertRejects(() => dialog.expect(["whole", /x/], { timeout: 100 }), DOMException);
  const took = performance.now() - begun;
  assert(took >= 99 && took < within(200), `${took} ms`);
  assertEquals(
    [error.name, error.message],
    ["TimeoutError", `Timed out after 100 ms: waited for "whole", /x/; there is "half\\u001b"`],
  );
  const late = await dialog.expect(["whole", TIMEOUT], { timeout: 0 });
  assertEquals([late.index, late.before, dialog.buffer], [1, "half\x1b", "half\x1b"]);
  await dialog.send("whole");
  assertEquals((await dialog.expect("whole")).before, "half\x1b");
});

test("Expect.expect() is given up by an abort, which takes nothing", async () => {
  await using dialog = child(["cat"]);
  const giving = new AbortController();
  const waiting = dialog.expect("word", { signal: giving.signal });
  giving.abort("enough");
  assertEquals(await waiting.catch((reason) => reason), "enough");
  await assertRejects(() => dialog.expect("word", { signal: AbortSignal.abort(new RangeError("early")) }), RangeError);
  await dialog.sendLine("word");
  await dialog.expect("word\n");
});

test("Expect.expect() rejects with a ClosedError when the dialog is disposed of", async () => {
  const dialog = child(["cat"]);
  const waiting = assertRejects(() => dialog.expect("never"), ClosedError);
  const behind = assertRejects(() => dialog.expect("never"), ClosedError);
  await dialog[Symbol.asyncDispose]();
  await waiting;
  await behind;
  await assertRejects(() => dialog.expect("x"), ClosedError);
  await assertRejects(() => dialog.send("x"), ClosedError);
  await dialog[Symbol.asyncDispose]();
});

test("Expect.send() to a child that has gone fails with EPIPE", async () => {
  const gone = spawn(["true"], { stdin: "piped", stdout: "piped" });
  await using dialog = new Expect(gone);
  await dialog.expect(EOF);
  await gone.status;
  const error = await assertRejects(() => dialog.send("x"));
  assert(error instanceof SyscallError && error.code === "EPIPE", `${error}`);
});

/** The text in pieces of random lengths, as bytes, so that characters are split too. */
function pieces(text: string): ReadableStream<Uint8Array<ArrayBuffer>> {
  let rest = new TextEncoder().encode(text);
  const found: Uint8Array<ArrayBuffer>[] = [];
  while (rest.length > 0) {
    const size = 1 + Math.floor(Math.random() * 7);
    found.push(rest.slice(0, size));
    rest = rest.slice(size);
  }
  return ReadableStream.from(found);
}

test("Expect.expect() takes all of a text, however it comes, and skips no match", async () => {
  const alphabet = ["a", "b", "é", "😀", "\n", "ab"];
  for (let run = 0; run < size(100); run++) {
    const text = Array.from({ length: 60 }, () => alphabet[Math.floor(Math.random() * alphabet.length)]).join("");
    await using dialog = new Expect({ readable: pieces(text) });
    let taken = "";
    for (let index = -1; index !== 3;) {
      const match = await dialog.expect(["ab", /é+\n/, glob("😀?b"), EOF]);
      const { before } = match;
      index = match.index;
      taken += before + match.match;
      assert(!before.includes("ab") && !/é+\n|😀.b/su.test(before), JSON.stringify([text, before]));
    }
    assertEquals(taken, text);
  }
});
