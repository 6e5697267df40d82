/** A server that serves. */
import { Holding } from "../core/holding.ts";
import { DatagramSocket, Listener, type SocketAddress } from "../sockets/mod.ts";
import type { Mode, ServerWork } from "./mode.ts";
import { checkTimeout, type ServeSettings } from "./serve_options.ts";
import type { ServedSocket } from "./served_sockets.ts";

/** Milliseconds; the longest that a timer takes. */
const LONGEST = 2 ** 31 - 1;

/** When a server is to give up what is under way. */
export interface ServerStopOptions {
  /** Milliseconds that it has to finish; 0 ends it at once. @default {what `stopTimeout` of `serve()` says} */
  timeout?: number;
}

/**
 * A server, made by {@linkcode serve}. It keeps the program alive until it has stopped, unless `unref()` was called. It stops by
 * `stop()`, by the signal of its options, or at the end of an `await using` block.
 *
 * @example
 * ```ts
 * import { connect, serve } from "@vasty/vasty";
 *
 * const server = await serve({ hostname: "127.0.0.1", port: 0 }, async (connection) => {
 *   for await (const line of connection.readLines()) await connection.writeLine(line.toUpperCase());
 * });
 * const { port } = server.addresses[0] as Deno.NetAddr;
 * {
 *   await using client = await connect({ port });
 *   await client.writeLine("hello");
 *   console.assert(await client.readLine() === "HELLO" && server.connections === 1);
 * }
 * await server.stop(); // the client has gone, so nothing is left to wait for
 * ```
 */
export class Server implements AsyncDisposable {
  /** Where it serves, in the order of the call, with the ports that the kernel chose. */
  readonly addresses: readonly SocketAddress[];
  /** Resolves when it has stopped: nothing is accepted any more, and what was under way has finished or was ended. */
  readonly finished: Promise<void>;
  readonly #sockets: readonly ServedSocket[];
  readonly #own: ReadonlySet<ServedSocket>;
  readonly #mode: Mode;
  readonly #holding = new Holding();
  readonly #stopping = new AbortController();
  readonly #stopTimeout: number;
  #ended = false;

  /** Made by {@linkcode serve}; `own` are those of `sockets` that nobody else has. @ignore */
  constructor(
    sockets: readonly ServedSocket[],
    own: readonly ServedSocket[],
    settings: ServeSettings,
    make: (work: ServerWork) => Mode,
  ) {
    this.#sockets = sockets;
    this.#own = new Set(own);
    this.#stopTimeout = settings.stopTimeout;
    this.addresses = sockets.map(({ addr }) => addr);
    this.#mode = make({
      ...settings,
      listeners: sockets.filter((socket) => socket instanceof Listener),
      datagrams: sockets.filter((socket) => socket instanceof DatagramSocket),
      holding: this.#holding,
      stopping: this.#stopping.signal,
    });
    this.finished = this.#mode.idle.then(() => this.#close());
    this.#mode.start();
  }

  /** How many connections, and datagrams whose handlers have not settled, are under way. */
  get connections(): number {
    return this.#mode.count;
  }

  /**
   * Stop: nothing is accepted any more, files of Unix sockets are removed, and what is under way has time to finish; then its
   * connections are closed. Handlers hear of it by `client.stopping`. The second call ends all of it at once. Clients that wait in
   * the kernel's queue are served as well, but those of a listener that was given, which may be another process's too.
   *
   * @param options How long it may take.
   * @returns Resolves as {@linkcode Server.finished} does.
   * @throws {RangeError} if `timeout` is none.
   */
  async stop({ timeout = this.#stopTimeout }: ServerStopOptions = {}): Promise<void> {
    checkTimeout("timeout", timeout);
    if (this.#stopping.signal.aborted) {
      this.#end();
      return await this.finished;
    }
    this.#stopping.abort(new DOMException("The server stops", "AbortError"));
    this.#mode.stopTaking(new Set(timeout === 0 ? [] : [...this.#own].filter((one) => one instanceof Listener)));
    for (const socket of this.#sockets) if (socket instanceof Listener) socket.close();
    if (timeout === 0) this.#end();
    const timer = timeout <= LONGEST ? setTimeout(() => this.#end(), timeout) : undefined;
    await this.finished;
    clearTimeout(timer);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#mode.end();
  }

  /** Handlers of datagrams that were under way have answered by these. */
  #close(): void {
    this.#ended = true;
    for (const socket of this.#sockets) socket.close();
  }

  /** Have waiting for clients keep this program alive, as at the beginning. */
  ref(): void {
    this.#hold(true);
  }

  /** Let this program end while the server waits for clients. What a handler waits for keeps it alive, and so does a child with a connection. */
  unref(): void {
    this.#hold(false);
  }

  #hold(on: boolean): void {
    this.#holding.hold(on);
    for (const socket of this.#sockets) if (socket instanceof DatagramSocket) on ? socket.ref() : socket.unref();
  }

  /** The same as {@linkcode Server.stop}, or waits until it has stopped if that was called. */
  async [Symbol.asyncDispose](): Promise<void> {
    await (this.#stopping.signal.aborted ? this.finished : this.stop());
  }
}
