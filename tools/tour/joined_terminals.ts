/** Dialogs that are joined, recorded, listed and faked. */
import {
  EOF,
  Expect,
  fakeDialog,
  interact,
  interconnect,
  openPty,
  openRepl,
  parseAsciicast,
  playAsciicast,
  recordAsciicast,
  runBatch,
  spawnPty,
  stty,
} from "../../lib/terminals/mod.ts";
import { failure, must, type Step } from "./step.ts";

/** What is typed is not echoed, and lines end as programs write them. */
const QUIET = { settings: ["-echo", "-onlcr"] };

/** The person's terminal is a pty of this program's. */
async function joined(): Promise<string> {
  const pty = openPty();
  await using person = new Expect(pty);
  using before = stty(pty.slave);
  await using dialog = new Expect(spawnPty(["sh", "-c", "stty -echo; echo ready; cat"]));
  const ended = interact(dialog, { input: pty.slave, output: pty.slave });
  await person.expect("ready");
  await person.send("typed\r");
  await person.expect("typed\r\n");
  await person.send("\x1d");
  const { reason } = await ended;
  using after = stty(pty.slave);
  must(after.text === before.text, "the person's terminal is not as it was");
  return `ended by ${reason}, the terminal is as it was`;
}

async function programsJoined(): Promise<string> {
  await using asks = new Expect(spawnPty(["sh", "-c", "echo 6*7; read answer; echo got $answer; read on"], QUIET));
  await using answers = new Expect(spawnPty(["sh", "-c", "while read sum; do echo $(($sum)); done"], QUIET));
  const { match } = await interconnect([{ dialog: asks, patterns: [{ pattern: /got \d+/ }] }, answers], {
    timeout: 5_000,
  });
  must(match?.match === "got 42", "it was not answered");
  return match.match;
}

async function recorded(): Promise<string> {
  let text = "";
  await using dialog = new Expect(recordAsciicast(spawnPty(["echo", "hello"]), (line) => text += line));
  await dialog.expect(EOF);
  let shown = "";
  await playAsciicast(parseAsciicast(text), (part) => shown += part, { speed: Infinity });
  must(shown === "hello\r\n", JSON.stringify(shown));
  return `${text.trim().split("\n").length} lines of asciicast`;
}

async function listed(): Promise<string> {
  await using dialog = fakeDialog([{ says: "sure? " }, { hears: "yes\n", says: "done" }]);
  const results = await runBatch(dialog, [{ switch: [{ pattern: "sure?", steps: [{ sendLine: "yes" }] }] }, {
    expect: "done",
  }]);
  must(dialog.finished, "the script is not done");
  return `${results.length} steps, with no program`;
}

async function commands(): Promise<string> {
  await using shell = await openRepl("bash");
  must(await shell.run("x=42; printf %s $x") === "42", "no 42");
  const late = await failure(() => shell.run("sleep 60", { timeout: 100 }));
  must(late.name === "TimeoutError" && await shell.run("echo $x") === "42\n", "it did not go on");
  return "a command that took too long was ended, the shell goes on";
}

export const joinedTerminals: Step[] = [
  { area: "terminals", title: "a person joined with a program", run: joined },
  { area: "terminals", title: "two programs joined with each other", run: programsJoined },
  { area: "terminals", title: "a recording, played", run: recorded },
  { area: "terminals", title: "a dialog that is a list, held with a script", run: listed },
  { area: "terminals", title: "commands for bash", run: commands },
];
