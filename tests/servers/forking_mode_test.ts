import { connect } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertMatch, assertRejects, test, within } from "../support/mod.ts";
import { answer, assertNoZombie, exported, gone, pidOf, served, serving } from "./child_servers.ts";

const PERL = `use Fcntl; $| = 1; print((fcntl(STDIN, F_GETFL, 0) & O_NONBLOCK) ? "does not block" : "blocks", "\\n");
  opendir my $d, "/proc/self/fd"; print join(" ", sort grep { /\\d/ && $_ != fileno $d } readdir $d), "\\n"; print scalar <STDIN>; exit 3`;

test('serve() "forking" greets, and has a program with the connection as its standard input and output', async () => {
  await using server = await served("forking", {
    child: { program: ["perl", "-e", PERL] },
    greet: ({ address }) => `hello ${"path" in address ? "" : address.hostname}\n`,
  });
  assertMatch(await answer(server, "a line\n"), /^hello 127\.0\.0\.1\nblocks\n0 1 2(?: \d+)?\na line\n$/);
  const begat = await server.told("begat");
  assertEquals(begat.message, `begat ${begat.pid}`);
  const reaped = await server.told("reaped");
  assertEquals([reaped.pid, reaped.status?.code, reaped.message], [begat.pid, 3, `reaped ${begat.pid} with exit 768`]);
}, { needs: ["perl"] });

test('serve() "forking": maxConnections is the number of children, and a killed one is nothing to the others', async () => {
  await using server = await served("forking", { child: { program: ["sh", "-c", "echo $$; exec cat"] } }, {
    maxConnections: 2,
  });
  await using first = await server.client();
  await using second = await server.client();
  const pids = [await pidOf(first), await pidOf(second)];
  await using third = await server.client();
  assertEquals(server.server.connections, 2);
  Deno.kill(pids[0]!, "SIGKILL");
  pids.push(await pidOf(third));
  assertEquals((await server.told("reaped")).message, `reaped ${pids[0]} with exit 9`);
  await second.writeLine("still here");
  assertEquals(await second.readLine({ timeout: within(2_000) }), "still here");
  assertNoZombie(pids);
});

test('serve() "forking" goes on where a program cannot be started', async () => {
  await using server = await served("forking", { child: { program: ["/no/such/program"] } });
  assertEquals(await answer(server), "");
  assertMatch((await server.told("failed")).message, /^client 1 .*: .*Cannot spawn "\/no\/such\/program".*ENOENT/);
  assertEquals(await answer(server), "");
});

test('serve() "forking": stop() lets children finish; at the deadline they get SIGTERM, then SIGKILL', async () => {
  const program = ["sh", "-c", `trap '' TERM; echo $$; while read line; do echo "$line"; done`];
  const server = await served("forking", { child: { program } });
  await using client = await server.client();
  await using other = await server.client();
  const pids = [await pidOf(client), await pidOf(other)];
  const stopped = server.server.stop({ timeout: 200 });
  await client.writeLine("under way");
  assertEquals(await client.readLine(), "under way");
  await client.closeWrite();
  assertEquals((await server.told("reaped")).message, `reaped ${pids[0]}`);
  await stopped;
  assertEquals((await server.told("reaped", 2)).status?.signal, "SIGKILL");
  assertEquals(await other.readLine(), null);
});

test('serve() "forking" runs an export with the connection as its standard input and output', async () => {
  await using server = await served("forking", { child: exported("capitals", "word"), greet: () => "hello\n" });
  for (let i = 1; i <= 2; i++) {
    const text = await answer(server, "some text");
    const { pid, status } = await server.told("reaped", i);
    assertEquals([text, status?.code], [`hello\nword ${pid} 127.0.0.1\nSOME TEXT\n`, 3]);
  }
});

test('serve() "forking" tells of an export that throws, and has lost nothing when its warm child was killed', async () => {
  await using server = await served("forking", { child: exported("throws") });
  assertMatch(await answer(server), /^pid \d+\n$/);
  assertMatch((await server.told("failed")).message, /^client 1 .*: TypeError: as it was asked to$/);
  const { pid } = await server.told("begat");
  // The next one waits already, or is about to.
  await answer(server);
  assert((await server.told("begat", 2)).pid !== pid);
  assertNoZombie([pid!]);
});

test('serve() "forking" does not begin where the module cannot be loaded', async () => {
  const child = { module: new URL("no_such_module.ts", import.meta.url), export: "any" };
  await assertRejects(() => served("forking", { child }), Error, "no_such_module.ts");
  await assertRejects(() => served("forking", {}), TypeError);
  await assertRejects(() => served("multiplexed", { child, stream: () => {} }), TypeError, "there are no children");
});

for (const child of [{ program: ["cat"] }, exported("capitals")]) {
  test(`serve() "forking": ${"program" in child ? "programs" : "exports"} end with a server that is killed`, async () => {
    const { end, port } = await serving("forking", child);
    await using _end = end;
    await using client = await connect({ port });
    const pid = Number((await end.says(/begat (\d+)/))[1]);
    end.child.kill("SIGKILL");
    await gone(pid);
    assertEquals(await client.readAll().then(() => true), true);
  });
}
