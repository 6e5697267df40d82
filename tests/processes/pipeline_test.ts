import { SyscallError } from "../../lib/core/mod.ts";
import { capture, ExitError, type Pipeline, pipeline, PipelineOutput, shell } from "../../lib/processes/mod.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
  children,
  denoSource,
  EMULATED,
  killPrinted,
  sample,
  size,
  test,
  within,
} from "../support/mod.ts";
import { exists } from "./programs/reports.ts";

const encoder = new TextEncoder();

test("pipeline() of yes and head ends with SIGPIPE in the first stage and success in the second", async () => {
  const output = await pipeline([["yes"], ["head", "-1"]]).output();
  assert(output instanceof PipelineOutput);
  assertEquals([output.stdout, output.statuses.map(String)], ["y\n", ["killed by SIGPIPE", "exit 0"]]);
  assert(output.status === output.statuses[1]);
});

/** Stages that exit with these codes, or are killed by this signal. */
const ENDS = [[0], [3], [0, 0], [3, 0], [0, 3], [3, 4, 0], [3, 0, 5], [0, 0, 0], ["KILL", 0], [0, "TERM"]] as const;
for (const [i, ends] of ENDS.entries()) {
  test(`pipeline() with ${ends} has the status that bash has, with pipefail or without`, async () => {
    const scripts = ends.map((end) => typeof end === "number" ? `exit ${end}` : `kill -${end} $$`);
    for (const pipefail of [false, true]) {
      const line = scripts.map((script) => `sh -c '${script}'`).join(" | ");
      const bash = await capture(["bash", "-c", `${pipefail ? "set -o pipefail;" : ""} ${line}; echo $?`]);
      const { status, statuses } = await pipeline(scripts.map((script) => shell(script)), { pipefail, check: false })
        .output();
      const shown = (status.code ?? 128 + (status.raw & 0x7f)).toString();
      assertEquals(shown, bash.stdout.trim(), `pipefail ${pipefail}`);
      assertEquals(statuses.map(({ code, signal }) => code ?? signal!.slice(3)), [...ends]);
    }
  }, { needs: ["bash"], skip: sample(i === 6) });
}

test("pipeline() with pipefail counts a stage that SIGPIPE has killed as failed, as bash does", async () => {
  const { stdout } = await capture(["bash", "-c", "set -o pipefail; yes | head -1 >&2; echo $?"]);
  const output = await pipeline([["yes"], ["head", "-1"]], { pipefail: true, check: false }).output();
  assertEquals([stdout.trim(), output.status.raw & 0x7f, `${output.status}`], ["141", 13, "killed by SIGPIPE"]);
}, { needs: ["bash"] });

test("Pipeline.output() throws for the command that decides, unless told not to", async () => {
  const failing = [["sh", "-c", "exit 3"], ["sh", "-c", "cat; echo why >&2; exit 4"], ["cat"]];
  assertEquals((await pipeline(failing, { stderr: "null" }).output()).status.code, 0);
  const error = await assertRejects(() => pipeline(failing, { pipefail: true, stderr: "piped" }).output(), ExitError);
  assertEquals([error.command, error.status.code, error.stderr], [failing[1]!, 4, "why\n"]);
  const output = await pipeline(failing, { pipefail: true, stderr: "piped", check: false }).output();
  assertEquals([output.status.code, output.stderr], [4, "why\n"]);
  const shown = { stdout: "inherit", stderr: "null" } as const;
  assertEquals((await pipeline(failing, { pipefail: true, ...shown }).status).code, 4);
});

test("Pipeline.output() asked twice gives the same answer", async () => {
  const one = pipeline([["echo", "x"], ["cat"]]);
  const [first, second] = await Promise.all([one.output(), one.output()]);
  assert(first === second && first === await one.output());
  assertEquals(await one.statuses, first.statuses as never);
});

