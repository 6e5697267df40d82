/** The descriptors behind Deno's own connections and listeners, which Deno does not tell. */
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { openDescriptors } from "../../ffi/dirent.ts";
import { NAME_ROOM } from "../../ffi/socket_message.ts";
import { identityOf } from "../../ffi/sys_stat.ts";
import { getpeername, getsockname } from "../../ffi/sys_socket.ts";
import { ClosedError, syscallError } from "../core/errors.ts";
import { addressOf, addressText, sockaddrOf, type SocketAddress } from "./address.ts";
import { intOf } from "./option_codecs.ts";
import { readOption } from "./options.ts";

/** A connection, a listener or a datagram socket of Deno's. */
export type DenoSocket =
  | Pick<Deno.Conn<Deno.Addr>, "localAddr" | "remoteAddr">
  | Pick<Deno.Listener<Deno.Conn, Deno.Addr>, "addr">;

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

/** What tells a socket from others, in words. */
interface Place {
  kind: "connection" | "listener" | "datagrams";
  local: string;
  remote?: string;
}

function placeOf(socket: DenoSocket): Place {
  if ("addr" in socket) {
    const datagrams = socket.addr.transport === "udp" || socket.addr.transport === "unixpacket";
    return { kind: datagrams ? "datagrams" : "listener", local: textOf(socket.addr) };
  }
  if (socket.localAddr.transport === "unix") {
    throw new TypeError(
      "The descriptor of Deno's Unix connection cannot be found, as it has no name: make it with socket()",
    );
  }
  return { kind: "connection", local: textOf(socket.localAddr), remote: textOf(socket.remoteAddr) };
}

/** What is at `fd`; undefined if it is none of these. */
function placeAt(fd: number): Place | undefined {
  const type = option(fd, SOCKET.SO_TYPE);
  const local = nameOf(getsockname, fd);
  if (local === undefined || (type !== SOCKET.SOCK_STREAM && type !== SOCKET.SOCK_DGRAM)) return undefined;
  if (type === SOCKET.SOCK_DGRAM) return { kind: "datagrams", local };
  const remote = nameOf(getpeername, fd);
  if (remote !== undefined) return { kind: "connection", local, remote };
  return option(fd, SOCKET.SO_ACCEPTCONN) === 1 ? { kind: "listener", local } : undefined;
}

function words({ kind, local, remote }: Place): string {
  return remote === undefined ? `${kind} ${local}` : `${kind} ${local} to ${remote}`;
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

/** Which file a descriptor is open on; undefined if it is not open. */
function fileOf(fd: number): string | undefined {
  const file = identityOf(fd);
  return typeof file === "number" ? undefined : file.id;
}

/** What was where when all were last looked at, which spares looking at all of them for each of many connections. */
let seen = new Map<string, number[]>();

/** The descriptors at `place`. */
function search(place: Place): number[] {
  const name = words(place);
  const [before] = seen.get(name) ?? [];
  // There is only one connection between two addresses, but there may be several listeners at one.
  if (before !== undefined && place.kind === "connection" && isAt(before, name)) return [before];
  const open = openDescriptors();
  if (typeof open === "number") throw syscallError('list "/proc/self/fd"', -open, "getdents64");
  const places = open.flatMap((fd) => {
    const at = placeAt(fd);
    return at === undefined ? [] : [{ fd, name: words(at) }];
  });
  seen = new Map();
  for (const { fd, name } of places) seen.set(name, [...seen.get(name) ?? [], fd]);
  const found = seen.get(name) ?? [];
  // Copies of one descriptor are one socket: the first will do.
  return found.filter((fd, i) => found.findIndex((other) => fileOf(other) === fileOf(fd)) === i);
}

function isAt(fd: number, name: string): boolean {
  const place = placeAt(fd);
  return place !== undefined && words(place) === name;
}

/** Where each was found, and which file that was: its number may be another file's by now. */
const known = new WeakMap<DenoSocket, { fd: number; file: string | undefined }>();

/** Whether it is one of Deno's, or looks like one. */
export function isDenoSocket(value: object): value is DenoSocket {
  const isAddress = (address: unknown) => typeof address === "object" && address !== null && "transport" in address;
  if ("localAddr" in value && "remoteAddr" in value) return isAddress(value.localAddr) && isAddress(value.remoteAddr);
  return "addr" in value && isAddress(value.addr);
}

/**
 * The descriptor behind a connection, listener or datagram socket of Deno's: the only one of this program that has the same
 * addresses. It stays Deno's. It is looked for once; after that it is only made sure that it is still the same.
 *
 * @throws {ClosedError} if there is none: it was closed, or its peer had reset it before it was looked for.
 * @throws {TypeError} if there are several, or it is a Unix connection, which has no name to be found by.
 * @throws {SyscallError} if the descriptors cannot be listed (`EMFILE`).
 */
export function denoDescriptor(socket: DenoSocket): number {
  const before = known.get(socket);
  if (before !== undefined) {
    if (fileOf(before.fd) === before.file) return before.fd;
    throw new ClosedError("The socket was closed");
  }
  const place = placeOf(socket);
  const [found, another] = search(place);
  if (found === undefined) {
    // After a reset the kernel has no name of the peer any more.
    const or = place.kind === "connection" ? ", or its peer has reset it" : "";
    throw new ClosedError(`The ${words(place)} was closed${or}: no descriptor is open for it`);
  }
  if (another !== undefined) throw new TypeError(`Several descriptors are open for the ${words(place)}`);
  known.set(socket, { fd: found, file: fileOf(found) });
  return found;
}
