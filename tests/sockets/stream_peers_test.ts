/** Stream sockets with netcat, ncat and socat at the other end, as servers and as clients. */
import { socketpair } from "../../lib/pipes/mod.ts";
import { spawn } from "../../lib/processes/mod.ts";
import {
  receiveFds,
  Socket,
  socket,
  type SocketAddress,
  type SocketDomain,
  socketType,
} from "../../lib/sockets/mod.ts";
import { assertEquals, test } from "../support/mod.ts";
import { bytes, portOf, receiveAll, SocketFolder, text } from "./loopback.ts";
import { freePort, OtherEnd, talk } from "./other_end.ts";

const LIMIT = { timeout: 10_000 };
const ABSTRACT = `vasty-peers-${Deno.pid}`;

/** A server: the family, its command for a path or a free port, and where it says that it listens. */
interface Server {
  domain: SocketDomain;
  command: (path: string) => string[];
  says: RegExp;
  address: (found: RegExpExecArray, path: string) => SocketAddress;
}

const ours = (_: RegExpExecArray, path: string): SocketAddress => ({ path });
const inet = (hostname: string) => (found: RegExpExecArray): SocketAddress => ({ hostname, port: Number(found[1]) });

const SERVERS: Server[] = [
  {
    domain: "PF_INET",
    command: () => ["nc.openbsd", "-v", "-N", "-n", "-l", "127.0.0.1", "0"],
    says: /Listening on 127\.0\.0\.1 (\d+)/,
    address: inet("127.0.0.1"),
  },
  {
    domain: "PF_INET6",
    command: () => ["nc.openbsd", "-v", "-N", "-n", "-l", "::1", "0"],
    says: /Listening on ::1 (\d+)/,
    address: inet("::1"),
  },
  {
    domain: "PF_UNIX",
    command: (path) => ["nc.openbsd", "-v", "-N", "-l", "-U", path],
    says: /Listening on/,
    address: ours,
  },
  {
    domain: "PF_INET",
    command: () => ["ncat", "-v", "-n", "-l", "127.0.0.1", `${freePort()}`],
    says: /Listening on 127\.0\.0\.1:(\d+)/,
    address: inet("127.0.0.1"),
  },
  { domain: "PF_UNIX", command: (path) => ["ncat", "-v", "-l", "-U", path], says: /Listening on/, address: ours },
  {
    domain: "PF_INET",
    command: () => ["socat", "-d", "-d", "-t", "10", "TCP-LISTEN:0,bind=127.0.0.1", "STDIO"],
    says: /listening on AF=2 127\.0\.0\.1:(\d+)/,
    address: inet("127.0.0.1"),
  },
  {
    domain: "PF_INET6",
    command: () => ["socat", "-d", "-d", "-t", "10", "TCP6-LISTEN:0,bind=[::1]", "STDIO"],
    says: /listening on AF=10 \S+:(\d+)/,
    address: inet("::1"),
  },
  {
    domain: "PF_UNIX",
    command: (path) => ["socat", "-d", "-d", "-t", "10", `UNIX-LISTEN:${path}`, "STDIO"],
    says: /listening on AF=1/,
    address: ours,
  },
  {
    domain: "PF_UNIX",
    command: () => ["socat", "-d", "-d", "-t", "10", `ABSTRACT-LISTEN:${ABSTRACT}`, "STDIO"],
    says: /listening on AF=1/,
    address: () => ({ path: `\0${ABSTRACT}` }),
  },
];

for (const { domain, command, says, address } of SERVERS) {
  const [program, ...args] = command("PATH");
  test(
    `Socket of ${domain} is the client of ${[program, ...args].join(" ").replace(/ \d{4,}$/, " PORT")}`,
    async () => {
      using folder = new SocketFolder();
      const path = folder.next();
      await using end = new OtherEnd(command(path));
      const found = await end.says(says);
      using client = socket(domain, "SOCK_STREAM");
      await client.connect(address(found, path), LIMIT);
      // These end as soon as they have heard the end.
      const hasty = program === "ncat" || (program === "nc.openbsd" && domain === "PF_UNIX");
      await talk(client, end, !hasty);
    },
    { needs: [program!] },
  );
}