test("pipeline() joins its stages in the kernel: they alone hold the pipe", async () => {
  await using joined = pipeline([shell("echo READY >&2; exec sleep 60"), ["cat"], ["cat"]], { stderr: "piped" });
  const buffer = new Uint8Array(6);
  await joined.stderr.readInto(buffer);
  const [first, second, third] = joined.stages;
  const { stdout } = await capture(["sh", "-c", 'for end; do readlink "/proc/$end"; done', "sh"].concat(
    `${first!.pid}/fd/1`,
    `${second!.pid}/fd/0`,
    `${second!.pid}/fd/1`,
    `${third!.pid}/fd/0`,
  ));
  const [a, b, c, d] = stdout.trim().split("\n");
  assert(a === b && c === d && a !== c, stdout);
  // Something else of this program may be closed while it is listed.
  const ours = await capture(["sh", "-c", 'ls -l "/proc/$1/fd" 2>/dev/null; :', "sh", `${Deno.pid}`]);
  assert(!ours.stdout.includes(a!) && !ours.stdout.includes(c!), ours.stdout);
});

test("pipeline() carries much through three stages, exactly", async () => {
  const bytes = size(20_000_000);
  const { stdout, statuses } = await pipeline([["head", "-c", `${bytes}`, "/dev/zero"], ["cat"], ["wc", "-c"]])
    .output();
  assertEquals([stdout.trim(), `${statuses}`], [`${bytes}`, "exit 0,exit 0,exit 0"]);
});

test("pipeline() gives the streams of the whole", async () => {
  await using joined = pipeline([["cat"], shell("echo odd >&2; cat"), ["tr", "a-z", "A-Z"]], {
    stdin: "piped",
    stderr: "piped",
  });
  const writer = joined.stdin.getWriter();
  await writer.write(encoder.encode("spirits"));
  await writer.close();
  const [out, errors] = await Promise.all([joined.stdout, joined.stderr].map((stream) => new Response(stream).text()));
  assertEquals([out, errors], ["SPIRITS", "odd\n"]);
  assert((await joined.status).success);
});

test("pipeline() refuses streams that are not piped, by name", async () => {
  await using joined = pipeline([["cat"], ["cat"]], { stdin: "null", stdout: "null", stderr: "null" });
  for (const name of ["stdin", "stdout", "stderr"] as const) {
    assertThrows(() => joined[name], TypeError, `${name} is not "piped"`);
  }
  assertEquals((await joined.output()).stdout, "");
});

test("pipeline() feeds its input to the first stage", async () => {
  const text = "b\na\n".repeat(size(50_000));
  const { stdout } = await pipeline([["sort"], ["uniq", "-c"]], { input: text }).output();
  assertMatch(stdout, new RegExp(`^ *${text.length / 4} a\\n *${text.length / 4} b\\n$`));
  const failing = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error("no more")) });
  await assertRejects(() => pipeline([["cat"], ["wc"]], { input: failing }).output(), Error, "no more");
});

test(
  "pipeline() whose input fails ends its stages from the last to the first: none takes a part for the whole",
  async () => {
    const broken = () => ReadableStream.from(chunks());
    async function* chunks() {
      yield new TextEncoder().encode("half of it\n");
      throw new Error("the source broke");
    }
    const commits = ["sh", "-c", "while read line; do :; done; echo committed"];
    const stubborn = ["perl", "-e", '$SIG{TERM} = "IGNORE"; 1 while <STDIN>; print "committed"'];
    for (const last of [commits, stubborn]) {
      const failing = pipeline([["cat"], ["cat"], last], { input: broken() });
      const written = new Response(failing.stdout).text();
      const statuses = await failing.statuses;
      assertEquals(await written, "");
      assert(statuses.every(({ signal }) => signal !== null), `${statuses}`);
    }
    const begun = performance.now();
    const sleeping = pipeline([["cat"], ["sleep", "60"]], { input: broken() });
    await assertRejects(() => sleeping.output(), Error, "the source broke");
    assert(performance.now() - begun < 30_000);
  },
  { needs: ["perl"] },
);

