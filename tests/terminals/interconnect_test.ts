import { CONTINUE, Expect, interconnect, spawn, spawnPty } from "../../mod.ts";
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
