/** Programs that are replaced by their new code while they serve. */
import { run } from "../../lib/processes/mod.ts";
import { connect, listen } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertMatch, EMULATED, sample, size, test, within } from "../support/mod.ts";
import { readProc } from "../support/proc.ts";
import { exported, pidOf } from "./child_servers.ts";
import { childrenOf, descriptors, Load, Phoenix, until } from "./phoenix.ts";

const ROUNDS = EMULATED ? 1 : 5;

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
    assertEquals(childrenOf(phoenix.pid), []);
  }
}, { skip: sample(false) });

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
    assertEquals(childrenOf(phoenix.pid), []);
  }
  await phoenix.change("");
  phoenix.kill("SIGHUP");
  assertEquals(await phoenix.said(), `ready 2 ${phoenix.pid} ${phoenix.port}`);
  await load.end();
}, { skip: sample(false) });

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
  await until(() => childrenOf(phoenix.pid).length === 0, "no trial");
}, { skip: sample(false) });

test(
  "Restarter.restart(): children of a pre-forking server finish their connection, and are reaped by the new code",
  async () => {
    const part = `
    import { serve } from "${new URL("../../lib/servers/mod.ts", import.meta.url)}";
    const child = ${JSON.stringify(exported("obey"))};
    const server = await serve({ hostname: "127.0.0.1", port: 0 }, { child }, { mode: "preforking", children: 2 });
    new Deno.Command("sleep", { args: ["0.3"] }).spawn().unref();
    export const serving = (connection) => connection.writeLine(String(server.addresses[0].port));`;
    await using phoenix = await Phoenix.start({ part });
    await using asked = await connect({ port: phoenix.port });
    await using client = await connect({ port: Number(await asked.readLine()) });
    await client.writeLine("one");
    const pid = await pidOf(client);
    const before = childrenOf(phoenix.pid);
    assert(before.includes(pid) && before.length >= 4, `${before}`);
    await phoenix.change("");
    phoenix.kill("SIGHUP");
    assertEquals(await phoenix.said(), `ready 2 ${phoenix.pid} ${phoenix.port}`);
    await until(() => `${childrenOf(phoenix.pid)}` === `${pid}`, "the end of those without a connection");
    await client.writeLine("still served");
    assertEquals(await client.readLine(), `${pid} still served`);
    await client.closeWrite();
    await until(() => childrenOf(phoenix.pid).length === 0, "the end of all");
  },
  { skip: sample(false) },
);

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
    assertEquals(childrenOf(phoenix.pid), []);
  }
}, { skip: sample(false) });

test("Restarter: a trial ends with the program that has started it, and leaves no child of its own", async () => {
  await using phoenix = await Phoenix.start();
  await phoenix.change("await new Promise(() => setInterval(() => {}, 99));");
  phoenix.kill("SIGHUP");
  await until(() => childrenOf(phoenix.pid).length === 1, "a trial");
  const [trial] = childrenOf(phoenix.pid);
  phoenix.kill("SIGKILL");
  await until(() => !/^State:\s+[^Z]/m.test(readProc(`/proc/${trial}/status`)), "the end of the trial");
}, { skip: sample(false) });

test("Restarter.restart() waits for connections that are open; others wait in the queue for the new code", async () => {
  await using phoenix = await Phoenix.start({ part: "export const serving = (connection) => connection.readLine();" });
  const place = { hostname: "127.0.0.1", port: phoenix.port };
  await using first = await connect(place);
  // It was accepted before the next one.
  assertEquals(await phoenix.ask("tcp", "go"), { generation: 1, pid: phoenix.pid });
  phoenix.kill("SIGHUP");
  await until(() => childrenOf(phoenix.pid).length === 1, "a trial");
  await until(() => childrenOf(phoenix.pid).length === 0, "the end of the trial");
  const second = phoenix.ask("tcp", "go");
  await first.writeLine("go");
  assertEquals(await first.readLine(), `generation 1 pid ${phoenix.pid}`);
  assertEquals((await second).pid, phoenix.pid);
  assertEquals(await phoenix.said(), `ready 2 ${phoenix.pid} ${phoenix.port}`);
  assertEquals((await phoenix.ask("tcp", "go")).generation, 2);
}, { skip: sample(false) });

test("Restarter.connections() waits where there are too many open descriptors, and goes on", async () => {
  const part = "export const serving = (connection) => connection.readLine();";
  await using phoenix = await Phoenix.start({ part, under: ["prlimit", "--nofile=64"] });
  using clients = new DisposableStack();
  const all = [];
  for (let i = 0; i < 70; i++) all.push(clients.use(await connect({ port: phoenix.port })));
  const ask = phoenix.ask("unix", "go");
  await until(() => descriptors(phoenix.pid) > 64 * 3 / 4 - 1, "the limit");
  for (const client of all.splice(0, 40)) await client.writeLine("go");
  assertEquals(await ask, { generation: 1, pid: phoenix.pid });
  for (const client of all) await client.writeLine("go");
  for (const client of all) assertEquals(await client.readLine(), `generation 1 pid ${phoenix.pid}`);
}, { needs: ["prlimit"], skip: sample(false) });

