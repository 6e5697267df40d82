/** What is served, where, and how. */
import type {
  Connection,
  Datagram,
  DatagramSocket,
  Listener,
  TcpListening,
  UdpListenOptions,
  UnixListening,
} from "../sockets/mod.ts";
import { AccessList } from "./access_list.ts";
import type { Client } from "./client.ts";
import type { ServerWork } from "./mode.ts";
import type { ForkedProgram } from "./forked.ts";
import { checkPrefork, type PreforkSettings } from "./prefork_pool.ts";
import type { ServedExport } from "./self_child_channel.ts";
import { Journal, type ServerLog } from "./server_log.ts";

/** A Unix socket for datagrams. */
export interface UnixDatagramListening {
  /** What it is. */
  transport: "unixpacket";
  /** A path of at most 107 bytes, or an abstract name, which begins with a NUL character. */
  path: string;
}

/**
 * Where a server serves: TCP, UDP, a Unix socket; or a socket made elsewhere, such as an inherited one, which the server takes
 * over.
 */
export type ServeAddress =
  | TcpListening
  | UdpListenOptions
  | UnixListening
  | UnixDatagramListening
  | Listener
  | DatagramSocket;

/** Handles a connection, which is closed when it settles, once all is sent that was written. */
export type StreamHandler = (connection: Connection, client: Client) => void | Promise<void>;

/** Handles a datagram; `datagram.reply()` answers it. */
export type DatagramHandler = (datagram: Datagram, client: Client) => void | Promise<void>;

/** What handles what comes. */
export interface ServeHandlers {
  /** Connections of TCP and Unix stream sockets. */
  stream?: StreamHandler;
  /** Datagrams of UDP and Unix sockets. */
  datagram?: DatagramHandler;
  /**
   * What handles a connection in a process of its own. In the mode `"forking"` a program or an export, which has the connection
   * as its standard input and output: such an export gets a {@linkcode ForkedClient} and its `args`. In the mode `"preforking"` an
   * export, which gets a `Connection`, a {@linkcode PreforkedConnection} and its `args`, in a child that has many, one after the
   * other.
   */
  child?: ServedChild;
  /** In the mode `"forking"`: what a client is sent before it is the child's. */
  greet?: Greeting;
}

/** A program, or an export of a module, that handles connections in a process of its own. */
export type ServedChild = ForkedProgram | ServedExport;

/** What a client is sent first. */
export type Greeting = (client: Client) => string | Uint8Array<ArrayBuffer> | Promise<string | Uint8Array<ArrayBuffer>>;

/** How a server handles what comes: see {@linkcode serve}. */
export type ServeMode = "multiplexed" | "single" | "forking" | "preforking";

/** How a server serves. */
export interface ServeOptions extends PreforkSettings {
  /** How it handles what comes. @default {"multiplexed"} */
  mode?: ServeMode;
  /**
   * How many connections and datagrams may be under way at once. Further ones wait in the kernel's queue.
   * @default {Infinity}
   */
  maxConnections?: number;
  /**
   * Milliseconds after which a connection ends over which nothing has gone, in or out; it may take an eighth more. Bytes that
   * go past the `Connection`, by its socket, are not seen. In the mode "forking" it ends with the greeting: what a child has the
   * child has to watch.
   * @default {Infinity}
   */
  idleTimeout?: number;
  /** How long a line or a record may be, in UTF-16 units, where its call does not say. @default {16_777_216} */
  maxLineLength?: number;
  /**
   * Who may connect: addresses, ranges of them (`"10.0.0.0/8"`), names of hosts (`"relay.example.com"`), or what they end with
   * (`".example.com"`); names are looked up backwards and forwards, and need `net` permission for the client's address: in the
   * mode "preforking" by the children, of whose `permissions` `net` is to be one. Unix sockets are not concerned.
   * @default {everybody}
   */
  allow?: readonly string[];
  /** Who may not, even if `allow` has it. While it has names, who cannot be looked up may not. @default {nobody} */
  deny?: readonly string[];
  /** Stops the server, as `stop()` does. */
  signal?: AbortSignal;
  /** Milliseconds that what is under way has to finish when the server stops. @default {10_000} */
  stopTimeout?: number;
  /** Gets what happens. @default {what has failed, to standard error} */
  log?: ServerLog;
}

