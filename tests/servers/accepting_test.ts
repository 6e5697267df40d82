import { Holding } from "../../lib/core/holding.ts";
import { Accepting } from "../../lib/servers/accepting.ts";
import { Room } from "../../lib/servers/room.ts";
import { Journal } from "../../lib/servers/server_log.ts";
import { connect, type Connection, listen } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, EMULATED, test, within } from "../support/mod.ts";
import { echoes } from "./served.ts";
import { Serving } from "./serving.ts";
import { Unwaitable } from "./unwaitable.ts";

test("Accepting takes what comes as far as there is room, and nothing once it was stopped", async () => {
  using listener = await listen({ hostname: "127.0.0.1" });
  const { port } = listener.addr as Deno.NetAddr;
  const room = new Room(1);
  const came: Connection[] = [];
  let told = () => {};
  const accepting = new Accepting({
    listener,
    room,
    journal: new Journal(() => {}),
    holding: new Holding(),
    taken: (connection) => {
      came.push(connection);
      told();
    },
  });
  const next = () => new Promise<void>((resolve) => told = resolve);
  let coming = next();
  const running = accepting.run();
  using _one = await connect({ port });
  await coming;
  using _two = await connect({ port });
  assertEquals([came.length, room.full], [1, true]);
  coming = next();
  room.leave();
  await coming;
  assertEquals([came.length, room.full], [2, true]);
  accepting.stop();
  await running;
  for (const connection of came) connection.close();
});

test("Accepting ends with its listener, and tells of one that is broken", async () => {
  for (const how of ["close", "shutdown"] as const) {
    using listener = await listen({ hostname: "127.0.0.1" });
    const kinds: string[] = [];
    const journal = new Journal(({ kind }) => kinds.push(kind));
    const parts = { listener, room: new Room(9), journal, holding: new Holding(), taken: () => {} };
    const running = new Accepting(parts).run();
    how === "close" ? listener.close() : listener.socket.shutdown("both");
    await running;
    assertEquals(kinds, how === "close" ? [] : ["failed"]);
  }
});

test("Accepting goes on where the kernel cannot wait for a while, and says so once", async () => {
  using listener = await listen({ hostname: "127.0.0.1" });
  using unwaitable = new Unwaitable(listener, 4);
  const kinds: string[] = [];
  const { promise: came, resolve } = Promise.withResolvers<Connection>();
  const accepting = new Accepting({
    listener: unwaitable.listener,
    room: new Room(9),
    journal: new Journal(({ kind }) => kinds.push(kind)),
    holding: new Holding(),
    taken: resolve,
  });
  const running = accepting.run();
  using _client = await connect({ port: (listener.addr as Deno.NetAddr).port });
  (await came).close();
  accepting.stop();
  listener.close();
  await running;
  assertEquals(kinds, ["limit"]);
});

test(
  "serve() at the descriptor limit uses no CPU, serves whom it has, tells it once, and goes on at once",
  async () => {
    await using serving = await Serving.start(["prlimit", "--nofile=100"]);
    const { port } = serving;
    const clients: Connection[] = [];
    for (let i = 0; i < 120; i++) clients.push(await connect({ port }));
    const [first] = clients;
    assert(await echoes(first!));
    await serving.end.says(/EMFILE/);
    const served = serving.descriptors;
    const share = await serving.shareOfCpu();
    assert(EMULATED || share < 0.05, `${share} of a CPU`);
    assert(await echoes(first!));
    // The queue is in order, so whoever was refused first is served next.
    const next = clients.at(-20)!;
    await next.writeLine("hello");
    for (const client of clients.splice(0, 40)) client.close();
    assertEquals(await next.readLine({ timeout: within(200) }), "hello");
    assert(served > 80 && served < 95, `${served} descriptors`);
    assertEquals(serving.end.said.match(/EMFILE/g)!.length, 1);
    for (const client of clients) client.close();
  },
  { needs: ["prlimit"] },
);
