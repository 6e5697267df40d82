/** What a child of a forking server does that runs an export: it waits for a connection, which becomes its stdin and stdout. */
import { wrapExports } from "../core/around.ts";
import { becomeStream } from "../core/standard_streams.ts";
import { openMessages } from "../pipes/mod.ts";
import type { SocketAddress } from "../sockets/mod.ts";
import { CHANNEL } from "./self_child_channel.ts";

/** Whose connection an export has as its standard input and output. */
export interface ForkedClient {
  /** Its address. */
  readonly address: SocketAddress;
  /** The address that it came to. */
  readonly local: SocketAddress;
}

/** What the child is called that runs here. */
export const FORKED = { name: "forked", module: import.meta.url };

wrapExports(FORKED.name, async (run, [, args]) => {
  const client = await connected();
  return await run(client, ...args as unknown[]);
});

/** Wait for a connection. A spare child that gets none ends with its server. */
async function connected(): Promise<ForkedClient> {
  using server = openMessages<ForkedClient>(CHANNEL);
  await server.send("ready");
  using message = await server.receive();
  const [connection] = message?.fds ?? [];
  if (connection === undefined) Deno.exit(0);
  for (const stream of ["stdin", "stdout"] as const) becomeStream(stream, connection.number);
  return message!.value;
}
