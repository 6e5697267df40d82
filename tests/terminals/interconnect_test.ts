import { ClosedError, CONTINUE, Expect, fakeDialog, interconnect, spawn, spawnPty } from "../../mod.ts";
import { assert, assertEquals, assertRejects, test, within } from "../support/mod.ts";

const piped = { stdin: "piped", stdout: "piped" } as const;
const talks = (script: string) => new Expect(spawn(["sh", "-c", script], piped));

test("interconnect() joins two programs until a pattern is found", async () => {
  await using asks = talks("set -f; for n in 6*7 2+2; do echo $n; read answer; done; echo sum $answer; read x");
  await using answers = new Expect(
    spawnPty(["sh", "-c", "while read sum; do echo $(($sum)); done"], { settings: ["-echo"] }),
  );
  const heard: string[] = [];
  const patterns = [{
    pattern: /(\d+)\r\n/g,
    action: ({ groups }: { groups: unknown[] }) => (heard.push(String(groups[1])), CONTINUE),
  }];
  const sum = { dialog: asks, patterns: [{ pattern: /sum (\d+)\n/ }] };
  const { match, source } = await interconnect([sum, {
    dialog: answers,
    patterns,
    filter: (text) => text.replaceAll("\r", ""),
  }], { timeout: within(10_000) });
  assert(source === asks);
  assertEquals([match?.groups[1], heard], ["4", ["42", "4"]]);
});

test("interconnect() lets three talk, each to whom it is meant", async () => {
  await using first = talks("echo to-all; read x; echo got $x");
  await using second = talks("read x; echo second-$x; sleep 60");
  await using third = talks("read x; echo third-$x; sleep 60");
  const { match, source } = await interconnect([
    { dialog: first, patterns: [{ pattern: "got second-to-all" }] },
    second,
    { dialog: third, to: [second] },
  ]);
  assertEquals([match?.match, source === first], ["got second-to-all", true]);
});

test("interconnect() leaves the dialogs as they are when it is given up, and then they go on", async () => {
  await using one = talks("read x; echo one-$x");
  await using other = talks("sleep 60");
  await assertRejects(() => interconnect([one, other], { timeout: 20 }), DOMException);
  await one.sendLine("on");
  await one.expect("one-on\n");
  const { reason, source } = await interconnect([other, one]);
  assertEquals([reason, source === one], ["eof", true]);
  for (
    const wrong of [[], [one], [one, one], [{ dialog: one, to: [] as Expect[] }, {
      dialog: other,
      to: [new Expect({ readable: new ReadableStream() })],
    }]]
  ) {
    await assertRejects(() => interconnect(wrong), TypeError);
  }
});

/** A dialog with somebody who says nothing and takes what is written once `takes` is called. */
function slow() {
  const decoder = new TextDecoder();
  const [asked, takes] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const end = Promise.withResolvers<null>();
  const hearer = { heard: "", asked: asked.promise, takes: takes.resolve };
  const dialog = new Expect({
    read: () => end.promise,
    write: async (bytes) => {
      asked.resolve();
      await takes.promise;
      hearer.heard += decoder.decode(bytes);
      return bytes.length;
    },
    closeWrite: () => Promise.resolve(end.resolve(null)),
  });
  return { hearer, dialog };
}

test("interconnect() that ends while something is on its way lets everybody hear it once", async () => {
  const { hearer, dialog } = slow();
  await using other = dialog;
  await using says = fakeDialog([{ says: "one " }, { says: "two " }, { says: "three" }]);
  const controller = new AbortController();
  const given = assertRejects(() => interconnect([says, other], { signal: controller.signal }), Error, "enough");
  await hearer.asked;
  controller.abort(new Error("enough"));
  await given;
  hearer.takes();
  const { reason, source } = await interconnect([says, other], { timeout: within(10_000) });
  assertEquals([reason, source === says, hearer.heard], ["eof", true, "one two three"]);
  await other.sendEof();
});

test("interconnect() leaves in the buffer what nobody can hear any more", async () => {
  const { hearer, dialog } = slow();
  await using says = fakeDialog([{ says: "kept" }, { hears: "never" }]);
  const joined = assertRejects(() => interconnect([says, dialog]), ClosedError);
  await hearer.asked;
  const closing = dialog[Symbol.asyncDispose]();
  await joined;
  assertEquals(says.buffer, "kept");
  hearer.takes();
  await dialog.sendEof().catch(() => {});
  await closing;
  await says.expect("kept");
});

test("interconnect() finds what becomes a match by what follows it, which is not heard before it is handled", async () => {
  await using says = fakeDialog([{ says: "foo" }, { says: "bar" }]);
  await using other = fakeDialog([{ hears: "foobar" }, { hears: "never" }]);
  const told: string[] = [];
  const patterns = [{ pattern: /foo(?=bar)/, action: () => (told.push(`found after ${other.heard}`), CONTINUE) }];
  await interconnect([{ dialog: says, patterns, filter: (text) => (told.push(text), text) }, other]);
  assertEquals([told, other.heard], [["foo", "found after foo", "bar"], "foobar"]);
});
