import { SyscallError } from "../../lib/core/mod.ts";
import { capture, ExitError, openPipe, PipeReader, PipeWriter, shell, spawn } from "../../lib/processes/mod.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertThrows,
  children,
  killPrinted,
  size,
  test,
  within,
} from "../support/mod.ts";
import { exists } from "./programs/reports.ts";

const encoder = new TextEncoder();

test("openPipe() reads lines, and close() gives the status", async () => {
  await using pipe = openPipe("-|", ["printf", "one\\r\\ntwo\\n\\nthree"]);
  assert(pipe instanceof PipeReader && pipe.pid > 0);
  assertEquals(await Array.fromAsync(pipe), ["one", "two", "", "three"]);
  assertEquals((await pipe.close()).code, 0);
});

test("openPipe() reads bytes as a stream", async () => {
  await using pipe = openPipe("-|", ["printf", "\\377\\000"]);
  assertEquals([...new Uint8Array(await new Response(pipe.readable).arrayBuffer())], [255, 0]);
  assert((await pipe.close()).success);
});

test("openPipe() writes text and bytes, and close() writes what is left", async () => {
  const bytes = size(1_000_000);
  const file = await Deno.makeTempFile();
  await using pipe = openPipe("|-", ["cat"], { stdout: file });
  assert(pipe instanceof PipeWriter);
  await pipe.write("é\n");
  // Nobody waits for these.
  pipe.write(Uint8Array.of(0, 255));
  pipe.write(new Uint8Array(bytes));
  assertEquals((await pipe.close()).code, 0);
  const written = await Deno.readFile(file);
  assertEquals([written.length, ...written.subarray(0, 5)], [bytes + 5, 0xc3, 0xa9, 10, 0, 255]);
  await Deno.remove(file);
});

test("openPipe() gives a writable stream, whose writer need not be released", async () => {
  const file = await Deno.makeTempFile();
  for (const closing of [true, false]) {
    await using pipe = openPipe("|-", ["cat"], { stdout: file });
    const writer = pipe.writable.getWriter();
    await writer.write(encoder.encode("stuff"));
    if (closing) await writer.close();
    assertEquals((await pipe.close()).code, 0);
    assertEquals(await Deno.readTextFile(file), "stuff");
  }
  await using piped = openPipe("|-", ["cat"], { stdout: file });
  await new Response("through").body!.pipeTo(piped.writable);
  await piped.close();
  assertEquals(await Deno.readTextFile(file), "through");
  await Deno.remove(file);
});

/** What a command does, and what Perl's close says of it. */
const PERL = `
  my ($mode, @command) = @ARGV;
  open(my $pipe, $mode, @command) or die;
  if ($mode eq "-|") { 1 while <$pipe> }
  close $pipe;
  print $?;
`;
for (const mode of ["-|", "|-"] as const) {
  test(`openPipe("${mode}") gives the status that Perl's close leaves in $?`, async () => {
    for (const script of ["exit 0", "exit 3", "exit 255", "kill -TERM $$", "kill -KILL $$", "echo a >&2; exit 7"]) {
      const command = shell(script);
      const { stdout } = await capture(["perl", "-e", PERL, "--", mode, ...command]);
      const options = { check: false, stderr: "null" } as const;
      await using pipe = mode === "-|" ? openPipe("-|", command, options) : openPipe("|-", command, options);
      if (pipe instanceof PipeReader) await Array.fromAsync(pipe);
      assertEquals(`${(await pipe.close()).raw}`, stdout, script);
    }
  }, { needs: ["perl"] });

  test(`openPipe("${mode}") names a program that does not exist, and leaves nothing`, () => {
    const opening = () => mode === "-|" ? openPipe("-|", ["bogus"]) : openPipe("|-", ["bogus"]);
    const error = assertThrows(opening, SyscallError, 'Cannot spawn "bogus"');
    assertEquals(error.code, "ENOENT");
  });

  test(`openPipe("${mode}") throws at close for an end without success`, async () => {
    await using pipe = mode === "-|" ? openPipe("-|", shell("exit 3")) : openPipe("|-", shell("exit 3"));
    const error = await assertRejects(() => pipe.close(), ExitError, "exit 3");
    assertEquals([error.status.code, error.cause], [3, undefined]);
    assert(error.status === await pipe.status);
    assert(error === await assertRejects(() => pipe.close(), ExitError));
  });

  test(`openPipe("${mode}") ends with the reason of its limit, and the command is gone`, async () => {
    const command = ["sleep", "600"];
    const options = { timeout: 100 };
    const begun = performance.now();
    const pipe = mode === "-|" ? openPipe("-|", command, options) : openPipe("|-", command, options);
    await assertRejects(() => pipe.close(), DOMException, "Timed out after 100 ms");
    assert(performance.now() - begun < within(300));
    assert(!exists(pipe.pid));
  });
}

