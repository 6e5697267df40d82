import { Expect, spawnPty, waitNoEcho } from "../../mod.ts";
import { assert, assertEquals, denoCommand, repository, sample, test, within } from "../support/mod.ts";

const PROGRAM = repository("tests/terminals/programs/interacting.ts");

/** A person's shell, whose terminal is what it was before `interacting.ts` and after. */
class Desk implements AsyncDisposable {
  readonly pty = spawnPty(["bash", "--norc", "--noprofile", "--noediting", "-i"], { env: { PS1: "$ ", TERM: "dumb" } });
  readonly dialog = new Expect(this.pty);
  before = "";

  /** What a command says. */
  async ask(command: string): Promise<string> {
    await this.dialog.sendLine(`${command}; echo '<'`);
    await this.dialog.expect(/echo '<'\r\n/);
    return (await this.dialog.expect(/\r?\n?<\r\n\$ /)).before;
  }

  /** Start it; its process id. */
  async begin(how: string, behind = ""): Promise<number> {
    await this.dialog.expect("$ ");
    this.before = await this.ask("stty -g");
    const command = denoCommand(PROGRAM, { flags: ["--allow-run"], args: [how] }).map((word) => `'${word}'`).join(" ");
    await this.dialog.sendLine(`${command} ${behind}`);
    const { groups } = await this.dialog.expect(/pid (\d+)\r\n/);
    if (behind === "") await this.dialog.expect("READY\r\n");
    return Number(groups[1]);
  }

  /** How it has ended; the terminal is as it was. */
  async end(): Promise<string> {
    const { before } = await this.dialog.expect("$ ");
    const code = await this.ask("echo $?");
    assertEquals(await this.ask("stty -g"), this.before);
    return `${before.trim().split("\r\n").at(-1)} ${code}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dialog[Symbol.asyncDispose]();
  }
}

test("interact() passes keys as they are typed, and ends with the escape character", async () => {
  await using desk = new Desk();
  await desk.begin("escape");
  assert(await state(desk) !== desk.before);
  await desk.dialog.send("line\r");
  await desk.dialog.expect("line\r\n");
  await desk.dialog.send("\x1d");
  assertEquals(await desk.end(), "escape input [] 0");
});

/** How the person's terminal is set now. */
async function state({ pty }: Desk): Promise<string> {
  const { stdout } = await new Deno.Command("stty", { args: ["-g", "-F", pty.path] }).output();
  return new TextDecoder().decode(stdout).trim();
}

const ENDS: [how: string, typed: string, end: string][] = [
  ["escape", "\x04", "eof output [] 0"],
  ["filter", "throw\r", "thrown by the filter 0"],
  ["abort", "q", "given up 0"],
  ["pattern", "stop7\r", "pattern output 7[] 0"],
];
for (const [how, typed, end] of ENDS) {
  test(`interact() leaves the person's terminal as it was: ${end}`, async () => {
    await using desk = new Desk();
    await desk.begin(how);
    await desk.dialog.send(typed);
    assertEquals(await desk.end(), end);
  }, { skip: sample(how === "escape") });
}

for (const [signal, code] of [["SIGTERM", 143], ["SIGINT", 130], ["SIGHUP", 129], ["SIGQUIT", 131]] as const) {
  test(`interact() leaves the person's terminal as it was: ${signal}`, async () => {
    await using desk = new Desk();
    const pid = await desk.begin("escape");
    Deno.kill(pid, signal);
    assert((await desk.end()).endsWith(` ${code}`));
  }, { skip: sample(signal === "SIGTERM") });
}

test("interact() leaves the person's terminal as it was while it is stopped, and goes on", async () => {
  await using desk = new Desk();
  const pid = await desk.begin("escape");
  const raw = await state(desk);
  Deno.kill(pid, "SIGTSTP");
  await desk.dialog.expect(/Stopped.*\$ /s);
  assertEquals(await desk.ask("stty -g"), desk.before);
  await desk.dialog.sendLine("fg");
  await desk.dialog.expect(/interacting.*\r\n/);
  await waitNoEcho(desk.pty, { timeout: within(10_000) });
  await desk.dialog.send("again\r");
  await desk.dialog.expect("again\r\n");
  assertEquals(await state(desk), raw);
  await desk.dialog.send("\x1d");
  assertEquals(await desk.end(), "escape input [] 0");
}, { skip: sample(false), needs: ["perl"] });

test(
  "interact() in the background is stopped, and leaves the terminal alone until it is in the foreground",
  async () => {
    await using desk = new Desk();
    await desk.dialog.expect("$ ");
    await desk.dialog.sendLine("set -b");
    await desk.begin("escape", "&");
    await desk.dialog.expect(/Stopped/);
    await desk.dialog.sendLine("");
    await desk.dialog.expect("$ ");
    assertEquals(await desk.ask("stty -g"), desk.before);
    await desk.dialog.sendLine("fg");
    await desk.dialog.expect("READY\r\n");
    await desk.dialog.send("\x1d");
    assertEquals(await desk.end(), "escape input [] 0");
  },
  { skip: sample(false), needs: ["perl"] },
);

test("interact() passes on changes of the window's size, and what its filters make of it", async () => {
  await using desk = new Desk();
  await desk.begin("filter");
  desk.pty.resize({ rows: 33, cols: 101 });
  await desk.dialog.expect("33 101\r\n");
  await desk.dialog.send("plain\r");
  await desk.dialog.expect("FILTERED\r\n");
  await desk.dialog.send("\x1d");
  await desk.end();
}, { skip: sample(false), needs: ["perl"] });

test("interact() leaves what it is given at 0 blocking", async () => {
  await using desk = new Desk();
  const pid = await desk.begin("escape");
  const flags = () =>
    new TextDecoder().decode(
      new Deno.Command("sh", { args: ["-c", `grep -h flags /proc/${pid}/fdinfo/[01]`] }).outputSync().stdout,
    );
  for (const line of flags().trim().split("\n")) assertEquals(parseInt(line.split("\t")[1]!, 8) & 0o4000, 0);
  await desk.dialog.send("\x1d");
  await desk.end();
}, { skip: sample(false), needs: ["perl"] });
