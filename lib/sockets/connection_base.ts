/** What every connection has: a socket, addresses, buffers, an end. */
import { ClosedError } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import { checkLimit, type WaitOptions } from "../core/limit.ts";
import { TurnQueue } from "../core/turn_queue.ts";
import type { SocketAddress } from "./address.ts";
import { SocketTransport } from "./byte_transport.ts";
import { LineInput } from "./line_input.ts";
import { LineOutput } from "./line_output.ts";
import type { Socket } from "./socket.ts";
import { hasPeer, holdingOf, peerOf } from "./socket_base.ts";

/** What a connection is made of. */
export interface ConnectionParts {
  readonly transport: SocketTransport;
  readonly input: LineInput;
  readonly output: LineOutput;
  /** Whose turn it is to read, and to write. */
  readonly reading: TurnQueue;
  readonly writing: TurnQueue;
}

/** What `connection` is made of. */
export let partsOf: (connection: ConnectionBase) => ConnectionParts;

/** @throws {ClosedError} if it was closed. */
export function checkOpen(connection: ConnectionBase): void {
  if (connection.closed) throw new ClosedError("The connection was closed");
}

/**
 * Let `turn` have its turn, in the order of the calls, with what is left of the time limit then.
 *
 * @throws {RangeError} if `timeout` is none.
 * @throws {ClosedError} if the connection was closed, or is closed before.
 * @throws the signal's reason, a `DOMException` named "TimeoutError", or what `turn` throws.
 */
export function takeTurn<T>(
  connection: ConnectionBase,
  what: "reading" | "writing",
  options: WaitOptions,
  turn: (parts: ConnectionParts, options: WaitOptions) => T | Promise<T>,
): Promise<T> {
  checkLimit(options);
  checkOpen(connection);
  const parts = partsOf(connection);
  return parts[what].run((rest) => {
    checkOpen(connection);
    return turn(parts, rest);
  }, { signal: options.signal, timeout: options.timeout });
}

/**
 * What every connection has. It owns its socket.
 *
 * @example
 * ```ts
 * import { Connection, type ConnectionBase, socket } from "@vasty/vasty";
 *
 * function traffic(one: ConnectionBase): string {
 *   return `${one.bytesRead} in, ${one.bytesWritten} out`;
 * }
 * using listener = socket("PF_INET", "SOCK_STREAM");
 * listener.bind({ hostname: "127.0.0.1", port: 0 });
 * listener.listen();
 * const client = socket("PF_INET", "SOCK_STREAM");
 * await client.connect(listener.getsockname());
 * using connection = new Connection(client);
 * await connection.print("hello");
 * console.assert(traffic(connection) === "0 in, 5 out");
 * ```
 */
export class ConnectionBase {
  /** The socket beneath: its options, and the calls themselves, which know nothing of what waits in the buffers. */
  readonly socket: Socket;
  readonly #parts: ConnectionParts;
  /** Once the peer has broken the connection the kernel has forgotten its name. */
  readonly #peer: (() => SocketAddress) | undefined;
  #own: SocketAddress | undefined;

  static {
    partsOf = (connection) => connection.#parts;
  }

  /** @ignore */
  protected constructor(socket: Socket) {
    if (socket.type !== "SOCK_STREAM") throw new TypeError(`A socket of type ${socket.type} is no stream of bytes`);
    this.socket = socket;
    if (!hasPeer(socket)) this.#peer = remembered(() => socket.getpeername());
    const transport = new SocketTransport(socket);
    const holding = holdingOf(socket);
    this.#parts = {
      transport,
      input: new LineInput(transport),
      output: new LineOutput(transport),
      reading: new TurnQueue(holding),
      writing: new TurnQueue(holding),
    };
  }

  /** The socket's descriptor, which stays the connection's. */
  get fd(): Fd {
    return this.socket.fd;
  }

  /** Whether this program has closed it. */
  get closed(): boolean {
    return this.socket.closed;
  }

  /**
   * Its own address; `{ path: "" }` of a Unix socket without a name.
   *
   * @throws {ClosedError} if it was closed, and never asked before.
   */
  get localAddr(): SocketAddress {
    return this.#own ??= this.socket.getsockname();
  }

  /**
   * The peer's address; `{ path: "" }` of a Unix socket without a name. It can still be asked after the end.
   *
   * @throws {SyscallError} `ENOTCONN` if the socket was not connected, or not any more, when the connection was made of it.
   */
  get remoteAddr(): SocketAddress {
    return this.#peer === undefined ? peerOf(this.socket)! : this.#peer();
  }

  /** How many bytes have come off the kernel, those that wait in the buffer among them. */
  get bytesRead(): number {
    return this.#parts.transport.bytesRead;
  }

  /** How many bytes have gone to the kernel. Whether the peer has got them only its answer can tell. */
  get bytesWritten(): number {
    return this.#parts.transport.bytesWritten;
  }

  /** Have what waits for it keep this program alive, as at the beginning. */
  ref(): void {
    this.socket.ref();
  }

  /** Let this program end while something waits for it. */
  unref(): void {
    this.socket.unref();
  }
}

/** What `ask` gives or throws now. */
function remembered<T>(ask: () => T): () => T {
  try {
    const value = ask();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
