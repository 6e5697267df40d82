/** Sockets as these calls take them. */
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { getsockopt } from "../../ffi/sys_socket.ts";
import { check } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import { type Holding, holdings } from "../core/holding.ts";
import type { Descriptor } from "../core/readiness.ts";
import { holdingOf, SocketBase } from "./socket_base.ts";

/** A socket: its `Fd`, whatever has one as `fd` (a `SocketEnd`), or its number, which then stays somebody else's to close. */
export type SocketSource = number | Fd | { readonly fd: Fd };

/**
 * The descriptor of `source`.
 *
 * @throws {TypeError} if it has none.
 * @throws {RangeError} if it is a number, but no descriptor's.
 */
export function descriptorOf(source: SocketSource): Descriptor {
  if (typeof source === "number") {
    if (Number.isInteger(source) && source >= 0 && source <= 0x7fffffff) return { number: source, closed: false };
    throw new RangeError(`A descriptor is an integer from 0 on, not ${source}`);
  }
  const fd: Fd | undefined = typeof source !== "object" || source === null
    ? undefined
    : "fd" in source
    ? source.fd
    : source;
  if (fd !== undefined && (fd.closed || typeof fd.number === "number")) return fd;
  throw new TypeError(`Not a descriptor: ${Deno.inspect(source, { depth: 0 })}`);
}

/**
 * One of the numbers by which a socket tells what it is.
 *
 * @throws {SyscallError} `ENOTSOCK` if it is no socket, `EBADF` if a number is not open.
 */
export function socketNumber(fd: Pick<Descriptor, "number">, option: number): number {
  const { number } = fd;
  const value = new Int32Array(1);
  const rc = getsockopt(number, SOCKET.SOL_SOCKET, option, value, Int32Array.of(value.byteLength));
  check(rc, `tell what socket descriptor ${number} is`, "getsockopt", { fd: number });
  return value[0]!;
}

/**
 * The descriptor of `source`, a Unix socket. Others drop what travels beside the bytes, and do not say so.
 *
 * @throws {TypeError} if it is another socket or no descriptor.
 */
export function unixSocket(source: SocketSource): Descriptor {
  const fd = descriptorOf(source);
  if (socketNumber(fd, SOCKET.SO_DOMAIN) === SOCKET.AF_UNIX) return fd;
  throw new TypeError(`Descriptor ${fd.number} is no Unix socket: only those carry descriptors and credentials`);
}

/** Whether waits for `source` keep the program alive, if it is a socket that can tell, or has one. */
export function holdingFor(source: SocketSource): Holding | undefined {
  const socket = typeof source === "object" && "socket" in source ? source.socket : source;
  if (typeof socket !== "object" || socket === null) return undefined;
  return socket instanceof SocketBase ? holdingOf(socket) : holdings.get(socket);
}
