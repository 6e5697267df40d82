/** Single attempts to receive. Each gives undefined where it would have to wait. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { readingIsShut } from "../../ffi/poll.ts";
import { NAME_ROOM, receiveMessage } from "../../ffi/socket_message.ts";
import { recv, recvfrom } from "../../ffi/sys_socket.ts";
import { addressOf, type SocketAddress } from "./address.ts";
import { ReceivedMessage } from "./received_message.ts";
import { peerOf, type SocketBase, wouldWait } from "./socket_base.ts";
import { peerError } from "./socket_errors.ts";
import { again } from "./socket_wait.ts";

/** What recvfrom(2) has brought. */
export interface ReceivedFrom {
  /** Its bytes, as many as there was room for; none may be an empty datagram, or the end of a stream. */
  bytes: Uint8Array<ArrayBuffer>;
  /** How many bytes it had; of a stream, how many came. */
  length: number;
  /** Whether bytes were lost, because there were more than there was room for. */
  truncated: boolean;
  /** Who has sent it: `{ path: "" }` of a Unix socket without a name; nothing on a connected stream. */
  address: SocketAddress | undefined;
}

/** Where to receive: a new buffer of so many bytes, or one's own. */
export type ReceiveRoom = number | Uint8Array<ArrayBuffer>;

/** The buffer. @throws {RangeError} or {TypeError} if it is neither. */
export function roomOf(room: ReceiveRoom): Uint8Array<ArrayBuffer> {
  if (room instanceof Uint8Array) return room;
  if (typeof room !== "number") throw new TypeError("Receiving takes a number of bytes or a Uint8Array");
  if (Number.isInteger(room) && room >= 0) return new Uint8Array(room);
  throw new RangeError(`The number of bytes to receive is an integer from 0 on, not ${room}`);
}

/** `target` up to `count`; a copy where most of a buffer of ours would be kept for nothing. */
export function filled(target: Uint8Array<ArrayBuffer>, count: number, room: ReceiveRoom): Uint8Array<ArrayBuffer> {
  const ours = typeof room === "number";
  return ours && count * 2 < target.length ? target.slice(0, count) : target.subarray(0, count);
}

/** What is wrong with `rc`; nothing if it only has to wait, and may. */
function failure(socket: SocketBase, rc: number, flags: readonly string[], syscall: string): Error | undefined {
  if (rc >= 0 || (wouldWait(rc) && !flags.includes("MSG_DONTWAIT"))) return undefined;
  return peerError("receive from", socket.fd.number, peerOf(socket), rc, syscall);
}

/** An attempt with the flags' names, by which it knows whether it may wait, and their number. */
export interface Attempt {
  socket: SocketBase;
  target: Uint8Array<ArrayBuffer>;
  names: readonly string[];
  flags: number;
  /** Whether it has waited already. */
  waited?: boolean;
}

/** Whether there is nothing and never will be: looked at where a wait has come to nothing, so that what works is no slower. */
function isOver(attempt: Attempt): boolean {
  const { waited = false } = attempt;
  attempt.waited = true;
  return waited && readingIsShut(attempt.socket.fd.number);
}

/** recv(2): how many bytes came. */
export function tryRecv(attempt: Attempt): number | undefined {
  const { socket, target, names, flags } = attempt;
  const count = again(() => recv(socket.fd.number, target, target.length, flags));
  const error = failure(socket, count, names, "recv");
  if (error) throw error;
  return count >= 0 ? count : isOver(attempt) ? 0 : undefined;
}

/** Of what keeps its limits the kernel tells the whole length; of a stream MSG_TRUNC would throw bytes away. */
const whole = (socket: SocketBase) => socket.type === "SOCK_STREAM" ? 0 : SOCKET.MSG_TRUNC;

/** recvfrom(2). */
export function tryRecvFrom(
  attempt: Attempt,
  transport: SocketAddress["transport"],
): Omit<ReceivedFrom, "bytes"> | undefined {
  const { socket, target, names, flags } = attempt;
  const name = new Uint8Array(NAME_ROOM);
  const size = Uint32Array.of(name.length);
  const fd = socket.fd.number;
  const length = again(() => recvfrom(fd, target, target.length, flags | whole(socket), name, size));
  const error = failure(socket, length, names, "recvfrom");
  if (error) throw error;
  if (length < 0) return isOver(attempt) ? { length: 0, truncated: false, address: undefined } : undefined;
  const named = size[0]! > 0 || (socket.family === "AF_UNIX" && socket.type === "SOCK_DGRAM");
  const address = named ? addressOf(name.subarray(0, size[0]), transport) : undefined;
  return { length, truncated: length > target.length, address };
}

/** recvmsg(2), with `room` bytes for control messages. */
export function tryRecvmsg(
  attempt: Attempt,
  room: number,
  transport: SocketAddress["transport"],
): ReceivedMessage | undefined {
  const { socket, target, names, flags } = attempt;
  const receive = () => receiveMessage(socket.fd.number, target, room, flags | whole(socket));
  let message = receive();
  while (message.count === -ERRNO.EINTR) message = receive();
  const error = failure(socket, message.count, names, "recvmsg");
  if (error) throw error;
  if (message.count >= 0) return new ReceivedMessage(message, target, transport);
  if (!isOver(attempt)) return undefined;
  return new ReceivedMessage({ count: 0, name: new Uint8Array(0), control: [], flags: 0 }, target, transport);
}
