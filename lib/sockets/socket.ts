/** The calls that make sockets and connect them. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { aboveStandard } from "../../ffi/descriptors.ts";
import { readingIsShut } from "../../ffi/poll.ts";
import { NAME_ROOM } from "../../ffi/socket_message.ts";
import { accept4, getpeername, socket as newSocket } from "../../ffi/sys_socket.ts";
import { type SyscallError, syscallError } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import type { SyncWaitOptions, WaitOptions } from "../core/limit.ts";
import type { SocketAddress } from "./address.ts";
import { adoptedKind, takeOver } from "./adoption.ts";
import { bindTo, checkBacklog, listenAt } from "./binding.ts";
import { connectTo, connectToSync } from "./connecting.ts";
import { holdingOf, peerOf, rememberPeer, wouldWait } from "./socket_base.ts";
import { addressError, socketError } from "./socket_errors.ts";
import {
  kindNumbers,
  type SocketDescription,
  type SocketDomain,
  socketKind,
  type SocketProtocol,
  type SocketStyle,
} from "./socket_kind.ts";
import { requireAddress } from "./socket_permissions.ts";
import { SocketSender } from "./socket_sender.ts";
import { again, tryUntil, tryUntilSync } from "./socket_wait.ts";

/** How many connections may wait to be accepted, if nobody says otherwise: what the headers say, 4096. */
export const SOMAXCONN: number = SOCKET.SOMAXCONN;

const OPEN = SOCKET.SOCK_CLOEXEC | SOCKET.SOCK_NONBLOCK;

/** A connection that was accepted. */
export interface AcceptedSocket {
  /** Its socket, for the caller to close. */
  socket: Socket;
  /** The peer's address; `{ path: "" }` of a Unix socket without a name. */
  address: SocketAddress;
}

/** Take a connection that waits, if there is one; nothing is said of who it is. @throws {SyscallError} as accept(2). */
export let takeWaiting: (listening: Socket) => Socket | undefined;

/** What the kernel puts a peer's name into, and how long it is: memory that it can reach costs more than the call. */
const peerName = new Uint8Array(NAME_ROOM);
const peerSize = new Uint32Array(1);

/** Connections that were gone before they were accepted: the next one is asked for. */
const GONE = [-ERRNO.ECONNABORTED, -ERRNO.EPROTO];

/**
 * A socket, made by {@linkcode socket} or accepted. It is closed by `close()` or at the end of a `using` block. Its descriptor
 * is close-on-exec and does not block; what waits here waits without a thread, and keeps the program alive unless
 * `unref()` was called.
 *
 * @example
 * ```ts
 * import { socket } from "@vasty/vasty";
 *
 * using listener = socket("PF_INET", "SOCK_STREAM", "tcp");
 * listener.setOption("SO_REUSEADDR", true);
 * listener.bind({ hostname: "127.0.0.1", port: 0 });
 * listener.listen();
 * using client = socket("PF_INET", "SOCK_STREAM");
 * await client.connect(listener.getsockname(), { timeout: 1_000 });
 * const { socket: server, address } = await listener.accept();
 * using _server = server;
 * await server.send(new TextEncoder().encode("hello\r\n"));
 * console.assert(new TextDecoder().decode(await client.recv(512)) === "hello\r\n");
 * console.assert("hostname" in address && address.hostname === "127.0.0.1");
 * ```
 * @see socket(7)
 */
export class Socket extends SocketSender {
  readonly #kind: SocketDescription;

  static {
    takeWaiting = (listening) => listening.#take();
  }

  /** Made by {@linkcode socket}. @ignore */
  constructor(fd: Fd, kind: SocketDescription) {
    super(fd, kind);
    this.#kind = kind;
  }

