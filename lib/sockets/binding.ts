/** Giving a socket its name. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { bindSocket } from "../../ffi/sys_socket.ts";
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
