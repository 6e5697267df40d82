/** Finding connections that are silent. */
import type { Connection } from "../sockets/mod.ts";

/** How often one limit is looked after: it may be exceeded by this part of it. */
const PARTS = 8;

/** What was last seen of a connection. */
interface Seen {
  bytes: number;
  since: number;
}

/**
 * Ends connections over which no byte has gone, in or out, for a time. One timer looks after all of them, and keeps no program
 * alive: a timer for each would be set anew with every byte.
 */
export class IdleWatch {
  readonly #timeout: number;
  readonly #idle: (connection: Connection) => void;
  readonly #seen = new Map<Connection, Seen>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `timeout` in milliseconds; `idle` gets each connection once. */
  constructor(timeout: number, idle: (connection: Connection) => void) {
    this.#timeout = timeout;
    this.#idle = idle;
  }

  add(connection: Connection): void {
    this.#seen.set(connection, { bytes: traffic(connection), since: performance.now() });
    this.#timer ??= this.#later();
  }

  delete(connection: Connection): void {
    if (!this.#seen.delete(connection) || this.#seen.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #later(): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => this.#look(), Math.min(Math.ceil(this.#timeout / PARTS), 60_000));
    Deno.unrefTimer(timer);
    return timer;
  }

  #look(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (const [connection, seen] of this.#seen) {
      const bytes = traffic(connection);
      if (bytes !== seen.bytes) {
        seen.bytes = bytes;
        seen.since = now;
      } else if (now - seen.since >= this.#timeout) {
        this.#seen.delete(connection);
        this.#idle(connection);
      }
    }
    if (this.#seen.size > 0) this.#timer ??= this.#later();
  }
}

function traffic({ bytesRead, bytesWritten }: Connection): number {
  return bytesRead + bytesWritten;
}