test("Restarter.restart() cuts connections that stay open for longer than drainTimeout", async () => {
  const part = "export const serving = (connection) => connection.readLine();";
  await using phoenix = await Phoenix.start({ part, restarter: { drainTimeout: 100 } });
  await using idle = await connect({ hostname: "127.0.0.1", port: phoenix.port });
  assertEquals((await phoenix.ask("tcp", "go")).generation, 1);
  phoenix.kill("SIGHUP");
  assertEquals(await phoenix.said(), `ready 2 ${phoenix.pid} ${phoenix.port}`);
  assertEquals(await idle.readLine({ timeout: within(5_000) }), null);
}, { skip: sample(false) });

test("Restarter.restart() goes on to serve where drain throws, and can be tried again", async () => {
  const part = `let times = 0;
    export function drain() { if (times++ === 0) throw new Error("not now"); }`;
  await using phoenix = await Phoenix.start({ part });
  phoenix.kill("SIGHUP");
  assertEquals(await phoenix.complained(), "not now");
  for (const by of ["tcp", "unix"] as const) assertEquals((await phoenix.ask(by)).generation, 1);
  phoenix.kill("SIGHUP");
  assertEquals(await phoenix.said(), `ready 2 ${phoenix.pid} ${phoenix.port}`);
}, { skip: sample(false) });

test("Restarter.handOver(): a HUP that comes before the new process has its handlers waits for them", async () => {
  await using phoenix = await Phoenix.start();
  phoenix.kill("SIGUSR1");
  await until(() => childrenOf(phoenix.pid).length === 1, "a successor");
  const [pid] = childrenOf(phoenix.pid);
  phoenix.kill("SIGHUP", pid);
  try {
    assertEquals(await phoenix.said(), `ready 2 ${pid} ${phoenix.port}`);
    assertEquals(await phoenix.said(), `ready 3 ${pid} ${phoenix.port}`);
    assert((await phoenix.status).success);
  } finally {
    phoenix.kill("SIGKILL", pid);
  }
}, { skip: sample(false) });

test("Restarter.handOver(): a new process whose predecessor is killed before it is ready serves alone", async () => {
  await using phoenix = await Phoenix.start();
  phoenix.kill("SIGUSR1");
  await until(() => childrenOf(phoenix.pid).length === 1, "a successor");
  const [pid] = childrenOf(phoenix.pid);
  phoenix.kill("SIGKILL");
  try {
    assertEquals(await phoenix.said(), `ready 2 ${pid} ${phoenix.port}`);
    for (const by of ["tcp", "unix"] as const) assertEquals(await phoenix.ask(by), { generation: 2, pid });
  } finally {
    phoenix.kill("SIGKILL", pid);
  }
}, { skip: sample(false) });

test("Restarter keeps a socket that the first generation was given by its supervisor", async () => {
  using given = await listen({ hostname: "127.0.0.1" });
  await using phoenix = await Phoenix.start({ given });
  assertEquals(phoenix.port, (given.addr as Deno.NetAddr).port);
  given.close();
  for (const round of [2, 3]) {
    phoenix.kill("SIGHUP");
    assertEquals(await phoenix.said(), `ready ${round} ${phoenix.pid} ${phoenix.port}`);
    assertEquals(await phoenix.ask(), { generation: round, pid: phoenix.pid });
  }
}, { skip: sample(false) });

const SUPERVISORS = [
  { supervisor: ["runsv"], hup: ["sv", "hup"], down: ["sv", "exit"], needs: "runsv" },
  { supervisor: ["s6-supervise"], hup: ["s6-svc", "-h"], down: ["s6-svc", "-xd"], needs: "s6-supervise" },
];

for (const { supervisor, hup, down, needs } of SUPERVISORS) {
  test(`Restarter.restart() is what ${hup.join(" ")} does under ${needs}, whose process it stays`, async () => {
    await using phoenix = await Phoenix.start({ supervisor });
    const service = `${phoenix.folder}/service`;
    for (const round of [2, 3]) {
      await run([...hup, service]);
      assertEquals(await phoenix.said(), `ready ${round} ${phoenix.pid} ${phoenix.port}`);
      assertEquals(await phoenix.ask(), { generation: round, pid: phoenix.pid });
    }
    await run([...down, service]);
    assert((await phoenix.status).success);
  }, { needs: [needs], skip: sample(false) });
}
