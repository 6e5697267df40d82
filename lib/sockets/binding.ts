/** Giving a socket its name, and letting it listen there. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { bindSocket, listen } from "../../ffi/sys_socket.ts";
import type { Fd } from "../core/fd.ts";
import { isUnixAddress, type SocketAddress } from "./address.ts";
import { holderRemark } from "./path_holder.ts";
import { addressError, remarked } from "./socket_errors.ts";
import { again } from "./socket_wait.ts";

/**
 * Bind to `address`, whose bytes are `name`. No leave is asked for.
 *
 * @throws {SyscallError} as bind(2); of a path that is taken the error says by what.
 */
export function bindTo(fd: Fd, name: Uint8Array<ArrayBuffer>, address: SocketAddress, doing = "bind to"): void {
  const rc = again(() => bindSocket(fd.number, name, name.length));
  if (rc >= 0) return;
  const error = addressError(doing, address, rc, "bind");
  const isFile = isUnixAddress(address) && address.path !== "" && !address.path.startsWith("\0");
  const remark = rc === -ERRNO.EADDRINUSE && isFile ? holderRemark(address.path) : undefined;
  throw remark === undefined ? error : remarked(error, remark);
}

/** @throws {RangeError} if it is no number of connections that may wait. */
export function checkBacklog(backlog: number): number {
  if (Number.isInteger(backlog) && backlog >= 0 && backlog <= 0x7fffffff) return backlog;
  throw new RangeError(`backlog is an integer from 0 on, not ${backlog}`);
}

/** Take connections from now on. No leave is asked for. @throws {SyscallError} as listen(2). */
export function listenAt(fd: Fd, address: SocketAddress, backlog: number): void {
  const rc = listen(fd.number, backlog);
  if (rc < 0) throw addressError("listen at", address, rc, "listen");
}
