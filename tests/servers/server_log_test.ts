import { Journal, reason, type ServerEvent } from "../../lib/servers/server_log.ts";
import { assertEquals, denoSource, test } from "../support/mod.ts";

test("Journal tells the program's log all of it, and the same limit once", () => {
  const told: ServerEvent[] = [];
  const journal = new Journal((event) => told.push(event));
  journal.tell({ kind: "connect", message: "hello" });
  for (let i = 0; i < 100; i++) journal.limit(new Error("too many"));
  assertEquals(told.map(({ message }) => message), ["hello", "No connection is accepted for now: too many"]);
  assertEquals([journal.wants("connect"), new Journal(undefined).wants("connect")], [true, false]);
});

test("Journal without a log tells standard error what has failed, and so it does of a log that throws or rejects", async () => {
  const { stdout, stderr } = await denoSource(`
    import { Journal } from "vasty/lib/servers/server_log.ts";
    const journal = new Journal(undefined);
    journal.tell({ kind: "connect", message: "nothing" });
    journal.tell({ kind: "failed", message: "something" });
    new Journal(() => { throw new RangeError("full"); }).tell({ kind: "end", message: "" });
    new Journal(async () => { throw new RangeError("full later"); }).tell({ kind: "end", message: "" });`);
  const failures = ["full", "full later"].map((what) => `The server's log failed: RangeError: ${what}\n`);
  assertEquals([stdout, stderr], ["", `something\n${failures.join("")}`]);
});

test("reason() is one line, whatever was thrown", () => {
  assertEquals(reason(new TypeError("two\n  lines")), "TypeError: two lines");
  assertEquals([reason(new Error("plain")), reason("text"), reason(undefined)], ["plain", "text", "undefined"]);
});
