/** What the examples of signals are for that handle, ignore and hold them back. */
import { flockSync } from "../../lib/locks/mod.ts";
import { assert, assertEquals, assertMatch, test, within } from "../support/mod.ts";
import { readProc } from "../support/proc.ts";
import { alive, exampleCommand, Folder, launched, Running } from "./launched.ts";
import { AGES, directCommand, exampleOf, hasAge, onTerminal, typed, until, waitsFor } from "./signalled.ts";

const SIGINT = 2;
const SIGALRM = 14;
const ROOT = Deno.uid() !== 0 && "needs root, who may become somebody else";
const says = (count: number) => `Somebody sent me a SIGINT (${count})\n`;
const THREE = says(1) + says(2) + says(3);

/** Three signals, the next one when the one before was told of. */
async function thrice(running: Running, pid: number): Promise<void> {
  for (const count of [1, 2, 3]) {
    Deno.kill(pid, "SIGINT");
    await running.stdout.until(new RegExp(`\\(${count}\\)`));
  }
}

for (const { age, title } of AGES) {
  test(`signals/catch_int tells of each ^C and throws at the third, ${title}`, async () => {
    using folder = new Folder();
    const running = new Running(exampleCommand("signals/catch_int"), { cwd: folder.path });
    const pid = await exampleOf(running);
    await waitsFor(pid, SIGINT);
    await hasAge(pid, age);
    await thrice(running, pid);
    const { code, stdout, stderr } = await running.end();
    assertEquals({ code, stdout, stderr }, { code: 1, stdout: THREE, stderr: `catch_int: ${says(3)}` });
    assertEquals(folder.files, ["lines.txt"]);
  });
}

test("signals/catch_int catches ^C although it was started to ignore it", async () => {
  const running = new Running(directCommand("signals/catch_int"), { under: ["env", "--ignore-signal=INT"] });
  await waitsFor(running.child.pid, SIGINT);
  await thrice(running, running.child.pid);
  assertEquals((await running.end()).code, 1);
});

for (const signal of ["SIGTERM", "SIGHUP"] as const) {
  test(`signals/catch_int that waits ends by ${signal}`, async () => {
    const running = new Running(exampleCommand("signals/catch_int"));
    const pid = await exampleOf(running);
    await waitsFor(pid, SIGINT);
    running.child.kill(signal);
    assertEquals((await running.end()).signal, signal);
    assert(!alive(pid), `process ${pid} is left`);
  });
}

test("signals/catch_int gets a typed ^C once, the whole way", async () => {
  const running = new Running(onTerminal([Deno.execPath(), "task", "--quiet", "example", "signals/catch_int"]));
  const pid = await exampleOnTerminal(running);
  await waitsFor(pid, SIGINT);
  for (const count of [1, 2, 3]) {
    await typed(running, "\x03");
    await running.stdout.until(new RegExp(`\\(${count}\\)`));
  }
  const { code, stdout } = await running.end();
  const shown = stdout.replaceAll("^C", "").replaceAll("\r", "");
  assertEquals({ code, shown }, { code: 1, shown: `${THREE}catch_int: ${says(3)}` });
}, { needs: ["script"] });

/** The innermost child: script(1), `deno task`, the launcher, the example. */
async function exampleOnTerminal(running: Running): Promise<number> {
  let pid = running.child.pid;
  for (let level = 0; level < 3; level++) pid = await exampleOf({ child: { pid } } as Running);
  return pid;
}

test("signals/names knows all signals by number and by name", async () => {
  const ask = async (...args: string[]) => (await launched(exampleCommand("signals/names", ...args))).stdout;
  assertEquals(await ask("17"), "signal #17 = CHLD\n");
  assertEquals(await ask("ALRM"), "SIGALRM is 14\n");
  assertEquals(await ask("SIGRTMIN+1"), "SIGRTMIN+1 is 35\n");
  assertEquals(await ask("35"), "signal #35 = RTMIN+1\n");
  assertEquals(await ask("CLD"), "SIGCLD is 17\n");
  const table = await ask();
  assertMatch(table, /^ 1\) SIGHUP\n 2\) SIGINT\n[^]*\n31\) SIGSYS\n34\) SIGRTMIN\n35\) SIGRTMIN\+1\n/);
});

for (const wrong of ["NOPE", "0", "32", "65", "17x", ""]) {
  test(`signals/names fails for ${JSON.stringify(wrong)}`, async () => {
    const { code, stdout, stderr } = await launched(exampleCommand("signals/names", wrong));
    assertEquals({ code, stdout }, { code: 1, stdout: "" });
    assertMatch(stderr, /^names: .*\n$/);
  });
}

const INSIDE = "inside the block: ^C is ignored\n";
const PRECIOUS = `${INSIDE}after the block: ^C is what it was\n${INSIDE}thrown out of the block: ^C is what it was\n`;
/** Seconds of a part, so that the second block comes after Deno has replaced the handlers, and the first one before. */
const SPAN = "0.7";

