/** Sockets: their names, the calls themselves, waiting for anything, descriptors that travel. */
import { pipe, socketpair } from "../../lib/pipes/mod.ts";
import { getaddrinfo, inetAton, inetNtoa, poll, receiveFds, sendFds, socket } from "../../lib/sockets/mod.ts";
import { failure, must, since, type Step } from "./step.ts";

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

/** In the order in which they are shown. */
export const sockets: Step[] = [
  { area: "sockets", title: "names", run: names },
  { area: "sockets", title: "the calls themselves", run: calls },
  { area: "sockets", title: "a port where nobody is", run: refused },
  { area: "sockets", title: "waiting for anything", run: anything },
  { area: "sockets", title: "descriptors that travel", run: descriptors },
];
