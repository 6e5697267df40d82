/** What every socket has: a kind, a descriptor, names, options, an end. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { NAME_ROOM } from "../../ffi/socket_message.ts";
import { getpeername, getsockname, shutdown } from "../../ffi/sys_socket.ts";
import { setNonBlocking } from "../../ffi/descriptors.ts";
import { Fd } from "../core/fd.ts";
import { Holding } from "../core/holding.ts";
import { addressOf, sockaddrIn, type SocketAddress } from "./address.ts";
import { getOption, setOption } from "./options.ts";
import type { ReadableSocketOption, SettableSocketOption, SocketOptions } from "./option_types.ts";
import { socketError } from "./socket_errors.ts";
import type { SocketDescription, SocketFamily, SocketStyle } from "./socket_kind.ts";

/** Which directions are shut down; the numbers are those of shutdown(2), as in Perl. */
export type ShutdownHow = "read" | "write" | "both" | 0 | 1 | 2;

const HOW: Readonly<Record<ShutdownHow, number>> = {
  read: SOCKET.SHUT_RD,
  write: SOCKET.SHUT_WR,
  both: SOCKET.SHUT_RDWR,
  0: SOCKET.SHUT_RD,
  1: SOCKET.SHUT_WR,
  2: SOCKET.SHUT_RDWR,
};

/** The number of shutdown(2). @throws {TypeError} if it is none of them. */
export function howNumber(how: ShutdownHow): number {
  if (Object.hasOwn(HOW, how)) return HOW[how];
  throw new TypeError(`how is "read", "write" or "both", not ${JSON.stringify(how)}`);
}

/** Whether waits for a socket keep the program alive. */
export let holdingOf: (socket: SocketBase) => Holding;

/** Remember the bytes of the peer's name, for errors: the kernel has forgotten it after a reset. Undefined: it has none any more. */
export let rememberPeer: (socket: SocketBase, name: Uint8Array | undefined) => void;

/** Whether the peer's name is remembered. */
export let hasPeer: (socket: SocketBase) => boolean;

/** The peer's name as it was remembered: `{ path: "" }` if it has none; undefined if it is not known. */
export let peerOf: (socket: SocketBase) => SocketAddress | undefined;

/**
 * What every socket has. It owns its descriptor, which is close-on-exec and does not block.
 *
 * @example
 * ```ts
 * import { socket, type SocketBase } from "@vasty/vasty";
 *
 * function port(one: SocketBase): number {
 *   const name = one.getsockname();
 *   return "port" in name ? name.port : 0;
 * }
 * using listener = socket("PF_INET", "SOCK_STREAM");
 * listener.bind({ hostname: "127.0.0.1", port: 0 });
 * console.assert(port(listener) > 0);
 * ```
 */
export class SocketBase implements Disposable {
  /** The family of its names. */
  readonly family: SocketFamily;
  /** What it carries. */
  readonly type: SocketStyle;
  /** The number of its protocol, as it was asked for: 0 is the family's own for the type. */
  readonly protocol: number;
  readonly #fd: Fd;
  readonly #holding = new Holding();
  #peer: Uint8Array | undefined;

