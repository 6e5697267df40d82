import { captureSync, ExitError, linesSync, runSync, spawn } from "../../lib/processes/mod.ts";
import { assert, assertEquals, assertThrows, denoSource, test } from "../support/mod.ts";

test("runSync() blocks the thread until the command has ended, and says how", () => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  const begun = performance.now();
  const status = runSync(["sh", "-c", "sleep 0.1; exit 3"], { check: false });
  clearInterval(timer);
  assertEquals([status.code, ticks], [3, 0]);
  assert(performance.now() - begun >= 100);
});

test("runSync() throws an ExitError unless check is off", () => {
  const error = assertThrows(
    () => runSync(["sh", "-c", "exit 9"]),
    ExitError,
    "Command failed: sh -c 'exit 9': exit 9",
  );
  assertEquals(error.status.code, 9);
  assertEquals(runSync(["sh", "-c", "exit 9"], { check: false }).code, 9);
});

test("runSync() and captureSync() say that the time is over, not what became of it", () => {
  for (const form of [runSync, captureSync]) {
    const error = assertThrows(
      () => form(["sleep", "60"], { timeout: 30 }),
      DOMException,
      "Timed out after 30 ms: sleep 60",
    );
    assertEquals(error.name, "TimeoutError");
  }
  assert(runSync(["true"], { timeout: 60_000 }).success);
  assert(runSync(["true"], { timeout: 1e12 }).success);
});

test("captureSync() carries standard output, standard error and input", () => {
  const { stdout, stderr } = captureSync(["sh", "-c", "tr a-z A-Z; echo e >&2"], { input: "héllo\n" });
  assertEquals([stdout, stderr], ["HéLLO\n", "e\n"]);
  const error = assertThrows(() => captureSync(["sh", "-c", "echo why >&2; exit 1"]), ExitError, "exit 1\nwhy");
  assertEquals(error.stderr, "why\n");
});

test("captureSync() takes an option that is undefined for one that is not given", () => {
  const options = { stdout: undefined, stderr: undefined, waitDelay: undefined };
  const captured = captureSync(["sh", "-c", "echo out; echo err >&2"], options);
  assertEquals([captured.stdout, captured.stderr], ["out\n", "err\n"]);
});

test("linesSync() is a generator that ends its command with it", () => {
  const reading = linesSync(["yes"]);
  assertEquals([reading.next().value, reading.next().value], ["y", "y"]);
  reading.return();
  assertEquals(reading.next().done, true);
  assertEquals([...linesSync(["printf", "a\\n\\nb"])], ["a", "", "b"]);
});

test("linesSync() starts nothing until it is asked for a line", () => {
  const reading = linesSync(["no-such-program"]);
  assertThrows(() => reading.next(), Deno.errors.NotFound);
});

test("runSync() leaves the children that the program waits for otherwise alone", async () => {
  await using child = spawn(["sh", "-c", "exit 4"]);
  const theirs = new Deno.Command("sh", { args: ["-c", "exit 5"] }).output();
  assertEquals(runSync(["sh", "-c", "sleep 0.05; exit 6"], { check: false }).code, 6);
  assertEquals([(await child.status).code, (await theirs).code], [4, 5]);
});

test("runSync() serves as the only thing that a program does, and starts no thread", async () => {
  const source = `
    import { captureSync, runSync } from "vasty/mod.ts";
    runSync(["sh", "-c", 'cat /proc/$PPID/task/*/comm | grep -c vasty'], { check: false });
    console.log(captureSync(["echo", "done"]).stdout.trim());
  `;
  const { stdout, stderr, code } = await denoSource(source, { flags: ["--allow-run"] });
  assertEquals({ stdout, stderr, code }, { stdout: "0\ndone\n", stderr: "", code: 0 });
});

test("runSync() is not ended by a signal that the program handles meanwhile", async () => {
  const source = `
    import { runSync } from "vasty/mod.ts";
    let seen = 0;
    Deno.addSignalListener("SIGUSR2", () => seen++);
    const status = runSync(["sh", "-c", "for i in 1 2 3; do kill -USR2 $PPID; sleep 0.02; done; exit 3"], {
      check: false, timeout: 20_000,
    });
    console.log(String(status));
    for (let i = 0; i < 200 && seen === 0; i++) await new Promise((resolve) => setTimeout(resolve, 50));
    console.log(seen > 0);
    Deno.exit();
  `;
  const { stdout, stderr } = await denoSource(source, { flags: ["--allow-run"] });
  assertEquals({ stdout, stderr }, { stdout: "exit 3\ntrue\n", stderr: "" });
});
