import { LogFile } from "../../lib/daemons/mod.ts";
import { ClosedError } from "../../lib/core/mod.ts";
import { mkfifo } from "../../lib/pipes/mod.ts";
import { spawn } from "../../lib/processes/mod.ts";
import { raise } from "../../lib/signals/mod.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertThrows,
  denoCommand,
  denoSource,
  EMULATED,
  test,
} from "../support/mod.ts";

/** A folder with a log, gone at the end of the block. */
class Place implements Disposable {
  readonly folder: string = Deno.makeTempDirSync();
  readonly path = `${this.folder}/d.log`;

  get text(): string {
    return Deno.readTextFileSync(this.path);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

test("LogFile appends lines with name, process and date, or as its format says", () => {
  using place = new Place();
  Deno.writeTextFileSync(place.path, "before\n");
  {
    using log = LogFile.open(place.path, { name: "d" });
    assert(log.print("it works"));
    using other = LogFile.open(place.path, { format: ({ text, pid }) => `${pid === Deno.pid} ${text}` });
    other.print("two\nlines");
  }
  const date = /\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}/.source;
  assertMatch(place.text, new RegExp(`^before\nd ${Deno.pid}: it works at ${date}\ntrue two\nlines\n$`));
});

test("LogFile makes a file that is not for all, and says what it cannot open", () => {
  using place = new Place();
  LogFile.open(place.path).close();
  assertEquals(Deno.statSync(place.path).mode! & 0o777, 0o640);
  assertThrows(() => LogFile.open(`${place.folder}/none/d.log`), Deno.errors.NotFound, "Cannot open the log");
  assertThrows(() => LogFile.open(place.folder), Error, "EISDIR");
  assertThrows(() => LogFile.open("a\0b"), TypeError, "NUL");
  assertThrows(() => LogFile.open(place.path, { mode: -1 }), RangeError, "mode");
  assertThrows(() => LogFile.open(place.path, { reopenOn: "NONE" }), TypeError, "no signal");
});

test("LogFile.reopen() goes on in a new file, and in the old one where it cannot", () => {
  using place = new Place();
  using log = LogFile.open(place.path, { name: "d", format: ({ text }) => text });
  log.print("1");
  Deno.renameSync(place.path, `${place.path}.1`);
  log.print("2");
  assert(log.reopen());
  log.print("3");
  assertEquals([Deno.readTextFileSync(`${place.path}.1`), place.text], ["1\n2\n", "3\n"]);
  Deno.renameSync(place.path, `${place.path}.2`);
  Deno.mkdirSync(place.path);
  assertEquals(log.reopen(), false);
  log.print("4");
  const old = Deno.readTextFileSync(`${place.path}.2`);
  assertEquals(old, `3\ncannot open the log ${JSON.stringify(place.path)} again (EISDIR)\n4\n`);
});

test("LogFile finds its folder again that was replaced, and outlives one that is gone", () => {
  using place = new Place();
  const folder = `${place.folder}/logs`;
  Deno.mkdirSync(folder);
  using log = LogFile.open(`${folder}/d.log`, { format: ({ text }) => text });
  Deno.removeSync(folder, { recursive: true });
  assertEquals([log.print("lost to all"), log.reopen()], [true, false]);
  Deno.mkdirSync(folder);
  assertEquals([log.reopen(), log.print("here")], [true, true]);
  assertEquals(Deno.readTextFileSync(`${folder}/d.log`), "here\n");
});

test("LogFile is opened again at a signal, until it is closed", () => {
  using place = new Place();
  const log = LogFile.open(place.path, { reopenOn: ["SIGUSR2"], format: ({ text }) => text });
  Deno.renameSync(place.path, `${place.path}.1`);
  raise("SIGUSR2");
  log.print("new");
  assertEquals(place.text, "new\n");
  log.close();
  log.close();
  assertThrows(() => log.print("late"), ClosedError);
  assertThrows(() => log.reopen(), ClosedError);
  assertThrows(() => log.standBehind("stdout"), ClosedError);
});

test("LogFile loses what a full disk has no room for, and says how much", async () => {
  using place = new Place();
  // A file may be so long in that process: 40 bytes fit, the rest of a line does not, nor the next two.
  const source = `
    import { LogFile, SIG } from "vasty/mod.ts";
    SIG.XFSZ = "IGNORE";
    const log = LogFile.open(Deno.args[0], { format: ({ text }) => text });
    new Deno.Command("prlimit", { args: ["--pid", String(Deno.pid), "--fsize=40"] }).outputSync();
    const said = ["a".repeat(30), "b".repeat(30), "c"].map((text) => log.print(text));
    Deno.truncateSync(Deno.args[0], 0);
    said.push(log.print("d"));
    console.log(said.join());`;
  const flags = [`--allow-write=${place.folder}`, "--allow-run=prlimit"];
  const { stdout } = await denoSource(source, { args: [place.path], flags });
  assertEquals(stdout, "true,false,false,true\n");
  assertEquals(place.text, "\n2 entries lost (EFBIG)\nd\n");
}, { needs: ["prlimit"] });

test("LogFile loses what goes to a full device, and the program goes on", () => {
  using log = LogFile.open("/dev/full");
  assertEquals([log.print("nobody reads this"), log.print("nor that"), log.reopen()], [false, false, true]);
});

test("LogFile stands behind standard output and error, also after a reopen", async () => {
  using place = new Place();
  const source = `
    import { LogFile } from "vasty/mod.ts";
    const log = LogFile.open(Deno.args[0], { streams: ["stdout"], format: ({ text }) => text });
    console.log("output");
    log.standBehind("stderr");
    console.error("error");
    Deno.renameSync(Deno.args[0], Deno.args[0] + ".1");
    log.reopen();
    console.log("again");
    throw new Error("the end");`;
  const flags = [`--allow-read=${place.folder}`, `--allow-write=${place.folder}`];
  const { code, stdout, stderr } = await denoSource(source, { args: [place.path], flags });
  assertEquals({ code, stdout, stderr }, { code: 1, stdout: "", stderr: "" });
  assertEquals(Deno.readTextFileSync(`${place.path}.1`), "output\nerror\n");
  assertMatch(place.text, /^again\nerror: Uncaught .*Error: the end\n[^]*at file:/);
});

test("LogFile.open() that fails leaves no handler of a signal, and the standard streams", async () => {
  using place = new Place();
  const source = `
    import { kill, LogFile } from "vasty/mod.ts";
    const options = { reopenOn: ["SIGUSR1", "SIGKILL"], streams: ["stdout"] };
    try { LogFile.open(Deno.args[0], options) } catch (error) { console.log(error.name) }
    // Nobody handles it.
    kill(Deno.pid, "SIGUSR1");`;
  const flags = [`--allow-write=${place.folder}`, "--allow-run"];
  const { signal, stdout, stderr } = await denoSource(source, { args: [place.path], flags });
  assertEquals({ signal, stdout, stderr, text: place.text }, {
    signal: "SIGUSR1",
    stdout: "TypeError\n",
    stderr: "",
    text: "",
  });
});

test("LogFile stands behind what children of Deno's write as well", async () => {
  using place = new Place();
  const source = `
    import { LogFile, run } from "vasty/mod.ts";
    using _log = LogFile.open(Deno.args[0], { streams: ["stdout", "stderr"] });
    await run(["sh", "-c", "echo one; echo two >&2"], { stdout: "inherit", stderr: "inherit" });
    new Deno.Command("sh", { args: ["-c", "echo three; echo four >&2"], stdout: "inherit", stderr: "inherit" }).outputSync();`;
  const flags = [`--allow-write=${place.folder}`, "--allow-run"];
  const { stdout, stderr } = await denoSource(source, { args: [place.path], flags });
  assertEquals([stdout, stderr, place.text], ["", "", "one\ntwo\nthree\nfour\n"]);
}, { skip: EMULATED && "the emulator has no kcmp" });

test("LogFile in a FIFO is waited for by those who write to the standard streams, and not by print()", async () => {
  using place = new Place();
  await mkfifo(place.path);
  // Much more than fits, for somebody who begins to read when the child runs.
  const source = `
    import { LogFile, run } from "vasty/mod.ts";
    const log = LogFile.open(Deno.args[0], { streams: ["stdout"], format: ({ text }) => text });
    while (log.print("x".repeat(4_000)));
    console.error("full");
    console.log("y".repeat(100_000));
    await run(["seq", "100000"], { stdout: "inherit" });
    new Deno.Command("echo", { args: ["end"], stdout: "inherit" }).outputSync();
    log.close();`;
  const first = await Deno.open(place.path, { read: true, write: true });
  const flags = ["--allow-run", `--allow-write=${place.folder}`];
  const command = denoCommand(await sourceFile(place, source), { flags, args: [place.path] });
  await using child = spawn(command, { stdout: "null", stderr: "piped" });
  const errors = child.stderr.getReader();
  assertEquals(new TextDecoder().decode((await errors.read()).value), "full\n");
  // This one comes to the end when the program has ended.
  const reader = await Deno.open(place.path);
  first.close();
  const text = await new Response(reader.readable).text();
  assertMatch(text, /^(x{4000}\n)+x*\n?y{100000}\n1\n2\n[^]*\n100000\nend\n$/);
  assertEquals([(await errors.read()).done, (await child.status).code], [true, 0]);
});

/** A program in the folder. */
async function sourceFile(place: Place, source: string): Promise<string> {
  const path = `${place.folder}/program.ts`;
  await Deno.writeTextFile(path, source.replaceAll('"vasty/', `"${new URL("../../", import.meta.url).href}`));
  return path;
}

test("LogFile.behind() writes to what is open until its path can be opened", () => {
  using place = new Place();
  const path = `${place.folder}/later/d.log`;
  const first = LogFile.open(place.path);
  using log = LogFile.behind(path, first.fd.duplicate(), { name: "d" });
  first.close();
  assert(!log.reopen());
  assertMatch(place.text, /^d \d+: cannot open the log ".*later\/d\.log" again \(ENOENT\) at .*\n$/);
  Deno.mkdirSync(`${place.folder}/later`);
  assert(log.reopen());
  log.print("there");
  assertMatch(Deno.readTextFileSync(path), /^d \d+: there at .*\n$/);
});

test("LogFile.reopen() finds the folder of a relative path that was removed and made again", async () => {
  using place = new Place();
  const { stdout, stderr } = await denoSource(
    `import { LogFile } from "vasty/mod.ts";
     const [folder] = Deno.args;
     Deno.chdir(folder);
     Deno.mkdirSync("log");
     using log = LogFile.open("log/x", { format: ({ text }) => text });
     Deno.chdir("/");
     Deno.removeSync(folder + "/log", { recursive: true });
     const without = log.reopen();
     Deno.mkdirSync(folder + "/log");
     console.log(without, log.reopen(), log.print("again"), Deno.readTextFileSync(folder + "/log/x"));`,
    { flags: ["--allow-read", "--allow-write"], args: [place.folder] },
  );
  assertEquals([stdout, stderr], ["false true true again\n\n", ""]);
});
