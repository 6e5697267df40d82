/** Beginning to listen. */
import { Listener, ownFile } from "./listener.ts";
import { listeningTcp, listeningUnix, type TcpListening, type UnixListening } from "./listening.ts";

/** Where {@linkcode listen} listens by TCP. */
export type ListenTcpOptions = TcpListening;

/** Where {@linkcode listen} listens in the file system. */
export type ListenUnixOptions = UnixListening;

/** Where {@linkcode listen} listens. */
export type ListenOptions = ListenTcpOptions | ListenUnixOptions;

/**
 * Listen for connections of TCP, or of a Unix stream socket.
 *
 * By TCP it listens at all addresses of IPv4 and a port that the kernel chooses, if nothing else is said; `"::"` is all addresses
 * of both families. Of a name with several addresses it is the first at which it can listen. A path must not exist, or be what a
 * socket has left behind that nobody has any more, which is replaced; `close()` removes the file. This blocks for 0.3 s at
 * most, if the folder of what is replaced is locked by flock(2).
 *
 * Needs `net` permission for the host as it is named and the port; addresses of it that are denied are left out. For a path
 * `read`, `write` and `net`.
 *
 * @param options Where; `timeout` and `signal` are about looking the host up.
 * @returns The listener, which the caller closes.
 * @throws {SyscallError} `EADDRINUSE` if another listens there, or there is a file that is no stale socket's (the error names it);
 *   `EADDRNOTAVAIL` if it is no address of this machine; `EACCES` for a port or a folder that is not for everybody; `ENOENT`,
 *   `ENOTDIR` or `EROFS` of a path; `EAFNOSUPPORT`, `EMFILE`, `ENFILE`; of a name, the resolver's codes: see {@linkcode getaddrinfo}.
 * @throws {TypeError} if an option is not what it should be.
 * @throws {RangeError} if the port, `backlog`, `mode` or `timeout` is none, or the path longer than 107 bytes.
 * @throws {Deno.errors.NotCapable} without the permissions.
 * @throws the signal's reason, or a `DOMException` named "TimeoutError".
 * @example
 * ```ts
 * import { connect, listen } from "@vasty/vasty";
 *
 * const folder = await Deno.makeTempDir();
 * {
 *   using listener = await listen({ path: `${folder}/job`, mode: 0o600 });
 *   using client = await connect({ path: `${folder}/job` });
 *   using server = await listener.accept({ timeout: 1_000 });
 *   await server.writeLine("hello");
 *   console.assert(await client.readLine() === "hello");
 * }
 * await Deno.remove(folder); // it is empty
 * ```
 * @see listen(2), bind(2), unix(7), tcp(7)
 */
export async function listen(options: ListenOptions = {}): Promise<Listener> {
  const { socket, file } = "path" in options ? listeningUnix(options) : await listeningTcp(options);
  const listener = new Listener(socket);
  ownFile(listener, file);
  return listener;
}
