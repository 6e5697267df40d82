/** sendmsg(2) and recvmsg(2): bytes in several pieces, a name, and control messages, never waiting. */
import { CMSGHDR, IOVEC, MSGHDR, SOCKET } from "./abi/sys_socket.ts";
import { libc, type Memory } from "./libc.ts";
import { recvmsg, sendmsg } from "./sys_socket.ts";

/** One control message, in the kernel's numbers. */
export interface RawControl {
  level: number;
  type: number;
  data: Uint8Array<ArrayBuffer>;
}

/** What recvmsg(2) has brought. */
export interface RawMessage {
  /** How many bytes, or -errno, and then nothing else counts. */
  count: number;
  /** The bytes of the sender's name. */
  name: Uint8Array<ArrayBuffer>;
  control: RawControl[];
  flags: number;
}

/** Room for any struct sockaddr: sizeof(struct sockaddr_storage). */
export const NAME_ROOM = 128;

/** The length of a control message up to the next one: CMSG_SPACE. */
export function controlSpace(data: number): number {
  return CMSGHDR.sizeof + Math.ceil(data / 8) * 8;
}

function putAddress(view: DataView, offset: number, memory: Memory | null): void {
  const empty = memory === null || memory.byteLength === 0;
  view.setBigUint64(offset, empty ? 0n : BigInt(libc().address(memory)), true);
}

/** struct msghdr; what it points to must stay reachable until the call has returned. */
function header(pieces: readonly Memory[], name: Memory | null, control: Memory | null) {
  const vector = new DataView(new ArrayBuffer(Math.max(1, pieces.length) * IOVEC.sizeof));
  pieces.forEach((piece, i) => {
    putAddress(vector, i * IOVEC.sizeof + IOVEC.iov_base, piece);
    vector.setBigUint64(i * IOVEC.sizeof + IOVEC.iov_len, BigInt(piece.byteLength), true);
  });
  const view = new DataView(new ArrayBuffer(MSGHDR.sizeof));
  putAddress(view, MSGHDR.msg_name, name);
  view.setUint32(MSGHDR.msg_namelen, name?.byteLength ?? 0, true);
  putAddress(view, MSGHDR.msg_iov, vector);
  view.setBigUint64(MSGHDR.msg_iovlen, BigInt(pieces.length), true);
  putAddress(view, MSGHDR.msg_control, control);
  view.setBigUint64(MSGHDR.msg_controllen, BigInt(control?.byteLength ?? 0), true);
  return { view, held: [vector, pieces, name, control] };
}

/** The control messages one after the other. */
function encode(messages: readonly RawControl[]): Uint8Array<ArrayBuffer> | null {
  if (messages.length === 0) return null;
  const bytes = new Uint8Array(messages.reduce((sum, { data }) => sum + controlSpace(data.length), 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { level, type, data } of messages) {
    view.setBigUint64(at + CMSGHDR.cmsg_len, BigInt(CMSGHDR.sizeof + data.length), true);
    view.setInt32(at + CMSGHDR.cmsg_level, level, true);
    view.setInt32(at + CMSGHDR.cmsg_type, type, true);
    bytes.set(data, at + CMSGHDR.sizeof);
    at += controlSpace(data.length);
  }
  return bytes;
}

/** The control messages in the first `length` bytes. */
function decode(bytes: Uint8Array<ArrayBuffer>, length: number): RawControl[] {
  const view = new DataView(bytes.buffer);
  const found: RawControl[] = [];
  for (let at = 0; at + CMSGHDR.sizeof <= length;) {
    const size = Number(view.getBigUint64(at + CMSGHDR.cmsg_len, true));
    if (size < CMSGHDR.sizeof) break;
    const level = view.getInt32(at + CMSGHDR.cmsg_level, true);
    const type = view.getInt32(at + CMSGHDR.cmsg_type, true);
    found.push({ level, type, data: bytes.slice(at + CMSGHDR.sizeof, Math.min(at + size, length)) });
    at += controlSpace(size - CMSGHDR.sizeof);
  }
  return found;
}

/** Send the pieces as one message: how many bytes went, or -errno. */
export function sendMessage(
  fd: number,
  pieces: readonly Memory[],
  name: Memory | null,
  control: readonly RawControl[],
  flags: number,
): number {
  const { view, held } = header(pieces, name, encode(control));
  const count = sendmsg(fd, view, flags | SOCKET.MSG_DONTWAIT | SOCKET.MSG_NOSIGNAL);
  return held.length > 0 ? count : -1;
}

/** Receive a message into `target`, with control messages of `room` bytes at most. Descriptors are close-on-exec. */
export function receiveMessage(fd: number, target: Memory, room: number, flags: number): RawMessage {
  const name = new Uint8Array(NAME_ROOM);
  const control = new Uint8Array(room);
  const { view, held } = header([target], name, control);
  const count = recvmsg(fd, view, flags | SOCKET.MSG_DONTWAIT | SOCKET.MSG_CMSG_CLOEXEC);
  if (count < 0 || held.length === 0) return { count, name, control: [], flags: 0 };
  return {
    count,
    name: name.slice(0, view.getUint32(MSGHDR.msg_namelen, true)),
    control: decode(control, Number(view.getBigUint64(MSGHDR.msg_controllen, true))),
    flags: view.getInt32(MSGHDR.msg_flags, true),
  };
}
