import { EOF, Expect, openPty, parseAsciicast, readAsciicast, recordAsciicast, spawnPty } from "../../mod.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";

test("recordAsciicast() writes a file that is whole after every line", async () => {
  const path = await Deno.makeTempFile();
  try {
    const terminal = spawnPty(["sh", "-c", "echo one; read x; echo two"], { rows: 10, cols: 20 });
    await using dialog = new Expect(recordAsciicast(terminal, path, { title: "numbers" }));
    await dialog.expect("one\r\n");
    const { header, events } = await readAsciicast(path);
    assertEquals([header.cols, header.rows, header.title, header.version], [20, 10, "numbers", 2]);
    assert(Math.abs(header.timestamp! - Date.now()) < 60_000);
    assertEquals(events.map(({ data }) => data).join(""), "one\r\n");
    await dialog.sendLine("");
    await dialog.expect(EOF);
    const all = (await readAsciicast(path)).events;
    assertEquals(all.map(({ kind, data }) => `${kind}${data}`).join("").replaceAll("o", ""), "ne\r\n\r\ntw\r\n");
    assert(all.every(({ time }, at) => at === 0 || time >= all[at - 1]!.time));
  } finally {
    await Deno.remove(path);
  }
});

test("recordAsciicast() leaves the terminal to the caller if it cannot begin", () => {
  using pty = openPty();
  assertThrows(() => recordAsciicast(pty, "/nowhere/at/all"), Deno.errors.NotFound);
  assertThrows(() => recordAsciicast(pty, 7 as unknown as string), TypeError, "path");
  assertThrows(() => recordAsciicast(pty, () => {}, { version: 1 as 2 }), TypeError, "version");
  assertThrows(
    () =>
      recordAsciicast(pty, () => {
        throw new Error("full");
      }),
    Error,
    "full",
  );
  assert(!pty.closed);
});

test("recordAsciicast() takes version 3 and no environment that it may not read", () => {
  let text = "";
  using pty = openPty();
  recordAsciicast(pty, (line) => text += line, { version: 3, env: { TERM: "dumb" } }).marker("here");
  const { header, events } = parseAsciicast(text);
  assertEquals([header.version, header.term, events[0]!.kind, events[0]!.data], [3, "dumb", "m", "here"]);
});
