/** What each example of pipes is for, with the real programs. */
import { assert, assertEquals, assertMatch, test } from "../support/mod.ts";
import { missing } from "../support/peers.ts";
import { alive, childrenOf, exampleCommand, Folder, launched, Running } from "./launched.ts";

const status = (...args: string[]) => exampleCommand("pipes/status", ...args);
const backticks = (...args: string[]) => exampleCommand("pipes/backticks", ...args);
const listForm = (...args: string[]) => exampleCommand("pipes/list_form", ...args);

/** A folder that is all of PATH, with links to `programs`. */
class Path implements Disposable {
  readonly folder: string = Deno.makeTempDirSync();

  constructor(...programs: string[]) {
    for (const program of programs) Deno.symlinkSync(program, `${this.folder}/${program.replace(/.*\//, "")}`);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** Where `program` is, by PATH. */
function whereIs(program: string): string {
  const folders = Deno.env.get("PATH")!.split(":");
  return `${folders.find((folder) => missing([program]).length === 0 && isFile(`${folder}/${program}`))}/${program}`;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

test("pipes/status shows what netstat -an says, but for tcp and udp", async () => {
  const { code, stdout, stderr } = await launched(status());
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertMatch(stdout, /^Active UNIX domain sockets/m);
  assert(!/^(tcp|udp)/m.test(stdout), stdout);
}, { needs: ["netstat"] });

test("pipes/status takes ss -an where there is no netstat, and says so", async () => {
  using path = new Path(whereIs("ss"));
  const { code, stdout, stderr } = await launched(status(), { env: { PATH: path.folder } });
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /^status: no netstat here, so ss -an\n/);
  assertMatch(stdout, /^Netid/);
  assert(!/^(tcp|udp)/m.test(stdout), stdout);
}, { needs: ["ss"] });

test("pipes/status without netstat and ss says what is missing", async () => {
  using path = new Path();
  const { code, stdout, stderr } = await launched(status(), { env: { PATH: path.folder } });
  assertEquals({ code, stdout }, { code: 1, stdout: "" });
  assertMatch(stderr, /\nstatus: Cannot spawn "ss": no such file or directory \(ENOENT, posix_spawn\)\n$/);
});

test("pipes/status drops only lines that begin with tcp or udp", async () => {
  const { stdout } = await launched(status("printf", "%s\\n", "tcp6 a", "udp", "", " tcp", "unix 2", "TCP"));
  assertEquals(stdout, "\n tcp\nunix 2\nTCP\n");
});

test("pipes/status shows each line as it comes", async () => {
  const running = new Running(status("sh", "-c", "echo one; read line; echo $line"));
  assertEquals(await running.stdout.until(/one\n/), "one\n");
  assertEquals((await running.end("two\n")).stdout, "one\ntwo\n");
});

const FAILURES: [script: string, words: string][] = [
  ["echo last; exit 4", "exit 4"],
  ["echo last; kill -KILL $$", "killed by SIGKILL"],
];
for (const [script, words] of FAILURES) {
  test(`pipes/status reports a command that ends with ${words}, after its last line`, async () => {
    const { code, stdout, stderr } = await launched(status("sh", "-c", script));
    assertEquals({ code, stdout, stderr }, { code: 1, stdout: "last\n", stderr: `status: bad netstat: ${words}\n` });
  });
}

test("pipes/status names a command that does not exist", async () => {
  const { code, stderr } = await launched(status("no-such-program"));
  assertEquals({ code, stderr }, {
    code: 1,
    stderr: 'status: Cannot spawn "no-such-program": no such file or directory (ENOENT, posix_spawn)\n',
  });
});

test("pipes/status ends with its endless command when nobody reads any more", async () => {
  const running = new Running(status("yes"));
  await running.stdout.until(/y\n/);
  const [example] = childrenOf(running.child.pid);
  const [yes] = childrenOf(example!);
  await running.stdout.close();
  const { code, stderr } = await running.end();
  assertEquals({ code, stderr }, { code: 141, stderr: "" });
  assert(!alive(example!) && !alive(yes!), `process ${example} or ${yes} is left`);
});

const STATUSES: [script: string, code: number, line: string][] = [
  ["exit 0", 0, "status 0: exit 0, signal 0, core no"],
  ["exit 3", 3, "status 768: exit 3, signal 0, core no"],
  ["exit 255", 255, "status 65280: exit 255, signal 0, core no"],
  ["kill -TERM $$", 143, "status 15: exit 0, signal 15, core no"],
];
for (const [script, code, line] of STATUSES) {
  test(`pipes/backticks tells how "${script}" ended`, async () => {
    const ended = await launched(backticks("sh", "-c", `printf out; echo err >&2; ${script}`));
    const { stdout, stderr } = ended;
    assertEquals({ code: ended.code, stdout, stderr }, { code, stdout: "out", stderr: `err\n${line}\n` });
  });
}

test("pipes/backticks prints its command's output byte for byte", async () => {
  const dump = ["sh", "-c", `"$@" | od -An -v -tx1`, "sh"];
  const { stdout } = await launched(backticks("printf", "\\377\\376\\000\\r\\n\\303"), { under: dump });
  assertEquals(stdout.trim(), "ff fe 00 0d 0a c3");
});

test("pipes/backticks gives the command its arguments as they are", async () => {
  const { stdout } = await launched(backticks("printf", "<%s>", "", "--help", "-n", "a b", "$(id)", "*"));
  assertEquals(stdout, "<><--help><-n><a b><$(id)><*>");
});

test("pipes/bogus shows all three failures", async () => {
  const { code, stdout, stderr } = await launched(exampleCommand("pipes/bogus"));
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const lines = stdout.replace(/descriptor \d+/, "descriptor N").split("\n");
  assertEquals(lines, [
    'list form: Cannot spawn "bogus": no such file or directory (ENOENT, posix_spawn)',
    "shell form: Cannot write to descriptor N: broken pipe (EPIPE, write)",
    "shell form: exit 127 at close",
    'reading form: Cannot spawn "bogus": no such file or directory (ENOENT, posix_spawn)',
    "",
  ]);
});

test("pipes/bogus fails where there is a program of that name", async () => {
  using path = new Path(whereIs("true"));
  Deno.renameSync(`${path.folder}/true`, `${path.folder}/bogus`);
  const { code, stderr } = await launched(exampleCommand("pipes/bogus"), { env: { PATH: path.folder } });
  assertEquals({ code, stderr }, {
    code: 1,
    stderr: "bogus: there is a program named bogus here: the list form started it\n",
  });
});

test("pipes/list_form prints what ps, egrep and cat -n write", async () => {
  using folder = new Folder();
  const { code, stdout, stderr } = await launched(listForm("O.E|sec", "lines.txt"), { cwd: folder.path });
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertMatch(stdout, /^USER +PID/);
  assertMatch(stdout, /\ntcp one\nsecond\n +1\ttcp one\n +2\tsecond\n$/);
}, { needs: ["ps", "egrep"] });

test("pipes/list_form shows no shell its pattern and files", async () => {
  using folder = new Folder();
  Deno.writeTextFileSync(`${folder.path}/$(touch made);touch made`, "X marks\nuid=0\n-v\n");
  const run = (pattern: string) => launched(listForm(pattern, "$(touch made);touch made"), { cwd: folder.path });
  const substituted = await run("$(id)|x");
  assertMatch(substituted.stdout, /\nX marks\n +1\tX marks\n$/);
  const option = await run("-v");
  assertMatch(option.stdout, /\n-v\n +1\t-v\n$/);
  assertEquals(folder.files, ["$(touch made);touch made", "lines.txt"]);
}, { needs: ["ps", "egrep"] });

test("pipes/list_form goes on where nothing matches", async () => {
  using folder = new Folder();
  const { code, stdout, stderr } = await launched(listForm("no such line", "lines.txt"), { cwd: folder.path });
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertMatch(stdout, /^USER/);
}, { needs: ["ps", "egrep"] });

test("pipes/list_form reports an egrep that fails", async () => {
  using folder = new Folder();
  const { code, stderr } = await launched(listForm("x", "missing.txt"), { cwd: folder.path });
  assertEquals(code, 1);
  assertMatch(stderr, /missing\.txt.*\nlist_form: bad egrep: exit 2\n$/);
}, { needs: ["ps", "egrep"] });
