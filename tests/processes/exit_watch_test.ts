import { ERRNO } from "../../ffi/abi/errno.ts";
import { close } from "../../ffi/unistd.ts";
import { SIGNAL } from "../../ffi/abi/signal.ts";
import { spawn as spawnChild } from "../../lib/processes/mod.ts";
import { ExitWatch, reap, type Started, startWatched } from "../../lib/processes/exit_watch.ts";
import { startProgram } from "../../lib/processes/start.ts";
import { locateProgram } from "../../lib/processes/program.ts";
import { assert, assertEquals, denoSource, EMULATED, test, within } from "../support/mod.ts";
import { readProc } from "../support/proc.ts";
import { exists, runs } from "./programs/reports.ts";

const STANDARD = new Map([[0, 0], [1, 1], [2, 2]]);

/** A child that nobody watches yet. */
function started(...command: string[]): Started {
  const paths = locateProgram(command[0]!, {}, "spawn");
  return startWatched(command[0]!, () => startProgram(command, paths, {}, STANDARD));
}

/** The pid of one that is never to be watched. */
function start(...command: string[]): number {
  const { pid, pidfd } = started(...command);
  close(pidfd);
  return pid;
}

test("reap() has the status of a child that has ended, once, and nothing of one that runs", () => {
  const pid = start("sleep", "60");
  assertEquals(reap(pid, false), undefined);
  Deno.kill(pid, "SIGKILL");
  assertEquals(reap(pid, true)?.signal, "SIGKILL");
  assertEquals(reap(pid, false)?.raw, -1);
  assert(!exists(pid));
});

test("reap() takes no other child than its own", () => {
  const [first, second] = [start("sh", "-c", "exit 1"), start("sh", "-c", "exit 2")];
  assertEquals(reap(second, true)?.code, 2);
  assertEquals(reap(first, true)?.code, 1);
});

test("ExitWatch.exited resolves when the child ends, and kill() says whether it was there", async () => {
  const watch = new ExitWatch(started("sleep", "60"));
  assertEquals([watch.status, watch.kill(0)], [undefined, true]);
  assert(watch.kill(SIGNAL.SIGTERM));
  const status = await watch.exited;
  assert(status === watch.status && status.signal === "SIGTERM");
  assertEquals(watch.kill(SIGNAL.SIGTERM), false);
});

test("ExitWatch.exited resolves for a child that ended before it was watched", async () => {
  const child = started("sh", "-c", "exit 8");
  while (!/^State:\tZ/m.test(readProc(`/proc/${child.pid}/status`)));
  assertEquals((await new ExitWatch(child).exited).code, 8);
});

test("ExitWatch waits on a worker where there is no pidfd", async () => {
  const watch = new ExitWatch({ pid: start("sleep", "60"), pidfd: -ERRNO.ENOSYS });
  assertEquals([watch.kill(0), watch.kill(SIGNAL.SIGTERM)], [true, true]);
  assertEquals((await watch.exited).signal, "SIGTERM");
  assertEquals((await new ExitWatch({ pid: start("sh", "-c", "exit 9"), pidfd: -ERRNO.EMFILE }).exited).code, 9);
});

test("ExitWatch.poll() reaps once, and ends the wait on a worker as well", async () => {
  for (const pidfd of [undefined, -ERRNO.ENOSYS]) {
    const child = pidfd === undefined ? started("sleep", "60") : { pid: start("sleep", "60"), pidfd };
    const watch = new ExitWatch(child);
    assertEquals([watch.poll(), watch.endedAt], [undefined, undefined]);
    watch.kill(SIGNAL.SIGKILL);
    while (watch.poll() === undefined);
    assertEquals([watch.poll()?.signal, (await watch.exited).signal], ["SIGKILL", "SIGKILL"]);
    assert(watch.endedAt! <= performance.now() && !exists(watch.pid));
  }
});

test("ExitWatch.change() takes a stop once, and an end as the end", async () => {
  const watch = new ExitWatch(started("sleep", "60"));
  const both = { stopped: true, continued: true };
  assertEquals(watch.change(both), undefined);
  watch.kill(SIGNAL.SIGSTOP);
  assertEquals(await watch.changes({ stopped: true }).result, 0);
  assertEquals([watch.change({ continued: true }), watch.change({ stopped: true })], [undefined, {
    stopped: "SIGSTOP",
  }]);
  assertEquals(watch.change(both), undefined);
  watch.kill(SIGNAL.SIGCONT);
  await watch.changes({ continued: true }).result;
  assertEquals(watch.change(both), { continued: true });
  watch.kill(SIGNAL.SIGKILL);
  await watch.changes(both).result;
  assertEquals([watch.change(both), watch.status?.signal, (await watch.exited).signal], [
    undefined,
    "SIGKILL",
    "SIGKILL",
  ]);
}, { skip: EMULATED && "qemu-user does not tell of stopped children" });

