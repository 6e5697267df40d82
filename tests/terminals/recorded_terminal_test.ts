import { EOF, Expect, openPty, parseAsciicast, recordAsciicast, spawnPty } from "../../mod.ts";
import { assertEquals, assertRejects, test, within } from "../support/mod.ts";

test("RecordedTerminal puts characters together that come in pieces", async () => {
  let text = "";
  using pty = openPty({ settings: ["-icanon", "echo"] });
  const recorded = recordAsciicast(pty, (line) => text += line);
  for (const byte of new TextEncoder().encode("€!")) {
    await recorded.write(Uint8Array.of(byte));
    // Its echo.
    await recorded.read(new Uint8Array(10));
  }
  assertEquals(parseAsciicast(text).events.map(({ data }) => data), ["€", "!"]);
  recorded.close();
  recorded.close();
});

test("RecordedTerminal records what is typed, a change of size, and never a secret", async () => {
  let text = "";
  const script = "read a; stty -echo; echo quiet; read b; stty echo; echo loud; read c; echo $a-$b-$c";
  const terminal = recordAsciicast(spawnPty(["sh", "-c", script]), (line) => text += line, { input: true });
  await using dialog = new Expect(terminal);
  await dialog.sendLine("first");
  await dialog.waitNoEcho({ timeout: within(5_000) });
  await dialog.expect("quiet");
  await dialog.sendLine("geheim");
  terminal.resize({ rows: 24, cols: 80 });
  terminal.resize({ rows: 30, cols: 90 });
  await dialog.expect("loud");
  await dialog.sendLine("last");
  await dialog.expect("first-geheim-last");
  await dialog.expect(EOF);
  const { events } = parseAsciicast(text);
  assertEquals(events.filter(({ kind }) => kind !== "o").map(({ kind, data }) => `${kind} ${data}`), [
    "i first\n",
    "r 90x30",
    "i last\n",
  ]);
});

test("RecordedTerminal records nothing that was refused, and what is hidden where the terminal shows it", async () => {
  let text = "";
  using pty = openPty();
  const recorded = recordAsciicast(pty, (line) => text += line, { input: true });
  await assertRejects(() => recorded.write(new Uint8Array(5_000).fill(0x7a)), RangeError);
  await recorded.write(new TextEncoder().encode("taken\n"));
  const dialog = new Expect(recorded);
  await dialog.send("shown", { hidden: true });
  await dialog.expect("shown");
  const typed = parseAsciicast(text).events.filter(({ kind }) => kind === "i");
  assertEquals(typed.map(({ data }) => data), ["taken\n", "shown"]);
  await dialog[Symbol.asyncDispose]();
});