/** A client of a port, or of a path. */
const CLIENTS: [domain: SocketDomain, command: (where: string) => string[]][] = [
  ["PF_INET", (port) => ["nc.openbsd", "-N", "-n", "127.0.0.1", port]],
  ["PF_UNIX", (path) => ["nc.openbsd", "-N", "-U", path]],
  ["PF_INET", (port) => ["ncat", "-n", "127.0.0.1", port]],
  ["PF_UNIX", (path) => ["ncat", "-U", path]],
  ["PF_INET", (port) => ["socat", "-t", "10", "STDIO", `TCP:127.0.0.1:${port}`]],
  ["PF_INET6", (port) => ["socat", "-t", "10", "STDIO", `TCP6:[::1]:${port}`]],
  ["PF_UNIX", (path) => ["socat", "-t", "10", "STDIO", `UNIX-CONNECT:${path}`]],
];

for (const [domain, command] of CLIENTS) {
  const [program, ...args] = command("WHERE");
  test(`Socket of ${domain} is the server of ${[program, ...args].join(" ")}`, async () => {
    using folder = new SocketFolder();
    using listener = folder.listener(domain, "SOCK_STREAM");
    const name = listener.getsockname();
    await using end = new OtherEnd(command("path" in name ? name.path : `${name.port}`));
    using server = (await listener.accept(LIMIT)).socket;
    await talk(server, end);
  }, { needs: [program!] });
}

test("Socket with an abstract name is the server of socat's ABSTRACT-CONNECT", async () => {
  using listener = socket("PF_UNIX", "SOCK_STREAM");
  listener.bind({ path: `\0${ABSTRACT}-ours` });
  listener.listen();
  await using end = new OtherEnd(["socat", "-t", "10", "STDIO", `ABSTRACT-CONNECT:${ABSTRACT}-ours`]);
  using server = (await listener.accept(LIMIT)).socket;
  await talk(server, end);
}, { needs: ["socat"] });

test("Socket of SOCK_SEQPACKET keeps the limits of what socat sends", async () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_UNIX", "SOCK_SEQPACKET");
  const { path } = listener.getsockname() as { path: string };
  await using end = new OtherEnd(["socat", "-t", "10", "STDIO", `UNIX-CONNECT:${path},type=5`]);
  using server = (await listener.accept(LIMIT)).socket;
  await end.put("one");
  assertEquals(text(await server.recv(2, LIMIT)), "on");
  await end.put("two");
  assertEquals(text(await server.recv(100, LIMIT)), "two");
  await server.send(bytes("back"));
  await end.prints("back");
  await end.end();
  assertEquals((await server.recv(100, LIMIT)).length, 0);
}, { needs: ["socat"] });

test("Socket gets CRLF from ncat --crlf", async () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_INET", "SOCK_STREAM");
  const port = `${portOf(listener.getsockname())}`;
  await using end = new OtherEnd(["ncat", "--crlf", "-n", "127.0.0.1", port]);
  using server = (await listener.accept(LIMIT)).socket;
  await end.put("GET /\nHost: here\r\n\n");
  await end.end();
  assertEquals(text(await receiveAll(server)), "GET /\r\nHost: here\r\n\r\n");
}, { needs: ["ncat"] });

test("receiveFds() takes the connection that nc -F has made and hands over", async () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_INET", "SOCK_STREAM");
  const port = `${portOf(listener.getsockname())}`;
  const [here, there] = socketpair();
  using _here = here;
  await using child = spawn(["nc.openbsd", "-F", "-n", "127.0.0.1", port], { stdout: there.fd });
  there.close();
  const { fds: [fd] } = await receiveFds(here, LIMIT);
  assertEquals((await child.status).code, 0);
  assertEquals(socketType(fd!), { domain: "inet", type: "stream", protocol: 6, listening: false });
  using client = Socket.fromFd(fd!);
  using server = (await listener.accept(LIMIT)).socket;
  await client.send(bytes("by descriptor"));
  assertEquals(text(await server.recv(100, LIMIT)), "by descriptor");
}, { needs: ["nc.openbsd"] });
