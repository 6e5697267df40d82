/** What the examples of Perl's opens are for, with the real programs. */
import { assert, assertEquals, assertMatch, test, within } from "../support/mod.ts";
import { alive, exampleCommand, Folder, launched, Running } from "./launched.ts";

const spooler = (...args: string[]) => exampleCommand("pipes/spooler", ...args);
const diamond = (...args: string[]) => exampleCommand("pipes/diamond", ...args);
const background = (...args: string[]) => exampleCommand("pipes/background", ...args);
const safeRead = (...args: string[]) => exampleCommand("pipes/safe_read", ...args);

/** Wait until process `pid` is gone, which nothing announces: it is init's. */
async function gone(pid: number): Promise<void> {
  const deadline = performance.now() + within(5_000);
  while (alive(pid) && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
}

test("pipes/spooler copies its standard input to the command", async () => {
  const { code, stdout, stderr } = await launched(spooler("cat", "-n"), { input: "one\ntwo\n" });
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "     1\tone\n     2\ttwo\n", stderr: "" });
});

test("pipes/spooler copies stuff where its standard input is a terminal", async () => {
  const command = spooler("cat", "-v").map((word) => `'${word}'`).join(" ");
  const { stdout } = await launched(["script", "-qec", command, "/dev/null"]);
  assertMatch(stdout, /stuff\r?\n/);
}, { needs: ["script"] });

const MUCH = "x".repeat(1_000_000);
const SPOOLS: { script: string; input: string; stderr: string }[] = [
  { script: "cat >/dev/null; exit 3", input: "x", stderr: "spooler: bad spool: exit 3\n" },
  { script: "cat >/dev/null; kill -TERM $$", input: "x", stderr: "spooler: bad spool: killed by SIGTERM\n" },
  { script: "exit 0", input: MUCH, stderr: "spooler: spooler pipe broke\n" },
  { script: "exit 3", input: MUCH, stderr: "spooler: spooler pipe broke\nspooler: bad spool: exit 3\n" },
];
for (const { script, input, stderr: wanted } of SPOOLS) {
  test(`pipes/spooler says ${JSON.stringify(wanted)} where the command does "${script}"`, async () => {
    const { code, stdout, stderr } = await launched(spooler("sh", "-c", script), { input });
    assertEquals({ code, stdout, stderr }, { code: 1, stdout: "", stderr: wanted });
  });
}

test("pipes/spooler names a command that does not exist", async () => {
  const { code, stderr } = await launched(spooler("no-such-program"), { input: "x" });
  assertEquals([code, /^spooler: Cannot spawn "no-such-program": .*ENOENT/.test(stderr)], [1, true]);
});

test("pipes/diamond reads files, commands and standard input in order", async () => {
  using folder = new Folder();
  const args = ["lines.txt", "echo one; echo a,b|", "-", "cat lines.txt | tr a-z A-Z|"];
  const options = { cwd: folder.path, input: "in\r\nput" };
  const { code, stdout, stderr } = await launched(diamond(...args), options);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertEquals(stdout, "tcp one\nsecond\none\na,b\nin\r\nputTCP ONE\nSECOND\n");
  const numbered = await launched(diamond("-n", ...args), options);
  assertEquals(numbered.stdout.split("\n").slice(1, 6), [
    "lines.txt:2:second",
    "echo one; echo a,b|:1:one",
    "echo one; echo a,b|:2:a,b",
    "-:1:in",
    "-:2:put",
  ]);
});

test("pipes/diamond reads what a Perl program with <> reads", async () => {
  using folder = new Folder();
  const args = [`${folder.path}/lines.txt`, "echo cmd1|", "-", "cut -d, -f2 /dev/null; echo 'a,b' | cut -d, -f2|"];
  const perl = await launched(["perl", "-pe", "", "--", ...args], { input: "from tmpfile" });
  const ours = await launched(diamond(...args), { input: "from tmpfile" });
  assertEquals([ours.stdout, ours.stderr, ours.code], [perl.stdout, perl.stderr, perl.code]);
  assertEquals(ours.stdout, "tcp one\nsecond\ncmd1\nfrom tmpfileb\n");
}, { needs: ["perl"] });

