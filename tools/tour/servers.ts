/** Servers and daemons. */
import { PidFile } from "../../lib/daemons/mod.ts";
import { serve } from "../../lib/servers/mod.ts";
import { connect, type Connection, type SocketAddress } from "../../lib/sockets/mod.ts";
import { failure, must, since, type Step } from "./step.ts";

async function connected(address: SocketAddress | undefined): Promise<Connection> {
  must(address !== undefined && "port" in address, `not a port: ${Deno.inspect(address)}`);
  const { hostname, port } = address as Deno.NetAddr;
  return await connect({ hostname, port });
}

async function several(): Promise<string> {
  await using server = await serve(
    [{ hostname: "127.0.0.1", port: 0 }, { hostname: "127.0.0.2", port: 0 }],
    async (connection, client) => {
      await connection.writeLine("hostname" in client.local ? client.local.hostname : "a path");
    },
  );
  const answers = await Promise.all(server.addresses.map(async (address) => {
    await using client = await connected(address);
    return await client.readLine({ timeout: 5_000 });
  }));
  must(answers.join() === "127.0.0.1,127.0.0.2", answers.join());
  return `a client of each address is told which one it came to: ${answers.join(", ")}`;
}

async function graceful(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const server = await serve({ hostname: "127.0.0.1", port: 0 }, async (connection) => {
    resolve();
    await connection.writeLine(`got ${await connection.readLine()}`);
  });
  await using client = await connected(server.addresses[0]);
  await promise;
  const start = performance.now();
  const stopped = server.stop({ timeout: 5_000 });
  await client.writeLine("the last word");
  must(await client.readLine({ timeout: 5_000 }) === "got the last word", "the connection was cut");
  await stopped;
  return `a connection that was under way had its answer, ${since(start)} after the stop began`;
}

async function onePidFile(): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    using _file = PidFile.create(`${folder}/pid`);
    const { message } = await failure(() => PidFile.create(`${folder}/pid`));
    must(PidFile.status(`${folder}/pid`).running, "it is not locked");
    return message.replace(folder, "...");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** In the order in which they are shown. */
export const servers: Step[] = [
  { area: "servers", title: "several addresses", run: several },
  { area: "servers", title: "a graceful stop", run: graceful },
  { area: "daemons", title: "one pid file, one daemon", run: onePidFile },
];
