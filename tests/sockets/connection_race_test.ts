import { setImmediate } from "node:timers";
import { SyscallError } from "../../lib/core/mod.ts";
import { type InetAddress, type Socket, socket } from "../../lib/sockets/mod.ts";
import { allFailed } from "../../lib/sockets/connect_error.ts";
import { ConnectionRace, interleaved, type Way } from "../../lib/sockets/connection_race.ts";
import { reach } from "../../lib/sockets/connect_tcp.ts";
import { addressError } from "../../lib/sockets/socket_errors.ts";
import { assert, assertEquals, assertRejects, test, within } from "../support/mod.ts";
import { Deaf, freePort, portOf, SocketFolder } from "./loopback.ts";

/** Tries as connect() makes them, which are noted. */
class Noted implements Way {
  readonly begun: [hostname: string, at: number][] = [];
  readonly sockets: Socket[] = [];
  readonly #start = performance.now();

  make({ hostname }: InetAddress): Socket {
    this.begun.push([hostname, performance.now() - this.#start]);
    const one = socket("PF_INET", "SOCK_STREAM");
    this.sockets.push(one);
    return one;
  }

  reach = (one: Socket, address: InetAddress) => reach(one, address, {});
  failed = (tried: Parameters<Way["failed"]>[0]) => allFailed("all", tried, {});

  get open(): number {
    return this.sockets.filter(({ closed }) => !closed).length;
  }
}

const at = (port: number, ...hosts: number[]) => hosts.map((host) => ({ hostname: `127.0.0.${host}`, port }));

test("interleaved() lets the families take turns, beginning with the first address's, and leaves out what comes twice", () => {
  const order = (...hosts: string[]) => interleaved(hosts.map((hostname) => ({ hostname }))).map((one) => one.hostname);
  assertEquals(order("::1", "::2", "::3", "1.1.1.1", "2.2.2.2"), ["::1", "1.1.1.1", "::2", "2.2.2.2", "::3"]);
  assertEquals(order("1.1.1.1", "2.2.2.2", "::1"), ["1.1.1.1", "::1", "2.2.2.2"]);
  assertEquals(order("::1", "::1", "1.1.1.1", "::1"), ["::1", "1.1.1.1"]);
  assertEquals(order("1.1.1.1"), ["1.1.1.1"]);
  assertEquals(order(), []);
});

test("ConnectionRace tries the next address when the last has not answered, and closes all but the winner", async () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_INET", "SOCK_STREAM");
  const port = portOf(listener.getsockname());
  using _deaf = new Deaf(port, "127.0.0.2");
  using _second = new Deaf(port, "127.0.0.3");
  const way = new Noted();
  using winner = await new ConnectionRace(at(port, 2, 3, 1), 40, way).run();
  assertEquals(winner.getpeername(), { transport: "tcp", hostname: "127.0.0.1", port });
  assertEquals([way.sockets.length, way.open], [3, 1]);
  const [first, second, third] = way.begun.map(([, time]) => time);
  assert(second! - first! >= 38 && third! - second! >= 38, `${way.begun}`);
  assert(third! < within(300));
});

test("ConnectionRace begins the next at once when the last has failed, but not when an earlier one has", async () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_INET", "SOCK_STREAM");
  const port = portOf(listener.getsockname());
  const way = new Noted();
  using winner = await new ConnectionRace(at(port, 4, 5, 6, 1), 30_000, way).run();
  assert(!winner.closed && way.begun.at(-1)![1] < within(200));
  assertEquals([way.sockets.length, way.open], [4, 1]);
});

test("ConnectionRace rejects when all have failed, also if an earlier one is the last to fail", async () => {
  const [first, last] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const way = new Noted();
  const waits = [first.promise, last.promise];
  way.reach = async (one, address) => {
    await waits.shift();
    await reach(one, address, {});
  };
  const running = new ConnectionRace(at(1, 2, 3), 0, way);
  const result = running.run();
  last.resolve();
  while (running.tried[1]?.error === undefined) await new Promise((resolve) => setImmediate(resolve));
  first.resolve();
  const error = await assertRejects(() => result, SyscallError);
  assertEquals([error.code, running.tried.length, running.left, way.open], ["ECONNREFUSED", 2, 0, 0]);
});

test("ConnectionRace.giveUp() closes all tries, and begins no more", async () => {
  const port = freePort();
  using _deaf = new Deaf(port, "127.0.0.2");
  const way = new Noted();
  const running = new ConnectionRace(at(port, 2, 3, 4), 30_000, way);
  const result = running.run();
  running.giveUp(new Error("enough"));
  running.giveUp(new Error("again"));
  await assertRejects(() => result, Error, "enough");
  assertEquals([running.tried.length, running.left, way.open], [1, 2, 0]);
});

test("ConnectionRace rejects at once with what is no system call's failure", async () => {
  const way = new Noted();
  way.reach = () => Promise.reject(new TypeError("a mistake"));
  await assertRejects(() => new ConnectionRace(at(1, 2, 3), 10, way).run(), TypeError, "a mistake");
  assertEquals([way.sockets.length, way.open], [1, 0]);
});

test("ConnectionRace goes on where the kernel has no such sockets", async () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_INET", "SOCK_STREAM");
  const port = portOf(listener.getsockname());
  const way = new Noted();
  const make = way.make.bind(way);
  way.make = (address) => address.hostname === "127.0.0.1" ? make(address) : socket("PF_INET", "SOCK_STREAM", "udp");
  const running = new ConnectionRace(at(port, 2, 1), 30_000, way);
  using winner = await running.run();
  assert(!winner.closed);
  assertEquals(running.tried.map(({ error }) => error?.code), ["EPROTONOSUPPORT", undefined]);
});

test("ConnectionRace begins a try after the last one has failed alone, if the delay is longer than any timer", async () => {
  for (const delay of [Infinity, 2 ** 31]) {
    let begun = 0;
    const way = new Noted();
    way.reach = () => new Promise((_, reject) => ++begun === 1 ? setTimeout(reject, 30, refused) : undefined);
    const refused = addressError("connect to", at(1, 1)[0]!, -111, "connect");
    const race = new ConnectionRace(at(1, 1, 2, 3), delay, way);
    const running = race.run();
    await new Promise((resolve) => setTimeout(resolve, 10));
    assertEquals(begun, 1);
    await new Promise((resolve) => setTimeout(resolve, 40));
    assertEquals(begun, 2);
    race.giveUp("enough");
    assertEquals(await running.catch((reason) => reason), "enough");
  }
});