  static {
    holdingOf = (socket) => socket.#holding;
    rememberPeer = (socket, name) => void (socket.#peer = name);
    hasPeer = (socket) => socket.#peer !== undefined;
    peerOf = (socket) => socket.#peer && addressOf(socket.#peer, socket.transport);
  }

  /** @ignore */
  protected constructor(fd: Fd, { family, type, protocol }: SocketDescription) {
    this.#fd = fd;
    this.family = family;
    this.type = type;
    this.protocol = protocol;
  }

  /** Its descriptor, which stays the socket's. A child that gets it should know that it does not block. */
  get fd(): Fd {
    return this.#fd;
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.#fd.closed;
  }

  /**
   * Its own name, as far as it has one.
   *
   * @returns The address with the port that the kernel chose; `{ path: "" }` of a Unix socket without a name.
   * @throws {SyscallError} `ENOBUFS`.
   * @throws {ClosedError} if it was closed.
   * @see getsockname(2)
   */
  getsockname(): SocketAddress {
    return this.#name(getsockname, "name", "getsockname");
  }

  /**
   * The name of its peer.
   *
   * @returns The address; `{ path: "" }` of a Unix socket without a name.
   * @throws {SyscallError} `ENOTCONN` if it is not connected.
   * @throws {ClosedError} if it was closed.
   * @see getpeername(2)
   */
  getpeername(): SocketAddress {
    return this.#name(getpeername, "name the peer of", "getpeername");
  }

  #name(call: typeof getsockname, doing: string, syscall: string): SocketAddress {
    const name = new Uint8Array(NAME_ROOM);
    const length = Uint32Array.of(name.length);
    const rc = call(this.#fd.number, name, length);
    if (rc < 0) throw socketError(doing, this.#fd.number, rc, syscall);
    return addressOf(name.subarray(0, length[0]), this.transport);
  }

  /**
   * The value of an option.
   *
   * @param name Its name: `"SO_RCVBUF"`.
   * @returns Its value, of the option's own type; see {@linkcode SocketOptions}.
   * @throws {TypeError} if there is no such option, or it can only be set.
   * @throws {SyscallError} `ENOPROTOOPT` or `EOPNOTSUPP` if such sockets do not have it.
   * @throws {ClosedError} if it was closed.
   * @example
   * ```ts
   * import { socket } from "@vasty/vasty";
   *
   * using one = socket("PF_INET", "SOCK_STREAM");
   * one.setOption("TCP_NODELAY", true);
   * one.setOption("SO_LINGER", 2_000);
   * console.assert(one.getOption("TCP_NODELAY") && one.getOption("SO_LINGER") === 2_000);
   * ```
   * @see getsockopt(2)
   */
  getOption<Name extends ReadableSocketOption>(name: Name): SocketOptions[Name] {
    return getOption(this.#fd, name);
  }

  /**
   * Set an option. See {@linkcode SocketBase.getOption}.
   *
   * @param name Its name.
   * @param value Its value.
   * @throws {TypeError} if there is no such option, it can only be read, or the value is of another type.
   * @throws {RangeError} if the value cannot be one.
   * @throws {SyscallError} `ENOPROTOOPT` if such sockets do not have it, `EINVAL` if the kernel does not like the value,
   *   `EPERM` if it is not for everybody, `ENODEV` or `EADDRINUSE` of multicast groups.
   * @throws {ClosedError} if it was closed.
   * @see setsockopt(2)
   */
  setOption<Name extends SettableSocketOption>(name: Name, value: SocketOptions[Name]): void {
    setOption(this.#fd, name, value);
  }

  /**
   * Shut down a direction, for all who have this socket: nothing is read any more, nothing is written any more (the peer
   * sees the end), or both. It stays open.
   *
   * @param how Which direction. @default {"write"}
   * @throws {TypeError} if `how` is none of them.
   * @throws {SyscallError} `ENOTCONN` if it is not connected.
   * @throws {ClosedError} if it was closed.
   * @see shutdown(2)
   */
  shutdown(how: ShutdownHow = "write"): void {
    const number = howNumber(how);
    const rc = shutdown(this.#fd.number, number);
    if (rc < 0) throw socketError("shut down", this.#fd.number, rc, "shutdown");
  }

  /** Have what waits for it keep this program alive, as at the beginning. */
  ref(): void {
    this.#holding.hold(true);
  }

  /** Let this program end while something waits for it. */
  unref(): void {
    this.#holding.hold(false);
  }

  /**
   * Give the descriptor away, as for a child, to which it may be `stdin`, `stdout` or one of its `fds`: it blocks again. The
   * socket counts as closed, and what waits for it rejects with a {@linkcode ClosedError}; the connection goes on.
   *
   * @returns The descriptor, close-on-exec, which the caller closes.
   * @throws {ClosedError} if it was closed.
   * @example
   * ```ts
   * import { connect, listen, spawn } from "@vasty/vasty";
   *
   * using listener = await listen({ hostname: "127.0.0.1" });
   * const { port } = listener.addr as Deno.NetAddr;
   * using client = await connect({ port });
   * using served = (await listener.accept()).socket.release();
   * await using child = spawn(["cat"], { stdin: served, stdout: served });
   * served.close();
   * await client.writeLine("echo");
   * console.assert(await client.readLine() === "echo");
   * ```
   * @see fcntl(2), `O_NONBLOCK`
   */
  release(): Fd {
    const number = this.#fd.release();
    setNonBlocking(number, false);
    return Fd.adopt(number);
  }

  /** Close it; the second time does nothing. What waits for it rejects with a {@linkcode ClosedError}. */
  close(): void {
    this.#fd.close();
  }

  /** The same as {@linkcode SocketBase.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** What its addresses belong to, in Deno's words. @ignore */
  protected get transport(): SocketAddress["transport"] {
    if (this.type === "SOCK_SEQPACKET") return undefined;
    const stream = this.type === "SOCK_STREAM";
    if (this.family === "AF_UNIX") return stream ? "unix" : "unixpacket";
    return stream ? "tcp" : "udp";
  }

  /** The bytes of an address. @throws {TypeError} if it is of another family. @ignore */
  protected nameOf(address: SocketAddress): Uint8Array<ArrayBuffer> {
    return sockaddrIn(this.family, address);
  }
}

/** Whether `rc` says that a call would have waited. */
export function wouldWait(rc: number): boolean {
  return rc === -ERRNO.EAGAIN;
}
