import {
  capture,
  captureSync,
  type Command,
  type CommandOptions,
  ExitError,
  lines,
  linesSync,
  pipeline,
  run,
  runSync,
  shell,
} from "../../lib/processes/mod.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  children,
  killPrinted,
  test,
  within,
} from "../support/mod.ts";

/** Commands that a time limit has to end, and how. */
const STUBBORN: Record<string, Command> = {
  "that sleeps": ["sleep", "60"],
  "that ignores TERM": ["perl", "-e", '$SIG{TERM} = "IGNORE"; sleep 60'],
  "that is stopped": ["perl", "-e", "kill STOP => $$; sleep 60"],
  "that burns the processor": ["perl", "-e", "1 while 1"],
};

test("run() resolves with how the command ended", async () => {
  const status = await run(["sh", "-c", "exit 0"]);
  assert(status.success && status.raw === 0);
  assertEquals((await run(["sh", "-c", "exit 9"], { check: false })).code, 9);
});

test("run() rejects with an ExitError unless check is off", async () => {
  const error = await assertRejects(() => run(["sh", "-c", "exit 9"]), ExitError, "exit 9");
  assertEquals([error.status.code, error.command], [9, ["sh", "-c", "exit 9"]]);
  await assertRejects(() => run(["sh", "-c", "kill -9 $$"]), ExitError, "killed by SIGKILL");
});

test("run() writes input and ends it: a string, bytes, a stream", async () => {
  const bytes = Uint8Array.of(0, 255, 10, 13);
  const stream = () => ReadableStream.from(["héllo ", "world"]).pipeThrough(new TextEncoderStream());
  for (const [input, wanted] of [["héllo world", 12], ["", 0], [bytes, 4], [stream(), 12]] as const) {
    const count = ["sh", "-c", `test "$(wc -c)" = ${wanted}`];
    assert((await run(count, { input })).success);
  }
});

test("run() takes it as no error that the command does not read its input", async () => {
  const input = "x".repeat(8 << 20);
  for (const command of [["true"], ["head", "-c", "1000"], ["sh", "-c", "exec <&-; sleep 0.05"]]) {
    assert((await run(command, { input, stdout: "null" })).success);
  }
  assertEquals((await run(["false"], { input, check: false })).code, 1);
});

test("run() rejects with the error of an input stream that fails, and the command is gone", async () => {
  const input = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode("half of it")),
    pull: (controller) => controller.error(new Error("the source broke")),
  });
  await assertRejects(() => run(["cat"], { input, stdout: "null" }), Error, "the source broke");
});

test("run() rejects where an input stream gives no bytes, and the command is gone before it takes that for the end", async () => {
  const input = ReadableStream.from(["text"]) as unknown as ReadableStream<Uint8Array>;
  await assertRejects(() => run(["cat"], { input, stdout: "null" }), TypeError, "A stream of bytes takes");
});

test("run(), capture(), lines() and pipeline() reject where an input stream has chunks that are no bytes", async () => {
  const command = ["cat"];
  const forms: Record<string, (options: CommandOptions) => Promise<unknown>> = {
    run: (options) => run(command, { ...options, stdout: "null" }),
    capture: (options) => capture(command, options),
    lines: (options) => Array.fromAsync(lines(command, options)),
    pipeline: (options) => pipeline([command, command], options).output(),
  };
  for (const wrong of ["text", 7, null]) {
    for (const form of Object.values(forms)) {
      const input = ReadableStream.from([new Uint8Array(3), wrong]) as ReadableStream<Uint8Array>;
      await assertRejects(() => form({ input, timeout: 60_000 }), TypeError, "A stream of bytes takes");
    }
  }
});

test("run() refuses what is no input before it starts anything", async () => {
  for (const input of [new ArrayBuffer(4), 7, null, {}]) {
    const started = () => run(["no-such-program"], { input: input as unknown as string });
    await assertRejects(started, TypeError, "input is a string, a Uint8Array or a ReadableStream, not");
  }
});

test("run() refuses input together with stdin", async () => {
  await assertRejects(() => run(["cat"], { input: "x", stdin: "null" }), TypeError, "exclude each other");
});

test("run(), capture(), lines() and their blocking forms refuse a pipe that nobody could use", async () => {
  const piped = { stdin: "piped" } as const;
  for (const form of [run, capture, runSync, captureSync]) {
    await assertRejects(async () => await form(["true"], piped), TypeError, 'stdin must not be "piped" here');
  }
  for (const stream of ["stdout", "stderr"] as const) {
    for (const form of [run, runSync]) {
      const started = async () => await form(["true"], { [stream]: "piped" });
      await assertRejects(started, TypeError, `${stream} must not be "piped" here`);
    }
  }
  await assertRejects(() => lines(["true"], piped).next(), TypeError, "nobody could write it");
  await assertRejects(async () => await linesSync(["true"], piped).next(), TypeError, "nobody could write it");
  await assertRejects(() => run(["true"], { ...piped, input: "" }), TypeError, "exclude each other");
  assertEquals((await capture(["echo", "on"], { stdout: "piped", stderr: "piped" })).stdout, "on\n");
});

