/** What a child of a pre-forking server does: it takes connections of the sockets that it shares, one after the other. */
import { wrapExports } from "../core/around.ts";
import { ClosedError } from "../core/errors.ts";
import { Limit } from "../core/limit.ts";
import { type Messages, openMessages } from "../pipes/mod.ts";
import { sigaction } from "../signals/mod.ts";
import { type Connection, type InetAddress, Listener } from "../sockets/mod.ts";
import { AccessList } from "./access_list.ts";
import { hostAndPort } from "./client.ts";
import { IdleWatch } from "./idle_watch.ts";
import { isLost } from "./multiplexed_mode.ts";
import { CHANNEL } from "./self_child_channel.ts";
import { SharedAccept } from "./shared_accept.ts";

/** What it is told at its start. */
export interface PreforkedOrders {
  /** How many listeners it has, from descriptor 4 on. */
  readonly listeners: number;
  /** After how many connections it ends. */
  readonly requests: number;
  /** The server's process id. */
  readonly server: number;
  /** Milliseconds that the connection which it has gets when that process has ended. */
  readonly grace: number;
  readonly limits: ConnectionLimits;
}

/** Who may connect, as the options of `serve` have it. */
export interface AccessRules {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}

/** What a connection may do. */
export interface ConnectionLimits extends AccessRules {
  readonly idleTimeout?: number;
  readonly maxLineLength?: number;
}

/**
 * What a child says: a number is how many connections it is done with since it was busy, and it has none now. While one follows
 * the other it says nothing: two words for each would take the server and the child longer than a short connection does.
 */
export type ChildWord = "ready" | "busy" | number | "left" | ChildFault;
/** What went wrong: of a client that was lost, or in words of one that was denied; of what takes connections; or else of the export. */
export interface ChildFault {
  readonly error: unknown;
  readonly of: "client" | "denied" | "accept" | "export";
}
/** What it is told. */
export type ServerWord = "go" | "look" | "finish";

/** Of which connection an export is told. */
export interface PreforkedConnection {
  /** Which of the server's addresses it came to, from 0 on. */
  readonly listener: number;
  /** How many this child has had before. */
  readonly served: number;
}

/** What the child is called that runs here. */
export const PREFORKED = { name: "preforked", module: import.meta.url };

/** Milliseconds for a server that does not listen. */
const LAST_WORDS = 1_000;

type Run = (...args: unknown[]) => unknown;

wrapExports(PREFORKED.name, (run, [orders, args]) => preforked(run, orders as PreforkedOrders, args as unknown[]));

async function preforked(run: Run, orders: PreforkedOrders, args: readonly unknown[]): Promise<void> {
  using server = openMessages<ServerWord>(CHANNEL);
  const say = (word: ChildWord) => server.send(word).catch(() => {});
  const listeners = Array.from({ length: orders.listeners }, (_, i) => Listener.fromFd(CHANNEL + 1 + i));
  const burst = new Burst(say);
  using taking = new SharedAccept(listeners, () => say("left"), () => burst.end(), refusals(say));
  const watched = watching(orders.limits, say);
  const begin = Promise.withResolvers<void>();
  const stop = () => {
    taking.stop();
    begin.resolve();
  };
  // A ^C at the terminal reaches every process of the group; the server decides what comes of it.
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    sigaction(signal, () => {
      stop();
      if (Deno.ppid !== orders.server) new Limit({ timeout: orders.grace }, () => Deno.exit(1)).hold(false);
    });
  }
  // The server has ended, which a signal tells as well, or begins anew as another program: what is under way is finished.
  heed(server, { go: begin.resolve, look: () => taking.look(), finish: () => taking.finish() }).catch(() => {}).finally(
    stop,
  );
  await say("ready");
  await begin.promise;
  for (let served = 0; served < orders.requests; served++) {
    const taken = await taking.next();
    if (taken === undefined) break;
    burst.begin();
    const serve = () => run(taken.connection, { listener: taken.at, served }, ...args);
    await watched(taken.connection, serve).catch((error) => say(faultOf(error)));
    burst.done++;
  }
  burst.end();
  taking[Symbol.dispose]();
  await server.end({ timeout: LAST_WORDS }).catch(() => {});
}

/** Connections that follow each other, of which the server is told when the first begins and when none follows. */
class Burst {
  /** How many are done with. */
  done = 0;
  #under = false;
  readonly #say: (word: ChildWord) => unknown;

  constructor(say: (word: ChildWord) => unknown) {
    this.#say = say;
  }

  begin(): void {
    if (!this.#under) this.#say("busy");
    this.#under = true;
  }

  end(): void {
    if (this.#under) this.#say(this.done);
    this.#under = false;
    this.done = 0;
  }
}

/** Do as the server says, to its end. */
async function heed(server: Messages<ServerWord>, act: Record<ServerWord, () => void>): Promise<void> {
  for await (const { value } of server) act[value]();
}

/** What has a connection served under `limits`, and closes it; that a client is denied is said. */
function watching({ idleTimeout, maxLineLength, allow, deny }: ConnectionLimits, say: (word: ChildWord) => unknown) {
  const access = allow === undefined && deny === undefined ? undefined : new AccessList(allow, deny);
  const idle = idleTimeout === undefined ? undefined : new IdleWatch(idleTimeout, (silent) => silent.close());
  return async (connection: Connection, serve: () => unknown): Promise<void> => {
    connection.maxLineLength = maxLineLength;
    idle?.add(connection);
    try {
      const { remoteAddr } = connection;
      if (access === undefined || await access.allows(remoteAddr)) await serve();
      // Unix sockets are not denied.
      else say({ error: `client ${hostAndPort(remoteAddr as InetAddress)} was denied`, of: "denied" });
      await connection[Symbol.asyncDispose]();
    } catch (error) {
      // One that was silent for too long, and was closed for that, tells nothing new.
      if (!(error instanceof ClosedError)) throw error;
    } finally {
      connection.close();
      idle?.delete(connection);
    }
  };
}

function faultOf(error: unknown): ChildFault {
  return { error: sendable(error), of: isLost(error) ? "client" : "export" };
}

/** Milliseconds in which it is said once that nothing can be taken. */
const QUIET = 1_000;

/** Says why nothing can be taken. */
function refusals(say: (word: ChildWord) => unknown): (refusal: unknown) => void {
  let last = -Infinity;
  return (refusal) => {
    const now = performance.now();
    if (now - last < QUIET) return;
    last = now;
    say({ error: sendable(refusal), of: "accept" });
  };
}

/** What structured clone carries of what was thrown. */
function sendable(error: unknown): unknown {
  return error instanceof Error ? error : Deno.inspect(error);
}
