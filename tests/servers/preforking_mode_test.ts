import { raise } from "../../lib/signals/mod.ts";
import { connect, listen } from "../../lib/sockets/mod.ts";
import { SocketFolder } from "../sockets/loopback.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  denoSource,
  EMULATED,
  sample,
  test,
  within,
} from "../support/mod.ts";
import { answer, assertNoZombie, exported, gone, pidOf, served, serving, stateOf } from "./child_servers.ts";
import { Served } from "./served.ts";

test('serve() "preforking" has its children share all addresses, and replaces those that have had their requests', async () => {
  using folder = new SocketFolder();
  const addresses = [{ hostname: "127.0.0.1", port: 0 }, { path: folder.next() }] as const;
  const options = { mode: "preforking", children: 1, requestsPerChild: 3 } as const;
  await using server = await Served.at(addresses, { child: exported("greet", "word") }, options);
  const said: string[] = [];
  for (let i = 0; i < 4; i++) {
    await using client = await server.client(i % 2);
    said.push((await client.readLine({ timeout: within(5_000) }))!);
  }
  const pids = [(await server.told("begat")).pid, (await server.told("begat", 2)).pid];
  assertEquals(said, [0, 1, 2, 0].map((served, i) => `word ${pids[i < 3 ? 0 : 1]} ${i % 2} ${served}`));
  const reaped = await server.told("reaped");
  assertEquals([reaped.served, reaped.message], [3, `child ${pids[0]} ended after 3`]);
  assertEquals(reaped.status?.code, 0);
  // That it is done with its last one a child tells by another way than the client sees its end.
  for (const late = performance.now() + within(5_000); server.server.connections > 0;) {
    assert(performance.now() < late, "its last child never said that it is done");
    await new Promise((turn) => setTimeout(turn, 1));
  }
});

test('serve() "preforking": a handler that throws closes its client alone, and children serve side by side', async () => {
  await using server = await served("preforking", { child: exported("obey") }, { children: 2, maxLineLength: 20 });
  await using one = await server.client();
  await one.writeLine("one");
  const first = await pidOf(one);
  await using two = await server.client();
  await two.writeLine("two");
  assert(await pidOf(two) !== first);
  assertEquals(server.server.connections, 2);
  await two.writeLine("throw");
  assertEquals(await two.readLine(), null);
  assertMatch((await server.told("failed")).message, /^Child \d+: TypeError: as it was asked to$/);
  await one.writeLine("still here");
  assertEquals(await one.readLine(), `${first} still here`);
  await one.writeLine("longer than it may be here");
  await one.readAll().catch(() => {});
  assertMatch((await server.told("failed", 2)).message, /^Child \d+: RangeError/);
});

test('serve() "preforking": allow, deny and idleTimeout hold in its children', async () => {
  const options = { children: 1, idleTimeout: 80, deny: ["127.0.0.2"] };
  await using server = await served("preforking", { child: exported("obey") }, options);
  const [{ port }] = server.server.addresses as [Deno.NetAddr];
  await using denied = await connect({ port, localAddress: "127.0.0.2" });
  assertEquals(await denied.readLine({ timeout: within(5_000) }), null);
  const { pid, message, error } = await server.told("denied");
  assertMatch(message, new RegExp(`^Child ${pid}: client 127\\.0\\.0\\.2:\\d+ was denied$`));
  assertEquals(error, undefined);
  await using silent = await server.client();
  assertEquals(await silent.readLine({ timeout: within(5_000) }), null);
  assertEquals(server.events.filter(({ kind }) => kind === "failed"), []);
});

