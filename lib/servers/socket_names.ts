/** What a descriptor is, without changing it. */
import { Fd } from "../core/fd.ts";
import {
  Socket,
  type SocketAddress,
  type SocketFamily,
  type SocketKind,
  type SocketStyle,
  socketType,
} from "../sockets/mod.ts";
import { identityOf } from "../../ffi/sys_stat.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { fcntl } from "../../ffi/fcntl.ts";

const FAMILIES: Readonly<Record<string, SocketFamily>> = { unix: "AF_UNIX", inet: "AF_INET", inet6: "AF_INET6" };
const STYLES: Readonly<Record<string, SocketStyle>> = {
  stream: "SOCK_STREAM",
  datagram: "SOCK_DGRAM",
  seqpacket: "SOCK_SEQPACKET",
};

/** What is known of a descriptor. */
export interface SocketNames {
  /** What socket it is; nothing of what is none. */
  readonly kind?: SocketKind;
  /** Its own name, if it is a socket whose names the library knows. */
  readonly address?: SocketAddress;
}

/** What the open descriptor `number` is. */
export function socketNames(number: number): SocketNames {
  const file = identityOf(number);
  if (typeof file === "number" || file.kind !== "socket") return {};
  const kind = socketType(number);
  const family = FAMILIES[kind.domain];
  const type = STYLES[kind.type];
  if (family === undefined || type === undefined) return { kind };
  const copy = fcntl(number, FCNTL.F_DUPFD_CLOEXEC, 3);
  if (copy < 0) return { kind };
  using socket = new Socket(Fd.adopt(copy), { family, type, protocol: kind.protocol });
  return { kind, address: socket.getsockname() };
}
