/** Options of any socket: ours, and Deno's. */
import type { Fd } from "../core/fd.ts";
import { denoDescriptor, type DenoSocket } from "./deno_sockets.ts";
import { getOption, setOption } from "./options.ts";
import type { ReadableSocketOption, SettableSocketOption, SocketOptions } from "./option_types.ts";

/** A socket that has options: ours, whatever has one as `fd` (a `Connection`), or Deno's. */
export type OptionSocket = { readonly fd: Fd } | DenoSocket;

/** The descriptor to ask. */
function descriptor(of: OptionSocket): { readonly number: number } {
  return "fd" in of ? of.fd : { number: denoDescriptor(of) };
}

/**
 * The value of an option of a socket: ours, or a connection, listener or datagram socket of Deno's, whose descriptor is found by
 * its addresses among all that this program has open.
 *
 * @param of The socket.
 * @param name The option's name.
 * @returns Its value.
 * @throws {TypeError} if there is no such option, or it can only be set; if the socket is a Unix connection of Deno's, which has
 *   no name to be found by, or there are several sockets with the same addresses.
 * @throws {SyscallError} `ENOPROTOOPT` or `EOPNOTSUPP` if such sockets do not have it.
 * @throws {ClosedError} if it was closed.
 * @example
 * ```ts
 * import { getSocketOption, setSocketOption } from "@vasty/vasty";
 *
 * using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * setSocketOption(listener, "TCP_DEFER_ACCEPT", 1_000);
 * console.assert(getSocketOption(listener, "SO_ACCEPTCONN"));
 * ```
 * @see getsockopt(2)
 */
export function getSocketOption<Name extends ReadableSocketOption>(
  of: OptionSocket,
  name: Name,
): SocketOptions[Name] {
  return getOption(descriptor(of), name);
}

/**
 * Set an option of any socket. See {@linkcode getSocketOption}.
 *
 * @param of The socket.
 * @param name The option's name.
 * @param value Its value.
 * @throws {TypeError} if there is no such option, it can only be read, or the value is of another type; if the socket cannot be
 *   found.
 * @throws {RangeError} if the value cannot be one.
 * @throws {SyscallError} `ENOPROTOOPT` if such sockets do not have it, `EINVAL` if the kernel does not like the value, `EPERM` if
 *   it is not for everybody.
 * @throws {ClosedError} if it was closed.
 * @example
 * ```ts
 * import { setSocketOption } from "@vasty/vasty";
 *
 * using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const accepting = listener.accept();
 * using client = await Deno.connect({ hostname: "127.0.0.1", port: (listener.addr as Deno.NetAddr).port });
 * using server = await accepting;
 * setSocketOption(client, "SO_LINGER", 0);
 * setSocketOption(server, "TCP_NODELAY", true);
 * ```
 * @see setsockopt(2)
 */
export function setSocketOption<Name extends SettableSocketOption>(
  of: OptionSocket,
  name: Name,
  value: SocketOptions[Name],
): void {
  setOption(descriptor(of), name, value);
}
