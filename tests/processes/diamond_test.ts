import { capture, diamond, type DiamondOptions, ExitError, run, spawn } from "../../lib/processes/mod.ts";
import { SyscallError } from "../../lib/core/mod.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  children,
  denoCommand,
  denoSource,
  repository,
  size,
  test,
  within,
} from "../support/mod.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A folder with files f1, f2 and f3, gone at the end of the block. */
class Files implements Disposable {
  readonly path: string = Deno.makeTempDirSync();

  constructor(texts: Record<string, string> = { f1: "one\ntwo\n", f2: "three\n", f3: "four" }) {
    for (const [name, text] of Object.entries(texts)) Deno.writeTextFileSync(`${this.path}/${name}`, text);
  }

  of(...names: string[]): string[] {
    return names.map((name) => `${this.path}/${name}`);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** Each line as "NUMBER/TOTAL LINE+END". */
async function read(args: string[], options?: DiamondOptions): Promise<string[]> {
  const found: string[] = [];
  for await (const { line, end, number, total } of diamond(args, options)) {
    found.push(`${number}/${total} ${line}${end}`);
  }
  return found;
}

test("diamond() reads files, commands and standard input in order, and counts in each and in all", async () => {
  using files = new Files();
  const [f1, f2, f3] = files.of("f1", "f2", "f3");
  const args = [f1!, "echo cmd1|", "-", f2!, "printf 'a\\nb'|", f3!];
  assertEquals(await read(args, { commands: true, stdin: [bytes("in"), bytes("put\n")] }), [
    "1/1 one\n",
    "2/2 two\n",
    "1/3 cmd1\n",
    "1/4 input\n",
    "1/5 three\n",
    "1/6 a\n",
    "2/7 b",
    "1/8 four",
  ]);
});

test("diamond() reads what Perl's <> reads, with the same $.", async () => {
  using files = new Files({ f1: "one\r\n\n\ntwo", f2: "", f3: "\u00e9\n" });
  const args = [...files.of("f1", "f2"), "echo x; echo y|", ...files.of("f3")];
  const { stdout } = await capture(["perl", "-e", 'while (<>) { print "$ARGV $. $_|" }', "--", ...args]);
  let text = "";
  for await (const { file, line, end, total } of diamond(args, { commands: true })) {
    text += `${file} ${total} ${line}${end}|`;
  }
  // Perl shows the name of a command without its bar as well.
  assertEquals(text, stdout);
}, { needs: ["perl"] });

test("diamond() runs no command unless it is asked to", async () => {
  using files = new Files({ "touch made|": "just a file\n" });
  const [name] = files.of("touch made|");
  assertEquals(await read([name!]), ["1/1 just a file\n"]);
  const error = await assertRejects(() => read(["touch made|"]), SyscallError);
  assertEquals([error.code, error.path], ["ENOENT", "touch made|"]);
  assertEquals(await read(["echo done|"], { commands: true }), ["1/1 done\n"]);
});

test("diamond() stops at a file that is missing, or tells of it and goes on", async () => {
  using files = new Files();
  const args = files.of("f1", "missing", "f2");
  const error = await assertRejects(() => read(args), Deno.errors.NotFound);
  assertEquals(error.message, `Cannot open "${args[1]}": no such file or directory (ENOENT, open)`);
  const told: string[] = [];
  const lines = await read([...args, files.path], {
    onError: (error, file) => void told.push(`${file}: ${(error as SyscallError).code}`),
  });
  assertEquals(lines, ["1/1 one\n", "2/2 two\n", "1/3 three\n"]);
  assertEquals(told, [`${args[1]}: ENOENT`, `${files.path}: EISDIR`]);
});

test("diamond() tells of a directory by its name", async () => {
  const error = await assertRejects(() => read(["/usr"]), SyscallError);
  assertEquals(error.message, 'Cannot read "/usr": is a directory (EISDIR, read)');
});

test("diamond() tells of a command that fails, after its lines", async () => {
  const found: string[] = [];
  const reading = async () => {
    for await (const { line } of diamond(["echo a; exit 3|", "echo b|"], { commands: true })) found.push(line);
  };
  const error = await assertRejects(reading, ExitError, "exit 3");
  assertEquals([found, error.status.code], [["a"], 3]);
  const told: unknown[] = [];
  const options = { commands: true, onError: (error: unknown, file: string) => void told.push(file, `${error}`) };
  assertEquals(await read(["echo a; exit 3|", "echo b|"], options), ["1/1 a\n", "1/2 b\n"]);
  assertEquals([told.length, told[0], /exit 3/.test(`${told[1]}`)], [2, "echo a; exit 3|", true]);
});

test("diamond() reads standard input where there is nothing else, and leaves it blocking", async () => {
  const source = `
    import { diamond } from "vasty/mod.ts";
    for await (const { file, line, total } of diamond([])) console.log(file, total, line);
    for await (const _ of diamond(["-"])) console.log("more");
  `;
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(file, source.replaceAll("vasty/", new URL("../../", import.meta.url).href));
  for (const input of ["a\nb\n", ""]) {
    const { stdout } = await capture(denoCommand(file), { input });
    assertEquals(stdout, input.split("\n").slice(0, -1).map((line, i) => `- ${i + 1} ${line}\n`).join(""));
  }
  const fromFile = await capture(denoCommand(file), { stdin: repository("deno.json") });
  assert(fromFile.stdout.startsWith("- 1 {\n- 2 "));
  // Whoever has the same terminal or pipe, a shell for example, would be surprised by O_NONBLOCK.
  const blocking = 'perl -MFcntl -e \'print fcntl(STDIN, F_GETFL, 0) & O_NONBLOCK ? "non-blocking" : "blocking"\'';
  const shared = await capture(["sh", "-c", `"$@"; ${blocking}`, "sh", ...denoCommand(file)], { input: "x\n" });
  assertEquals(shared.stdout, "- 1 x\nblocking");
  await Deno.remove(file);
}, { needs: ["perl"] });

test("diamond() waits for the writer of a FIFO, and gives up when told to", async () => {
  using files = new Files({});
  const [fifo] = files.of("fifo");
  await run(["mkfifo", fifo!]);
  const begun = performance.now();
  await assertRejects(() => read([fifo!], { timeout: 50 }), DOMException, "Timed out after 50 ms");
  assert(performance.now() - begun < within(150));
  const reading = read([fifo!]);
  await run(["sh", "-c", 'echo late >"$0"', fifo!]);
  assertEquals(await reading, ["1/1 late\n"]);
});

test("diamond() ends with the signal's reason in a file, a command and standard input", async () => {
  using files = new Files({});
  const [fifo] = files.of("fifo");
  await run(["mkfifo", fifo!]);
  await using writer = spawn(["sh", "-c", 'exec 3>"$0"; echo y >&3; exec sleep 600', fifo!]);
  for (const arg of [fifo!, "echo y; exec sleep 600|"]) {
    const controller = new AbortController();
    let begun = 0;
    const reading = async () => {
      for await (const { line } of diamond([arg], { commands: true, signal: controller.signal })) {
        assertEquals(line, "y");
        begun = performance.now();
        queueMicrotask(() => controller.abort(new Error("enough")));
      }
    };
    await assertRejects(reading, Error, "enough");
    assert(performance.now() - begun < within(200));
  }
  writer.kill("KILL");
  await writer.status;
  assertEquals(children(), []);
});

test("diamond() ends with its time limit where the standard input that it was given does not end, and cancels that", async () => {
  const cancelled: unknown[] = [];
  const stream = () => new ReadableStream({ cancel: (reason) => void cancelled.push(reason.name) });
  const generator = async function* () {
    yield bytes("y\n");
    await new Promise(() => {});
  };
  const sources = [stream(), generator(), {
    [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }),
  }];
  for (const stdin of sources) {
    const begun = performance.now();
    await assertRejects(() => read(["-"], { stdin, timeout: 50 }), DOMException, "Timed out after 50 ms");
    assert(performance.now() - begun < within(150));
  }
  assertEquals(cancelled, ["TimeoutError"]);
});

test("diamond() cancels the standard input that it was given where it is left early, and tells what that fails with", async () => {
  const ends: string[] = [];
  const stream = new ReadableStream({
    pull: (controller) => controller.enqueue(bytes("y\n")),
    cancel: () => void ends.push("stream"),
  });
  const generator = async function* () {
    try {
      while (true) yield bytes("y\n");
    } finally {
      await new Promise((resolve) => setTimeout(resolve, 1));
      ends.push("generator");
    }
  };
  for (const stdin of [stream, generator(), [bytes("y\n")]]) {
    for await (const { line } of diamond(["-"], { stdin })) {
      assertEquals(line, "y");
      break;
    }
  }
  assertEquals([ends, stream.locked], [["stream", "generator"], false]);
  const broken = ReadableStream.from([Promise.reject(new Error("broken"))]);
  await assertRejects(() => read(["-"], { stdin: broken }), Error, "broken");
});

test("diamond() left early closes the file, and ends the command", async () => {
  using files = new Files({ f1: "y\n".repeat(100_000) });
  for (const arg of [...files.of("f1"), "yes|", "echo y; exec sleep 600|"]) {
    for await (const { line } of diamond([arg], { commands: true })) {
      assertEquals(line, "y");
      break;
    }
  }
  assertEquals(children(), []);
});

test("diamond() reads every line of large files", async () => {
  const lines = size(100_000);
  using files = new Files({ f1: "0123456789\n".repeat(lines), f2: "x\n".repeat(lines) });
  let last = { number: 0, total: 0 };
  for await (const line of diamond(files.of("f1", "f2"))) last = line;
  assertEquals([last.number, last.total], [lines, 2 * lines]);
});

test("diamond() refuses a line that is too long, and arguments that are none", async () => {
  using files = new Files({ f1: "x".repeat(100) });
  await assertRejects(() => read(files.of("f1"), { maxLength: 99 }), RangeError, "longer than 99");
  await assertRejects(() => read(["a\0b"]), TypeError, "NUL");
  await assertRejects(() => read([], { timeout: -1 }), RangeError);
});

test("diamond() asks for permission to read, and to run where there are commands", async () => {
  const source = `
    import { diamond } from "vasty/mod.ts";
    for (const arg of ["/etc/passwd", "id|"]) {
      try {
        for await (const _ of diamond([arg], { commands: true }));
      } catch (error) {
        console.log(error.name, error.message);
      }
    }
  `;
  const { stdout } = await denoSource(source);
  assertEquals(stdout.split("\n").slice(0, 2), [
    'NotCapable Requires read access to "/etc/passwd", run again with the --allow-read flag',
    'NotCapable Requires run access to "/bin/sh", run again with the --allow-run flag',
  ]);
});
