import { ClosedError, SyscallError } from "../../lib/core/mod.ts";
import { type ExitStatus, run, spawn } from "../../lib/processes/mod.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertThrows,
  children,
  denoSource,
  EMULATED,
  test,
  within,
} from "../support/mod.ts";
import { readProc } from "../support/proc.ts";
import { exists } from "./programs/reports.ts";

const encoder = new TextEncoder();
/** Says READY and ignores TERM. */
const STUBBORN = ["perl", "-e", '$SIG{TERM} = "IGNORE"; $| = 1; print "READY"; sleep 60'];

test("Child.kill() sends a signal by its long or short name, TERM by default", async () => {
  for (
    const [name, wanted] of [["SIGINT", "SIGINT"], ["HUP", "SIGHUP"], [undefined, "SIGTERM"], ["RTMIN+2", "SIGRTMIN+2"]]
  ) {
    await using child = spawn(["sleep", "60"]);
    assertEquals(child.kill(name), true);
    assertEquals((await child.status).signal, wanted!);
    assertEquals(child.kill(name), false);
  }
});

test("Child.kill() refuses a signal that does not exist, and the child lives on", async () => {
  await using child = spawn(["cat"], { stdin: "piped", stdout: "null" });
  for (const name of ["SIGNOPE", "", "SIG", "term", "SIGSIGTERM", "RTMIN+99", "RTMAX+1", "toString"]) {
    assertThrows(() => child.kill(name), TypeError, "There is no signal");
  }
  await child.stdin.close();
  assertEquals((await child.status).code, 0);
});

test("Child.kill() stops and continues", async () => {
  await using child = spawn(["cat"], { stdin: "piped", stdout: "piped" });
  child.kill("STOP");
  const writer = child.stdin.getWriter();
  await writer.write(encoder.encode("x"));
  const reading = child.stdout.readInto(new Uint8Array(9));
  child.kill("CONT");
  assertEquals(await reading, 1);
  await writer.close();
});

test("Child.kill() returns false for a child that has ended and was not asked about", async () => {
  await using child = spawn(["true"]);
  await child.status;
  assertEquals([child.kill(), child.kill("KILL")], [false, false]);
});

test("Child.status can be awaited several times, before and after the end", async () => {
  const child = spawn(["sh", "-c", "exit 5"]);
  const [first, second] = await Promise.all([child.status, child.status]);
  assert(first === second && first === await child.status);
  assertEquals(first.code, 5);
});

test("Child.poll() has the end as soon as there is one, reaps it, and Child.status is the same", async () => {
  const child = spawn(["sh", "-c", "read line; exit 7"], { stdin: "piped" });
  assertEquals(child.poll(), undefined);
  await child.stdin.close();
  // No turn of the event loop, so that nobody else has seen it.
  let status: ExitStatus | undefined;
  while ((status = child.poll()) === undefined);
  assertEquals([status.code, exists(child.pid), child.kill()], [7, false, false]);
  assert(status === child.poll() && status === await child.status && status === await child.terminate());
});

test("Child.poll() has how it ended where a time limit ended it", async () => {
  const child = spawn(["sleep", "60"], { timeout: 20 });
  await assertRejects(() => child.status, DOMException, "Timed out");
  assertEquals(child.poll()?.signal, "SIGTERM");
});

test("Child is reaped when it ends before anybody asks", async () => {
  const child = spawn(["sh", "-c", "exit 6"], { stdout: "piped" });
  // Its end of the pipe is closed by its end, and the kernel tells of both in one order or the other.
  assertEquals(await child.stdout.readInto(new Uint8Array(1)), null);
  for (let turn = 0; turn < 1_000 && exists(child.pid); turn++) await new Promise((resolve) => setTimeout(resolve, 1));
  assert(!exists(child.pid), "a zombie");
  assertEquals((await child.status).code, 6);
});

test("Child that was killed by somebody else is seen to be", async () => {
  await using child = spawn(["sleep", "60"], { stdin: "piped", stdout: "piped" });
  const reading = child.stdout.readInto(new Uint8Array(1));
  Deno.kill(child.pid, "SIGKILL");
  assertEquals([await reading, (await child.status).signal], [null, "SIGKILL"]);
  const error = await assertRejects(() => child.stdin.getWriter().write(encoder.encode("x")), Deno.errors.BrokenPipe);
  assert(error instanceof SyscallError && error.code === "EPIPE");
});

test("Child.terminate() asks, waits, then kills", async () => {
  await using polite = spawn(["sleep", "60"]);
  assertEquals((await polite.terminate()).signal, "SIGTERM");
  await using interrupted = spawn(["sleep", "60"]);
  assertEquals((await interrupted.terminate({ signal: "INT" })).signal, "SIGINT");
  await using stubborn = spawn(STUBBORN, { stdout: "piped" });
  await stubborn.stdout.readInto(new Uint8Array(5));
  const begun = performance.now();
  assertEquals((await stubborn.terminate({ grace: 100 })).signal, "SIGKILL");
  const took = performance.now() - begun;
  assert(took >= 99 && took < within(300), `${took} ms`);
}, { needs: ["perl"] });

test("Child.terminate() continues a child that is stopped, so that it can comply", async () => {
  for (const tree of [false, true]) {
    const child = spawn(["sleep", "60"]);
    child.kill("STOP");
    while (!/\) T /.test(readProc(`/proc/${child.pid}/stat`)));
    assertEquals((await child.terminate({ grace: 60_000, tree })).signal, "SIGTERM");
  }
}, { skip: EMULATED && "qemu-user's children are not walked here" });