test("pipeline() of one command is that command", async () => {
  assertEquals((await pipeline([["echo", "alone"]]).output()).stdout, "alone\n");
});

test("pipeline() gives a stage its own options before those of the whole", async () => {
  const show = shell("cat; echo $A $B $(pwd)");
  const { stdout } = await pipeline([
    { command: show, env: { B: "own" }, cwd: "/usr" },
    show,
    { command: shell("cat; echo loud >&2"), stderr: "null" },
  ], { env: { A: "all", B: "all" }, cwd: "/" }).output();
  assertEquals(stdout, "all own /usr\nall all /\n");
});

test("pipeline() puts all its stages into one process group", async () => {
  await using joined = pipeline([["cat"], ["cat"], ["cat"]], { stdin: "piped", processGroup: true });
  const [leader] = joined.stages;
  const { stdout } = await capture(["ps", "-o", "pgid=", "-p", joined.stages.map(({ pid }) => pid).join()]);
  assertEquals(stdout.trim().split(/\s+/), joined.stages.map(() => `${leader!.pid}`));
}, { needs: ["ps"] });

const MISSING = "/nowhere/no-such-program";

test("pipeline() starts nothing where a program cannot be found", async () => {
  const file = `${await Deno.makeTempDir()}/made`;
  assertThrows(() => pipeline([["touch", file], ["no-such-program"]]), Deno.errors.NotFound, '"no-such-program"');
  assertEquals(children(), []);
  await assertRejects(() => Deno.stat(file), Deno.errors.NotFound);
  await Deno.remove(file.replace(/\/made$/, ""));
});

test("pipeline() ends the stages already started where another cannot be, and nothing is left", async () => {
  for (const stdin of ["null", "piped"] as const) {
    const error = assertThrows(
      () => pipeline([["sleep", "600"], ["yes"], [MISSING], ["cat"]], { stdin, stderr: "piped" }),
      SyscallError,
    );
    assertEquals([error.code, error.path], ["ENOENT", MISSING]);
  }
  const deadline = performance.now() + within(2_000);
  while (children().length > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 2));
  assertEquals(children(), []);
});

test("pipeline() refuses what is no pipeline before it starts anything", () => {
  const wrong: unknown[] = [[], "ls | cat", [["cat"], "ls"], [["cat"], []], [["cat"], { command: "ls" }], [[1]]];
  for (const commands of wrong) assertThrows(() => pipeline(commands as string[][]), TypeError);
  assertThrows(() => pipeline([["cat"]], { timeout: -1 }), RangeError);
  assertThrows(() => pipeline([["cat"]], { input: "x", stdin: "null" }), TypeError, "exclude each other");
  const piped = [{ command: ["cat"], stderr: "piped" as "null" }];
  assertThrows(() => pipeline(piped), TypeError, 'stderr is "piped" for the whole');
  assertThrows(() => pipeline([["cat"]], { signal: AbortSignal.abort(new Error("before")) }), Error, "before");
  assertEquals(children(), []);
});

test("pipeline() ends all its stages at a timeout, within 100 ms", async () => {
  const stubborn = ["sh", "-c", "trap '' TERM; echo READY; while :; do sleep 1; done"];
  const stages = [["yes"], stubborn, ["cat"]];
  const begun = performance.now();
  const joined = pipeline(stages, { timeout: 200, stderr: "piped" });
  const reading = assertRejects(() => new Response(joined.stderr).text(), DOMException, "Timed out");
  const error = await assertRejects(() => joined.output(), DOMException, "Timed out after 200 ms");
  assertEquals(error.name, "TimeoutError");
  const took = performance.now() - begun;
  assert(took < within(400), `${took} ms`);
  for (const { pid } of joined.stages) assert(!exists(pid), `${pid} is left`);
  await reading;
});

