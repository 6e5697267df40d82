import { ExitError, openSelf, readLines, type SelfRunOptions, spawn, SyscallError, warmSelf } from "../../mod.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
  denoSource,
  sample,
  size,
  test,
  within,
} from "../support/mod.ts";
import { exists } from "./programs/reports.ts";

const MODULE = new URL("programs/self_exports.ts", import.meta.url).href;

/** What the export `name` printed. */
async function printed(name: string, args: unknown[] = [], options = {}): Promise<string> {
  await using child = openSelf("-|", MODULE, name, args, options);
  const text = await new Response(child.readable).text();
  assertEquals((await child.close()).code, 0);
  return text.trimEnd();
}

/** How the export ended. */
async function closed(name: string, args: unknown[] = [], options: SelfRunOptions = {}) {
  await using child = openSelf("none", MODULE, name, args, { stderr: "null", ...options });
  return await child.close();
}

test('openSelf() "-|" has a function of a module run in a process of its own, and reads what it prints', async () => {
  await using child = openSelf("-|", MODULE, "show", ["one", 2]);
  const lines = await Array.fromAsync(child.lines());
  assertEquals(lines, ['[ "one", 2 ]']);
  assert(child.pid !== Deno.pid);
  assertEquals(`${await child.close()}`, "exit 0");
});

test('openSelf() "|-" writes what the function reads, and close() gives its exit code', async () => {
  const file = await Deno.makeTempFile();
  try {
    await using child = openSelf("|-", MODULE, "capitals", [], { stdout: file, check: false });
    child.write("some ");
    child.write("text");
    assertEquals((await child.close()).code, 4);
    assertEquals(await Deno.readTextFile(file), "SOME TEXT\n");
  } finally {
    await Deno.remove(file);
  }
});

test('openSelf() "both" writes and reads', async () => {
  await using child = openSelf("both", MODULE, "capitals", [], { check: false });
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode("both ways"));
  await writer.close();
  assertEquals(await new Response(child.stdout).text(), "BOTH WAYS\n");
  assertEquals((await child.close()).code, 4);
});

test('openSelf() "both" has a pipe of the errors where it is asked for', async () => {
  await using child = openSelf("both", MODULE, "complains", ["odd"], { stderr: "piped" });
  assertEquals(await new Response(child.stderr).text(), "odd\n");
  assertEquals((await child.close()).code, 0);
});

test("openSelf() carries what structured clone carries, and nobody else sees it", async () => {
  const cycle: Record<string, unknown> = { name: "ring" };
  cycle.self = cycle;
  const args = [
    ["text", 1.5, true, null, [1, [2]], { a: { b: "c" } }],
    ["\u{1f600}\ud800", -0, NaN, undefined, [undefined], 10n ** 20n],
    [new Map([["k", new Set([1])]]), new Date(0), new Uint8Array([1, 2, 3]), /x/gi],
    [cycle, Array.from({ length: 3 })],
    [JSON.parse('{ "__proto__": 1 }'), { a: 1 }, Object.defineProperty({}, "own", { value: 1, enumerable: true })],
  ];
  for (const each of args) assertEquals(await printed("show", each), Deno.inspect(each, { depth: 9 }));
  for (const one of [{ plain: [1] }, [], new Date(0)]) assertEquals(await printed("same", [one, one]), "true");
  assertEquals(await printed("same", [[], []]), "false");
  const much = "x".repeat(size(300_000));
  assert(await printed("show", [much]) === Deno.inspect([much], { depth: 9, strAbbreviateSize: Infinity }));
  assertThrows(() => openSelf("-|", MODULE, "show", [() => {}]), DOMException, "could not be cloned");
});

test("openSelf() takes the arguments as they are when it is called", async () => {
  for (const list of [[1], [new Date(0)]] as unknown[][]) {
    await using child = openSelf("-|", MODULE, "show", list);
    const expected = Deno.inspect([...list]);
    list.push("too late");
    assertEquals((await new Response(child.readable).text()).trimEnd(), expected);
    await child.close();
  }
});

test("openSelf() gives the module no arguments, and is not its main program", async () => {
  assertEquals(await printed("commandLine"), "[[],false]");
});

const CODES: [what: string, name: string, value: unknown, code: number][] = [
  ["a number", "returns", 7, 7],
  ["nothing", "returns", undefined, 0],
  ["something else", "returns", "7", 0],
  ["Deno.exit()", "exits", 9, 9],
  ["Deno.exitCode", "setsExitCode", 11, 11],
];

