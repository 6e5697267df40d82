/** What is at a path that a Unix socket wants for its name. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { aboveStandard } from "../../ffi/descriptors.ts";
import { connect, socket } from "../../ffi/sys_socket.ts";
import { type FileIdentity, identityAt } from "../../ffi/sys_stat.ts";
import { close } from "../../ffi/unistd.ts";
import { packSockaddrUn } from "./sockaddr.ts";
import { again } from "./socket_wait.ts";

/** A file, and whether it is the name that a socket has left behind. */
export interface PathHolder extends FileIdentity {
  readonly stale: boolean;
}

/** What is at `path`, a symbolic link itself; or -errno. */
export function holderOf(path: string): PathHolder | number {
  const found = identityAt(path);
  return typeof found === "number" ? found : { ...found, stale: found.kind === "socket" && isStale(path) };
}

/**
 * Whether nobody has the socket at `path`. It is asked with a socket for datagrams, that no stream socket accepts: the kernel
 * looks whether there is one first, so this also finds one that does not listen yet, and puts no connection in its queue.
 */
function isStale(path: string): boolean {
  const fd = aboveStandard(socket(SOCKET.AF_UNIX, SOCKET.SOCK_DGRAM | SOCKET.SOCK_CLOEXEC | SOCKET.SOCK_NONBLOCK, 0));
  if (fd < 0) return false;
  const name = packSockaddrUn(path);
  const rc = again(() => connect(fd, name, name.length));
  close(fd);
  return rc === -ERRNO.ECONNREFUSED;
}

/** What an error says of it; nothing if a socket is alive there, which the error's code says. */
export function holderRemark(path: string): string | undefined {
  const holder = holderOf(path);
  if (typeof holder === "number") return undefined;
  if (holder.stale) return "a stale socket file, nobody has it open";
  return holder.kind === "socket" ? undefined : `a ${holder.kind} is there, no socket`;
}