test("pipes/diamond reports what is missing or fails, and goes on", async () => {
  using folder = new Folder();
  const { code, stdout, stderr } = await launched(diamond("missing", "echo x; exit 3|", "lines.txt"), {
    cwd: folder.path,
  });
  assertEquals({ code, stdout }, { code: 1, stdout: "x\ntcp one\nsecond\n" });
  assertEquals(stderr.split("\n"), [
    'diamond: Cannot open "missing": no such file or directory (ENOENT, open)',
    "diamond: bad echo x; exit 3: exit 3",
    "",
  ]);
});

test("pipes/diamond without arguments reads standard input", async () => {
  assertEquals((await launched(diamond(), { input: "a\nb" })).stdout, "a\nb");
  assertEquals((await launched(diamond("-n"), { input: "a\nb" })).stdout, "-:1:a\n-:2:b\n");
});

test("pipes/background prints the pid and ends; the command goes on, and leaves no zombie", async () => {
  const running = new Running(background("sh", "-c", "echo READY; exec sleep 600"));
  assertEquals((await running.child.status).code, 0);
  // The command still holds the pipe, so what follows is not the end.
  await running.stdout.until(/READY\n/);
  const pid = Number(/^\d+$/m.exec(await running.stdout.until(/^\d+\n/m))![0]);
  assert(alive(pid), `${pid} has ended with the example`);
  Deno.kill(pid, "SIGTERM");
  await running.end("");
  await gone(pid);
  assert(!alive(pid), `${pid} is left`);
});

test("pipes/background names a command that does not exist", async () => {
  const { code, stdout, stderr } = await launched(background("no-such-program"));
  assertEquals({ code, stdout }, { code: 1, stdout: "" });
  assertMatch(stderr, /^background: Cannot spawn "no-such-program": .*\n$/);
});

test("pipes/safe_read leaves metacharacters as they are", async () => {
  const words = ["", "$(id)", "a b", "*", ";", "|", "`id`", "--help", "-n", ">x"];
  const { stdout } = await launched(safeRead("printf", "<%s>\\n", ...words));
  assertEquals(stdout, words.map((word) => `<${word}>\n`).join(""));
});

test("pipes/safe_read shows each line as it comes, and tells how the kid ended", async () => {
  const running = new Running(safeRead("sh", "-c", "echo one; read line; echo $line; exit 3"));
  assertEquals(await running.stdout.until(/one\n/), "one\n");
  const { code, stdout, stderr } = await running.end("two\n");
  assertEquals({ code, stdout, stderr }, { code: 1, stdout: "one\ntwo\n", stderr: "safe_read: kid exited 3\n" });
  const killed = await launched(safeRead("sh", "-c", "kill -TERM $$"));
  assertEquals([killed.code, killed.stderr], [1, "safe_read: kid killed by SIGTERM\n"]);
});

test("pipes/open2 prints what cat -un returns", async () => {
  const { code, stdout, stderr } = await launched(exampleCommand("pipes/open2"));
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "got:      1\tstuff\n", stderr: "" });
});

test("pipes/open3 prints both outputs", async () => {
  const { code, stdout, stderr } = await launched(exampleCommand("pipes/open3"));
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertEquals(stdout.split("\n").sort(), ["", "err: no more stuff", "out:      1\tstuff"]);
});

test("pipes/deadlock shows who holds which end, and is done within 2 s", async () => {
  const begun = performance.now();
  const { code, stdout, stderr } = await launched(exampleCommand("pipes/deadlock"));
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assert(performance.now() - begun < within(4_000));
  assertEquals(stdout.replaceAll(/\b(kid|parent) \d+/g, "$1").replaceAll(/as \d\d+/g, "as N").split("\n"), [
    "parent holds the reading end as N and the writing end as N",
    "kid holds the reading end as 0",
    "sub-kid holds the writing end as 1",
    "the parent closes both",
    "parent holds no end",
    "kid holds the reading end as 0",
    "sub-kid holds the writing end as 1",
    "from the sub-kid",
    "done",
    "",
  ]);
});
