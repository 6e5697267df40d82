/**
 * Says READY, waits for a line, and then does what its first argument names while system calls fail; prints what came of it,
 * and how many descriptors are left of it.
 */
import { SOCKET } from "../../../ffi/abi/sys_socket.ts";
import { loop } from "../../../ffi/loop.ts";
import { readOption } from "../../../lib/sockets/options.ts";
import { connect, Connection, listen, listenDatagram, type Socket, socket, type SyscallError } from "../../../mod.ts";
import { numbers } from "../../support/proc.ts";

/** How many sockets of IPv4 are open: Deno has some of its own, of another family, half a second after it has started. */
function opened(): number {
  const families = numbers("/proc/self/fd").map((fd) => readOption(fd, SOCKET.SOL_SOCKET, SOCKET.SO_DOMAIN, 4));
  return families.filter((family) => typeof family !== "number" && family[0] === SOCKET.AF_INET).length;
}

const action = Deno.args[0]!;
const LIMIT = { timeout: 5_000 };
const PIECE = new TextEncoder().encode("hello");
const HERE = { hostname: "127.0.0.1", port: 0 };

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** A connection both of whose ends are used in turns. */
async function stream(use: (client: Socket, server: Socket) => Promise<string>): Promise<string> {
  using listener = socket("PF_INET", "SOCK_STREAM");
  listener.bind(HERE);
  listener.listen();
  using client = socket("PF_INET", "SOCK_STREAM");
  const accepting = listener.accept(LIMIT);
  try {
    await client.connect(listener.getsockname(), LIMIT);
  } catch (error) {
    listener.close();
    await accepting.catch(() => {});
    throw error;
  }
  using server = (await accepting).socket;
  return await use(client, server);
}

/** Two datagram sockets. */
async function datagrams(use: (from: Socket, to: Socket) => Promise<string>): Promise<string> {
  using to = socket("PF_INET", "SOCK_DGRAM");
  to.bind(HERE);
  using from = socket("PF_INET", "SOCK_DGRAM");
  return await use(from, to);
}

const ACTIONS: Record<string, () => Promise<string>> = {
  dialog: () =>
    stream(async (client, server) => {
      const receiving = server.recv(100, LIMIT);
      receiving.catch(() => {});
      await client.send(PIECE, LIMIT);
      return text(await receiving);
    }),
  lines: () =>
    stream(async (client, server) => {
      using one = new Connection(client);
      using other = new Connection(server);
      const receiving = other.readLine(LIMIT);
      receiving.catch(() => {});
      await one.writeLine("hello", LIMIT);
      const line = await receiving;
      await one.closeWrite();
      return `${line} ${await other.readLine(LIMIT)}`;
    }),
  sync: () =>
    stream((client, server) => {
      client.sendSync(PIECE, LIMIT);
      return Promise.resolve(text(server.recvSync(100, LIMIT)));
    }),
  from: () =>
    datagrams(async (from, to) => {
      await from.send(PIECE, { to: to.getsockname() });
      return text((await to.recvFrom(100, LIMIT)).bytes);
    }),
  message: () =>
    datagrams(async (from, to) => {
      await from.sendmsg([PIECE], { to: to.getsockname() });
      using message = await to.recvmsg(100, LIMIT);
      return text(message.bytes);
    }),
  datagram: async () => {
    using one = listenDatagram({ ...HERE, transport: "udp" });
    await one.send(PIECE, one.addr, LIMIT);
    return text((await one.receive(undefined, LIMIT))[0]);
  },
  many: async () => {
    using one = listenDatagram({ ...HERE, transport: "udp" });
    await one.sendMany([{ bytes: PIECE, address: one.addr }], LIMIT);
    return text((await one.receiveMany(LIMIT))[0]!.bytes);
  },
  hurried: async () => {
    using one = listenDatagram({ ...HERE, transport: "udp" });
    return `${await one.send(PIECE, one.addr, { timeout: 20 })}`;
  },
  internet: async () => {
    using listener = await listen(HERE);
    const { port } = listener.addr as Deno.NetAddr;
    using client = await connect({ port, localAddress: "127.0.0.1", ...LIMIT });
    using server = await listener.accept(LIMIT);
    await server.write(PIECE, LIMIT);
    return text(await client.readBytes(5, LIMIT));
  },
  option: () =>
    datagrams((from) => {
      from.setOption("SO_BROADCAST", true);
      return Promise.resolve(`${from.getOption("SO_BROADCAST")}`);
    }),
};

/** What it comes to. */
async function attempt(): Promise<string> {
  try {
    return await ACTIONS[action]!();
  } catch (error) {
    const { code, message, name } = error as SyscallError;
    return code === undefined ? `${name}: ${message}` : message.replaceAll(/(socket|:)(\d+| \d+)/g, "$1 N");
  }
}

// So many waits move the loop to its thread, whose pipes are no leak.
await loop().promote();
await attempt();
const before = opened();
console.log("READY");
await Deno.stdin.read(new Uint8Array(1));
const said = await attempt();
console.log(JSON.stringify({ said, left: opened() - before }));
Deno.exit();
