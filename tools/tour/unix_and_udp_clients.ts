/** The examples of Unix sockets and of datagrams, each with a server of this program's. */
import { readLines } from "../../lib/core/mod.ts";
import { capture, spawn } from "../../lib/processes/mod.ts";
import { type DatagramSocket, listenDatagram, type SocketAddress } from "../../lib/sockets/mod.ts";
import { must } from "./step.ts";

type Command = (name: string, args: string[]) => string[];

const bytes = (text: string) => new TextEncoder().encode(text);

/** Run the example to its end: what it prints. */
async function printed(command: string[]): Promise<string> {
  const { stdout, stderr, status } = await capture(command, { check: false, input: "", timeout: 20_000 });
  must(status.success, `${status}\n${stdout}${stderr}`.trim());
  return stdout;
}

/** With a server of UDP that answers as `answer` says, at HOST:PORT. */
async function withUdp(
  answer: (question: string, to: SocketAddress, server: DatagramSocket) => Promise<unknown>,
  use: (place: string) => Promise<string>,
): Promise<string> {
  using server = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const [data, from] of server) await answer(new TextDecoder().decode(data), from, server);
  })();
  const { hostname, port } = server.addr as Deno.NetAddr;
  const found = await use(`${hostname}:${port}`);
  server.close();
  await serving;
  return found;
}

async function inFolder(use: (path: string) => Promise<string>): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const found = await use(`${folder}/it`);
    must([...Deno.readDirSync(folder)].length === 0, "it left a file behind");
    return found;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const SECONDS_OF_70_YEARS = 2_208_988_800;

function tellTime(_question: string, to: SocketAddress, server: DatagramSocket): Promise<number> {
  const time = new DataView(new ArrayBuffer(4));
  time.setUint32(0, Math.floor(Date.now() / 1_000) + SECONDS_OF_70_YEARS);
  return server.send(new Uint8Array(time.buffer), to);
}

async function udpClient(command: Command): Promise<string> {
  let last = "This is the starting message.";
  const quote = async (question: string, to: SocketAddress, server: DatagramSocket) => {
    await server.send(bytes(last), to);
    last = question;
  };
  return await withUdp(quote, async (place) => {
    const answers = [];
    for (const text of ["first", "second"]) answers.push(await printed(command("sockets/udp_client", [place, text])));
    must(answers.join("") === "This is the starting message.\nfirst\n", answers.join(""));
    return "what was said before";
  });
}

async function udpClock(command: Command): Promise<string> {
  return await withUdp(tellTime, async (place) => {
    const stdout = await printed(command("sockets/udp_clock", [place, place]));
    must(/^localhost +0 .*\n(\S+ +-?[01] \w{3} \w{3} .*\n){2}$/.test(stdout), stdout);
    return "two clocks that are right";
  });
}

/** A server of Deno's own, in a process that may listen at any path. */
const GREETS = `const path = Deno.args[0];
  const listener = Deno.listen({ transport: "unix", path });
  console.log("READY");
  const client = await listener.accept();
  await client.write(new TextEncoder().encode("Hello there\\n"));
  client.close();
  Deno.removeSync(path);`;

async function unixClient(command: Command): Promise<string> {
  return await inFolder(async (path) => {
    await using server = spawn([Deno.execPath(), "eval", "--quiet", GREETS, path], { stdout: "piped" });
    must((await readLines(server.stdout).next()).value === "READY", "the server is not ready");
    const stdout = await printed(command("sockets/unix_client", [path]));
    must(stdout === "Hello there\n" && (await server.status).success, stdout);
    return stdout.trim();
  });
}

async function unixDgram(command: Command): Promise<string> {
  return await inFolder(async (path) => {
    const stdout = await printed(command("sockets/unix_dgram", [path]));
    must(/ got '.*' from .*\.client\n.*\.client got '.*' from .*\n$/.test(stdout), stdout);
    return "an answer, and no file left";
  });
}

/** Each example, started by `command`. */
export const UNIX_AND_UDP_CHECKS: Record<string, (command: Command) => Promise<string>> = {
  "sockets/udp_client": udpClient,
  "sockets/udp_clock": udpClock,
  "sockets/unix_client": unixClient,
  "sockets/unix_dgram": unixDgram,
};
