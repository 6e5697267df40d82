import { OpenedChild } from "../../lib/processes/opened_child.ts";
import { SyscallError } from "../../lib/core/mod.ts";
import { background, ExitError, open2, openPipe, shell, spawn } from "../../lib/processes/mod.ts";
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

test("OpenedChild.close() asked twice gives the same answer, and after the end as well", async () => {
  await using pipe = openPipe("|-", ["cat"], { stdout: "null" });
  assert(pipe instanceof OpenedChild);
  const [first, second] = await Promise.all([pipe.close(), pipe.close()]);
  assert(first === second && first === await pipe.close() && first === await pipe.status);
});

test("OpenedChild refuses to write where there is no pipe", async () => {
  class Bare extends OpenedChild {
    open = () => this.input;
  }
  const child = spawn(["cat"], { stdin: "null" });
  await using bare = new Bare(child, false, {});
  assertThrows(() => bare.open(), TypeError, "Its standard input is no pipe");
});

test("OpenedChild.writable that is aborted ends at once, though the pipe is full, and close() reports why", async () => {
  await using pipe = openPipe("|-", ["sleep", "600"], { check: false });
  const writer = pipe.writable.getWriter();
  const writing = assertRejects(() => writer.write(new Uint8Array(1_000_000)), Error, "enough");
  await writer.abort(new Error("enough"));
  await writing;
  Deno.kill(pipe.pid, "SIGTERM");
  await assertRejects(() => pipe.close(), Error, "enough");
  assertEquals((await pipe.status).signal, "SIGTERM");
});

test("OpenedChild.close() does not wait for what nobody reads", async () => {
  // It writes more than the pipe holds before it reads, and what is written here is more than that holds.
  await using both = open2(["sh", "-c", "trap '' PIPE; head -c 1000000 /dev/zero 2>/dev/null; cat >/dev/null; exit 0"]);
  both.write(new Uint8Array(1_000_000));
  assertEquals((await both.close()).code, 0);
});

for (const begun of [false, true]) {
  test(`OpenedChild.close() lets go out what was written to a stream that has ${begun ? "" : "not "}begun`, async () => {
    const file = await Deno.makeTempFile();
    await using pipe = openPipe("|-", ["cat"], { stdout: file });
    const writer = pipe.writable.getWriter();
    if (begun) await writer.ready;
    // Nobody waits for these, the first of which is more than the pipe takes.
    const writes = [size(300_000), 1, 2].map((length) => writer.write(new Uint8Array(length)));
    pipe.write("last");
    const [status] = await Promise.all([pipe.close(), ...writes]);
    assertEquals([status.code, (await Deno.stat(file)).size], [0, size(300_000) + 3 + 4]);
    await Deno.remove(file);
  });
}

test("OpenedChild.close() does not wait for a write that its stream refused", async () => {
  await using both = open2(["cat"]);
  const read = new Response(both.stdout).text();
  const writer = both.stdin.getWriter();
  writer.write(new TextEncoder().encode("one "));
  writer.write(new TextEncoder().encode("two"));
  await writer.close();
  // Too late.
  await assertRejects(() => writer.write(new Uint8Array(1)), TypeError);
  assertEquals(await read, "one two");
  assertEquals((await both.close()).code, 0);
});

/** Ends with exit code 3 while its own child, whose number it tells, has the pipe and reads nothing. */
const leavesPipe = shell(`exec 3<&0; sleep 600 <&3 3<&- >/dev/null & echo $! >"$FILE"; exit 3`);

test("OpenedChild.close() does not wait for another who has the pipe, and loses neither error nor status", async () => {
  for (const check of [true, false]) {
    const file = await Deno.makeTempFile();
    await using pipe = openPipe("|-", leavesPipe, { check, env: { FILE: file } });
    pipe.write(new Uint8Array(1_000_000));
    const begun = performance.now();
    const kind = (check ? ExitError : SyscallError) as unknown as typeof Error;
    const error = await assertRejects(() => pipe.close(), kind);
    assert(performance.now() - begun < within(2_000));
    const broken = (check ? error.cause : error) as SyscallError;
    assertEquals([broken.code, (await pipe.status).code], ["EPIPE", 3]);
    killPrinted(await Deno.readTextFile(file));
    await Deno.remove(file);
  }
});

test("OpenedChild.close() gives another who has the pipe all that it takes", async () => {
  const file = await Deno.makeTempFile();
  await using pipe = openPipe("|-", leavesPipe, { check: false, env: { FILE: file } });
  await pipe.status;
  const writer = pipe.writable.getWriter();
  for (let i = 0; i < 50; i++) writer.write(new Uint8Array(100));
  assertEquals((await pipe.close()).code, 3);
  killPrinted(await Deno.readTextFile(file));
  await Deno.remove(file);
});

test("what opens a command refuses a pipe that nobody could use, before anything is started", () => {
  const opens: [open: () => unknown, name: string][] = [
    [() => openPipe("-|", ["cat"], { stdin: "piped" }), "stdin"],
    [() => openPipe("-|", ["cat"], { stderr: "piped" }), "stderr"],
    [() => openPipe("|-", ["cat"], { stdout: "piped" }), "stdout"],
    [() => openPipe("|-", ["cat"], { stderr: "piped" }), "stderr"],
    [() => open2(["cat"], { stderr: "piped" }), "stderr"],
    [() => background(["cat"], { stdin: "piped" }), "stdin"],
    [() => background(["cat"], { stdout: "piped" }), "stdout"],
    [() => background(["cat"], { stderr: "piped" }), "stderr"],
  ];
  for (const [open, name] of opens) assertThrows(open, TypeError, `${name} must not be "piped" here`);
  assertEquals(children(), []);
});

test("OpenedChild.kill() signals the command, and nobody once it has ended", async () => {
  await using cat = openPipe("-|", ["sleep", "60"], { check: false });
  assertEquals([cat.kill("TERM"), (await cat.close()).signal], [true, "SIGTERM"]);
  assertEquals(cat.kill("KILL"), false);
});
