import { CONTINUE, EOF, Expect, expectAny, spawn, TIMEOUT } from "../../mod.ts";
import { assert, assertEquals, assertRejects, test, within } from "../support/mod.ts";

function child(program: string): Expect {
  return new Expect(spawn(["sh", "-c", program], { stdin: "piped", stdout: "piped" }));
}

test("expectAny() tells which of several dialogs has found what", async () => {
  await using one = child("cat");
  await using two = child("cat");
  await two.send("b and a");
  const found = await expectAny([[one, "a"], [two, ["a", "b"]]]);
  assertEquals([found.source === two, found.index, found.after], [true, 1, " and a"]);
  await one.send("a");
  assertEquals((await expectAny([[one, "a"], [two, "c"]])).source, one);
  assertEquals((await expectAny([[one, "x"], [two, "a"]])).before, " ");
});

test("expectAny() waits for the others when one has ended, and fails when all have", async () => {
  await using one = child("echo last");
  await using two = child("read x; echo done; read x");
  await one.expect({ pattern: "last", transfer: false });
  const waiting = expectAny([[one, "nothing"], [two, "done"]]);
  await two.sendLine();
  assertEquals((await waiting).source, two);
  await two.sendLine();
  const error = await assertRejects(() => expectAny([[one, "x"], [two, "y"]]), Deno.errors.UnexpectedEof);
  assertEquals(
    error.message,
    'The other side has ended: waited for "x"; there is "last\\n"; waited for "y"; there is "\\n"',
  );
  const ended = await expectAny([[one, "x"], [two, EOF]]);
  assertEquals([ended.source === two, ended.before], [true, "\n"]);
});

test("expectAny() waits for its turn in each dialog, and keeps it", async () => {
  await using one = child("cat");
  await using two = child("cat");
  const order: string[] = [];
  const noted = (pattern: string) => ({ pattern, action: () => void order.push(pattern) });
  const first = one.expect(noted("a"));
  const any = expectAny([[one, noted("b")], [two, noted("c")]]);
  const last = two.expect(noted("d"));
  await one.send("ab");
  await two.send("d");
  await Promise.all([first, any, last]);
  assertEquals(order, ["a", "b", "d"]);
});

test("expectAny() has one time limit, and any dialog's TIMEOUT", async () => {
  await using one = child("cat");
  await using two = child("cat");
  const begun = performance.now();
  const late = await expectAny([[one, "a"], [two, ["b", TIMEOUT]]], { timeout: 30 });
  assertEquals([late.source === two, late.index], [true, 1]);
  await assertRejects(() => expectAny([[one, "a"], [two, "b"]], { timeout: 30 }), DOMException, 'waited for "b"');
  assert(performance.now() - begun < within(300));
  await assertRejects(() => expectAny([]), TypeError);
  await assertRejects(() => expectAny([[one, "a"], [one, "b"]]), TypeError);
});

test("expectAny() goes on with all of them after CONTINUE", async () => {
  await using one = child("cat");
  await using two = child("cat");
  const got: string[] = [];
  const action = ({ match }: { match: string }) => {
    got.push(match);
    return CONTINUE;
  };
  await one.send("1 2");
  await two.send("3 end");
  await one.expect({ pattern: "1 2", transfer: false });
  await expectAny([[one, { pattern: /\d/, action }], [two, [{ pattern: /\d/, action }, "end"]]]);
  assertEquals(got.sort(), ["1", "2", "3"]);
});
