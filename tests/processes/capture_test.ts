import { capture, Captured, captureSync, ExitError, lines, linesSync, run, shell } from "../../lib/processes/mod.ts";
import { collect, grown } from "../../lib/processes/capture.ts";
import { assert, assertEquals, assertRejects, count, size, test, within } from "../support/mod.ts";

/** The two forms, so that each case is one of both. */
const FORMS: Record<string, typeof captureSync> & Record<string, unknown> = { capture: capture as never, captureSync };

for (const [name, form] of Object.entries(FORMS)) {
  test(`${name}() returns both outputs, apart, as text and bytes`, async () => {
    const captured: Captured = await form(shell("printf 'a\\n'; printf 'b\\000\\377' >&2"));
    assert(captured instanceof Captured);
    assertEquals([captured.stdout, captured.stderr], ["a\n", "b\0\ufffd"]);
    assertEquals([...captured.stderrBytes], [98, 0, 255]);
    assert(captured.status.success);
  });

  test(`${name}() returns nothing where nothing was written or nothing is captured`, async () => {
    const nothing = await form(["true"]);
    assertEquals([nothing.stdout, nothing.stderr, nothing.stdoutBytes.length], ["", "", 0]);
    const elsewhere = await form(shell("echo x; echo y >&2"), { stdout: "null", stderr: "null" });
    assertEquals([elsewhere.stdout, elsewhere.stderr], ["", ""]);
    const together = await form(shell("echo x; echo y >&2; echo z"), { stderr: "null" });
    assertEquals(together.stdout, "x\nz\n");
  });

  test(`${name}() carries 8 MiB both ways at once without deadlock`, async () => {
    const input = new Uint8Array(size(8 << 20)).map((_, i) => i * 7 ^ i >> 8);
    const { stdoutBytes } = await form(["cat"], { input });
    assertEquals(stdoutBytes.length, input.length);
    assert(stdoutBytes.every((byte, i) => byte === input[i]));
  });

  test(`${name}() carries both outputs at once, whichever is full`, async () => {
    const both = "head -c 3000000 /dev/zero & head -c 3000000 /dev/zero >&2; wait";
    const { stdoutBytes, stderrBytes } = await form(shell(both));
    assertEquals([stdoutBytes.length, stderrBytes.length], [3_000_000, 3_000_000]);
    const one = await form(shell("head -c 3000000 /dev/zero >&2; echo done"));
    assertEquals([one.stdout, one.stderrBytes.length], ["done\n", 3_000_000]);
  });

  test(`${name}() takes input that the command ignores or reads in part`, async () => {
    const input = "x".repeat(1 << 20);
    assertEquals((await form(["echo", "ignored"], { input })).stdout, "ignored\n");
    assertEquals((await form(["head", "-c", "3"], { input })).stdout, "xxx");
    assertEquals((await form(["cat"], { input: "" })).stdout, "");
  });

  test(`${name}() has the lines of a command that writes slowly`, async () => {
    const slow = "$| = 1; for (1 .. 5) { print; select undef, undef, undef, 0.01 }";
    assertEquals((await form(["perl", "-e", slow])).stdout, "12345");
  }, { needs: ["perl"] });

  test(`${name}() waits for a background process that keeps the pipe open`, async () => {
    assertEquals((await form(shell("(sleep 0.1; echo late) & echo early"))).stdout, "early\nlate\n");
  });

  test(`${name}() keeps the end of a stream that was closed while the command goes on`, async () => {
    const { stdout, status } = await form(shell("echo x; exec >&- 2>&-; sleep 0.05; exit 4"), { check: false });
    assertEquals([stdout, status.code], ["x\n", 4]);
  });

  test(`${name}() ends at its timeout with a command that writes for ever`, async () => {
    const begun = performance.now();
    const endless = async () => await form(shell("while :; do echo x; sleep 0.01; done"), { timeout: 100 });
    await assertRejects(endless, DOMException, "Timed out after 100 ms");
    assert(performance.now() - begun < within(400));
  });
}

test("capture() rejects with the output of an error that the command has told", async () => {
  const error = await assertRejects(() => capture(shell("echo out; echo err >&2; exit 1")), ExitError);
  assertEquals(error.stderr, "err\n");
  const { stdout, stderr, status } = await capture(shell("echo out; echo err >&2; exit 1"), { check: false });
  assertEquals([stdout, stderr, status.code], ["out\n", "err\n", 1]);
});

test("capture() and lines() have a byte order mark in the text that a command writes, and in that of its error", async () => {
  const marked = ["printf", "\\357\\273\\277a"];
  const failing = shell("printf '\\357\\273\\277why' >&2; exit 1");
  for (const form of [capture, captureSync]) {
    assertEquals((await form(marked)).stdout, "\ufeffa");
    assertEquals((await assertRejects(async () => await form(failing), ExitError)).stderr, "\ufeffwhy");
  }
  for (const form of [lines, linesSync]) {
    assertEquals(await Array.fromAsync(form(marked)), ["\ufeffa"]);
    const error = await assertRejects(() => Array.fromAsync(form(failing, { stderr: "piped" })), ExitError);
    assertEquals(error.stderr, "\ufeffwhy");
  }
});

test("capture() does not block what else the program does", async () => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);
  await capture(["sleep", "0.2"]);
  clearInterval(timer);
  assert(ticks > 10, `${ticks} ticks`);
});

test("capture() takes a stream as input, and stops reading it when the command ends", async () => {
  let cancelled = false;
  const input = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(65_536).fill(120)),
    cancel: () => void (cancelled = true),
  });
  assertEquals((await capture(["head", "-c", "5"], { input })).stdout, "xxxxx");
  // The source is told as soon as the failing write has been seen.
  for (let turn = 0; turn < 1_000 && !cancelled; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
  assert(cancelled);
});

test("capture() serves many at a time", async () => {
  const many = Math.min(200, count(2_000));
  const texts = await Promise.all(Array.from({ length: many }, (_, i) => capture(["echo", `${i}`])));
  assertEquals(texts.map(({ stdout }) => stdout), Array.from({ length: many }, (_, i) => `${i}\n`));
});

test("collect() has nothing of no stream, and grown() keeps the beginning", async () => {
  assertEquals((await collect(undefined)).length, 0);
  const larger = grown(Uint8Array.of(1, 2));
  assertEquals([...larger], [1, 2, 0, 0]);
  assert((await run(["true"])).success);
});
