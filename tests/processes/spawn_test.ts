import { pipe } from "../../lib/pipes/mod.ts";
import { capture, spawn, type SpawnOptions } from "../../lib/processes/mod.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertThrows,
  children,
  denoSource,
  EMULATED,
  FORKED,
  test,
} from "../support/mod.ts";
import { readProc } from "../support/proc.ts";
import { ENGINES } from "./programs/engines.ts";
import {
  ALL_DEFAULT,
  exists,
  LIST_SIGNALS,
  listDescriptors,
  parseDescriptors,
  withoutInternal,
} from "./programs/reports.ts";

/** What {@linkcode LIST_SIGNALS} printed; what qemu-user was started with stays for the two that are glibc's own. */
function signals(printed: string): string {
  return EMULATED ? withoutInternal(printed) : printed;
}

test("spawn() returns a child that runs while the program goes on", async () => {
  await using child = spawn(["cat"], { stdin: "piped", stdout: "piped" });
  assert(child.pid > 1 && exists(child.pid));
  assertEquals(child.command, ["cat"]);
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode("there and back"));
  await writer.close();
  assertEquals(await new Response(child.stdout).text(), "there and back");
  assertEquals((await child.status).code, 0);
});

test("spawn() has executed the program when it returns", async () => {
  await using child = spawn(["sleep", "60"]);
  assertEquals(readProc(`/proc/${child.pid}/comm`), "sleep\n");
}, { skip: FORKED });

test("spawn() hands every argument over as it is", async () => {
  const words = ["", " ", "$HOME", "*", "a\nb", "'\"\\", "é \u{1F600}", "-n", "--"];
  const { stdout } = await capture(["printf", "%s\\0", ...words]);
  assertEquals(stdout, words.map((word) => `${word}\0`).join(""));
});

for (const [engine, how] of Object.entries(ENGINES)) {
  test(`spawn() by ${engine} gives the child 0, 1, 2 and what was listed, and nothing else`, async () => {
    const { reader, writer } = pipe();
    using _reader = reader;
    using _writer = writer;
    using _file = Deno.openSync("/etc/passwd");
    const { stdout } = await capture(listDescriptors(), { ...how, stdin: "null", fds: { 9: writer } });
    assertEquals([...parseDescriptors(stdout).keys()], [0, 1, 2, 9]);
    const plain = parseDescriptors((await capture(listDescriptors(), how)).stdout);
    assertEquals([...plain.keys()], [0, 1, 2]);
  }, { needs: ["perl"] });
}

test("spawn() gives the child nothing else even where descriptors without close-on-exec lie about", async () => {
  const source = `
    import { FCNTL } from "vasty/ffi/abi/fcntl.ts";
    import { fcntl } from "vasty/ffi/fcntl.ts";
    import { capture } from "vasty/mod.ts";
    import { listDescriptors } from "vasty/tests/processes/programs/reports.ts";
    for (const least of [3, 100, 900]) fcntl(0, 0, least); // F_DUPFD, which does not set close-on-exec
    console.log((await capture(listDescriptors())).stdout.match(/^\\d+/gm).join(" "));
    console.log((await capture(listDescriptors(), { fds: { 7: "null" } })).stdout.match(/^\\d+/gm).join(" "));
  `;
  const { stdout, stderr } = await denoSource(source, { flags: ["--allow-run=perl"] });
  assertEquals({ stdout, stderr }, { stdout: "0 1 2\n0 1 2 7\n", stderr: "" });
}, { needs: ["perl"] });

for (const [engine, how] of Object.entries(ENGINES)) {
  test(`spawn() by ${engine} starts a child with every signal at its default and none blocked`, async () => {
    assertEquals(signals((await capture(LIST_SIGNALS, how)).stdout), ALL_DEFAULT);
  });
}

const INHERITED: Record<string, string[]> = {
  "HUP ignored": ["perl", "-e", '$SIG{HUP} = "IGNORE"; exec @ARGV'],
  "everything ignored that can be": ["perl", "-e", '$SIG{$_} = "IGNORE" for qw(INT QUIT TERM USR2 TSTP); exec @ARGV'],
  "a mask with USR2 and RTMIN+1 in it": [
    "perl",
    "-MPOSIX",
    "-e",
    "sigprocmask(SIG_BLOCK, POSIX::SigSet->new(SIGUSR2, SIGALRM, 35)); exec @ARGV",
  ],
};

for (const [what, under] of Object.entries(INHERITED)) {
  test(`spawn() starts a child with default signals from a program that was started with ${what}`, async () => {
    const source = `
      import { capture, captureSync } from "vasty/mod.ts";
      import { LIST_SIGNALS } from "vasty/tests/processes/programs/reports.ts";
      console.log((await capture(LIST_SIGNALS)).stdout + captureSync(LIST_SIGNALS).stdout);
    `;
    const { stdout, stderr } = await denoSource(source, { flags: ["--allow-run=sed"], under });
    assertEquals([signals(stdout), stderr], [`${ALL_DEFAULT}${ALL_DEFAULT}\n`, ""]);
  }, { needs: ["perl"] });
}