test("PipeReader closed before its end lets the command end by SIGPIPE, which is no failure", async () => {
  await using pipe = openPipe("-|", ["yes"]);
  for await (const line of pipe) {
    assertEquals(line, "y");
    break;
  }
  assertEquals((await pipe.close()).signal, "SIGPIPE");
  await using unread = openPipe("-|", ["yes"]);
  assertEquals((await unread.close()).signal, "SIGPIPE");
});

test("PipeReader closed while somebody reads it ends that with an error", async () => {
  await using pipe = openPipe("-|", shell("trap '' PIPE; exec cat >&2"), { stdin: "null" });
  const lines = pipe.lines();
  const reading = assertRejects(() => lines.next(), Deno.errors.BadResource);
  assert((await pipe.close()).success);
  await reading;
});

test("PipeWriter reports a broken pipe and a bad exit, neither lost", async () => {
  const ends = [[3, true, ExitError], [3, false, SyscallError], [0, true, SyscallError], [0, false, SyscallError]];
  for (const [code, check, kind] of ends as [number, boolean, typeof Error][]) {
    await using pipe = openPipe("|-", shell(`exit ${code}`), { check });
    await pipe.status;
    const failed = await assertRejects(() => pipe.write("bang\n"), SyscallError);
    assertEquals(failed.code, "EPIPE");
    const error = await assertRejects(() => pipe.close(), kind);
    if (error instanceof ExitError) assertEquals([error.status.code, error.cause], [code, failed]);
    else assert(error === failed as Error);
    assertEquals((await pipe.status).code, code);
  }
});

test("PipeWriter that nobody waits for reports at close alone", async () => {
  await using pipe = openPipe("|-", shell("exit 127"));
  await pipe.status;
  pipe.write("bang\n");
  pipe.write("bang\n");
  const error = await assertRejects(() => pipe.close(), ExitError, "exit 127");
  assertEquals((error.cause as SyscallError).code, "EPIPE");
});

test("PipeWriter.close() waits for its own command alone", async () => {
  const file = await Deno.makeTempFile();
  await using other = spawn(["sleep", "600"]);
  await using pipe = openPipe("|-", shell("sleep 600 >/dev/null 2>&1 & echo $!; cat"), { stdout: file });
  const begun = performance.now();
  assertEquals((await pipe.close()).code, 0);
  assert(performance.now() - begun < within(2_000));
  assert(other.kill());
  killPrinted(await Deno.readTextFile(file));
  await Deno.remove(file);
});

test("PipeWriter waits while the pipe is full", async () => {
  await using pipe = openPipe("|-", ["sleep", "600"]);
  let written = false;
  const writing = pipe.write(new Uint8Array(1_000_000)).then(() => written = true, () => {});
  assertEquals((await capture(["echo", "free"])).stdout, "free\n");
  assert(!written);
  await pipe[Symbol.asyncDispose]();
  await writing;
  assert(!written);
});

test("openPipe() terminates its command at the end of an await using block", async () => {
  let pid = 0;
  {
    await using pipe = openPipe("-|", ["sleep", "600"]);
    pid = pipe.pid;
  }
  assert(!exists(pid));
});

const REFUSED: [mode: string, hint: string][] = [
  ["| cat -un |", 'use open2(shell("cat -un"))'],
  ["|cat|", "open2"],
  ["netstat -an |", 'use openPipe("-|", shell("netstat -an"))'],
  ["| cat -v | lpr", 'use openPipe("|-", shell("cat -v | lpr"))'],
  ["-", '"-|" to read'],
  ["", '"-|" to read'],
  ["<", '"-|" to read'],
  ["|-|", "open2"],
];
for (const [mode, hint] of REFUSED) {
  test(`openPipe() refuses the mode "${mode}" and says what to write`, () => {
    assertThrows(() => openPipe(mode as "-|", ["cat"]), TypeError, hint);
    assertEquals(children(), []);
  });
}

test("openPipe() takes both outputs as one, as netstat 2>&1 | does", async () => {
  await using pipe = openPipe("-|", shell("echo out; echo err >&2"), { stderr: { dup: 1 } });
  assertEquals(await Array.fromAsync(pipe), ["out", "err"]);
});

test("openPipe() shows no shell its arguments", async () => {
  await using pipe = openPipe("-|", ["printf", "<%s>", "$(id)", "a b", "*", "|", ""]);
  assertEquals(await Array.fromAsync(pipe), ["<$(id)><a b><*><|><>"]);
});