  /**
   * Take over a descriptor that came from elsewhere, such as one that was inherited as standard input (0) or from a
   * supervisor (3), once the kernel has said what it is: {@linkcode SocketBase.family}, {@linkcode SocketBase.type} and
   * {@linkcode SocketBase.protocol} tell. It does not block from now on, for all who have the same socket, and unless it is
   * 0, 1 or 2 it becomes close-on-exec. Leave for the network was needed by whoever made it, and is not asked for.
   *
   * @param fd An open descriptor that nobody else owns, or its `Fd`, which counts as closed then.
   * @returns The socket, which the caller closes.
   * @throws {TypeError} if it is a socket of another family or type; nothing was taken over.
   * @throws {SyscallError} `ENOTSOCK` if it is no socket, `EBADF` if a number is not open; nothing was taken over.
   * @throws {RangeError} if it is a number, but no descriptor's.
   * @throws {ClosedError} if it is an `Fd` that was closed.
   * @example
   * ```ts
   * import { Socket, socketpair } from "@vasty/vasty";
   *
   * const [left, right] = socketpair({ type: "seqpacket" });
   * using mine = Socket.fromFd(left.fd.duplicate());
   * left.close();
   * console.assert(mine.family === "AF_UNIX" && mine.type === "SOCK_SEQPACKET");
   * await mine.send(new TextEncoder().encode("adopted"));
   * right.close();
   * ```
   * @see socket(7), `SO_DOMAIN`, `SO_TYPE`, `SO_PROTOCOL`
   */
  static fromFd(fd: Fd | number): Socket {
    const kind = adoptedKind(fd);
    const made = new Socket(takeOver(fd), kind);
    const name = new Uint8Array(NAME_ROOM);
    const size = Uint32Array.of(name.length);
    if (getpeername(made.fd.number, name, size) === 0) rememberPeer(made, name.subarray(0, size[0]));
    return made;
  }

  /**
   * Give it a name. The file that the path of a Unix socket makes is the caller's to remove.
   *
   * @param address The name; port 0 lets the kernel choose, and `getsockname()` tells what.
   * @throws {SyscallError} `EADDRINUSE` if another has it, also if the path exists (the error tells whether it is a stale socket
   *   file, which has to be removed first, and {@linkcode listen} replaces),
   *   `EADDRNOTAVAIL` if it is no address of this machine, `EACCES` for a port or a folder that is not for everybody,
   *   `ENOENT`, `EINVAL` if it has a name.
   * @throws {TypeError} if it is no address, or of another family.
   * @throws {RangeError} if the port is none, or the path longer than 107 bytes.
   * @throws {Deno.errors.NotCapable} without leave for the network there, or for the path.
   * @throws {ClosedError} if it was closed.
   * @see bind(2)
   */
  bind(address: SocketAddress): void {
    const name = this.nameOf(address);
    requireAddress(address);
    bindTo(this.fd, name, address);
  }

  /**
   * Take connections from now on.
   *
   * @param backlog How many may wait to be accepted; the kernel's own limit may be lower. @default {SOMAXCONN}
   * @throws {SyscallError} `EADDRINUSE` if another listens there, `EOPNOTSUPP` for datagrams, `EINVAL` if it is connected or a
   *   Unix socket without a name.
   * @throws {RangeError} if `backlog` is none.
   * @throws {Deno.errors.NotCapable} without leave for the network at its name, or for its path.
   * @throws {ClosedError} if it was closed.
   * @see listen(2)
   */
  listen(backlog: number = SOMAXCONN): void {
    checkBacklog(backlog);
    const address = this.getsockname();
    // Without a name it gets one of all addresses now.
    requireAddress(address);
    listenAt(this.fd, address, backlog);
  }

  /**
   * Wait for a connection, and take it. What was given up has taken none.
   *
   * @param options When to give up.
   * @returns The connection, which the caller closes, and the peer's address.
   * @throws {SyscallError} `EMFILE` or `ENFILE` if there are too many open descriptors: the connection stays in the queue;
   *   `EINVAL` if it does not listen, or reading was shut down, `EOPNOTSUPP` for datagrams.
   * @throws {RangeError} if `timeout` is none.
   * @throws {ClosedError} if it was closed, or is closed meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @see accept(2)
   */
  async accept(options: WaitOptions = {}): Promise<AcceptedSocket> {
    return await tryUntil(this.fd, "read", this.#acceptance(), options, holdingOf(this));
  }

  /** The same as {@linkcode Socket.accept}, blocking this thread; handlers of signals run meanwhile. @returns The same. */
  acceptSync(options: SyncWaitOptions = {}): AcceptedSocket {
    return tryUntilSync(this.fd, "read", this.#acceptance(), options);
  }

  /** Attempts to accept, of which one that has waited for nothing sees that nobody is heard any more. */
  #acceptance(): () => AcceptedSocket | undefined {
    let waited = false;
    return () => {
      const accepted = this.#accept();
      if (accepted === undefined && waited && readingIsShut(this.fd.number)) throw this.#refusal(-ERRNO.EINVAL);
      waited = true;
      return accepted;
    };
  }

  #refusal(rc: number): SyscallError {
    return socketError("accept a connection of", this.fd.number, rc, "accept4");
  }

