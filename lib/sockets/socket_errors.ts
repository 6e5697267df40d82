/** The errors of sockets: each names the address that it is about. */
import { type ErrorSubject, type SyscallError, syscallError } from "../core/errors.ts";
import { addressText, isUnixAddress, type SocketAddress } from "./address.ts";

/** What an error says of an address. */
function subjectOf(address: SocketAddress): ErrorSubject {
  const text = addressText(address);
  return isUnixAddress(address) && !address.path.startsWith("\0")
    ? { path: address.path, address: text }
    : { address: text };
}

/** An address in a sentence: a path is quoted. */
export function addressWords(address: SocketAddress): string {
  const text = addressText(address);
  return isUnixAddress(address) ? JSON.stringify(text) : text;
}

/** The error for -errno while the program wanted to `doing`, at `address`. */
export function addressError(doing: string, address: SocketAddress, rc: number, syscall: string): SyscallError {
  return syscallError(`${doing} ${addressWords(address)}`, -rc, syscall, subjectOf(address));
}

/** The same error with a remark behind what it says. */
export function remarked(error: SyscallError, remark: string): SyscallError {
  return reworded(error, `${error.message}: ${remark}`);
}

/** The same error with other words, which its stack begins with as well. */
export function reworded(error: SyscallError, message: string): SyscallError {
  error.message = message;
  Error.captureStackTrace(error, reworded);
  return error;
}

/** The error for -errno while the program wanted to `doing`, of a socket without a known peer. */
export function socketError(doing: string, fd: number, rc: number, syscall: string): SyscallError {
  return syscallError(`${doing} socket ${fd}`, -rc, syscall, { fd });
}

/** The error for -errno while the program wanted to `doing`, of a socket and its peer, if that has a name. */
export function peerError(
  doing: string,
  fd: number,
  peer: SocketAddress | undefined,
  rc: number,
  syscall: string,
): SyscallError {
  if (peer === undefined || ("path" in peer && peer.path === "")) return socketError(doing, fd, rc, syscall);
  return syscallError(`${doing} ${addressWords(peer)}`, -rc, syscall, { fd, ...subjectOf(peer) });
}
