import { isFifo, isSocket, mkfifo } from "../../lib/pipes/mod.ts";
import { SyscallError } from "../../lib/core/mod.ts";
import { assert, assertEquals, assertMatch, assertThrows, denoSource, sample, test } from "../support/mod.ts";
import { FifoFolder } from "./fifo_folder.ts";

const modeOf = (path: string) => Deno.lstatSync(path).mode! & 0o7777;

for (const mode of [undefined, 0o600, 0o666, 0o777, 0o2, 0o4755, 0]) {
  const wanted = mode ?? 0o700;
  test(`mkfifo() makes a FIFO of mode 0o${wanted.toString(8)}${mode === undefined ? " by default" : ""}`, () => {
    using folder = new FifoFolder(false);
    const before = Deno.umask(0o077);
    try {
      mkfifo(folder.path, { mode });
    } finally {
      assertEquals(Deno.umask(before), 0o077);
    }
    assert(Deno.lstatSync(folder.path).isFifo);
    assertEquals(modeOf(folder.path), wanted);
  });
}

test("mkfifo() takes the URL of a file", () => {
  using folder = new FifoFolder(false);
  mkfifo(new URL(`file://${folder.folder}/a%20b`));
  assertEquals(folder.files, ["a b"]);
});

const IN_THE_WAY: [what: string, make: (path: string) => void][] = [
  ["a file", (path) => Deno.writeTextFileSync(path, "mine")],
  ["a folder", (path) => Deno.mkdirSync(path)],
  ["a FIFO", (path) => mkfifo(path, { mode: 0o600 })],
  ["a dangling link", (path) => Deno.symlinkSync("/no/such/file", path)],
];
for (const [what, make] of IN_THE_WAY) {
  test(`mkfifo() fails with EEXIST where there is ${what}, and leaves that alone`, () => {
    using folder = new FifoFolder(false);
    make(folder.path);
    const before = modeOf(folder.path);
    const error = assertThrows(() => mkfifo(folder.path, { mode: 0o777 }), SyscallError);
    assertEquals([error.code, error.syscall, error.path], ["EEXIST", "mkfifo", folder.path]);
    assertEquals(error.message, `Cannot create FIFO "${folder.path}": file exists (EEXIST, mkfifo)`);
    assertEquals([folder.files, modeOf(folder.path)], [["fifo"], before]);
  });
}

test("mkfifo() names a folder that is not there, or is none", () => {
  assertEquals(assertThrows(() => mkfifo("/no/such/folder/fifo"), SyscallError).code, "ENOENT");
  assertEquals(assertThrows(() => mkfifo("/dev/null/fifo"), SyscallError).code, "ENOTDIR");
  assertEquals(assertThrows(() => mkfifo(""), SyscallError).code, "ENOENT");
});

test("mkfifo() refuses wrong arguments before it makes anything", () => {
  using folder = new FifoFolder(false);
  for (const mode of [-1, 0o10000, 1.5, NaN]) assertThrows(() => mkfifo(folder.path, { mode }), RangeError, "mode");
  assertThrows(() => mkfifo(`${folder.path}\0x`), TypeError, "NUL");
  assertThrows(() => mkfifo(new URL("https://example.com/fifo")), TypeError, "Not the URL of a file");
  assertEquals(folder.files, []);
});

test("isFifo() and isSocket() tell them from other files and from none, through links", () => {
  using folder = new FifoFolder();
  const socket = `${folder.folder}/socket`;
  using _listener = Deno.listen({ transport: "unix", path: socket });
  Deno.symlinkSync(folder.path, `${folder.folder}/to-fifo`);
  Deno.symlinkSync(socket, `${folder.folder}/to-socket`);
  Deno.symlinkSync("nowhere", `${folder.folder}/dangling`);
  const rows: [string, boolean, boolean][] = [
    [folder.path, true, false],
    [`${folder.folder}/to-fifo`, true, false],
    [socket, false, true],
    [`${folder.folder}/to-socket`, false, true],
    [`${folder.folder}/dangling`, false, false],
    [`${folder.folder}/none`, false, false],
    [`${folder.path}/below`, false, false],
    [folder.folder, false, false],
    ["/dev/null", false, false],
  ];
  assertEquals(rows.map(([path]) => [path, isFifo(path), isSocket(path)]), rows);
  assertEquals(isFifo(new URL(`file://${folder.path}`)), true);
});

test("mkfifo(), isFifo() and openFifo() ask for write, read, and what their mode needs", async () => {
  using folder = new FifoFolder();
  const source = (call: string) => `
    import { isFifo, isSocket, mkfifo, openFifo, serveFifo } from "vasty/mod.ts";
    const said = await (async () => ${call})().then(() => "done", (error) => error.message.replace(/^.* access to .*, run/, "run"));
    console.log(said);
  `;
  const read = `--allow-read=${folder.path}`;
  const write = `--allow-write=${folder.path}`;
  const lacks = (name: string) => `run again with the --allow-${name} flag`;
  const path = JSON.stringify(folder.path);
  const cases: [call: string, flags: string[], said: RegExp][] = [
    [`mkfifo(${path})`, [read], new RegExp(lacks("write"))],
    [`mkfifo(${path})`, [write], /EEXIST/],
    [`isFifo(${path})`, [write], new RegExp(lacks("read"))],
    [`isSocket(${path})`, [read], /^done$/],
    [`openFifo(${path}, "r", { timeout: 0 })`, [write], new RegExp(lacks("read"))],
    [`openFifo(${path}, "r", { timeout: 0 })`, [read], /Timed out/],
    [`openFifo(${path}, "r", { until: "closed" })`, [read], new RegExp(lacks("write"))],
    [`openFifo(${path}, "r", { until: "closed" }).then((fifo) => fifo.close())`, [read, write], /^done$/],
    [`openFifo(${path}, "w", { nonBlocking: true })`, [read], new RegExp(lacks("write"))],
    [`openFifo(${path}, "w", { nonBlocking: true })`, [write], /ENXIO/],
    [`serveFifo(${path}, () => "")`, [read], new RegExp(lacks("write"))],
  ];
  // One after the other: they would meet in the FIFO.
  for (const [call, flags, said] of cases) {
    const { stdout, stderr } = await denoSource(source(call), { flags });
    assertEquals(stderr, "", call);
    assertMatch(stdout.trim(), said);
  }
}, { skip: sample(false) });
