/** A socket that somebody else has made for this program. */
import type { Fd } from "../core/fd.ts";
import { Connection, Listener, Socket, type SocketAddress, type SocketKind } from "../sockets/mod.ts";
import { socketNames } from "./socket_names.ts";

/** Who hands sockets over: systemd, or who does as it does; inetd; Perl's Server::Starter. */
export type ActivationSource = "systemd" | "inetd" | "server-starter";

/**
 * A socket that {@linkcode inheritedSockets} has taken. One of `listener()`, `connection()`, `socket()` and `release()` hands it
 * on; otherwise it is closed by `close()` or at the end of a `using` block.
 *
 * @example
 * ```ts
 * import { inheritedSockets, listen } from "@vasty/vasty";
 *
 * const given = inheritedSockets({ from: ["inetd"] }).find(({ kind }) => kind?.listening);
 * using listener = given?.listener() ?? await listen({ hostname: "127.0.0.1" });
 * console.assert("port" in listener.addr);
 * ```
 * @see sd_listen_fds(3)
 */
export class InheritedSocket implements Disposable {
  /**
   * What it is called: by systemd the name of its unit, or `FileDescriptorName`, or `"unknown"`, `"connection"` of one that was
   * accepted; by Server::Starter the port or path as it was told; `"inetd"`.
   */
  readonly name: string;
  /** Who has handed it over. */
  readonly from: ActivationSource;
  /** What socket it is; nothing if it is none: systemd keeps other descriptors as well. */
  readonly kind: SocketKind | undefined;
  /** Its own name; of a connection that of this side. Nothing if it is none that the library knows. */
  readonly address: SocketAddress | undefined;
  readonly #fd: Fd;

  /** @ignore */
  constructor(name: string, from: ActivationSource, fd: Fd) {
    this.name = name;
    this.from = from;
    const { kind, address } = socketNames(fd.number);
    this.kind = kind;
    this.address = address;
    this.#fd = fd;
  }

  /** Its descriptor, which stays its own. */
  get fd(): Fd {
    return this.#fd;
  }

  /** Whether it was closed, or handed on. */
  get closed(): boolean {
    return this.#fd.closed;
  }

  /**
   * As what takes connections.
   *
   * @returns The listener, which the caller closes; the file of a Unix socket stays, and is its maker's.
   * @throws {TypeError} if it is another socket.
   * @throws {SyscallError} `ENOTSOCK` if it is none.
   * @throws {ClosedError} if it was closed or handed on.
   */
  listener(): Listener {
    return Listener.fromFd(this.#fd);
  }

  /**
   * As a connection, as inetd (`nowait`), tcpserver and systemd (`Accept=yes`) hand over.
   *
   * @returns The connection, which the caller closes.
   * @throws {TypeError} if it is another socket.
   * @throws {SyscallError} `ENOTSOCK` if it is none.
   * @throws {ClosedError} if it was closed or handed on.
   */
  connection(): Connection {
    return Connection.fromFd(this.#fd);
  }

  /**
   * As whatever socket it is, such as one of datagrams.
   *
   * @returns The socket, which the caller closes.
   * @throws {TypeError} if it is a socket of a kind that the library does not know.
   * @throws {SyscallError} `ENOTSOCK` if it is none.
   * @throws {ClosedError} if it was closed or handed on.
   */
  socket(): Socket {
    return Socket.fromFd(this.#fd);
  }

  /** Give up ownership. @returns The number, which the caller must close. @throws {ClosedError} if it was closed or handed on. */
  release(): number {
    return this.#fd.release();
  }

  /** Close it; the second time, or once it was handed on, this does nothing. */
  close(): void {
    this.#fd.close();
  }

  /** The same as {@linkcode InheritedSocket.close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}
