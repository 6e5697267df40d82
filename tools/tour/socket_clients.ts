/** The examples of clients, each with a server of this program's. */
import { capture } from "../../lib/processes/mod.ts";
import { type Connection, listen } from "../../lib/sockets/mod.ts";
import { must } from "./step.ts";

/** How a client is tried. */
interface Client {
  /** Its arguments, for a server at `place`: HOST:PORT. */
  args: (place: string) => string[];
  /** What its server does with each connection. */
  serve: (client: Connection) => Promise<void>;
  input?: string;
  /** What it prints. */
  wanted: RegExp;
  found: string;
}

/** Read up to an empty line, and say what was asked for. */
async function answer(client: Connection): Promise<void> {
  const request = await client.readLine();
  must(await client.readLine() === "", "the request is not over");
  await client.print(`${request?.replace(/^GET (\S+) HTTP\/1\.0$/, "$1")}\n`);
}

/** Ask without a line end, and tell at the end what came until then. */
async function converse(client: Connection): Promise<void> {
  await client.print("login: ");
  await client.writeLine(`bye, ${new TextDecoder().decode(await client.readAll())}`);
}

/** Say each line again, louder. */
async function echo(client: Connection): Promise<void> {
  for await (const line of client.readLines()) await client.writeLine(line.toUpperCase());
}

const SECONDS_OF_70_YEARS = 2_208_988_800;

async function tellTime(client: Connection): Promise<void> {
  const time = new DataView(new ArrayBuffer(4));
  time.setUint32(0, Math.floor(Date.now() / 1_000) + SECONDS_OF_70_YEARS);
  await client.write(new Uint8Array(time.buffer));
}

const CLIENTS: Record<string, Client> = {
  "sockets/clock": {
    args: (place) => [place],
    serve: tellTime,
    wanted: /^localhost +0 .*\n127\.0\.0\.1:\d+ +-?[01] \w{3} \w{3} /,
    found: "a clock that is right",
  },
  "sockets/daytime": {
    args: (place) => [place],
    serve: (client) => client.writeLine("Wed May 14 08:40:46 1997"),
    wanted: /^Wed May 14 08:40:46 1997\r\n$/,
    found: "Wed May 14 08:40:46 1997",
  },
  "sockets/interactive": {
    args: (place) => place.split(":"),
    serve: converse,
    input: "root",
    wanted: /^login: bye, root\r\n$/,
    found: "an answer after its end of the conversation",
  },
  "sockets/peer": {
    args: (place) => [place],
    serve: () => Promise.resolve(),
    wanted: /^\S+ \[127\.0\.0\.1\]:\d+ (un)?checked\n$/,
    found: "this machine",
  },
  "sockets/talk": {
    args: (place) => place.split(":"),
    serve: echo,
    input: "one\ntwo",
    wanted: /^ONE\nTWO\n$/,
    found: "an answer to each line",
  },
  "sockets/tcp_client": {
    args: (place) => [place, "--bind", "127.0.0.2", "--timeout", "10000"],
    serve: (client) => client.print(`hello, ${(client.remoteAddr as Deno.NetAddr).hostname}`),
    wanted: /^hello, 127\.0\.0\.2$/,
    found: "hello, 127.0.0.2",
  },
  "sockets/webget": {
    args: (place) => [place, "/one", "/two"],
    serve: answer,
    wanted: /^\/one\n\/two\n$/,
    found: "two documents, two connections",
  },
};

/** Each example of a client, run by `command` with a server beside it. */
export const CLIENT_CHECKS: Record<string, (command: (name: string, args: string[]) => string[]) => Promise<string>> =
  Object.fromEntries(
    Object.entries(CLIENTS).map(([name, client]) => [name, (command) => tried(name, client, command)]),
  );

async function tried(
  name: string,
  { args, serve, input = "", wanted, found }: Client,
  command: (name: string, args: string[]) => string[],
): Promise<string> {
  using listener = await listen({ hostname: "127.0.0.1" });
  const place = `127.0.0.1:${(listener.addr as Deno.NetAddr).port}`;
  const serving = (async () => {
    for await (const one of listener) {
      await using client = one;
      await serve(client);
    }
  })();
  const { stdout, stderr, status } = await capture(command(name, args(place)), {
    check: false,
    input,
    timeout: 20_000,
  });
  listener.close();
  await serving;
  must(status.success && wanted.test(stdout), `${status}\n${stdout}${stderr}`.trim());
  return found;
}
