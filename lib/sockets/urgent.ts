/** Urgent data of TCP: a byte that overtakes the others, and the mark where it stood. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { POLL_ERROR, POLL_HANGUP, POLL_PEER_DONE, POLL_PRIORITY, pollEach } from "../../ffi/poll.ts";
import { PEER_DONE, PRIORITY, WRITABLE } from "../../ffi/reactor.ts";
import { recv, sockatmark } from "../../ffi/sys_socket.ts";
import type { LimitOptions } from "../core/limit.ts";
import { waitUntil } from "../core/readiness.ts";
import type { SocketTransport } from "./byte_transport.ts";
import { holdingOf, type SocketBase, wouldWait } from "./socket_base.ts";
import { socketError } from "./socket_errors.ts";
import { again } from "./socket_wait.ts";

/** @throws {TypeError} if `socket` has no urgent data. */
export function requireUrgent(socket: SocketBase): void {
  if (socket.family === "AF_UNIX") throw new TypeError("Urgent data is TCP's: a Unix socket has none");
}

/** @throws {RangeError} if `byte` is none. */
export function urgentByte(byte: number): Uint8Array<ArrayBuffer> {
  if (Number.isInteger(byte) && byte >= 0 && byte <= 255) return Uint8Array.of(byte);
  throw new RangeError(`An urgent byte is an integer from 0 to 255, not ${byte}`);
}

/** Send it, once there is room. */
export async function sendUrgent(
  socket: SocketBase,
  transport: SocketTransport,
  byte: Uint8Array<ArrayBuffer>,
  options: LimitOptions,
): Promise<void> {
  await waitUntil(socket.fd, WRITABLE, () => transport.send(byte, true), options, holdingOf(socket));
}

/** The next urgent byte, once it has come. */
export function receiveUrgent(socket: SocketBase, options: LimitOptions): Promise<number> {
  return waitUntil(socket.fd, PRIORITY | PEER_DONE, () => tryUrgent(socket), options, holdingOf(socket));
}

function tryUrgent(socket: SocketBase): number | undefined {
  const fd = socket.fd.number;
  const target = new Uint8Array(1);
  const count = again(() => recv(fd, target, 1, SOCKET.MSG_OOB | SOCKET.MSG_DONTWAIT));
  if (count > 0) return target[0]!;
  // EINVAL: there is none, or it was read already. EAGAIN: it was announced.
  if (count === -ERRNO.EINVAL && !socket.getOption("SO_OOBINLINE")) return noneYet(fd);
  if (wouldWait(count)) return noneYet(fd);
  // The peer has reset the connection, and the byte was not fetched before that.
  if (count === -ERRNO.ENOTCONN) throw ended();
  if (count < 0) throw socketError("receive urgent data from", fd, count, "recv");
  throw ended();
}

/** Nothing, while it may still come. */
function noneYet(fd: number): undefined {
  const events = pollEach([[fd, POLL_PEER_DONE | POLL_PRIORITY]], 0, false);
  if (typeof events === "number") return undefined;
  const [came = 0] = events;
  // What has come meanwhile is taken at the next attempt.
  const over = (came & (POLL_PEER_DONE | POLL_HANGUP | POLL_ERROR)) !== 0 && (came & POLL_PRIORITY) === 0;
  if (over) throw ended();
}

function ended(): Error {
  return new Deno.errors.UnexpectedEof("The connection has ended before urgent data came");
}

/** Whether the next byte that the kernel has is the one behind the mark. @throws {SyscallError} if it cannot be told. */
export function atMark(socket: SocketBase): boolean {
  const fd = socket.fd.number;
  const rc = sockatmark(fd);
  if (rc < 0) throw socketError("find the mark of urgent data of", fd, rc, "sockatmark");
  return rc === 1;
}