for (const [what, name, value, code] of CODES) {
  test(`openSelf() ends with exit ${code} for ${what} of ${value}`, async () => {
    assertEquals((await closed(name, [value], { check: false })).code, code);
    if (code === 0) return;
    const error = await assertRejects(() => closed(name, [value]), ExitError);
    assertEquals([error.message, error.cause], [`Command failed: ${name}: exit ${code}`, undefined]);
  }, { skip: sample(value === 7) });
}

test("close() of openSelf() throws the error of the function, with its stack and cause", async () => {
  const error = await assertRejects(() => closed("throws", ["no such luck"]), ExitError);
  assertMatch(error.message, /^Command failed: throws: exit 1\nRangeError: no such luck\n +at throws \(.*self_exports/);
  const cause = error.cause as Error & { cause: Error & { code: string } };
  assertEquals([cause.name, cause.message, error.status.code], ["RangeError", "no such luck", 1]);
  assertEquals([cause.cause.message, cause.cause.code], ["deeper", "EDEEP"]);
  assertMatch(cause.stack!, /self_exports\.ts:\d+:\d+/);
  assertEquals(/runSelf|data:/.test(cause.stack!), false);
});

test("close() of openSelf() throws an error that the function did not wait for, even without check", async () => {
  const error = await assertRejects(() => closed("throwsLater", [], { check: false }), ExitError);
  assertEquals((error.cause as Error).message, "uncaught");
});

test("close() of openSelf() says what is wrong with an export or an exit code", async () => {
  const wrong: [name: string, args: unknown[], message: string][] = [
    ["missing", [], `${MODULE} exports no function "missing"`],
    ["notAFunction", [], `${MODULE} exports no function "notAFunction"`],
    ["toString", [], `${MODULE} exports no function "toString"`],
    ["returns", [256], "returns() returned 256, which is no exit code: those are 0 to 255"],
    ["returns", [1.5], "returns() returned 1.5, which is no exit code: those are 0 to 255"],
  ];
  for (const [name, args, message] of wrong) {
    const error = await assertRejects(() => closed(name, args), ExitError);
    assertEquals((error.cause as Error).message, message);
  }
});

test("close() of openSelf() throws what the loading of the module failed with", async () => {
  const broken = `data:text/javascript,throw new URIError("while it is loaded")`;
  for (const [module, name] of [[broken, "URIError"], ["file:///no/such/module.ts", "TypeError"]]) {
    await using child = openSelf("none", module!, "x", [], { stderr: "null" });
    const error = await assertRejects(() => child.close(), ExitError);
    assertEquals((error.cause as Error).name, name);
  }
});

test("close() of openSelf() tells the signal that killed it", async () => {
  const { signal } = await closed("killsItself", [9], { check: false });
  assertEquals(signal, "SIGKILL");
  const error = await assertRejects(() => closed("killsItself", [9]), ExitError);
  assertEquals(error.message, "Command failed: killsItself: killed by SIGKILL");
});

// Half a second after its start Deno installs handlers of its own.
for (const [how, after] of [["log", 0], ["log", 700], ["stream", 0]] as const) {
  test(
    `close() of openSelf() ends by SIGPIPE a function that prints to a ${how} ${after} ms later, as Perl's`,
    async () => {
      for (const mode of ["-|", "both"] as const) {
        await using child = openSelf(mode, MODULE, "printsOn", [how, after]);
        const output = "readable" in child ? child.readable : child.stdout;
        assertEquals((await readLines(output).next()).value, "y");
        assertEquals(`${await child.close()}`, "killed by SIGPIPE");
      }
      await using unread = openSelf("-|", MODULE, "printsOn", [how, after]);
      assertEquals(`${await unread.close()}`, "killed by SIGPIPE");
    },
    { skip: sample(after > 0) },
  );
}

test("close() of openSelf() reports a broken pipe and an error, and loses neither", async () => {
  await using child = openSelf("|-", MODULE, "throws", ["unread"]);
  child.write(new Uint8Array(1_000_000));
  const error = await assertRejects(() => child.close(), ExitError);
  const { errors } = error.cause as AggregateError;
  assertEquals(errors.map((one) => one.message.slice(0, 6)), ["unread", "Cannot"]);
  assert(errors[1] instanceof SyscallError && errors[1].code === "EPIPE");
});

test("openSelf() ends a child at its time limit, and everything rejects with the reason", async () => {
  const controller = new AbortController();
  await using child = openSelf("-|", MODULE, "stays", [], { signal: controller.signal });
  const lines = child.lines();
  const pid = Number((await lines.next()).value!.split(" ")[1]);
  const start = performance.now();
  controller.abort(new Error("enough"));
  await assertRejects(() => lines.next(), Error, "enough");
  await assertRejects(() => child.close(), Error, "enough");
  assert(performance.now() - start < within(500));
  assertEquals(exists(pid), false);
  await using late = openSelf("none", MODULE, "stays", [], { timeout: 1, stdout: "null" });
  assertEquals((await assertRejects(() => late.close(), DOMException)).name, "TimeoutError");
});

test("openSelf() refuses what makes no sense, before anything is started", () => {
  const wrong: [body: () => unknown, error: typeof TypeError, message: string][] = [
    // @ts-expect-error there is no such mode
    [() => openSelf("<", MODULE, "show"), TypeError, "The mode is"],
    [() => openSelf("-|", "self_exports.ts", "show"), TypeError, "Invalid URL"],
    // @ts-expect-error a name is a string
    [() => openSelf("-|", MODULE, 1), TypeError, "The name of an export is a string"],
    [() => openSelf("-|", MODULE, "show", [], { user: "no such user" }), TypeError, "There is no user"],
    [() => openSelf("-|", MODULE, "show", [], { timeout: -1 }), RangeError, "timeout"],
    [() => openSelf("-|", MODULE, "show", [], { stderr: "piped" }), TypeError, 'stderr must not be "piped"'],
    [() => openSelf("|-", MODULE, "show", [], { stdout: "piped" }), TypeError, "nobody could read it"],
    [() => warmSelf("none", MODULE, { stdin: "piped" }), TypeError, "nobody could write it"],
    // @ts-expect-error there is no such permission
    [() => openSelf("-|", MODULE, "show", [], { permissions: { hrtime: true } }), TypeError, "no permission"],
  ];
  for (const [body, error, message] of wrong) assertThrows(body, error, message);
  assertThrows(() => openSelf("-|", MODULE, "show", [], { signal: AbortSignal.abort() }), DOMException);
});

test("openSelf() gives the child 0, 1, 2 and what it listed, and keeps its own two to itself", async () => {
  const plain = Number(await printed("descriptors"));
  using file = await Deno.open("/etc/passwd");
  void file;
  assertEquals(Number(await printed("descriptors", [], { fds: { 3: "/etc/passwd", 5: "/dev/null" } })), plain + 2);
  await using other = spawn(["sleep", "0"], { stdin: "null" });
  await other.status;
});

test("openSelf() of a module that opens itself while it is loaded says so instead of going on for ever", async () => {
  const source = `
    import { openSelf } from "vasty/mod.ts";
    await using child = openSelf("none", import.meta.url, "main");
    await child.close().catch((error) => console.log(error.cause.message));
    export function main() {}
  `;
  const { stdout } = await denoSource(source, { flags: ["--allow-run"] });
  assertMatch(
    stdout,
    /^file:.* opens itself while it is loaded in a child: put that under "if \(import.meta.main\)"\n$/,
  );
});

test("openSelf() may be nested", async () => {
  const source = `
    import { openSelf } from "vasty/mod.ts";
    export async function main(depth) {
      console.log("at", depth);
      if (depth === 0) return 5;
      await using child = openSelf("none", import.meta.url, "main", [depth - 1], { check: false, permissions: { run: [Deno.execPath()] } });
      return (await child.close()).code + 1;
    }
    if (import.meta.main) Deno.exitCode = await main(2);
  `;
  const { stdout, stderr, code } = await denoSource(source, { flags: ["--allow-run"] });
  assertEquals({ stdout, stderr, code }, { stdout: "at 2\nat 1\nat 0\n", stderr: "", code: 7 });
});

test("openSelf() takes the module's own configuration, wherever the program stands", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/deep`);
    await Deno.writeTextFile(`${folder}/deno.json`, `{ "imports": { "mapped": "./mapped.ts" } }`);
    await Deno.writeTextFile(`${folder}/mapped.ts`, `export const from = "the import map";`);
    await Deno.writeTextFile(
      `${folder}/deep/module.ts`,
      `import { from } from "mapped"; export const main = () => console.log(from);`,
    );
    for (const cwd of ["/", undefined]) {
      await using child = openSelf("-|", `file://${folder}/deep/module.ts`, "main", [], { cwd });
      assertEquals(await new Response(child.readable).text(), "the import map\n");
      await child.close();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

test("openSelf() needs run permission for Deno, and says so in Deno's words", async () => {
  const source = `
    import { openSelf } from "vasty/mod.ts";
    try {
      openSelf("none", import.meta.url, "main");
    } catch (error) {
      console.log(error.name, error.message.replace(Deno.execPath(), "DENO"));
    }
  `;
  const { stdout } = await denoSource(source);
  assertEquals(stdout, 'NotCapable Requires run access to "DENO", run again with the --allow-run flag\n');
});
