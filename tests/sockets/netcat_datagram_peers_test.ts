/** Datagram sockets with netcat, ncat and socat at the other end. */
import { socket } from "../../lib/sockets/mod.ts";
import { assertEquals, test } from "../support/mod.ts";
import { bytes, portOf, SocketFolder, text } from "./loopback.ts";
import { freePort, OtherEnd } from "./other_end.ts";

const LIMIT = { timeout: 10_000 };
const ABSTRACT = `vasty-datagrams-${Deno.pid}`;

/** Servers of UDP that print what comes, and send what they read. */
const SERVERS: [command: () => string[], says: RegExp][] = [
  [() => ["nc.openbsd", "-v", "-n", "-u", "-l", "127.0.0.1", "0"], /Bound on 127\.0\.0\.1 (\d+)/],
  [
    () => ["ncat", "-v", "-n", "--udp", "-l", "127.0.0.1", `${freePort("SOCK_DGRAM")}`],
    /Listening on 127\.0\.0\.1:(\d+)/,
  ],
  [() => ["socat", "-d", "-d", "UDP-LISTEN:0,bind=127.0.0.1", "STDIO"], /listening on UDP AF=2 127\.0\.0\.1:(\d+)/],
];

for (const [command, says] of SERVERS) {
  const [program] = command();
  test(`Socket of UDP talks with a server in ${program}`, async () => {
    await using end = new OtherEnd(command());
    const [, port] = await end.says(says);
    using client = socket("PF_INET", "SOCK_DGRAM");
    await client.connect({ hostname: "127.0.0.1", port: Number(port) });
    await client.send(bytes("who is there?\n"));
    await end.prints("who is there?\n");
    await end.put("nobody\n");
    const { bytes: answer, address } = await client.recvFrom(100, LIMIT);
    assertEquals([text(answer), address], ["nobody\n", client.getpeername()]);
  }, { needs: [program!] });
}

/** Clients of UDP. */
const CLIENTS: ((port: string) => string[])[] = [
  (port) => ["nc.openbsd", "-n", "-u", "127.0.0.1", port],
  (port) => ["ncat", "-n", "--udp", "127.0.0.1", port],
  (port) => ["socat", "STDIO", `UDP-SENDTO:127.0.0.1:${port}`],
];

for (const command of CLIENTS) {
  const [program] = command("");
  test(`Socket of UDP talks with a client in ${program}`, async () => {
    using folder = new SocketFolder();
    using server = folder.bound("PF_INET", "SOCK_DGRAM");
    await using end = new OtherEnd(command(`${portOf(server.getsockname())}`));
    await end.put("what time is it?\n");
    const { bytes: question, address } = await server.recvFrom(100, LIMIT);
    assertEquals(text(question), "what time is it?\n");
    await server.send(bytes("late\n"), { to: address });
    await end.prints("late\n");
  }, { needs: [program!] });
}

for (const abstract of [false, true]) {
  const kind = abstract ? "ABSTRACT" : "UNIX";

  test(`Socket of Unix datagrams is answered by socat's ${kind}-RECVFROM`, async () => {
    using folder = new SocketFolder();
    const name = abstract ? ABSTRACT : folder.next();
    await using end = new OtherEnd(["socat", "-d", "-d", "-t", "10", `${kind}-RECVFROM:${name}`, "EXEC:tr a-z A-Z"]);
    await end.says(/receiving on AF=1/);
    using client = folder.bound("PF_UNIX", "SOCK_DGRAM");
    const to = { path: abstract ? `\0${name}` : name };
    await client.send(bytes("louder"), { to });
    const { bytes: answer, address } = await client.recvFrom(100, LIMIT);
    assertEquals([text(answer), address], ["LOUDER", { transport: "unixpacket", ...to }]);
  }, { needs: ["socat"] });

  test(`Socket of Unix datagrams answers socat's ${kind}-SENDTO`, async () => {
    using folder = new SocketFolder();
    using server = socket("PF_UNIX", "SOCK_DGRAM");
    const name = abstract ? `${ABSTRACT}-ours` : folder.next();
    server.bind({ path: abstract ? `\0${name}` : name });
    const own = abstract ? `${ABSTRACT}-theirs` : folder.next();
    await using end = new OtherEnd(["socat", "STDIO", `${kind}-SENDTO:${name},bind=${own}`]);
    await end.put("from socat");
    const { bytes: question, address } = await server.recvFrom(100, LIMIT);
    const theirs = { transport: "unixpacket", path: abstract ? `\0${own}` : own } as const;
    assertEquals([text(question), address], ["from socat", theirs]);
    await server.send(bytes("from here"), { to: address });
    await end.prints("from here");
  }, { needs: ["socat"] });
}