for (const [what, command] of Object.entries(STUBBORN)) {
  test(`run() rejects within 100 ms of timeout, and a command ${what} is gone and reaped then`, async () => {
    const begun = performance.now();
    const error = await assertRejects(() => run(command, { timeout: 150 }), DOMException, "Timed out after 150 ms");
    const took = performance.now() - begun;
    assertEquals(error.name, "TimeoutError");
    assert(took >= 149 && took < within(250 + 100 * Number(busy())), `${took} ms`);
    assertEquals(ours(command), []);
  }, { needs: ["perl"] });

  test(
    `run() rejects with the signal's reason within 100 ms, and a command ${what} is gone and reaped then`,
    async () => {
      const controller = new AbortController();
      const running = run(command, { signal: controller.signal });
      await new Promise((resolve) => setTimeout(resolve, 100));
      const reason = new Error("my reason");
      const begun = performance.now();
      controller.abort(reason);
      const error = await assertRejects(() => running, Error, "my reason");
      assert(error === reason);
      assert(performance.now() - begun < within(100 + 100 * Number(busy())), `${performance.now() - begun} ms`);
      assertEquals(ours(command), []);
    },
    { needs: ["perl"] },
  );

  test(`runSync() throws within 100 ms of timeout, and a command ${what} is gone and reaped then`, () => {
    const begun = performance.now();
    let error: unknown;
    try {
      runSync(command, { timeout: 150 });
    } catch (caught) {
      error = caught;
    }
    const took = performance.now() - begun;
    assert(error instanceof DOMException && error.name === "TimeoutError", `${error}`);
    assert(took >= 149 && took < within(250 + 100 * Number(busy())), `${took} ms`);
    assertEquals(ours(command), []);
  }, { needs: ["perl"] });
}

/** Children with the name of the command's program. */
function ours(command: Command): string[] {
  return children().filter((child) => child.endsWith(` ${command[0]}`));
}

/** Whether so much else runs on this machine that a bound on time is given some air. */
function busy(): boolean {
  return Deno.loadavg()[0]! > navigator.hardwareConcurrency;
}

test("run() does nothing where its signal is aborted already", async () => {
  const error = await run(["no-such-program"], { signal: AbortSignal.abort("stop") }).catch((error) => error);
  assertEquals(error, "stop");
});

test("run() takes a timeout of 0, and one that is longer than any timer", async () => {
  await assertRejects(() => run(["sleep", "60"], { timeout: 0 }), DOMException, "Timed out after 0 ms: sleep 60");
  assert((await run(["true"], { timeout: 1e12 })).success);
  assert((await run(["true"], { timeout: Infinity })).success);
});

test("run() leaves nothing on a signal that is used again and again", async () => {
  const controller = new AbortController();
  for (let i = 0; i < 50; i++) await run(["true"], { signal: controller.signal, timeout: 60_000 });
  controller.abort();
});

test("run() rejects where the command cannot be started", async () => {
  const error = await assertRejects(() => run(["no-such-program"]), Deno.errors.NotFound);
  assertMatch(error.message, /^Cannot spawn "no-such-program": no such file or directory \(ENOENT, posix_spawn\)$/);
});

test("run(), capture(), lines() and pipeline() cancel an input stream that does not end once nobody reads it", async () => {
  const forms: Record<string, (options: CommandOptions) => Promise<unknown>> = {
    run: (options) => run(["true"], options),
    capture: (options) => capture(["true"], options),
    lines: (options) => Array.fromAsync(lines(["true"], options)),
    pipeline: (options) => pipeline([["true"], ["cat"]], options).output(),
    "closed by the command": (options) => run(["sh", "-c", "exec <&-; sleep 0.05"], options),
  };
  for (const [name, form] of Object.entries(forms)) {
    let cancelled = 0;
    // Its own cancelling does not end either.
    const input = new ReadableStream<Uint8Array>({ cancel: () => (cancelled++, new Promise(() => {})) });
    await form({ input });
    assertEquals([name, cancelled, input.locked], [name, 1, false]);
  }
});

test("capture() cancels an input stream when the pipe is cut, and at its limit", async () => {
  const script = "exec 3<&0; sleep 60 <&3 3<&- >/dev/null 2>&1 & echo $!; exit 0";
  for (const options of [{ waitDelay: 50 }, { timeout: within(300) }]) {
    let cancelled = false;
    const input = new ReadableStream<Uint8Array>({ cancel: () => void (cancelled = true) });
    const { stdout } = await capture(shell(script), { input, ...options });
    killPrinted(stdout);
    assert(cancelled);
  }
});
