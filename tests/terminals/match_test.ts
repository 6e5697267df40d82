import { Expect, spawn } from "../../mod.ts";
import { assertEquals, test } from "../support/mod.ts";

test("Match.after is what had come behind it, as far as it still waits", async () => {
  await using dialog = new Expect(spawn(["cat"], { stdin: "piped", stdout: "piped" }));
  await dialog.send("a b c");
  const first = await dialog.expect(/a(?= b c)/);
  assertEquals(first.after, " b c");
  await dialog.send(" d");
  await dialog.expect({ pattern: "d", transfer: false });
  assertEquals(first.after, " b c");
  await dialog.expect("b");
  assertEquals(first.after, " c");
  dialog.clear();
  assertEquals(first.after, "");
});
