/** What takes connections. */
import type { Fd } from "../core/fd.ts";
import { ClosedError } from "../core/errors.ts";
import type { WaitOptions } from "../core/limit.ts";
import { POLLABLE, type PollState } from "../core/pollable.ts";
import type { SocketAddress } from "./address.ts";
import { adoptedKind, takeOver } from "./adoption.ts";
import { Connection } from "./connection.ts";
import { Socket, takeWaiting } from "./socket.ts";
import type { SocketFile } from "./socket_file.ts";

/** Have `listener` remove the file when it is closed. */
export let ownFile: (listener: Listener, file: SocketFile | undefined) => void;

/**
 * A socket that takes connections, of TCP or a Unix stream socket, made by {@linkcode listen}. It is closed by `close()` or
 * at the end of a `using` block; connections that it has taken stay open. It waits without a thread, and keeps the program
 * alive meanwhile, unless `unref()` was called.
 *
 * @example
 * ```ts
 * import { connect, listen } from "@vasty/vasty";
 *
 * using listener = await listen({ hostname: "127.0.0.1" });
 * const serving = (async () => {
 *   for await (const connection of listener) {
 *     await using one = connection;
 *     await one.writeLine("220 ready");
 *   }
 * })();
 * const { port } = listener.addr as Deno.NetAddr;
 * using client = await connect({ port });
 * console.assert(await client.readLine() === "220 ready");
 * listener.close(); // ends the loop
 * await serving;
 * ```
 * @see listen(2), accept(2)
 */
export class Listener implements Disposable, AsyncIterable<Connection> {
  /** The socket beneath. What is accepted by it alone is a `Socket`. */
  readonly socket: Socket;
  /** Where it listens, with the port that the kernel chose. */
  readonly addr: SocketAddress;
  #file: SocketFile | undefined;

  static {
    ownFile = (listener, file) => {
      listener.#file = file;
    };
  }

  /**
   * Make a listener of a socket that listens, which it owns from now on. The file of a Unix socket's path stays when it is closed.
   *
   * @param socket The socket.
   * @throws {TypeError} if it is of another type, or does not listen; it stays the caller's.
   * @throws {ClosedError} if it was closed.
   */
  constructor(socket: Socket) {
    adoptedKind(socket.fd, "a listening socket");
    this.socket = socket;
    this.addr = socket.getsockname();
  }

  /**
   * Take over a descriptor that came from elsewhere, such as number 3 from a supervisor (socket activation), after the kernel
   * has said that it listens for connections. Who shares the socket takes connections as well, and finds that it does not block
   * any more. Leave for the network was needed by whoever made it, and is not asked for.
   *
   * @param fd An open descriptor that nobody else owns, or its `Fd`, which counts as closed then.
   * @returns The listener, which the caller closes; the file of a Unix socket's path stays.
   * @throws {TypeError} if it is another socket: `Descriptor 3 is a connection, not a listening socket`; nothing was taken over.
   * @throws {SyscallError} `ENOTSOCK` if it is no socket, `EBADF` if a number is not open; nothing was taken over.
   * @throws {RangeError} if it is a number, but no descriptor's.
   * @throws {ClosedError} if it is an `Fd` that was closed.
   * @example
   * ```ts
   * import { listen, Listener } from "@vasty/vasty";
   *
   * using first = await listen({ hostname: "127.0.0.1" });
   * using second = Listener.fromFd(first.fd.duplicate());
   * console.assert(Deno.inspect(second.addr) === Deno.inspect(first.addr));
   * ```
   * @see sd_listen_fds(3)
   */
  static fromFd(fd: Fd | number): Listener {
    const kind = adoptedKind(fd, "a listening socket");
    return new Listener(new Socket(takeOver(fd), kind));
  }

  /** Its descriptor, which stays the listener's. */
  get fd(): Fd {
    return this.socket.fd;
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.socket.closed;
  }

  /**
   * Wait for a connection, and take it. What was given up has taken none.
   *
   * @param options When to give up.
   * @returns The connection, which the caller closes.
   * @throws {SyscallError} `EMFILE` or `ENFILE` if there are too many open descriptors: the connection stays in the queue.
   * @throws {RangeError} if `timeout` is none.
   * @throws {ClosedError} if it was closed, or is closed meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @see accept(2)
   */
  async accept(options: WaitOptions = {}): Promise<Connection> {
    return new Connection((await this.socket.accept(options)).socket);
  }

  /**
   * Take a connection that waits, if there is one, without waiting for it.
   *
   * @returns The connection, which the caller closes; undefined if none waits.
   * @throws {SyscallError} `EMFILE` or `ENFILE` if there are too many open descriptors: the connection stays in the queue.
   * @throws {ClosedError} if it was closed.
   * @see accept(2)
   */
  tryAccept(): Connection | undefined {
    const socket = takeWaiting(this.socket);
    return socket && new Connection(socket);
  }

  /**
   * The connections, one after the other, until the listener is closed.
   *
   * @returns What comes; each is the loop's to close.
   * @throws {SyscallError} `EMFILE` or `ENFILE` if there are too many open descriptors: the connection stays in the queue, and
   *   another loop goes on with it.
   */
  async *[Symbol.asyncIterator](): AsyncIterableIterator<Connection> {
    for (;;) {
      try {
        yield await this.accept();
      } catch (error) {
        if (error instanceof ClosedError && this.closed) return;
        throw error;
      }
    }
  }

  /** Have what waits for it keep this program alive, as at the beginning. */
  ref(): void {
    this.socket.ref();
  }

  /** Let this program end while something waits for it. */
  unref(): void {
    this.socket.unref();
  }

  /**
   * Close it; the second time does nothing. What waits for it rejects with a {@linkcode ClosedError}. A file that {@linkcode listen}
   * made is removed, unless another has taken its place, or the socket was released.
   */
  close(): void {
    if (this.closed) return;
    // Before the socket: until then nobody takes the file for a stale one, and puts another in its place.
    this.#file?.remove();
    this.socket.close();
  }

  /** The same as {@linkcode Listener.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** @ignore */
  [POLLABLE](): PollState {
    return { fd: this.fd.number, ready: false };
  }
}
