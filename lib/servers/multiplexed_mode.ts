/** Handling everything in this process. */
import { ClosedError, SyscallError } from "../core/errors.ts";
import type { Connection, Datagram, DatagramSocket, Listener } from "../sockets/mod.ts";
import { Accepting } from "./accepting.ts";
import { type Client, type ClientPlace, clientText, ServedClient } from "./client.ts";
import { IdleWatch } from "./idle_watch.ts";
import type { Mode, ServerWork } from "./mode.ts";
import { receiveAll } from "./receiving.ts";
import { Room } from "./room.ts";
import { reason } from "./server_log.ts";

/** What it means that a client has gone: its own business, and no fault of the handler. */
const LOST = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"]);

/** Whether a client has gone, which is no fault of the handler. */
export function isLost(error: unknown): boolean {
  return error instanceof SyscallError && LOST.has(error.code);
}

/** Handles all clients side by side: each handler runs while the others wait. */
export class MultiplexedMode implements Mode {
  readonly #work: ServerWork;
  readonly #room: Room;
  readonly #accepting: readonly Accepting[];
  readonly #places: ReadonlyMap<Listener | DatagramSocket, ClientPlace>;
  /** The connections under way, and whom they are with. */
  readonly #open = new Map<Connection, Client>();
  readonly #idleWatch: IdleWatch | undefined;
  readonly #idle = Promise.withResolvers<void>();
  /** How many sockets a datagram may come from that has no room yet. */
  #receiving = 0;
  #ids = 0;
  #stopped = false;

  /** `limit`: how much may be under way. */
  constructor(work: ServerWork, limit: number = work.maxConnections) {
    this.#work = work;
    const { journal, holding, stopping, listeners, datagrams, idleTimeout } = work;
    const room = this.#room = new Room(limit);
    const taken = (connection: Connection, listener: Listener) => void this.#connected(connection, listener);
    this.#accepting = listeners.map((listener) => new Accepting({ listener, room, journal, holding, taken }));
    const sockets = [...listeners, ...datagrams];
    this.#places = new Map(sockets.map((one) => [one, { listening: one.addr, stopping }]));
    if (idleTimeout < Infinity) this.#idleWatch = new IdleWatch(idleTimeout, (one) => this.#silent(one));
  }

  get count(): number {
    return this.#room.taken;
  }

  get idle(): Promise<void> {
    return this.#idle.promise;
  }

  start(): void {
    const { datagrams, journal, stopping: signal } = this.#work;
    const room = this.#room;
    const taken = (datagram: Datagram, socket: DatagramSocket) => void this.#received(datagram, socket);
    for (const accepting of this.#accepting) accepting.run();
    for (const socket of datagrams) {
      this.#receiving++;
      receiveAll({ socket, room, journal, signal, taken }).then(() => {
        this.#receiving--;
        this.#perhapsIdle();
      });
    }
  }

  stopTaking(own: ReadonlySet<Listener> = new Set()): void {
    this.#stopped = true;
    for (const accepting of this.#accepting) accepting.stop(own.has(accepting.listener));
    this.#room.wake();
    this.#perhapsIdle();
  }

  #perhapsIdle(): void {
    if (!this.#stopped || this.#room.taken > 0 || this.#receiving > 0) return;
    if (this.#accepting.every(({ waiting }) => waiting === 0)) this.#idle.resolve();
  }

  end(): void {
    for (const accepting of this.#accepting) accepting.end();
    const open = [...this.#open.keys()];
    this.#open.clear();
    for (const connection of open) this.#idleWatch?.delete(connection);
    for (const connection of open) connection.close();
    this.#idle.resolve();
  }

  /** One connection, from its beginning to its end. */
  async #connected(connection: Connection, listener: Listener): Promise<void> {
    const { access, maxLineLength } = this.#work;
    const client = new ServedClient(++this.#ids, this.#places.get(listener)!, connection);
    this.#open.set(connection, client);
    this.#idleWatch?.add(connection);
    connection.maxLineLength = maxLineLength;
    try {
      if (access === undefined || await this.#isAllowed(client)) await this.#handle(connection, client);
    } catch (error) {
      // What the server itself has closed tells the handler nothing new.
      if (this.#open.has(connection)) this.#failed(client, error);
    }
    try {
      await connection[Symbol.asyncDispose]();
    } catch (error) {
      if (this.#open.has(connection)) this.#failed(client, error);
    }
    this.#open.delete(connection);
    this.#idleWatch?.delete(connection);
    this.#left();
  }

  /** Nobody waits for words that nobody wants. */
  #handle(connection: Connection, client: Client): void | Promise<void> {
    const { journal, stream } = this.#work;
    return journal.wants("connect") ? this.#handleTold(connection, client) : stream!(connection, client);
  }

  async #handleTold(connection: Connection, client: Client): Promise<void> {
    const { journal, stream } = this.#work;
    journal.tell({ kind: "connect", message: `${clientText(client)} connected`, client });
    await stream!(connection, client);
    journal.tell({ kind: "end", message: `${clientText(client)} is done`, client });
  }

  async #isAllowed(client: Client): Promise<boolean> {
    const { access, journal } = this.#work;
    if (await access!.allows(client.address)) return true;
    if (journal.wants("denied")) journal.tell({ kind: "denied", message: `${clientText(client)} was denied`, client });
    return false;
  }

  async #received(datagram: Datagram, socket: DatagramSocket): Promise<void> {
    const { access, datagram: handler } = this.#work;
    const client = new ServedClient(++this.#ids, this.#places.get(socket)!, datagram);
    try {
      if (access === undefined || await this.#isAllowed(client)) await handler!(datagram, client);
    } catch (error) {
      if (!(error instanceof ClosedError && socket.closed)) this.#failed(client, error);
    }
    this.#left();
  }

  #left(): void {
    this.#room.leave();
    this.#perhapsIdle();
  }

  #failed(client: Client, error: unknown): void {
    const { journal } = this.#work;
    const kind = isLost(error) ? "lost" : "failed";
    if (journal.wants(kind)) journal.tell({ kind, message: `${clientText(client)}: ${reason(error)}`, client, error });
  }

  #silent(connection: Connection): void {
    const { journal } = this.#work;
    const client = this.#open.get(connection);
    // A handler that has given the connection away is not disturbed.
    if (client === undefined || connection.closed) return;
    if (journal.wants("idle")) journal.tell({ kind: "idle", message: `${clientText(client)} was silent`, client });
    this.#open.delete(connection);
    connection.close();
  }
}
