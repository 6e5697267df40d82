/** The descriptors behind Deno's own connections and listeners, which Deno does not tell. */
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { openDescriptors } from "../../ffi/dirent.ts";
import { NAME_ROOM } from "../../ffi/socket_message.ts";
import { getpeername, getsockname } from "../../ffi/sys_socket.ts";
import { ClosedError, syscallError } from "../core/errors.ts";
import { addressOf, addressText, sockaddrOf, type SocketAddress } from "./address.ts";
import { intOf } from "./option_codecs.ts";
import { readOption } from "./options.ts";

/** A connection, a listener or a datagram socket of Deno's. */
export type DenoSocket =
  | Pick<Deno.Conn<Deno.Addr>, "localAddr" | "remoteAddr">
  | Pick<Deno.Listener<Deno.Conn, Deno.Addr>, "addr">;

/** What a descriptor must be to be the one that is looked for. */
interface Wanted {
  local: string;
  remote: string | undefined;
  type: number;
}

/** An address of Deno's or of the kernel's in one form; the scope is left out, as Deno does. */
function normal(address: SocketAddress): string {
  if ("path" in address) return addressText(address);
  return addressText({ hostname: address.hostname.replace(/%.*$/s, ""), port: address.port });
}

/** @throws {TypeError} if it has no name that tells it from others. */
function textOf(address: Deno.Addr): string {
  if (address.transport === "tcp" || address.transport === "udp") {
    return normal(addressOf(sockaddrOf({ hostname: address.hostname, port: address.port })));
  }
  if (address.transport === "unix" || address.transport === "unixpacket") return normal({ path: address.path });
  throw new TypeError(`A connection by ${JSON.stringify(address.transport)} has no socket of its own`);
}

function wantedOf(socket: DenoSocket): Wanted {
  if ("remoteAddr" in socket) {
    if (socket.localAddr.transport === "unix") {
      throw new TypeError(
        "The descriptor of Deno's Unix connection cannot be found, as it has no name: make it with socket() or connect()",
      );
    }
    return { local: textOf(socket.localAddr), remote: textOf(socket.remoteAddr), type: SOCKET.SOCK_STREAM };
  }
  const datagrams = socket.addr.transport === "udp" || socket.addr.transport === "unixpacket";
  return { local: textOf(socket.addr), remote: undefined, type: datagrams ? SOCKET.SOCK_DGRAM : SOCKET.SOCK_STREAM };
}

/** A name of a descriptor as text; undefined if it has none. */
function nameOf(call: typeof getsockname, fd: number): string | undefined {
  const name = new Uint8Array(NAME_ROOM);
  const length = Uint32Array.of(name.length);
  if (call(fd, name, length) < 0) return undefined;
  try {
    return normal(addressOf(name.subarray(0, length[0])));
  } catch {
    // Of a family that is not known here, such as netlink.
    return undefined;
  }
}

function option(fd: number, number: number): number {
  const value = readOption(fd, SOCKET.SOL_SOCKET, number, 4);
  return typeof value === "number" ? value : intOf(value);
}

function fits(fd: number, { local, remote, type }: Wanted): boolean {
  if (option(fd, SOCKET.SO_TYPE) !== type || nameOf(getsockname, fd) !== local) return false;
  if (remote !== undefined) return nameOf(getpeername, fd) === remote;
  return type === SOCKET.SOCK_DGRAM || option(fd, SOCKET.SO_ACCEPTCONN) === 1;
}

/**
 * The descriptor behind a connection, listener or datagram socket of Deno's: the only one of this program that has the same
 * addresses. It stays Deno's.
 *
 * @throws {ClosedError} if there is none: it was closed.
 * @throws {TypeError} if there are several, or it is a Unix connection, which has no name to be found by.
 * @throws {SyscallError} if the descriptors cannot be listed (`EMFILE`).
 */
export function denoDescriptor(socket: DenoSocket): number {
  const wanted = wantedOf(socket);
  const open = openDescriptors();
  if (typeof open === "number") throw syscallError('list "/proc/self/fd"', -open, "getdents64");
  const [found, another] = open.filter((fd) => fits(fd, wanted));
  const which = wanted.remote === undefined ? wanted.local : `${wanted.local} to ${wanted.remote}`;
  if (found === undefined) throw new ClosedError(`No descriptor is open for ${which}`);
  if (another !== undefined) throw new TypeError(`Several descriptors are open for ${which}`);
  return found;
}
