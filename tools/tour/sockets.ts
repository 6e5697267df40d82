/** Sockets: their names, the calls themselves, waiting for anything, descriptors that travel. */
import { pipe, socketpair } from "../../lib/pipes/mod.ts";
import { spawn } from "../../lib/processes/mod.ts";
import {
  connect,
  getaddrinfo,
  inetAton,
  inetNtoa,
  listen,
  listenDatagram,
  poll,
  receiveFds,
  sendFds,
  socket,
  type SocketAddress,
} from "../../lib/sockets/mod.ts";
import { failure, must, since, type Step } from "./step.ts";

function portOf(address: SocketAddress): number {
  return "port" in address ? address.port : 0;
}

async function names(): Promise<string> {
  must(inetNtoa(inetAton("127.1")!) === "127.0.0.1", "127.1 is another address");
  const [first] = await getaddrinfo("127.0.0.1", "80", { type: "SOCK_STREAM" });
  must(first !== undefined && "port" in first.address && first.address.port === 80, Deno.inspect(first));
  return "127.1 is 127.0.0.1, and the resolver knows it";
}

async function calls(): Promise<string> {
  using server = socket("PF_INET", "SOCK_STREAM");
  server.setOption("SO_REUSEADDR", true);
  server.bind({ hostname: "127.0.0.1", port: 0 });
  server.listen();
  using client = socket("PF_INET", "SOCK_STREAM");
  const start = performance.now();
  const [{ socket: connection }] = await Promise.all([server.accept(), client.connect(server.getsockname())]);
  using accepted = connection;
  await client.send(new TextEncoder().encode("hello"));
  client.shutdown("write");
  const word = new TextDecoder().decode(await accepted.recv(100));
  must(word === "hello" && (await accepted.recv(100)).length === 0, word);
  return `socket, bind, listen, accept, connect, send, recv, shutdown in ${since(start)}`;
}

async function refused(): Promise<string> {
  using server = socket("PF_INET", "SOCK_STREAM");
  server.bind({ hostname: "127.0.0.1", port: 0 });
  using client = socket("PF_INET", "SOCK_STREAM");
  const { message } = await failure(() => client.connect(server.getsockname()));
  must(message.includes("ECONNREFUSED"), message);
  return message;
}

async function anything(): Promise<string> {
  const { reader, writer } = pipe();
  using source = reader;
  using sink = writer;
  const none = await poll([source], { timeout: 5 });
  must(none.readable.length === 0, "an empty pipe is readable");
  const { writable } = await poll([source, { source: sink, write: true }]);
  must(writable.length === 1, "an empty pipe has no room");
  return "an empty pipe has room, and nothing to read";
}

async function descriptors(): Promise<string> {
  const [one, other] = socketpair();
  using left = one;
  using right = other;
  const { reader, writer } = pipe();
  using source = reader;
  using sink = writer;
  await sendFds(left, [source, sink]);
  const { fds, truncated } = await receiveFds(right);
  fds.forEach((fd) => fd.close());
  must(fds.length === 2 && !truncated, `${fds.length} descriptors came`);
  return "two descriptors went through a socket";
}

async function lines(): Promise<string> {
  using listener = await listen({ hostname: "127.0.0.1" });
  const [client, server] = await Promise.all([connect({ port: portOf(listener.addr) }), listener.accept()]);
  await using asking = client;
  await using answering = server;
  await asking.print("first\nsec");
  await asking.print("ond\r\n");
  must(await answering.readLine() === "first" && await answering.readLine() === "second", "the lines are others");
  await answering.writeDotLines(["a message", ".", "of three lines"]);
  const message = await asking.readDotLines();
  must(message.join() === "a message,.,of three lines", message.join());
  return "LF and CRLF, a line in two packets, a message that has a dot on a line";
}

async function everyAddress(): Promise<string> {
  using nobody = socket("PF_INET", "SOCK_STREAM");
  nobody.bind({ hostname: "127.0.0.1", port: 0 });
  const { message } = await failure(() => connect({ host: "localhost", port: portOf(nobody.getsockname()) }));
  must(message.includes("ECONNREFUSED"), message);
  return message;
}

async function asked(): Promise<string> {
  using server = listenDatagram({ transport: "udp", port: 0, destination: true });
  using client = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const to = { hostname: "127.0.0.2", port: portOf(server.addr) };
  await client.send(new TextEncoder().encode("which one?"), to);
  const question = await server.receiveDatagram({ timeout: 5_000 });
  await question.reply(new TextEncoder().encode("this one"));
  const [, from] = await client.receive(undefined, { timeout: 5_000 });
  must("hostname" in from && from.hostname === to.hostname, Deno.inspect(from));
  return `asked at ${to.hostname} it answers from there`;
}

async function handedOver(): Promise<string> {
  using listener = await listen({ hostname: "127.0.0.1" });
  const [client, server] = await Promise.all([connect({ port: portOf(listener.addr) }), listener.accept()]);
  await using asking = client;
  using given = server.socket.release();
  await using child = spawn(["tr", "a-z", "A-Z"], { stdin: given, stdout: given });
  given.close();
  await asking.print("shout");
  await asking.closeWrite();
  const answer = new TextDecoder().decode(await asking.readAll({ timeout: 5_000 }));
  must(answer === "SHOUT" && (await child.status).success, answer);
  return "tr has a connection as its input and its output";
}

/** In the order in which they are shown. */
export const sockets: Step[] = [
  { area: "sockets", title: "names", run: names },
  { area: "sockets", title: "the calls themselves", run: calls },
  { area: "sockets", title: "a port where nobody is", run: refused },
  { area: "sockets", title: "waiting for anything", run: anything },
  { area: "sockets", title: "descriptors that travel", run: descriptors },
  { area: "sockets", title: "lines and messages", run: lines },
  { area: "sockets", title: "every address of a name", run: everyAddress },
  { area: "sockets", title: "datagrams", run: asked },
  { area: "sockets", title: "a connection for a child", run: handedOver },
];