const MODE_NAMES: readonly ServeMode[] = ["multiplexed", "single", "forking", "preforking"];

function checkNumber(name: string, value: number, isRight: boolean, what: string): number {
  if (typeof value === "number" && isRight) return value;
  throw new RangeError(`${name} is ${what}, not ${Deno.inspect(value)}`);
}

/** Milliseconds that something may take. @throws {RangeError} */
export function checkTimeout(name: string, value: number): number {
  return checkNumber(name, value, value >= 0, "a number of milliseconds from 0 on");
}

/** What options and handlers say of a mode's work, checked. */
export type ServeSettings =
  & Pick<ServerWork, "stream" | "datagram" | "child" | "greet" | "prefork" | "maxConnections" | "idleTimeout">
  & Pick<ServerWork, "maxLineLength" | "access" | "accessRules" | "journal">
  & { readonly mode: ServeMode; readonly stopTimeout: number };

/** @throws {TypeError} if a handler or a word is none. @throws {RangeError} if a number is none. */
export function settingsOf(handler: StreamHandler | ServeHandlers, options: ServeOptions): ServeSettings {
  const { mode = "multiplexed", maxConnections = Infinity, idleTimeout = Infinity, maxLineLength } = options;
  const { allow, deny, stopTimeout = 10_000, log } = options;
  if (!MODE_NAMES.includes(mode)) {
    throw new TypeError(`A mode is one of ${MODE_NAMES.join(", ")}, not ${Deno.inspect(mode)}`);
  }
  if (log !== undefined && typeof log !== "function") throw new TypeError("log is a function");
  const isCount = maxConnections === Infinity || Number.isInteger(maxConnections);
  checkNumber("maxConnections", maxConnections, isCount && maxConnections > 0, "an integer from 1 on, or Infinity");
  checkNumber("idleTimeout", idleTimeout, idleTimeout > 0, "a number of milliseconds above 0");
  if (maxLineLength !== undefined) checkNumber("maxLineLength", maxLineLength, maxLineLength > 0, "a number above 0");
  checkTimeout("stopTimeout", stopTimeout);
  checkPrefork(options);
  const access = allow === undefined && deny === undefined ? undefined : new AccessList(allow, deny);
  const handlers = handlersOf(handler);
  checkChild(mode, handlers);
  if (mode === "preforking" && access?.hasNames) checkNet(handlers.child as ServedExport);
  const others = { access, accessRules: { allow, deny }, prefork: options, journal: new Journal(log) };
  return { ...handlers, ...others, mode, maxConnections, idleTimeout, maxLineLength, stopTimeout };
}

type Handlers = Pick<ServerWork, "stream" | "datagram" | "child" | "greet">;

/** Who has children handles connections in them, and nothing else. */
function checkChild(mode: ServeMode, { stream, datagram, child }: Handlers): void {
  const inChildren = mode === "forking" || mode === "preforking";
  if (!inChildren && child === undefined) return;
  if (!inChildren) throw new TypeError(`In the mode "${mode}" there are no children`);
  if (stream ?? datagram) {
    throw new TypeError(`In the mode "${mode}" children handle connections: there is no other handler`);
  }
  const isExport = typeof child === "object" && "module" in child && "export" in child;
  if (isExport || (mode === "forking" && typeof child === "object" && Array.isArray(child.program))) return;
  throw new TypeError(
    `In the mode "${mode}" \`child\` is ${mode === "forking" ? "a program or " : ""}an export of a module`,
  );
}

/** Children that may not look names up would turn everybody away. */
function checkNet({ permissions: { net = false } = {} }: ServedExport): void {
  if (net === true || (net !== false && net.length > 0)) return;
  throw new TypeError("The children look up the names of `allow` and `deny`: `child.permissions` needs `net` for that");
}

function handlersOf(handler: StreamHandler | ServeHandlers): Handlers {
  const { stream, datagram, child, greet }: ServeHandlers = typeof handler === "function"
    ? { stream: handler }
    : handler ?? {};
  for (const one of [stream, datagram, greet]) {
    if (one !== undefined && typeof one !== "function") throw new TypeError("A handler is a function");
  }
  return { stream, datagram, child, greet };
}