test("Pipeline.output() ends at the timeout where the stages have ended, but not what they have started", async () => {
  const file = await Deno.makeTempFile();
  const begun = performance.now();
  const holding = shell('sleep 600 & echo $! >"$1"', file);
  const joined = pipeline([["true"], holding], { timeout: 300, stderr: "piped" });
  const collecting = assertRejects(() => joined.output(), DOMException, "Timed out after 300 ms");
  assertEquals((await joined.statuses).map(({ code }) => code), [0, 0]);
  await collecting;
  assert(performance.now() - begun < within(500));
  killPrinted(await Deno.readTextFile(file));
  await Deno.remove(file);
}, { skip: EMULATED && "under emulation the limit comes before the start has" });

test("pipeline() ends with the signal's reason, and all stages are gone", async () => {
  const controller = new AbortController();
  const joined = pipeline([["yes"], ["cat"], ["cat"]], { signal: controller.signal });
  await joined.stdout.readInto(new Uint8Array(10));
  const begun = performance.now();
  controller.abort(new Error("enough"));
  await assertRejects(() => joined.statuses, Error, "enough");
  await assertRejects(() => joined.stdout.readInto(new Uint8Array(10)), Error, "enough");
  assert(performance.now() - begun < within(200));
  for (const { pid } of joined.stages) assert(!exists(pid), `${pid} is left`);
});

test("Pipeline is terminated and reaped at the end of an await using block, and twice is no harm", async () => {
  let joined: Pipeline;
  {
    await using block = pipeline([["sleep", "600"], ["cat"]], { stdin: "piped", stderr: "piped" });
    joined = block;
  }
  await joined[Symbol.asyncDispose]();
  for (const { pid } of joined.stages) assert(!exists(pid), `${pid} is left`);
  assertEquals((await joined.statuses)[0]!.signal, "SIGTERM");
});

test("Pipeline.kill() and terminate() reach every stage, and do nothing once all have ended", async () => {
  const killed = pipeline([["sleep", "600"], ["sleep", "600"]], { stdout: "inherit" });
  assert(killed.kill("KILL"));
  assertEquals((await killed.statuses).map(({ signal }) => signal), ["SIGKILL", "SIGKILL"]);
  assert(!killed.kill());
  await using ended = pipeline([["sleep", "600"], ["sleep", "600"]]);
  assertEquals((await ended.terminate()).map(({ signal }) => signal), ["SIGTERM", "SIGTERM"]);
  assertEquals((await ended.terminate()).map(({ signal }) => signal), ["SIGTERM", "SIGTERM"]);
});

test("pipeline() that nobody reads blocks its stages, not this program", async () => {
  await using joined = pipeline([["yes"], ["cat"]]);
  assertEquals((await capture(["echo", "free"])).stdout, "free\n");
  assert(joined.kill("TERM"));
  // One of them has gone before the other is signalled, which may have seen that: SIGPIPE, or the end of its input.
  const ends = (await joined.statuses).map(({ signal }) => signal);
  assert(["SIGTERM,SIGTERM", "SIGPIPE,SIGTERM", "SIGTERM,"].includes(ends.join()), ends.join());
});

test("Pipeline.output() waits for a grandchild that keeps the pipe open as long as waitDelay says", async () => {
  const begun = performance.now();
  const lingering = ["sh", "-c", "sleep 600 & echo $!"];
  const { stdout, incomplete } = await pipeline([["true"], lingering], { waitDelay: 100 }).output();
  killPrinted(stdout);
  assertEquals(incomplete, true);
  assert(performance.now() - begun < within(1_000));
  assertEquals((await pipeline([["echo", "all"], ["cat"]], { waitDelay: 100 }).output()).incomplete, false);
});

test("Pipeline.unref() lets the program end whose stream given as input has nothing yet", async () => {
  const { stdout, code } = await denoSource(
    `import { pipeline } from "vasty/mod.ts";
     const joined = pipeline([["cat"], ["cat"]], { input: new ReadableStream({}), stdout: "null" });
     joined.unref();
     console.log("unref'd");`,
    { flags: ["--allow-run=cat"], under: ["timeout", "20"] },
  );
  assertEquals([stdout, code], ["unref'd\n", 0]);
});
