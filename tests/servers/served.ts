/** A server in the test's own process, and what it has told. */
import {
  serve,
  type ServeAddress,
  type ServeHandlers,
  type ServeOptions,
  type Server,
  type ServerEvent,
  type StreamHandler,
} from "../../lib/servers/mod.ts";
import { connect, type Connection, type DatagramSocket, pollSync } from "../../lib/sockets/mod.ts";
import { assert, within } from "../support/mod.ts";

/** Where most tests serve. */
export const HERE = { hostname: "127.0.0.1", port: 0 } as const;

/** Answers each line with the same line. */
export const echo: StreamHandler = async (connection) => {
  for await (const line of connection.readLines()) await connection.writeLine(line);
};

/** The port of one of its addresses. */
export function portOf(server: Server, index = 0): number {
  return (server.addresses[index] as Deno.NetAddr).port;
}

/** A server whose events are kept. */
export class Served implements AsyncDisposable {
  readonly server: Server;
  readonly events: ServerEvent[];
  readonly #waiting: Set<() => void>;

  private constructor(server: Server, events: ServerEvent[], waiting: Set<() => void>) {
    this.server = server;
    this.events = events;
    this.#waiting = waiting;
  }

  static async at(
    addresses: ServeAddress | readonly ServeAddress[],
    handler: StreamHandler | ServeHandlers = echo,
    options: ServeOptions = {},
  ): Promise<Served> {
    const events: ServerEvent[] = [];
    const waiting = new Set<() => void>();
    const log = (event: ServerEvent) => {
      events.push(event);
      for (const look of waiting) look();
    };
    return new Served(await serve(addresses, handler, { log, ...options }), events, waiting);
  }

  get kinds(): string[] {
    return this.events.map(({ kind }) => kind);
  }

  /** Until it has told so many of a kind. */
  async told(kind: string, count = 1): Promise<ServerEvent> {
    const found = () => this.events.filter((event) => event.kind === kind);
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => found().length >= count && resolve();
    this.#waiting.add(look);
    look();
    await promise;
    this.#waiting.delete(look);
    return found()[count - 1]!;
  }

  /** A client of it. */
  client(index = 0): Promise<Connection> {
    const address = this.server.addresses[index]!;
    return "path" in address ? connect({ path: address.path }) : connect({ port: address.port });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop({ timeout: 0 });
  }
}

/** Whether a connection answers a line with the same line. */
export async function echoes(client: Connection, timeout = 5_000): Promise<boolean> {
  await client.writeLine("hello");
  return await client.readLine({ timeout }) === "hello";
}

/** Until somebody has received all datagrams that came. */
export async function received(...sockets: readonly DatagramSocket[]): Promise<void> {
  for (const late = performance.now() + within(20_000); pollSync(sockets, { timeout: 0 }).readable.length > 0;) {
    assert(performance.now() < late, "a datagram was not received");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
