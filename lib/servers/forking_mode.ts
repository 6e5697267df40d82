/** A child for each connection. */
import type { Connection, Listener } from "../sockets/mod.ts";
import { type Client, clientText } from "./client.ts";
import { ForkedChildren } from "./forked.ts";
import type { Mode, ServerWork } from "./mode.ts";
import { MultiplexedMode } from "./multiplexed_mode.ts";
import { reason } from "./server_log.ts";

/**
 * Accepts as a multiplexed server does; then the connection, which blocks and which the event loop has never had, is a child's. It
 * counts until the child is reaped.
 */
export class ForkingMode implements Mode {
  readonly ready: Promise<void>;
  readonly idle: Promise<void>;
  readonly #work: ServerWork;
  readonly #children: ForkedChildren;
  readonly #connections: MultiplexedMode;

  constructor(work: ServerWork) {
    this.#work = work;
    const warm = work.prefork.warm ?? 1;
    const children = this.#children = new ForkedChildren(
      "program" in work.child! ? work.child : { ...work.child!, warm },
      work.holding,
    );
    this.ready = children.ready;
    this.#connections = new MultiplexedMode({
      ...work,
      stream: (connection, client) => this.#serve(connection, client),
    });
    this.idle = this.#connections.idle.then(() => children.finish());
  }

  get count(): number {
    return this.#connections.count;
  }

  start(): void {
    this.#connections.start();
  }

  stopTaking(own: ReadonlySet<Listener>): void {
    this.#connections.stopTaking(own);
  }

  end(): void {
    this.#connections.end();
    this.#children.end();
  }

  async #serve(connection: Connection, client: Client): Promise<void> {
    const { journal, greet } = this.#work;
    const { address, local } = client;
    if (greet !== undefined) {
      const text = await greet(client);
      await connection.write(typeof text === "string" ? new TextEncoder().encode(text) : text);
      await connection.flush();
    }
    const { pid, ended } = await this.#children.start(connection.socket.release(), { address, local });
    if (journal.wants("begat")) journal.tell({ kind: "begat", message: `begat ${pid}`, client, pid });
    const { status, error } = await ended;
    if (journal.wants("reaped")) {
      const exit = status.raw === 0 ? "" : ` with exit ${status.raw}`;
      journal.tell({ kind: "reaped", message: `reaped ${pid}${exit}`, client, pid, status });
    }
    if (error === undefined) return;
    journal.tell({
      kind: "failed",
      message: `${clientText(client)}: ${reason(error.cause ?? error)}`,
      client,
      pid,
      error,
    });
  }
}