test("spawn() runs the child in cwd, a path or a URL", async () => {
  const folder = await Deno.makeTempDir({ prefix: "a b%41é" });
  try {
    for (const cwd of [folder, new URL(`file://${encodeURI(folder)}/`)]) {
      assertEquals((await capture(["/bin/pwd"], { cwd })).stdout, `${folder}\n`, `${cwd}`);
    }
  } finally {
    await Deno.remove(folder);
  }
});

test("spawn() shows argv0 as the program's own name", async () => {
  const { stdout } = await capture(["cat", "/proc/self/cmdline"], { argv0: "-login" });
  assertEquals(stdout, "-login\0/proc/self/cmdline\0");
});

test("spawn() refuses a command that is not an array of strings", () => {
  for (const command of ["ls", [], [1], null, undefined, ["ls", null], {}]) {
    assertThrows(() => spawn(command as unknown as string[]), TypeError, "A command is an array of strings");
  }
});

const SENSELESS: [SpawnOptions, new () => Error, string][] = [
  [{ timeout: -1 }, RangeError, "timeout must be"],
  [{ grace: NaN }, RangeError, "grace must be"],
  [{ grace: -1 }, RangeError, "grace must be"],
  [{ timeout: NaN }, RangeError, "timeout must be"],
  [{ signal: AbortSignal.abort(new TypeError("my reason")) }, TypeError, "my reason"],
  [{ fds: { 3: "piped" as "null" } }, TypeError, "fds[3]"],
  [{ fds: { 2: "null" } }, RangeError, "0, 1 and 2"],
  [{ fds: { 65536: "null" } }, RangeError, "65535"],
  [{ stdin: {} as "null" }, TypeError, "Descriptor 0 cannot be"],
  [{ stdin: -1 }, RangeError, "-1"],
  [{ stdin: 0.5 }, RangeError, "0.5"],
  [{ stdout: { path: "/dev/null", access: "sideways" as "read" } }, TypeError, "sideways"],
  [{ stdout: new URL("https://example.com/") }, TypeError, "https://example.com/"],
  [{ cwd: new URL("https://example.com/") }, TypeError, "https://example.com/"],
  [{ env: { "": "x" } }, TypeError, "Not the name"],
  [{ env: { "A=B": "x" } }, TypeError, "Not the name"],
];

test("spawn() refuses options that make no sense before anything is started", () => {
  const before = children();
  for (const [options, type, words] of SENSELESS) {
    assertThrows(() => spawn(["true"], options), type, words, Deno.inspect(options));
  }
  assertEquals(children(), before);
});

test("spawn() never disturbs the children of Deno.Command that run at the same time", async () => {
  const codes = Array.from({ length: 50 }, (_, i) => i);
  const command = (code: number) => ["sh", "-c", `sleep 0.0${code % 7}; exit ${code}`];
  const theirs = codes.map((code) => new Deno.Command("sh", { args: command(code).slice(1) }).spawn().status);
  const ours = codes.map((code) => spawn(command(code)).status);
  assertEquals((await Promise.all(ours)).map(({ code }) => code), codes);
  assertEquals((await Promise.all(theirs)).map(({ code }) => code), codes);
});

test("spawn() takes a hundred children at a time", async () => {
  const children = Array.from({ length: 100 }, (_, i) => spawn(["sh", "-c", `exit ${i}`]));
  assertEquals(new Set(children.map(({ pid }) => pid)).size, 100);
  const statuses = await Promise.all(children.map(({ status }) => status));
  assertEquals(statuses.map(({ code }) => code), Array.from({ length: 100 }, (_, i) => i));
});

test("spawn() works in a Web Worker, and terminating it does not hang the program", async () => {
  const worker = new URL("programs/worker.ts", import.meta.url).href;
  const source = `
    const worker = new Worker(${JSON.stringify(worker)}, { type: "module" });
    const { promise, resolve, reject } = Promise.withResolvers();
    worker.onmessage = (event) => resolve(event.data);
    worker.onerror = (event) => reject(event.message);
    console.log(JSON.stringify(await promise));
    worker.terminate();
  `;
  const { stdout, stderr, code } = await denoSource(source, { flags: ["--allow-run", "--allow-read"] });
  assertEquals({ stderr, code }, { stderr: "", code: 0 });
  const expected = { text: "hello\n", sync: "hello again\n", code: 7, line: "y", late: "TimeoutError", running: true };
  assertEquals(JSON.parse(stdout), expected);
  assertMatch(stdout, /hello/);
});