/** Send SIGINT to `pid` when each of `lines`, by its number, has come. */
async function interrupt(running: Running, pid: number, lines: number[]): Promise<void> {
  for (const line of lines) {
    await running.stdout.until(new RegExp(`^(.*\\n){${line}}`));
    Deno.kill(pid, "SIGINT");
  }
}

test("signals/precious ignores ^C in both blocks", async () => {
  const running = new Running(exampleCommand("signals/precious", SPAN));
  await interrupt(running, await exampleOf(running), [1, 3]);
  const { code, stdout, stderr } = await running.end();
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: `${PRECIOUS}done\n`, stderr: "" });
});

for (const line of [2, 4]) {
  test(`signals/precious ends by ^C after its ${line === 2 ? "first" : "second"} block`, async () => {
    const running = new Running(exampleCommand("signals/precious", SPAN));
    await interrupt(running, await exampleOf(running), [1, line]);
    const { signal, stdout } = await running.end();
    assertEquals([signal, stdout.split("\n").length - 1], ["SIGINT", line]);
  });
}

test("signals/precious that was started to ignore ^C ignores it after the blocks as well", async () => {
  const under = ["env", "--ignore-signal=INT"];
  const running = new Running(directCommand("signals/precious", SPAN), { under });
  await interrupt(running, running.child.pid, [1, 2, 3, 4]);
  assertEquals((await running.end()).stdout, `${PRECIOUS}done\n`);
});

test("signals/precious ignores a typed ^C in its block, and ends by one after it", async () => {
  const running = new Running(onTerminal(exampleCommand("signals/precious", SPAN)));
  await running.stdout.until(/inside/);
  await typed(running, "\x03");
  await running.stdout.until(/after/);
  await typed(running, "\x03");
  const { code, stdout } = await running.end();
  assertEquals([code, /done|thrown/.test(stdout)], [130, false]);
}, { needs: ["script"] });

test("signals/blocked holds signals back and lets them in, in order", async () => {
  const { code, stdout, stderr } = await launched(exampleCommand("signals/blocked"));
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const [, kid] = /^SIGUSR1 from (\d+)$/m.exec(stdout)!;
  assertEquals(stdout.split("\n"), [
    "pending: SIGUSR1 SIGRTMIN+1",
    `SIGUSR1 from ${kid}`,
    ...[1, 2, 3].map((value) => `value ${value} from ${kid}`),
    "SIGUSR2, which was ignored: gone",
    "",
  ]);
});

test("signals/alive tells a process that is there, one of somebody else, and one that is gone", async () => {
  const gone = new Deno.Command("true").spawn();
  await gone.status;
  const all = await launched(exampleCommand("signals/alive", `${Deno.pid}`, `${gone.pid}`));
  assertEquals([all.code, all.stdout], [1, `${Deno.pid} alive\n${gone.pid} gone\n`]);
});

test("signals/alive tells a process of somebody else", async () => {
  const other = new Running(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "cat"]);
  const pid = other.child.pid;
  await until(`process ${pid} is somebody else's`, () => /^Uid:\s*65534/m.test(readProc(`/proc/${pid}/status`)));
  const under = ["setpriv", "--bounding-set=-kill", "--inh-caps=-kill"];
  const { code, stdout, stderr } = await launched(exampleCommand("signals/alive", `${pid}`), { under });
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: `${pid} not yours (EPERM)\n`, stderr: "" });
  await other.end("");
}, { needs: ["setpriv"], skip: ROOT });

test("signals/deferred handles every signal between two steps, and an alarm ends a call that blocks", async () => {
  const { code, stdout, stderr } = await launched(exampleCommand("signals/deferred"));
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const [, ms] =
    /^handled 100 during the sum\nsum right\nflockSync ended after (\d+) ms: SIGALRM came\n$/.exec(stdout) ?? [];
  assert(Number(ms) >= 990 && Number(ms) < within(1_500), stdout);
});

test("signals/alarm_flock makes the file, locks it and lets it go", async () => {
  using folder = new Folder();
  const { code, stdout, stderr } = await launched(exampleCommand("signals/alarm_flock", "new"), { cwd: folder.path });
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "locked new\n", stderr: "" });
  assertEquals(folder.files, ["lines.txt", "new"]);
});

test("signals/alarm_flock gives up when the time is up, and has the lock when its holder lets go", async () => {
  using folder = new Folder();
  const file = `${folder.path}/lines.txt`;
  const held = flockSync(file, "exclusive");
  const begun = performance.now();
  const late = await launched(exampleCommand("signals/alarm_flock", file, "0.3"));
  assertEquals([late.code, late.stdout, late.stderr], [1, "", "alarm_flock: alarm clock restart\n"]);
  assert(performance.now() - begun >= 300);
  const waiting = new Running(exampleCommand("signals/alarm_flock", file, "60"));
  await waitsFor(await exampleOf(waiting), SIGALRM);
  held.unlock();
  const { code, stdout } = await waiting.end();
  assertEquals([code, stdout], [0, `locked ${file}\n`]);
});
