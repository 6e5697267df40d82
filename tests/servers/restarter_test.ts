/** Programs that are replaced by their new code while they serve. */
import { assert, assertEquals, assertMatch, EMULATED, size, test, within } from "../support/mod.ts";
import { numbers, readProc } from "../support/proc.ts";
import { descriptors, Load, Phoenix } from "./phoenix.ts";

const ROUNDS = EMULATED ? 1 : 5;

/** Ask until it is so: what is asked for is the state of /proc, which nothing announces. */
async function until(done: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + within(5_000);
  while (!done()) {
    if (performance.now() > deadline) throw new Error(`Not within 5 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function children(pid: number): number[] {
  const tasks = numbers(`/proc/${pid}/task`);
  return tasks.flatMap((tid) => (readProc(`/proc/${pid}/task/${tid}/children`).match(/\d+/g) ?? []).map(Number));
}

test("Restarter.restart() keeps the process and drops nobody, by TCP and by a path", async () => {
  await using phoenix = await Phoenix.start();
  const loads = (["tcp", "unix"] as const).map((by) => new Load(phoenix, by));
  for (let round = 2; round <= ROUNDS + 1; round++) {
    phoenix.kill("SIGHUP");
    assertEquals(await phoenix.said(), `ready ${round} ${phoenix.pid} ${phoenix.port}`);
  }
  for (const load of loads) {
    const answers = await load.end();
    assert(answers.every(({ pid }) => pid === phoenix.pid));
    assert(new Set(answers.map(({ generation }) => generation)).size >= ROUNDS);
  }
});

test("Restarter: every generation has the same number of descriptors, and no child", async () => {
  await using phoenix = await Phoenix.start();
  const settled = async () => {
    for (const by of ["tcp", "unix"] as const) await phoenix.ask(by);
    return descriptors(phoenix.pid);
  };
  const first = await settled();
  for (let round = 2; round <= 4; round++) {
    phoenix.kill("SIGHUP");
    await phoenix.said();
    await settled();
    await until(() => descriptors(phoenix.pid) === first, `${first}, not ${descriptors(phoenix.pid)} descriptors`);
    assertEquals(children(phoenix.pid), []);
  }
});

/** Parts of new code that do not get ready, and what is said of them. */
const BROKEN: { what: string; part?: string; says: RegExp; timeout?: number }[] = [
  { what: "a syntax error", part: "const = 1;", says: /exit 1 .*part\.ts/ },
  { what: "a missing file", says: /exit 1 .*Module not found/ },
  { what: "an exception", part: `throw new Error("no such luck");`, says: /exit 1 .*no such luck/ },
  { what: "a port that was lost", part: "Deno.listen({ port: PORT });", says: /exit 1 .*AddrInUse/ },
  { what: "an end before it is ready", part: "Deno.exit(0);", says: /did not get ready: exit 0$/ },
  { what: "a signal", part: `Deno.kill(Deno.pid, "SIGKILL");`, says: /killed by SIGKILL/ },
  {
    what: "nothing that it says",
    part: "await new Promise((done) => setTimeout(done, 60_000));",
    says: /Timed out after/,
  },
];

test("Restarter.restart() leaves the old code serving where the new one does not start, and says why", async () => {
  await using phoenix = await Phoenix.start({ restarter: { timeout: within(1_500) } });
  const load = new Load(phoenix, "tcp");
  using taken = Deno.listen({ port: 0 });
  for (const { what, part, says } of EMULATED ? BROKEN.slice(0, 1) : BROKEN) {
    await phoenix.change(part?.replace("PORT", `${taken.addr.port}`));
    phoenix.kill("SIGHUP");
    assertMatch(await phoenix.complained(), says, what);
    assertEquals(await phoenix.ask("unix"), { generation: 1, pid: phoenix.pid });
    assertEquals(children(phoenix.pid), []);
  }
  await phoenix.change("");
  phoenix.kill("SIGHUP");
  assertEquals(await phoenix.said(), `ready 2 ${phoenix.pid} ${phoenix.port}`);
  await load.end();
});

test("Restarter.restart(): a thousand HUPs within a second end in one good generation", async () => {
  await using phoenix = await Phoenix.start();
  const load = new Load(phoenix, "tcp");
  for (let i = 0; i < size(1_000); i++) {
    phoenix.kill("SIGHUP");
    if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 8));
  }
  await phoenix.change(`console.log("new code");`);
  phoenix.kill("SIGHUP");
  while (await phoenix.said() !== "new code") continue;
  const [, generation] = (await phoenix.said()).split(" ").map(Number);
  await load.end();
  const answer = await phoenix.ask();
  assert(answer.generation >= generation!);
  assertEquals(answer.pid, phoenix.pid);
  await until(() => children(phoenix.pid).length === 0, "no trial");
});

test("Restarter.handOver() has a new process take over, and drops nobody", async () => {
  await using phoenix = await Phoenix.start();
  const loads = (["tcp", "unix"] as const).map((by) => new Load(phoenix, by));
  phoenix.kill("SIGUSR1");
  const [, generation, pid] = (await phoenix.said()).split(" ").map(Number);
  assertEquals([generation, pid === phoenix.pid], [2, false]);
  try {
    assertEquals((await phoenix.status).code, 0);
    phoenix.kill("SIGHUP", pid);
    assertEquals(await phoenix.said(), `ready 3 ${pid} ${phoenix.port}`);
    for (const by of ["tcp", "unix"] as const) assertEquals(await phoenix.ask(by), { generation: 3, pid });
    for (const load of loads) assertEquals((await load.end())[0]!.pid, phoenix.pid);
  } finally {
    phoenix.kill("SIGKILL", pid);
  }
});

test("Restarter.handOver() leaves the old process serving where the new one does not get ready", async () => {
  await using phoenix = await Phoenix.start({ restarter: { timeout: within(1_500) } });
  for (
    const [part, says] of [["throw 1;", /Cannot hand over.*exit 1/], [
      "await new Promise(() => setInterval(() => {}, 99));",
      /Timed out/,
    ]]
  ) {
    await phoenix.change(`${part}`);
    phoenix.kill("SIGUSR1");
    let line;
    do line = await phoenix.complained(); while (!/Cannot|Timed/.test(line));
    assertMatch(line, says as RegExp);
    assertEquals(await phoenix.ask(), { generation: 1, pid: phoenix.pid });
    assertEquals(children(phoenix.pid), []);
  }
});

test("Restarter: a trial ends with the program that has started it, and leaves no child of its own", async () => {
  await using phoenix = await Phoenix.start();
  await phoenix.change("await new Promise(() => setInterval(() => {}, 99));");
  phoenix.kill("SIGHUP");
  await until(() => children(phoenix.pid).length === 1, "a trial");
  const [trial] = children(phoenix.pid);
  phoenix.kill("SIGKILL");
  await until(() => !/^State:\s+[^Z]/m.test(readProc(`/proc/${trial}/status`)), "the end of the trial");
});
