/** Serving. */
import { Limit } from "../core/limit.ts";
import type { Mode } from "./mode.ts";
import { MODES } from "./modes.ts";
import {
  type ServeAddress,
  type ServeHandlers,
  type ServeOptions,
  settingsOf,
  type StreamHandler,
} from "./serve_options.ts";
import { openAll, takesDatagrams } from "./served_sockets.ts";
import { Server } from "./server.ts";

/**
 * Serve at one address or at several: TCP, UDP, Unix sockets, all with the same limits.
 *
 * In the mode `"multiplexed"` the handlers run side by side in this process, each while the others wait; in `"single"` one
 * connection or datagram is handled after the other, over all addresses. A connection is closed when its handler settles, once
 * all is sent that was written. What a handler throws goes to the log, and closes its connection alone.
 *
 * In the mode `"forking"` each connection gets a child, a program or an export of a module, whose standard input and output it is;
 * the connection blocks, as programs expect. It counts for `maxConnections` until its child has ended and is reaped. In
 * `"preforking"` children, each a Deno with an export of a module, share the listening sockets and have one connection at a time;
 * their number follows `children`, `maxChildren` and SIGTTIN and SIGTTOU, and whoever dies is replaced by one that waits. Of
 * connections in other processes this one knows nothing: `maxConnections` is the number of children there. When the server stops
 * children have time for their connections as handlers have; then those of `"forking"` get SIGTERM and a second later SIGKILL, those
 * of `"preforking"` SIGKILL. If this program is killed, they end: with SIGTERM, or after their connection and ten seconds at most.
 * Children keep this program alive; after `unref()` of the server those with a connection.
 *
 * At `maxConnections` nothing is accepted, and clients wait in the kernel's queue; so they do when there are too many open
 * descriptors, which is logged once, until there is one again. A stale file of a Unix socket is replaced, a live one is an error.
 * A port can be had again while earlier connections of it are not forgotten yet. Signals are the program's affair.
 *
 * In the modes with children `run` permission is needed, for the program or for Deno. Needs the permissions that {@linkcode listen} and {@linkcode listenDatagram} need.
 *
 * @param addresses Where. A `Listener` or a `DatagramSocket` that was made elsewhere, or inherited, is the server's from now on.
 * @param handler What handles connections, and datagrams.
 * @param options How.
 * @returns The server, once it accepts at all addresses; the caller stops it.
 * @throws {SyscallError} `EADDRINUSE` if another serves there, and the others of {@linkcode listen}; then nothing is served, and
 *   sockets that were given stay the caller's.
 * @throws {ExitError} if the module of children cannot be loaded; sockets that were given are closed.
 * @throws {Error} if the first child was killed before it was ready; sockets that were given are closed.
 * @throws {TypeError} if there is no address, a handler is missing for one, or an option is not what it should be.
 * @throws {RangeError} if a number is none.
 * @throws {Deno.errors.NotCapable} without the permissions.
 * @throws the signal's reason if it is aborted before it serves; if that is while children start, sockets that were given are
 *   closed.
 * @example
 * ```ts
 * import { connect, serve } from "@vasty/vasty";
 *
 * const encoder = new TextEncoder();
 * await using server = await serve(
 *   [{ hostname: "127.0.0.1", port: 0 }, { transport: "udp", hostname: "127.0.0.1", port: 0 }],
 *   {
 *     stream: async (connection, client) => {
 *       await connection.writeLine(`you came to ${Deno.inspect(client.local)}`);
 *     },
 *     datagram: async (datagram) => {
 *       await datagram.reply(encoder.encode("pong"));
 *     },
 *   },
 *   { maxConnections: 1_000, idleTimeout: 60_000, allow: ["127.0.0.0/8"] },
 * );
 * const [tcp] = server.addresses as Deno.NetAddr[];
 * using client = await connect({ port: tcp!.port });
 * console.assert((await client.readLine())?.startsWith("you came to"));
 * ```
 * @example A program for each connection
 * ```ts
 * import { connect, serve } from "@vasty/vasty";
 *
 * await using server = await serve({ hostname: "127.0.0.1", port: 0 }, { child: { program: ["cat", "-n"] } }, {
 *   mode: "forking",
 *   maxConnections: 100,
 * });
 * const [{ port }] = server.addresses as [Deno.NetAddr];
 * await using client = await connect({ port });
 * await client.writeLine("one");
 * console.assert((await client.readLine())?.includes("1\tone"));
 * ```
 * @example Children that share the socket
 * ```ts
 * import { type Connection, connect, serve } from "@vasty/vasty";
 *
 * export async function greet(connection: Connection) {
 *   await connection.writeLine(`hello from ${Deno.pid}`);
 * }
 *
 * if (import.meta.main) {
 *   const child = { module: import.meta.url, export: "greet" };
 *   await using server = await serve({ hostname: "127.0.0.1", port: 0 }, { child }, { mode: "preforking", children: 2 });
 *   const [{ port }] = server.addresses as [Deno.NetAddr];
 *   using client = await connect({ port });
 *   console.assert((await client.readLine())?.startsWith("hello from"));
 * }
 * ```
 * @see listen(2), accept(2)
 */
export async function serve(
  addresses: ServeAddress | readonly ServeAddress[],
  handler: StreamHandler | ServeHandlers,
  options: ServeOptions = {},
): Promise<Server> {
  const all = Array.isArray(addresses) ? addresses as readonly ServeAddress[] : [addresses as ServeAddress];
  const settings = settingsOf(handler, options);
  checkAddresses(all, settings);
  const { signal } = options;
  signal?.throwIfAborted();
  const sockets = await openAll(all);
  if (signal?.aborted) {
    for (const socket of sockets) if (!all.includes(socket)) socket.close();
    throw signal.reason;
  }
  let mode: Mode | undefined;
  const server = new Server(
    sockets,
    sockets.filter((one) => !all.includes(one)),
    settings,
    (work) => mode = MODES[settings.mode](work),
  );
  try {
    await ready(mode!, signal);
    signal?.throwIfAborted();
  } catch (error) {
    await server.stop({ timeout: 0 });
    throw error;
  }
  if (signal !== undefined) stopBy(server, signal);
  return server;
}

function checkAddresses(all: readonly ServeAddress[], handlers: ServeHandlers): void {
  if (all.length === 0) throw new TypeError("There is no address to serve at");
  for (const address of all) {
    if (typeof address !== "object" || address === null) {
      throw new TypeError(`An address to serve at is an object, not ${Deno.inspect(address)}`);
    }
    const datagrams = takesDatagrams(address);
    if ((datagrams ? handlers.datagram : handlers.stream ?? handlers.child) === undefined) {
      throw new TypeError(`There is no handler for ${datagrams ? "datagrams" : "connections"}`);
    }
  }
}

/** Until it can handle what comes. @throws the signal's reason. */
async function ready(mode: Mode, signal: AbortSignal | undefined): Promise<void> {
  if (mode.ready === undefined) return;
  const { promise, reject } = Promise.withResolvers<never>();
  using _limit = new Limit({ signal }, reject);
  await Promise.race([mode.ready, promise]);
}

function stopBy(server: Server, signal: AbortSignal): void {
  const stop = () => void server.stop();
  signal.addEventListener("abort", stop, { once: true });
  server.finished.then(() => signal.removeEventListener("abort", stop));
}
