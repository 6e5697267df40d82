/** Connecting to a server. */
import { connectedTcp, type TcpConnecting } from "./connect_tcp.ts";
import { connectedUdp, type UdpConnecting } from "./connect_udp.ts";
import { connectedUnix, type UnixConnecting } from "./connect_unix.ts";
import { Connection } from "./connection.ts";
import { checkWriting, type ConnectionOptions } from "./connection_writer.ts";
import type { DatagramSocket } from "./datagram_socket.ts";
import type { Socket } from "./socket.ts";

/** Whom {@linkcode connect} connects to by TCP. */
export interface ConnectTcpOptions extends TcpConnecting, ConnectionOptions {}

/** Which Unix stream socket {@linkcode connect} connects to. */
export interface ConnectUnixOptions extends UnixConnecting, ConnectionOptions {
  /** A stream of bytes. @default {"stream"} */
  type?: "stream";
}

/** Which Unix socket for packets {@linkcode connect} connects to. */
export interface ConnectSeqpacketOptions extends UnixConnecting {
  /** Messages in order that keep their bounds. */
  type: "seqpacket";
}

/** Whom {@linkcode connect} makes a UDP socket for. */
export interface ConnectUdpOptions extends UdpConnecting {}

/** Whom {@linkcode connect} connects to. */
export type ConnectOptions = ConnectTcpOptions | ConnectUnixOptions;

/**
 * Connect by TCP, or to a Unix socket.
 *
 * All addresses of a name are tried as RFC 8305 says: those of IPv6 and IPv4 in turns, the next one when the last has failed,
 * or has not answered within `attemptDelay`; the first that answers is taken, and the others are closed. An address
 * is connected to at once, without the resolver. It keeps the program alive, and `timeout` and `signal` count for all of it,
 * the look-up too.
 *
 * Needs `net` permission for the host as it is named and the port; addresses of it that are denied are not tried. For a path
 * `read`, `write` and `net`.
 *
 * @param options Whom, from where, and when to give up. The system's own limit for one address is about two minutes.
 * @returns The connection, which the caller closes.
 * @throws {SyscallError} if one address was tried: `ECONNREFUSED` nobody listens there (of a path: its file is stale), `ENOENT`
 *   there is no such path, `ETIMEDOUT`, `ENETUNREACH`, `EHOSTUNREACH`, `EACCES` or `EPERM` it is not allowed, `EADDRNOTAVAIL` or
 *   `EADDRINUSE` of the address that it comes from, `EPROTOTYPE` a path is a socket of another type, `EMFILE`, `ENFILE`,
 *   `EAFNOSUPPORT`; or the resolver's codes, such as `EAI_NONAME` (a `Deno.errors.NotFound`): see {@linkcode getaddrinfo}.
 * @throws {ConnectError} if several were tried: it lists them all.
 * @throws {TypeError} if an option is not what it should be.
 * @throws {RangeError} if a port, `attemptDelay` or `timeout` is none, or the path longer than 107 bytes.
 * @throws {Deno.errors.NotCapable} without the permissions.
 * @throws the signal's reason; or a `DOMException` named "TimeoutError", whose `cause` is a {@linkcode ConnectError} that says what was
 *   tried, if the look-up was over.
 * @example
 * ```ts
 * import { connect, listen } from "@vasty/vasty";
 *
 * using listener = await listen({ hostname: "127.0.0.1" });
 * const { port } = listener.addr as Deno.NetAddr;
 * using client = await connect({ host: "localhost", port, timeout: 5_000 });
 * using server = await listener.accept();
 * await client.writeLine("HELO there");
 * console.assert(await server.readLine() === "HELO there");
 * ```
 * @see RFC 8305, connect(2), tcp(7), unix(7)
 */
export function connect(options: ConnectOptions): Promise<Connection>;
/**
 * Connect to a Unix socket for packets: the calls themselves, as messages keep their bounds.
 *
 * @param options Which, and when to give up.
 * @returns The socket, which the caller closes.
 * @throws as of other connections.
 */
export function connect(options: ConnectSeqpacketOptions): Promise<Socket>;
/**
 * Make a UDP socket that talks to one other end alone, a name or an address, as Perl's `IO::Socket::INET` does with
 * `Proto => "udp"`. Nothing is sent by that, so nobody need be there: if nobody is, `send()` or `receive()` may say so later,
 * once, with `ECONNREFUSED`. Of the addresses of a name it is the first to which there is a way.
 *
 * Needs `net` permission for the host as it is named and the port.
 *
 * @param options Whom, and when to give up the look-up.
 * @returns The socket, which the caller closes.
 * @throws {SyscallError} `ENETUNREACH` if there is no way to it, `EACCES` a broadcast address; the resolver's codes, and others
 *   as of other connections.
 * @throws as of other connections otherwise.
 * @example
 * ```ts
 * import { connect, listenDatagram } from "@vasty/vasty";
 *
 * using server = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
 * const { port } = server.addr as Deno.NetAddr;
 * using client = await connect({ transport: "udp", host: "localhost", port, family: "AF_INET" });
 * await client.send(new TextEncoder().encode("hello"));
 * const [bytes, from] = await server.receive();
 * await server.send(bytes, from);
 * console.assert((await client.receive())[0].length === 5);
 * ```
 * @see udp(7), connect(2)
 */
export function connect(options: ConnectUdpOptions): Promise<DatagramSocket>;
export async function connect(
  options: ConnectOptions | ConnectSeqpacketOptions | ConnectUdpOptions,
): Promise<Connection | Socket | DatagramSocket> {
  if (options.transport === "udp") return await connectedUdp(options);
  if (!("path" in options)) {
    checkWriting(options);
    return new Connection(await connectedTcp(options), options);
  }
  const { type = "stream" } = options;
  if (type === "seqpacket") return await connectedUnix(options, "SOCK_SEQPACKET");
  if (type !== "stream") throw new TypeError(`A type is "stream" or "seqpacket", not ${JSON.stringify(type)}`);
  const { autoflush, lineEnd } = options as ConnectUnixOptions;
  checkWriting({ autoflush, lineEnd });
  return new Connection(await connectedUnix(options, "SOCK_STREAM"), { autoflush, lineEnd });
}
