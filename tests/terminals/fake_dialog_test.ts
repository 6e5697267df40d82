import { EOF, fakeDialog, TIMEOUT } from "../../mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";

test("fakeDialog() says and hears what its script has, in its pieces", async () => {
  await using dialog = fakeDialog([
    { says: "na" },
    { says: "me: " },
    { hears: "m" },
    { hears: "e\n", says: "hello \xe9", echo: false },
    { hears: /ye?s\n/, says: Uint8Array.of(0xff), echo: true },
    { hears: EOF, says: "bye" },
  ]);
  assert(!dialog.finished);
  await dialog.expect("name: ");
  await dialog.sendLine("me");
  await dialog.waitNoEcho();
  await dialog.expect("hello \xe9");
  await dialog.sendLine("well, ys");
  await dialog.expect("\ufffd");
  assertEquals((await dialog.expect([TIMEOUT], { timeout: 0 })).before, "");
  await dialog.sendEof();
  assertEquals((await dialog.expect(EOF)).before, "bye");
  assertEquals([dialog.finished, dialog.heard], [true, "me\nwell, ys\n"]);
});

test("fakeDialog() fails the next expect by what was sent and not to be heard", async () => {
  for (const [hears, sent] of [["yes\n", "yeah"], [EOF, "more"]] as const) {
    await using dialog = fakeDialog([{ hears }]);
    await dialog.send(sent);
    await assertRejects(() => dialog.expect("x"), Error, `but was sent "${sent}"`);
    assert(!dialog.finished);
  }
  await using cut = fakeDialog([{ hears: /long/ }]);
  await cut.send("lo");
  await cut.sendEof();
  await assertRejects(() => cut.expect("x"), Error, 'hears /long/, but was sent "lo"');
});

test("fakeDialog() ends behind its script, and then takes nothing", async () => {
  await using dialog = fakeDialog([{ says: "only" }]);
  await assertRejects(() => dialog.sendLine("?"), Error, "EPIPE");
  await dialog.expect("only");
  await assertRejects(() => dialog.expect("more"), Deno.errors.UnexpectedEof);
  await assertRejects(() => dialog.waitNoEcho({ timeout: 10 }), DOMException, "Timed out after 10 ms");
  assertThrows(() => fakeDialog([{ hears: 7 as never }]), TypeError, "heard");
  assertThrows(() => fakeDialog([{ says: 7 as never }]), TypeError, "said");
});
