/** Terminals of programs, and dialogs with them. */
import { EOF, Expect, getAttributes, openPty, spawnPty, stty } from "../../lib/terminals/mod.ts";
import { failure, must, since, type Step } from "./step.ts";

const PATIENCE = { timeout: 20_000 };

/** What is typed is a signal, and what was written before the end comes before the end. */
async function typed(): Promise<string> {
  await using child = spawnPty(["sh", "-c", "tty; stty size; exec sleep 60"], { rows: 40, cols: 132 });
  await using dialog = new Expect(child);
  const { before } = await dialog.expect("40 132\r\n", PATIENCE);
  must(before === `${child.path}\r\n`, before);
  await dialog.sendControl("c");
  const status = await child.status;
  must(status.signal === "SIGINT", `it ended with ${status}`);
  return `${child.path} was its terminal, and ^C ended it`;
}

/** Its settings are as they were at the end of the block, thrown out of or not. */
async function putBack(): Promise<string> {
  using pty = openPty();
  const before = JSON.stringify(getAttributes(pty));
  await failure(() => {
    using _raw = stty(pty, "raw", "-echo");
    must(JSON.stringify(getAttributes(pty)) !== before, "nothing was set");
    throw new Error("out of the block");
  });
  must(JSON.stringify(getAttributes(pty)) === before, "it is not as it was");
  return "raw and silent, and as it was after an exception";
}

/** A line that the kernel would cut without a word. */
async function refused(): Promise<string> {
  await using child = spawnPty(["cat"]);
  const { message } = await failure(() => child.write(new Uint8Array(5_000).fill(0x61)));
  must(message.includes("4095"), message);
  return "a line of 5000 bytes is refused: the kernel would keep 4095";
}

/** The earliest wins, and what was not taken waits. */
async function dialogue(): Promise<string> {
  await using dialog = new Expect(
    spawnPty(["sh", "-c", 'while read -r a; do echo "= $(($a))"; done'], { settings: ["-echo"] }),
  );
  await dialog.sendLine("6*7");
  await dialog.sendLine("2*2");
  const { index, groups } = await dialog.expect(["= 4\r\n", /= (\d+)\r\n/], PATIENCE);
  must(index === 1 && groups[1] === "42", groups.join());
  must((await dialog.expect(["= 4\r\n", EOF], PATIENCE)).index === 0, "the second answer was lost");
  const { message } = await failure(() => dialog.expect("never", { timeout: 20 }));
  must(message.includes('"never"'), message);
  return "42, then 4; a time limit says what was waited for";
}

/** With a pattern that would take other matchers for ever. */
async function linear(): Promise<string> {
  const bytes = 8_000_000;
  await using dialog = new Expect(
    spawnPty(["sh", "-c", `head -c ${bytes} /dev/zero | tr '\\0' a; echo; echo done`], { settings: ["-opost"] }),
  );
  const start = performance.now();
  const { before } = await dialog.expect(/(b+b+)+c|\nd[a-z]+e\n/, PATIENCE);
  must(before.length === bytes, `${before.length} characters came before it`);
  return `${bytes / 1e6} MB before the match, in ${since(start)}`;
}

export const terminals: readonly Step[] = [
  { area: "terminals", title: "spawnPty()", run: typed },
  { area: "terminals", title: "stty()", run: putBack },
  { area: "terminals", title: "a line too long", run: refused },
  { area: "terminals", title: "Expect", run: dialogue },
  { area: "terminals", title: "a pattern after 8 MB", run: linear },
];
