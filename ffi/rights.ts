/** Bytes over a Unix socket together with descriptors (SCM_RIGHTS) and credentials (SCM_CREDENTIALS), never blocking. */
import { CMSGHDR, IOVEC, MSGHDR, SOCKET, UCRED } from "./abi/sys_socket.ts";
import { aboveStandard } from "./descriptors.ts";
import { libc, type Memory } from "./libc.ts";
import { recvmsg, sendmsg } from "./sys_socket.ts";
import { close } from "./unistd.ts";

/** How many descriptors one sendmsg(2) takes: the kernel's SCM_MAX_FD, which no header tells. */
export const MOST_RIGHTS = 253;

/** A process and whose it is: struct ucred. */
export interface Ucred {
  pid: number;
  uid: number;
  gid: number;
}

/** What came with some bytes. */
export interface Received {
  /** How many bytes, 0 at the end, or -errno. */
  count: number;
  /** Descriptors, close-on-exec and above 2, for the caller to close. */
  fds: number[];
  /** Whether there were more, which this process could not take (EMFILE) or did not want; they are closed. */
  truncated: boolean;
  /** Whether the packet had more bytes; they are lost. */
  cut: boolean;
  /** Who sent it, where SO_PASSCRED is set. */
  credentials?: Ucred;
}

/** What a control message with `data` bytes takes up: CMSG_SPACE. */
const space = (data: number) => CMSGHDR.sizeof + Math.ceil(data / 8) * 8;

/** One call at a time, and none of them waits: the same memory serves all. */
const header = new DataView(new ArrayBuffer(MSGHDR.sizeof));
const vector = new DataView(new ArrayBuffer(IOVEC.sizeof));
const control = new DataView(new ArrayBuffer(space(UCRED.sizeof) + space(4 * MOST_RIGHTS)));

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

/** Begin a control message with `size` bytes of data at `at`: where its data goes. */
function begin(at: number, type: number, size: number): number {
  putSize(control, at + CMSGHDR.cmsg_len, CMSGHDR.sizeof + size);
  control.setInt32(at + CMSGHDR.cmsg_level, SOCKET.SOL_SOCKET, true);
  control.setInt32(at + CMSGHDR.cmsg_type, type, true);
  return at + CMSGHDR.sizeof;
}

/**
 * Send as much of `bytes` as there is room for, and `fds`, at most {@linkcode MOST_RIGHTS}, with the first of them: how
 * many bytes went, or -errno, and then no descriptor went either. The sender keeps its own. `credentials` must be the
 * sender's own, unless it is privileged (EPERM).
 */
export function sendRights(socket: number, bytes: Memory, fds: readonly number[], credentials?: Ucred): number {
  let length = 0;
  if (credentials !== undefined) {
    const at = begin(length, SOCKET.SCM_CREDENTIALS, UCRED.sizeof);
    control.setInt32(at + UCRED.pid, credentials.pid, true);
    control.setUint32(at + UCRED.uid, credentials.uid, true);
    control.setUint32(at + UCRED.gid, credentials.gid, true);
    length += space(UCRED.sizeof);
  }
  if (fds.length > 0) {
    const at = begin(length, SOCKET.SCM_RIGHTS, 4 * fds.length);
    fds.forEach((fd, i) => control.setInt32(at + 4 * i, fd, true));
    length += space(4 * fds.length);
  }
  prepare(bytes, length);
  return sendmsg(socket, header, SOCKET.MSG_DONTWAIT | SOCKET.MSG_NOSIGNAL);
}

/**
 * Receive into `target`, with the descriptors of at most one {@linkcode sendRights}, of which at most `most` are taken: on
 * a stream the kernel ends the call after the bytes that they were sent with.
 */
export function receiveRights(socket: number, target: Memory, most = MOST_RIGHTS): Received {
  // Room for credentials is always there, or they would take that of the descriptors.
  prepare(target, space(UCRED.sizeof) + CMSGHDR.sizeof + 4 * most);
  const count = recvmsg(socket, header, SOCKET.MSG_DONTWAIT | SOCKET.MSG_CMSG_CLOEXEC);
  if (count < 0) return { count, fds: [], truncated: false, cut: false };
  const flags = header.getInt32(MSGHDR.msg_flags, true);
  const { fds, credentials } = controls(Number(header.getBigUint64(MSGHDR.msg_controllen, true)));
  // Where no credentials came, descriptors may have got their room.
  const surplus = fds.splice(most);
  for (const fd of surplus) close(fd);
  const kept = fds.map(aboveStandard);
  return {
    count,
    // One that could not be moved above 2 is lost as well.
    fds: kept.filter((fd) => fd >= 0),
    truncated: (flags & SOCKET.MSG_CTRUNC) !== 0 || surplus.length > 0 || kept.some((fd) => fd < 0),
    cut: (flags & SOCKET.MSG_TRUNC) !== 0,
    credentials,
  };
}

/** What is in `length` bytes of control messages. */
function controls(length: number): { fds: number[]; credentials?: Ucred } {
  const fds: number[] = [];
  let credentials: Ucred | undefined;
  for (let at = 0; at + CMSGHDR.sizeof <= length;) {
    const size = Number(control.getBigUint64(at + CMSGHDR.cmsg_len, true));
    if (size < CMSGHDR.sizeof) break;
    const isSocket = control.getInt32(at + CMSGHDR.cmsg_level, true) === SOCKET.SOL_SOCKET;
    const type = isSocket ? control.getInt32(at + CMSGHDR.cmsg_type, true) : -1;
    const data = at + CMSGHDR.sizeof;
    if (type === SOCKET.SCM_CREDENTIALS && size >= CMSGHDR.sizeof + UCRED.sizeof) credentials = ucred(control, data);
    if (type === SOCKET.SCM_RIGHTS) {
      for (let fd = data; fd + 4 <= at + size; fd += 4) fds.push(control.getInt32(fd, true));
    }
    at += space(size - CMSGHDR.sizeof);
  }
  return { fds, credentials };
}

/** The struct ucred at `at`. */
export function ucred(view: DataView, at = 0): Ucred {
  return {
    pid: view.getInt32(at + UCRED.pid, true),
    uid: view.getUint32(at + UCRED.uid, true),
    gid: view.getUint32(at + UCRED.gid, true),
  };
}
