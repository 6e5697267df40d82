/** Bytes over a Unix socket together with descriptors (SCM_RIGHTS), never blocking. */
import { CMSGHDR, IOVEC, MSGHDR, SOCKET } from "./abi/sys_socket.ts";
import { aboveStandard } from "./descriptors.ts";
import { libc, type Memory } from "./libc.ts";
import { recvmsg, sendmsg } from "./sys_socket.ts";

/** How many descriptors one sendmsg(2) takes: the kernel's SCM_MAX_FD, which no header tells. */
export const MOST_RIGHTS = 253;

/** What came with some bytes. */
export interface Received {
  /** How many bytes, 0 at the end, or -errno. */
  count: number;
  /** Descriptors, close-on-exec and above 2, for the caller to close. */
  fds: number[];
  /** Whether there were more, which this process could not take (EMFILE); the kernel has closed those. */
  truncated: boolean;
}

/** What a control message with `data` bytes takes up: CMSG_SPACE. */
const space = (data: number) => CMSGHDR.sizeof + Math.ceil(data / 8) * 8;

/** One call at a time, and none of them waits: the same memory serves all. */
const header = new DataView(new ArrayBuffer(MSGHDR.sizeof));
const vector = new DataView(new ArrayBuffer(IOVEC.sizeof));
const control = new DataView(new ArrayBuffer(space(4 * MOST_RIGHTS)));

function putSize(view: DataView, offset: number, value: number): void {
  view.setBigUint64(offset, BigInt(value), true);
}

/** Let the header speak of `bytes` and of `length` bytes of control messages. */
function prepare(bytes: Memory, length: number): void {
  const { address } = libc();
  putSize(vector, IOVEC.iov_base, address(bytes));
  putSize(vector, IOVEC.iov_len, bytes.byteLength);
  putSize(header, MSGHDR.msg_iov, address(vector));
  putSize(header, MSGHDR.msg_iovlen, 1);
  putSize(header, MSGHDR.msg_control, length === 0 ? 0 : address(control));
  putSize(header, MSGHDR.msg_controllen, length);
}

/**
 * Send as much of `bytes` as there is room for, and `fds`, at most {@linkcode MOST_RIGHTS}, with the first of them: how
 * many bytes went, or -errno, and then no descriptor went either. The sender keeps its own.
 */
export function sendRights(socket: number, bytes: Memory, fds: readonly number[]): number {
  const data = 4 * fds.length;
  if (fds.length > 0) {
    putSize(control, CMSGHDR.cmsg_len, CMSGHDR.sizeof + data);
    control.setInt32(CMSGHDR.cmsg_level, SOCKET.SOL_SOCKET, true);
    control.setInt32(CMSGHDR.cmsg_type, SOCKET.SCM_RIGHTS, true);
    fds.forEach((fd, i) => control.setInt32(CMSGHDR.sizeof + 4 * i, fd, true));
  }
  prepare(bytes, fds.length === 0 ? 0 : space(data));
  return sendmsg(socket, header, SOCKET.MSG_DONTWAIT | SOCKET.MSG_NOSIGNAL);
}

/**
 * Receive into `target`, with the descriptors of at most one {@linkcode sendRights}: on a stream the kernel ends the call
 * after the bytes that they were sent with.
 */
export function receiveRights(socket: number, target: Memory): Received {
  prepare(target, control.byteLength);
  const count = recvmsg(socket, header, SOCKET.MSG_DONTWAIT | SOCKET.MSG_CMSG_CLOEXEC);
  if (count < 0) return { count, fds: [], truncated: false };
  const fds = rights(Number(header.getBigUint64(MSGHDR.msg_controllen, true))).map(aboveStandard);
  const lost = (header.getInt32(MSGHDR.msg_flags, true) & SOCKET.MSG_CTRUNC) !== 0;
  // One that could not be moved above 2 is lost as well.
  return { count, fds: fds.filter((fd) => fd >= 0), truncated: lost || fds.some((fd) => fd < 0) };
}

/** The descriptors among `length` bytes of control messages. */
function rights(length: number): number[] {
  const fds: number[] = [];
  for (let at = 0; at + CMSGHDR.sizeof <= length;) {
    const size = Number(control.getBigUint64(at + CMSGHDR.cmsg_len, true));
    if (size < CMSGHDR.sizeof) break;
    const isRights = control.getInt32(at + CMSGHDR.cmsg_level, true) === SOCKET.SOL_SOCKET &&
      control.getInt32(at + CMSGHDR.cmsg_type, true) === SOCKET.SCM_RIGHTS;
    for (let fd = at + CMSGHDR.sizeof; isRights && fd + 4 <= at + size; fd += 4) fds.push(control.getInt32(fd, true));
    at += space(size - CMSGHDR.sizeof);
  }
  return fds;
}
