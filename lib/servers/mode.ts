/**
 * The seam between a server and how it handles what comes.
 *
 * `serve()` checks its arguments, opens the addresses, and makes a {@linkcode ServerWork} of them. A *mode* is given that, and
 * handles what comes; `modes.ts` has them by name. The `Server` alone owns the listening sockets: it closes them when it stops,
 * and a mode neither closes nor releases them. The order of the calls is `start()`, `stopTaking()`, perhaps `end()`; the server
 * waits for `idle` after `stopTaking()`.
 *
 * What a new mode can be made of: `Accepting` takes the connections of a listener, as far as there is `Room`, and knows what to
 * do at the descriptor limit; `Receiving` does it for datagrams; `MultiplexedMode` handles both in this process, and a mode that
 * gives each connection to a child is that with another `stream` handler, which calls `connection.socket.release()` and waits
 * for its child, and ends the children in `end()`.
 *
 * @module
 */
import type { Holding } from "../core/holding.ts";
import type { DatagramSocket, Listener } from "../sockets/mod.ts";
import type { AccessList } from "./access_list.ts";
import type { AccessRules } from "./preforked_child.ts";
import type { PreforkSettings } from "./prefork_pool.ts";
import type { DatagramHandler, Greeting, ServedChild, StreamHandler } from "./serve_options.ts";
import type { Journal } from "./server_log.ts";

/** What a mode has to work on. */
export interface ServerWork {
  /** What takes connections. */
  readonly listeners: readonly Listener[];
  /** Where datagrams come. */
  readonly datagrams: readonly DatagramSocket[];
  /** Handles a connection; there is one if there are listeners. */
  readonly stream: StreamHandler | undefined;
  /** Handles a datagram; there is one if there are sockets for datagrams. */
  readonly datagram: DatagramHandler | undefined;
  /** What handles connections in processes of their own; there is one in the modes that have them. */
  readonly child: ServedChild | undefined;
  /** What a child's client is sent first. */
  readonly greet: Greeting | undefined;
  /** How many children of a pre-forking server there are. */
  readonly prefork: PreforkSettings;
  /** How many connections and datagrams may be under way: from 1, to Infinity. */
  readonly maxConnections: number;
  /** Milliseconds; Infinity is no limit. */
  readonly idleTimeout: number;
  /** What `Connection.maxLineLength` is to be. */
  readonly maxLineLength: number | undefined;
  /** Who may connect; undefined if everybody may. */
  readonly access: AccessList | undefined;
  /** The same, as it was said. */
  readonly accessRules: AccessRules;
  readonly journal: Journal;
  /** Whether waiting for clients keeps the program alive. */
  readonly holding: Holding;
  /** Aborted when the server begins to stop, before `stopTaking()`. */
  readonly stopping: AbortSignal;
}

/** How a server handles what comes. */
export interface Mode {
  /** Resolves once it can handle what comes; rejects if it never will. @default {at once} */
  readonly ready?: Promise<void>;
  /** How many connections and datagrams are under way. */
  readonly count: number;
  /** Resolves, after `stopTaking()`, when nothing is under way any more; after `end()` at once. It never rejects. */
  readonly idle: Promise<void>;
  /** Begin to take what comes. */
  start(): void;
  /**
   * Take nothing any more, and let what is under way finish. The server closes its listeners then. At those of `own`, which nobody
   * else will take connections of, the clients that wait now are served as well.
   */
  stopTaking(own: ReadonlySet<Listener>): void;
  /** End what is under way. */
  end(): void;
}