  #accept(): AcceptedSocket | undefined {
    const socket = this.#take();
    return socket && { socket, address: peerOf(socket)! };
  }

  #take(): Socket | undefined {
    for (;;) {
      peerSize[0] = peerName.length;
      const rc = again(() => accept4(this.fd.number, peerName, peerSize, OPEN));
      if (GONE.includes(rc)) continue;
      if (wouldWait(rc)) return undefined;
      const number = aboveStandard(rc);
      if (number < 0) throw this.#refusal(number);
      const socket = new Socket(Fd.made(number), this.#kind);
      rememberPeer(socket, peerName.slice(0, peerSize[0]));
      return socket;
    }
  }

  /**
   * Connect to an address. A datagram socket is only told whom `send()` goes to and whom it hears. An attempt that was given
   * up is ended, and the socket can connect again.
   *
   * @param address Whom to.
   * @param options When to give up; the system's own limit for TCP is about two minutes.
   * @throws {SyscallError} `ECONNREFUSED` if nobody listens there (of a path: its file is stale), `ENOENT` if there is no such
   *   path, `ETIMEDOUT`, `ENETUNREACH`, `EHOSTUNREACH`, `EACCES` or `EPERM` if it is not allowed, `EADDRNOTAVAIL` without a free
   *   port, `EPROTOTYPE` if a path is a socket of another type, `EISCONN` if it is connected, `EALREADY` if it waits already for
   *   its turn at a Unix socket.
   * @throws {TypeError} if it is no address, or of another family.
   * @throws {RangeError} if the port or `timeout` is none, or the path longer than 107 bytes.
   * @throws {Deno.errors.NotCapable} without leave for the network there, or for the path.
   * @throws {ClosedError} if it was closed, or is closed meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @see connect(2)
   */
  async connect(address: SocketAddress, options: WaitOptions = {}): Promise<void> {
    const name = this.nameOf(address);
    requireAddress(address);
    const rc = await connectTo(this.fd, name, options, holdingOf(this));
    if (rc < 0) throw addressError("connect to", address, rc, "connect");
    rememberPeer(this, name);
  }

  /** The same as {@linkcode Socket.connect}, blocking this thread; handlers of signals run meanwhile. */
  connectSync(address: SocketAddress, options: SyncWaitOptions = {}): void {
    const name = this.nameOf(address);
    requireAddress(address);
    const rc = connectToSync(this.fd, name, options);
    if (rc < 0) throw addressError("connect to", address, rc, "connect");
    rememberPeer(this, name);
  }
}

/**
 * Make a socket. It has no name and no peer yet.
 *
 * @param domain The family of its names: `"PF_INET"`, `"PF_INET6"`, `"PF_UNIX"`.
 * @param type `"SOCK_STREAM"`, `"SOCK_DGRAM"` or `"SOCK_SEQPACKET"`.
 * @param protocol A number or a name, as `getprotobyname` knows it; 0 is the usual one. @default {0}
 * @returns The socket, which the caller closes.
 * @throws {SyscallError} `EMFILE` or `ENFILE` if there are too many open descriptors, `EPROTONOSUPPORT`, `ESOCKTNOSUPPORT` or
 *   `EAFNOSUPPORT` if there are no such sockets, `EACCES`.
 * @throws {TypeError} if a word names none.
 * @throws {RangeError} if the protocol's number is none.
 * @example
 * ```ts
 * import { socket, SyscallError } from "@vasty/vasty";
 *
 * using one = socket("PF_INET", "SOCK_STREAM", "tcp");
 * try {
 *   await one.connect({ hostname: "127.0.0.1", port: 1 });
 * } catch (error) {
 *   console.assert(error instanceof SyscallError && error.address === "127.0.0.1:1");
 * }
 * ```
 * @see socket(2)
 */
export function socket(domain: SocketDomain, type: SocketStyle, protocol: number | SocketProtocol = 0): Socket {
  const kind = socketKind(domain, type, protocol);
  const [family, style, number] = kindNumbers(kind);
  const fd = aboveStandard(newSocket(family, style | OPEN, number));
  if (fd < 0) throw syscallError(`make a socket (${domain}, ${type}, ${protocol})`, -fd, "socket");
  return new Socket(Fd.made(fd), kind);
}