test("ExitWatch says so where another part of the program took the status", async () => {
  const child = spawnChild(["sh", "-c", "exit 3"]);
  assertEquals(reap(child.pid, true)?.code, 3);
  assertEquals((await child.status).raw, -1);
});

/** A program that uses children, to be run under one of the conditions below. */
const USES = `
  import { capture, captureSync, lines, run, spawn } from "vasty/mod.ts";
  const said = [];
  said.push((await run(["sh", "-c", "exit 3"], { check: false })).toString());
  said.push(String((await capture(["echo", "x"], { check: false })).stdout.trim()));
  const child = spawn(["sleep", "60"]);
  said.push(child.kill("KILL"), (await child.status).toString());
  said.push(captureSync(["echo", "y"], { check: false }).stdout.trim());
  console.log(said.join(", "));
`;
const TAKEN = "ended, and its status was taken by another wait or by an ignored SIGCHLD";

test("spawn() in a program that ignores SIGCHLD waits for the end and says that the status is unknown", async () => {
  const source = `
    import { SIGACTION, SIGNAL } from "vasty/ffi/abi/signal.ts";
    import { sigaction } from "vasty/ffi/signal.ts";
    const action = new DataView(new ArrayBuffer(SIGACTION.sizeof));
    action.setBigUint64(SIGACTION.sa_handler, 1n, true); // SIG_IGN
    sigaction(SIGNAL.SIGCHLD, action, null);
    ${USES}
  `;
  const { stdout, stderr } = await denoSource(source, { flags: ["--allow-run"] });
  assertEquals({ stdout, stderr }, { stdout: `${TAKEN}, x, true, ${TAKEN}, y\n`, stderr: "" });
});

test("ExitWatch.hold() decides whether a child keeps the program alive", async () => {
  const program = (hold: string) => `
    import { spawn } from "vasty/mod.ts";
    const child = spawn(["sh", "-c", "read line; exit 3"], { stdin: "piped" });
    child.status.then((status) => console.log(String(status)));
    ${hold}
    setTimeout(() => child.stdin.close(), 50);
  `;
  const flags = ["--allow-run"];
  assertEquals((await denoSource(program(""), { flags })).stdout, "exit 3\n");
  assertEquals((await denoSource(program("child.unref(); child.ref();"), { flags })).stdout, "exit 3\n");
});

test("Child.unref() lets the program end by itself, and does not kill the child", async () => {
  for (const later of ["", "await new Promise((resolve) => setTimeout(resolve, 100));"]) {
    const source = `
      import { spawn } from "vasty/mod.ts";
      const child = spawn(["sleep", "60"], { stdin: "null", stdout: "null", stderr: "null", timeout: 60_000 });
      child.unref();
      child.status.then(() => console.log("ended"));
      ${later}
      console.log(child.pid);
    `;
    const begun = performance.now();
    const { stdout, stderr, code } = await denoSource(source, { flags: ["--allow-run"] });
    assert(performance.now() - begun < within(10_000));
    const pid = Number(stdout);
    assertEquals([stderr, code, readProc(`/proc/${pid}/comm`)], ["", 0, "sleep\n"]);
    Deno.kill(pid, "SIGKILL");
  }
});

test("Child whose status nobody awaits keeps the program alive until it ends", async () => {
  const source = `
    import { spawn } from "vasty/mod.ts";
    spawn(["sh", "-c", "sleep 0.2; echo written at the end"]);
  `;
  const { stdout, stderr, code } = await denoSource(source, { flags: ["--allow-run"] });
  assertEquals({ stdout, stderr, code }, { stdout: "written at the end\n", stderr: "", code: 0 });
});

test("Child that a time limit ends where nobody asks for the status is no unhandled rejection", async () => {
  const source = `
    import { spawn } from "vasty/mod.ts";
    spawn(["sleep", "60"], { timeout: 50 });
  `;
  const { stdout, stderr, code } = await denoSource(source, { flags: ["--allow-run"] });
  assertEquals({ stdout, stderr, code }, { stdout: "", stderr: "", code: 0 });
});

test("spawn() in a program that ends with an uncaught error, or with Deno.exit(), does not hold it up", async () => {
  for (const [end, wanted] of [['throw new Error("uncaught")', 1], ["Deno.exit(5)", 5], ["null.x", 1]] as const) {
    const source = `
      import { spawn } from "vasty/mod.ts";
      const child = spawn(["cat"], { stdin: "piped", stdout: "piped" });
      child.stdout.readInto(new Uint8Array(1));
      await new Promise((resolve) => setTimeout(resolve, 20));
      console.log(child.pid);
      ${end};
    `;
    const begun = performance.now();
    const { stdout, code } = await denoSource(source, { flags: ["--allow-run"] });
    assert(performance.now() - begun < within(10_000));
    assertEquals(code, wanted);
    // Its standard input ended with the program, so cat does as well.
    while (runs(Number(stdout))) await new Promise((resolve) => setTimeout(resolve, 1));
  }
});