test('serve() "preforking": its children look names up, and tell where they may not', async () => {
  for (const [net, word] of [[["127.0.0.1"], "word"], [["192.0.2.1"], undefined]] as const) {
    const child = { ...exported("greet", "word"), permissions: { net } };
    await using server = await served("preforking", { child }, { children: 1, deny: [".example.com"] });
    assertEquals((await answer(server)).split(" ")[0] || undefined, word);
    if (word !== undefined) continue;
    assertMatch((await server.told("failed")).message, /^Child \d+: Requires net access to "127\.0\.0\.1/);
  }
});

test('serve() "preforking": the number follows SIGTTIN and SIGTTOU, and the need', async () => {
  await using server = await served("preforking", { child: exported("obey") }, {
    children: 1,
    maxChildren: 3,
    warm: 0,
  });
  raise("SIGTTIN");
  await server.told("begat", 2);
  raise("SIGTTOU");
  await server.told("reaped");
  const clients = [];
  await using all = new AsyncDisposableStack();
  for (let i = 0; i < 3; i++) {
    const client = all.use(await server.client());
    await client.writeLine("");
    clients.push(await pidOf(client));
  }
  assertEquals(new Set(clients).size, 3);
  assertEquals((await server.told("begat", 4)).kind, "begat");
  // Idle ones are too many, and end one after the other.
  await all.disposeAsync();
  await server.told("reaped", 2);
});

test('serve() "preforking" does not begin where no child comes up, and tells why', async () => {
  const missing = { module: new URL("no_such_module.ts", import.meta.url), export: "any" };
  await assertRejects(() => served("preforking", { child: missing }), Error, "no_such_module.ts");
  await assertRejects(() => served("preforking", { child: { program: ["cat"] } }), TypeError, "an export");
  await assertRejects(() => served("preforking", { child: exported("greet") }, { children: 0 }), RangeError);
  await assertRejects(() => served("preforking", { child: exported("greet") }, { requestsPerChild: 0 }), RangeError);
});

test('serve() "preforking": stop() lets a connection finish; at the deadline its child is killed', async () => {
  const server = await served("preforking", { child: exported("obey") }, { children: 2 });
  await using one = await server.client();
  await one.writeLine("one");
  await using two = await server.client();
  await two.writeLine("two");
  const pids = [await pidOf(one), await pidOf(two)];
  const stopped = server.server.stop({ timeout: 300 });
  await one.writeLine("more");
  assertEquals(await one.readLine(), `${pids[0]} more`);
  await one.closeWrite();
  assertEquals(await one.readLine(), null);
  await stopped;
  assertEquals(await two.readLine().catch(() => null), null);
  const ends = server.events.filter(({ pid, kind }) => kind === "reaped" && pids.includes(pid!));
  assertEquals(ends.map(({ pid, status }) => [pid, status?.signal]), [[pids[0], null], [pids[1], "SIGKILL"]]);
});

test('serve() "preforking": stop() has its children serve who is in the queue already, and nobody else', async () => {
  for (const busy of [1, 2]) {
    await using clients = new AsyncDisposableStack();
    const server = await served("preforking", { child: exported("obey") }, { children: 2 });
    const all = [];
    for (let i = 0; i < busy; i++) {
      const client = clients.use(await server.client());
      await client.writeLine("first");
      await pidOf(client);
      all.push(client);
    }
    // Nobody takes these if both have one.
    for (let i = 0; i < 10; i++) all.push(clients.use(await server.client()));
    const stopped = server.server.stop({ timeout: within(5_000) });
    for (const client of all) {
      await client.writeLine("more");
      assertMatch((await client.readLine({ timeout: within(5_000) })) ?? "", /more$/);
      await client.closeWrite();
    }
    await stopped;
    await assertRejects(() => server.client(), Error, "ECONNREFUSED");
  }
});

test('serve() "preforking": the children of a server that is killed finish their connection and end', async () => {
  const { end, port } = await serving("preforking", exported("obey"));
  await using _end = end;
  await end.says(/started\n(.*\n)*.*started/);
  const pids = [...end.said.matchAll(/child (\d+) started/g)].map(([, pid]) => Number(pid));
  await using client = await connect({ port });
  await client.writeLine("");
  const pid = await pidOf(client);
  end.child.kill("SIGKILL");
  for (const other of pids) if (other !== pid) await gone(other);
  await client.writeLine("still served");
  assertEquals(await client.readLine({ timeout: within(5_000) }), `${pid} still served`);
  await client.closeWrite();
  await gone(pid);
  // Nobody is told of those that wait to replace another: they have the listener until they have ended.
  for (
    const late = performance.now() + within(5_000);
    await connect({ port }).then((one) => one.close(), () => true) !== true;
  ) {
    assert(performance.now() < late, "somebody still listens");
  }
});

test('serve() "preforking": children that are killed every 50 ms are replaced, and no connection hangs', async () => {
  const seconds = EMULATED ? 1 : Deno.env.get("VASTY_SOAK") === "1" ? 60 : 3;
  await using server = await served("preforking", { child: exported("greet") }, { children: 3, warm: 2 });
  const end = performance.now() + seconds * 1_000;
  const alive = () => {
    const ended = new Set(server.events.filter(({ kind }) => kind === "reaped").map(({ pid }) => pid));
    return server.events.filter(({ kind, pid }) => kind === "begat" && !ended.has(pid)).map(({ pid }) => pid!);
  };
  let [answered, before, kills] = [0, -1, 0];
  const killing = setInterval(() => {
    const [pid] = alive();
    // Where a machine has so much else to do that children never come up, this would go on for ever.
    if (answered === before) return;
    before = answered;
    // One that has ended is not told of yet.
    if (pid === undefined || stateOf(pid) === "") return;
    Deno.kill(pid, "SIGKILL");
    kills++;
  }, 50);
  while (performance.now() < end) {
    // A reset is no fault: its child was killed. What hangs is one.
    if ((await answer(server).catch((error) => error.code === "ECONNRESET" ? "" : Promise.reject(error))) !== "") {
      answered++;
    }
  }
  clearInterval(killing);
  const figures = `${kills} killed, ${answered} answered`;
  if (Deno.env.get("VASTY_SOAK") === "1") console.log(figures);
  assert(answered > 0 && kills > seconds, figures);
  // Who was killed at last may not have been reaped yet, and counts among the three.
  const dead = () => alive().filter((pid) => stateOf(pid) === "Z").length;
  for (const late = performance.now() + within(1_000); alive().length !== 3 || dead() > 0;) {
    assert(performance.now() < late, `${alive().length} children, ${dead()} dead; ${figures}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await answer(server);
  assertNoZombie(server.events.map(({ pid }) => pid!));
});

test('serve() "preforking" takes no child for a failed one where SIGCHLD was ignored at the start', async () => {
  const source = `
    import { connect, serve } from "vasty/mod.ts";
    const child = ${JSON.stringify(exported("greet"))};
    const options = { mode: "preforking", children: 1, requestsPerChild: 1, log: ({ kind, error }) => console.log(kind, error) };
    const server = await serve({ hostname: "127.0.0.1", port: 0 }, { child }, options);
    for (let i = 0; i < 3; i++) {
      using client = await connect({ port: server.addresses[0].port });
      await client.readAll();
    }
    await server.stop();`;
  const under = ["perl", "-e", '$SIG{CHLD} = "IGNORE"; exec @ARGV'];
  const { code, stdout, stderr } = await denoSource(source, { under, flags: ["--allow-net", "--allow-run"] });
  const kinds = [...new Set(stdout.trim().split("\n"))].sort();
  assertEquals([code, stderr, kinds], [0, "", ["begat undefined", "reaped undefined"]]);
}, { needs: ["perl"], skip: sample(false) });

test('serve() "preforking" serves a listener that was made elsewhere', async () => {
  const listener = await listen({ hostname: "127.0.0.1" });
  await using server = await Served.at(listener, { child: exported("greet") }, { mode: "preforking", children: 1 });
  assertMatch(await answer(server), /^pid \d+ 0 0\r?\n$/);
});