test("Child.terminate() returns how a child ended that had, at once, and may be called twice", async () => {
  const ended = spawn(["sh", "-c", "exit 4"]);
  await ended.status;
  assertEquals((await ended.terminate()).code, 4);
  const twice = spawn(["sleep", "60"]);
  const statuses = await Promise.all([twice.terminate(), twice.terminate({ signal: "KILL" })]);
  assert(statuses[0] === statuses[1]);
});

test("Child.terminate() refuses options that make no sense, and the child lives on", async () => {
  await using child = spawn(["cat"], { stdin: "piped" });
  await assertRejects(() => child.terminate({ signal: "NOPE" }), TypeError, "There is no signal");
  for (const tree of [false, true]) {
    for (const grace of [NaN, -1]) {
      await assertRejects(() => child.terminate({ grace, tree }), RangeError, "grace must be a number");
    }
  }
  await child.stdin.close();
  assertEquals((await child.status).code, 0);
});

test("Child is terminated and reaped at the end of an await using block", async () => {
  let pid = 0;
  {
    await using child = spawn(["sleep", "60"], { stdin: "piped", stdout: "piped", stderr: "piped" });
    pid = child.pid;
  }
  assert(!exists(pid));
});

test("Child is terminated and reaped where the block is left by an error", async () => {
  let pid = 0;
  const block = async () => {
    await using child = spawn(["sleep", "60"], { stdout: "piped" });
    pid = child.pid;
    throw new Error("mine");
  };
  await assertRejects(block, Error, "mine");
  assert(!exists(pid));
});

test("Child may be disposed of twice, and after its end", async () => {
  const child = spawn(["sh", "-c", "exit 3"]);
  await child.status;
  await child[Symbol.asyncDispose]();
  await child[Symbol.asyncDispose]();
  assertEquals((await child.status).code, 3);
});

test("Child that is disposed of ends pending reads with a ClosedError", async () => {
  const child = spawn(["sleep", "60"], { stdout: "piped", stdin: "piped" });
  const reading = assertRejects(() => child.stdout.readInto(new Uint8Array(1)), ClosedError);
  await child[Symbol.asyncDispose]();
  await reading;
  assertEquals((await child.status).signal, "SIGTERM");
});

test("Child.stdout that is cancelled ends a child that writes, with SIGPIPE", async () => {
  await using child = spawn(["yes"], { stdout: "piped" });
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  assertEquals((await child.status).signal, "SIGPIPE");
});

test("Child.stdout has all that was written, however late it is read", async () => {
  await using child = spawn(["seq", "1000"], { stdout: "piped" });
  await child.status;
  const text = await new Response(child.stdout).text();
  assertEquals(text.split("\n").length, 1_001);
});

test("Child.stdout takes a BYOB reader and readInto(), and a loop", async () => {
  await using child = spawn(["printf", "abcdefgh"], { stdout: "piped" });
  const byob = (child.stdout as ReadableStream<Uint8Array<ArrayBuffer>>).getReader({ mode: "byob" });
  const { value } = await byob.read(new Uint8Array(3));
  assertEquals([...value!], [97, 98, 99]);
  byob.releaseLock();
  const target = new Uint8Array(2);
  assertEquals([await child.stdout.readInto(target), ...target], [2, 100, 101]);
  let rest = "";
  for await (const chunk of child.stdout) rest += new TextDecoder().decode(chunk);
  assertEquals(rest, "fgh");
});

test("Child.stdin waits while the pipe is full", async () => {
  await using child = spawn(["sh", "-c", "read go <&3; cat"], {
    stdin: "piped",
    stdout: "null",
    fds: { 3: "/dev/zero" },
  });
  const writer = child.stdin.getWriter();
  let done = false;
  const writing = assertRejects(
    () => writer.write(new Uint8Array(1 << 20)).then(() => done = true),
    Deno.errors.BrokenPipe,
  );
  await run(["true"]);
  assertEquals(done, false);
  await child.terminate({ signal: "KILL" });
  await writing;
});

test("Child that a time limit ends rejects its status and its pending reads with the reason", async () => {
  const child = spawn(["sleep", "60"], { stdout: "piped", stdin: "piped", timeout: 50 });
  const reading = assertRejects(() => child.stdout.readInto(new Uint8Array(1)), DOMException, "Timed out after 50 ms");
  await assertRejects(() => child.status, DOMException, "Timed out after 50 ms");
  await reading;
  assertEquals((await child.terminate()).signal, "SIGTERM");
  assert(!exists(child.pid));
});

test("Child that ended in time is not touched by an abort that comes later", async () => {
  const controller = new AbortController();
  const child = spawn(["printf", "all of it"], { stdout: "piped", signal: controller.signal });
  await child.status;
  controller.abort();
  assertEquals(await new Response(child.stdout).text(), "all of it");
  assertEquals(children().filter((one) => one.includes(" Z ")), []);
});

test("spawn() with a timeout lets the program end with the child and its pipes", async () => {
  const source = `
    import { spawn } from "vasty/mod.ts";
    const child = spawn(["echo", "x"], { stdout: "piped", timeout: 60_000 });
    await child.status;
  `;
  const begun = performance.now();
  assertEquals((await denoSource(source, { flags: ["--allow-run"] })).code, 0);
  assert(performance.now() - begun < within(20_000));
});
