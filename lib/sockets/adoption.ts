/** Taking over a descriptor that came from elsewhere, once it is known what it is. */
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { setNonBlocking } from "../../ffi/descriptors.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { NAME_ROOM } from "../../ffi/socket_message.ts";
import { getpeername } from "../../ffi/sys_socket.ts";
import { Fd } from "../core/fd.ts";
import { socketType } from "./adopt.ts";
import { descriptorOf, socketNumber } from "./descriptor.ts";
import { kindOf, type SocketDescription } from "./socket_kind.ts";

/** What only some descriptors are, in words. */
export type AdoptedNature = "a connection" | "a listening socket" | "a datagram socket";

/**
 * What socket a descriptor is; nothing about it changes.
 *
 * @throws {TypeError} if it is a socket, but none that the library knows, or not what is `wanted`.
 * @throws {SyscallError} `ENOTSOCK` if it is no socket, `EBADF` if a number is not open.
 * @throws {RangeError} if it is a number, but no descriptor's.
 * @throws {ClosedError} if it was closed.
 */
export function adoptedKind(source: Fd | number, wanted?: AdoptedNature): SocketDescription {
  const { number } = descriptorOf(source);
  const [domain, type, protocol] = [SOCKET.SO_DOMAIN, SOCKET.SO_TYPE, SOCKET.SO_PROTOCOL].map((option) =>
    socketNumber({ number }, option)
  );
  const kind = kindOf(domain!, type!, protocol!);
  if (kind === undefined) {
    const { domain, type } = socketType(number);
    throw new TypeError(`Descriptor ${number} is a socket of another kind: ${domain}, ${type}`);
  }
  const nature = natureOf(number, kind);
  if (wanted === undefined || nature === wanted) return kind;
  throw new TypeError(`Descriptor ${number} is ${nature}, not ${wanted}`);
}

function natureOf(number: number, { type }: SocketDescription): string {
  if (type === "SOCK_DGRAM") return "a datagram socket";
  const packets = type === "SOCK_SEQPACKET";
  if (socketNumber({ number }, SOCKET.SO_ACCEPTCONN) !== 0) return `a listening ${packets ? "seqpacket " : ""}socket`;
  if (packets) return "a seqpacket socket";
  const connected = getpeername(number, new Uint8Array(NAME_ROOM), Uint32Array.of(NAME_ROOM)) === 0;
  return connected ? "a connection" : "a stream socket that is not connected";
}

/** Become the owner of `source`, which does not block from now on. */
export function takeOver(source: Fd | number): Fd {
  const fd = Fd.adopt(typeof source === "number" ? source : source.release());
  setNonBlocking(fd.number, true);
  // Children get the standard three as they are.
  if (fd.number > 2) fcntl(fd.number, FCNTL.F_SETFD, FCNTL.FD_CLOEXEC);
  return fd;
}
