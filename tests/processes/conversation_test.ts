import { read } from "../../ffi/unistd.ts";
import { pipe } from "../../lib/core/pipe.ts";
import { Conversation } from "../../lib/processes/conversation.ts";
import { captureSync } from "../../lib/processes/mod.ts";
import { assert, assertEquals, assertThrows, children, test, within } from "../support/mod.ts";

/** Sees a signal when its sleep is over, a tenth of a second later. */
const CLEANS = "trap 'echo cleaned >&3; exit' TERM; echo READY; while :; do sleep 0.1; done";
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test("Conversation.step() carries bytes until some have come, and tells the end", () => {
  using conversation = new Conversation(["printf", "abc"], { stdout: "piped" });
  let seen = "";
  while (conversation.step(1)) seen += text(conversation.read(1));
  assertEquals([seen + text(conversation.read(1)), conversation.step(1)], ["abc", false]);
  assertEquals(conversation.finish().code, 0);
  assert(conversation.finish() === conversation.finish());
});

test("Conversation.read() has what came since the last time, and nothing of what is not piped", () => {
  using conversation = new Conversation(["sh", "-c", "echo a; echo b >&2"], { stdout: "piped", stderr: "piped" });
  conversation.finish();
  assertEquals([text(conversation.read(1)), text(conversation.read(1))], ["a\n", ""]);
  assertEquals([text(conversation.read(2)), text(conversation.read(0))], ["b\n", ""]);
});

test("Conversation that is disposed of ends a child that runs, TERM first, then KILL", () => {
  const stubborn = ["perl", "-e", '$SIG{TERM} = "IGNORE"; $| = 1; print "READY"; sleep 60'];
  const begun = performance.now();
  {
    using conversation = new Conversation(stubborn, { stdout: "piped", stdin: "piped", grace: 100 });
    conversation.step(1);
    assertEquals(text(conversation.read(1)), "READY");
  }
  const took = performance.now() - begun;
  assert(took >= 100 && took < within(1_000), `${took} ms`);
  assertEquals(children().filter((child) => child.endsWith(" perl")), []);
}, { needs: ["perl"] });

test("Conversation that is disposed of leaves its child as much time to clean up as grace says, without limit too", () => {
  for (const grace of [Infinity, 2 ** 31, 60_000.5]) {
    const ends = pipe();
    using reader = ends.reader;
    {
      using writer = ends.writer;
      const options = { stdout: "piped", fds: { 3: writer }, grace } as const;
      using conversation = new Conversation(["sh", "-c", CLEANS], options);
      while (!text(conversation.read(1)).includes("READY")) conversation.step(1);
    }
    const bytes = new Uint8Array(16);
    assertEquals(text(bytes.subarray(0, read(reader.number, bytes, bytes.length))), "cleaned\n");
  }
});

test("Conversation refuses what makes no sense before a child is started", () => {
  assertThrows(() => new Conversation([], {}), TypeError, "A command is an array");
  assertThrows(() => new Conversation(["true"], { timeout: -1 }), RangeError, "timeout");
  for (const grace of [NaN, -1]) assertThrows(() => new Conversation(["true"], { grace }), RangeError, "grace");
  assertThrows(() => new Conversation(["true"], { input: "x", stdin: "null" }), TypeError, "exclude each other");
});

test("Conversation closes the input that a child does not take", () => {
  const { stdout, status } = captureSync(["sh", "-c", "exec <&-; echo on"], { input: new Uint8Array(1 << 20) });
  assertEquals([stdout, status.code], ["on\n", 0]);
});

test("Conversation takes a piped stdin without input for an empty one", () => {
  using conversation = new Conversation(["sh", "-c", "cat >/dev/null; exit 2"], { stdin: "piped" });
  assertEquals(conversation.finish().code, 2);
});
