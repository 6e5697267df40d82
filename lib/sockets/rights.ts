/** Open files that travel from process to process over Unix sockets: SCM_RIGHTS. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { readingIsShut } from "../../ffi/poll.ts";
import { READABLE, WRITABLE } from "../../ffi/reactor.ts";
import { MOST_RIGHTS, type Received, receiveRights, sendRights, type Ucred } from "../../ffi/rights.ts";
import { check } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import { checkLimit, type SyncWaitOptions, type WaitOptions } from "../core/limit.ts";
import { blockUntil, type Descriptor, waitUntil } from "../core/readiness.ts";
import { descriptorOf, holdingFor, type SocketSource, unixSocket } from "./descriptor.ts";

/** How much {@linkcode receiveFds} takes of one message. */
export interface ReceiveFdsLimits {
  /** The most descriptors, from 0 to 253; what comes beyond them is closed by the kernel. @default {253} */
  maxFds?: number;
  /** The most bytes, from 1 on. A longer packet loses its end; of a stream the rest comes next. @default {65_536} */
  maxBytes?: number;
}

/** What {@linkcode receiveFds} takes and when it gives up. */
export interface ReceiveFdsOptions extends WaitOptions, ReceiveFdsLimits {}

/** What {@linkcode receiveFdsSync} takes and when it gives up. */
export interface ReceiveFdsSyncOptions extends SyncWaitOptions, ReceiveFdsLimits {}

/** Bytes, and the descriptors that were sent with them. */
export interface ReceivedFds {
  /** The bytes. None: the other end was closed, or the datagram was empty. */
  data: Uint8Array<ArrayBuffer>;
  /** The descriptors in the order in which they were sent, close-on-exec and above 2, for the caller to close. */
  fds: Fd[];
  /**
   * Whether descriptors were lost: more than `maxFds` came, or more than this process may have open (`EMFILE`). They are
   * closed, and it is not known how many.
   */
  truncated: boolean;
  /** Whether bytes were lost, because the packet was longer than `maxBytes`. */
  cut: boolean;
}

/** One byte, since on a stream descriptors travel with bytes alone. */
const ONE_BYTE = new Uint8Array(1);

const LONGEST_PACKET = 65_536;

/** Where bytes are received that are copied at once; no call waits while it uses this. */
let scratch: Uint8Array<ArrayBuffer> | undefined;

/** Check what is to be sent; the result is an attempt to send it. */
export function sending(
  socket: SocketSource,
  data: Uint8Array<ArrayBuffer>,
  fds: Iterable<SocketSource>,
  credentials?: Ucred,
): { fd: Descriptor; attempt: () => number | undefined } {
  const sent = Array.from(fds, descriptorOf);
  if (!(data instanceof Uint8Array)) throw new TypeError("What is sent must be a Uint8Array");
  if (sent.length > MOST_RIGHTS) {
    throw new RangeError(`One message takes at most ${MOST_RIGHTS} descriptors, not ${sent.length}`);
  }
  if (data.length === 0) throw new RangeError("Descriptors and credentials are sent with at least one byte");
  const fd = unixSocket(socket);
  const attempt = () => {
    const { number } = fd;
    const count = sendRights(number, data, sent.map(({ number }) => number), credentials);
    if (count === -ERRNO.EAGAIN) return undefined;
    if (count === -ERRNO.EINTR) return attempt();
    return check(count, `send over descriptor ${number}`, "sendmsg", { fd: number });
  };
  return { fd, attempt };
}

/** Check what is to be received; the result is an attempt to receive it. */
export function receiving(
  socket: SocketSource,
  { maxFds = MOST_RIGHTS, maxBytes = LONGEST_PACKET }: ReceiveFdsLimits,
): { fd: Descriptor; attempt: () => ReceivedFds & Pick<Received, "credentials"> | undefined } {
  if (!Number.isInteger(maxFds) || maxFds < 0 || maxFds > MOST_RIGHTS) {
    throw new RangeError(`maxFds must be an integer from 0 to ${MOST_RIGHTS}: ${maxFds}`);
  }
  if (!Number.isSafeInteger(maxBytes) || maxBytes < 1) {
    throw new RangeError(`maxBytes must be an integer from 1 on: ${maxBytes}`);
  }
  const fd = unixSocket(socket);
  const target = maxBytes > LONGEST_PACKET
    ? new Uint8Array(maxBytes)
    : (scratch ??= new Uint8Array(LONGEST_PACKET)).subarray(0, maxBytes);
  let waited = false;
  const attempt = () => {
    const { number } = fd;
    const { count, fds, truncated, cut, credentials } = receiveRights(number, target, maxFds);
    if (count === -ERRNO.EAGAIN) {
      if (waited && readingIsShut(number)) {
        return { data: new Uint8Array(), fds: [], truncated, cut, credentials };
      }
      waited = true;
      return undefined;
    }
    if (count === -ERRNO.EINTR) return attempt();
    check(count, `receive over descriptor ${number}`, "recvmsg", { fd: number });
    return { data: target.slice(0, count), fds: fds.map(Fd.made), truncated, cut, credentials };
  };
  return { fd, attempt };
}

/**
 * Send open descriptors, and bytes with them, over a Unix socket: stream, seqpacket or datagram, blocking or not, and
 * connected. The receiver gets descriptors of its own for the same open files; the sender's stay its own, and may be closed
 * as soon as this has resolved. While it waits for room no thread is held, and nothing has gone: giving up takes nothing
 * with it.
 *
 * A stream may take fewer bytes than there are: all descriptors have gone with the first of them, and the rest is to be
 * sent after them, by `sendFds(socket, [], rest)` for instance. Packets go whole.
 *
 * @param socket The socket.
 * @param fds What to send: at most 253.
 * @param data The bytes that they travel with, one at least. @default {one byte of 0}
 * @param options When to give up.
 * @returns How many bytes went.
 * @throws {RangeError} for more than 253 descriptors, no byte, or a `timeout` that is none; nothing is sent then.
 * @throws {TypeError} if `socket` or one of `fds` is no descriptor, or `socket` is no Unix socket.
 * @throws {ClosedError} if one of them is closed, now or while it waits.
 * @throws {SyscallError} `EPIPE` or `ECONNRESET` if the other end is gone, `ECONNREFUSED` with datagrams; `ENOTCONN` if it
 * is not connected; `EBADF` if a number of `fds` is not open; `EMSGSIZE` if it is too large for a packet; `ENOTSOCK` if it
 * is no socket; `ETOOMANYREFS` if too many descriptors are under way.
 * @throws the signal's reason, or a `DOMException` named "TimeoutError".
 * @example
 * ```ts
 * import { pipe, receiveFds, sendFds, socketpair } from "@vasty/vasty";
 *
 * const [left, right] = socketpair();
 * using _left = left;
 * using _right = right;
 * const { reader, writer } = pipe();
 * await sendFds(left, [writer], new TextEncoder().encode("log"));
 * writer.close();
 * const { data, fds } = await receiveFds(right);
 * console.assert(new TextDecoder().decode(data) === "log" && fds.length === 1);
 * for (const fd of fds) fd.close();
 * reader.close();
 * ```
 * @see unix(7), `SCM_RIGHTS`; sendmsg(2)
 */
export async function sendFds(
  socket: SocketSource,
  fds: Iterable<SocketSource>,
  data: Uint8Array<ArrayBuffer> = ONE_BYTE,
  options: WaitOptions = {},
): Promise<number> {
  checkLimit(options);
  const { fd, attempt } = sending(socket, data, fds);
  return await waitUntil(fd, WRITABLE, attempt, options, holdingFor(socket));
}

/**
 * The blocking twin of {@linkcode sendFds}. Signals' handlers run while it waits.
 *
 * @param socket The socket.
 * @param fds What to send: at most 253.
 * @param data The bytes that they travel with, one at least. @default {one byte of 0}
 * @param options How long to wait.
 * @returns How many bytes went.
 * @throws {RangeError} as {@linkcode sendFds} does.
 * @throws {TypeError} as {@linkcode sendFds} does.
 * @throws {ClosedError} as {@linkcode sendFds} does, or if a handler closes one of them.
 * @throws {SyscallError} as {@linkcode sendFds} does.
 * @throws a `DOMException` named "TimeoutError", or what a signal's handler throws.
 * @example
 * ```ts
 * import { receiveFdsSync, sendFdsSync, socketpair } from "@vasty/vasty";
 *
 * const [left, right] = socketpair({ type: "datagram" });
 * sendFdsSync(left, [left]);
 * for (const fd of receiveFdsSync(right).fds) fd.close();
 * left.close();
 * right.close();
 * ```
 * @see sendmsg(2)
 */
export function sendFdsSync(
  socket: SocketSource,
  fds: Iterable<SocketSource>,
  data: Uint8Array<ArrayBuffer> = ONE_BYTE,
  options: SyncWaitOptions = {},
): number {
  checkLimit({ timeout: options.timeout });
  const { fd, attempt } = sending(socket, data, fds);
  return blockUntil(fd, WRITABLE, attempt, options);
}

/**
 * Receive bytes over a Unix socket, with the descriptors that were sent with them: of a stream never those of two
 * messages at once. While it waits no thread is held, and the program stays alive, unless the socket was unref'd; giving up
 * takes nothing.
 *
 * What does not fit is lost, but never left open: the kernel closes it, and `truncated` says so.
 *
 * @param socket The socket, of which nobody else may read meanwhile.
 * @param options How much to take, and when to give up.
 * @returns What came; without bytes at the end of a stream, or of a seqpacket socket.
 * @throws {RangeError} if `maxFds`, `maxBytes` or `timeout` is out of range.
 * @throws {TypeError} if `socket` is no descriptor, or no Unix socket.
 * @throws {ClosedError} if it is closed, now or while it waits.
 * @throws {SyscallError} `ECONNRESET` if the other end was closed before it had read all; `ENOTSOCK` if it is no socket.
 * @throws the signal's reason, or a `DOMException` named "TimeoutError".
 * @example
 * ```ts
 * import { receiveFds, sendFds, socketpair } from "@vasty/vasty";
 *
 * const [left, right] = socketpair({ type: "seqpacket" });
 * using _left = left;
 * using _right = right;
 * await sendFds(left, [left, right]);
 * const { fds, truncated } = await receiveFds(right, { maxFds: 1, timeout: 5_000 });
 * console.assert(fds.length === 1 && truncated);
 * fds[0]!.close();
 * ```
 * @see unix(7), `SCM_RIGHTS`; recvmsg(2)
 */
export async function receiveFds(socket: SocketSource, options: ReceiveFdsOptions = {}): Promise<ReceivedFds> {
  checkLimit(options);
  const { fd, attempt } = receiving(socket, options);
  const { credentials: _, ...received } = await waitUntil(fd, READABLE, attempt, options, holdingFor(socket));
  return received;
}

/**
 * The blocking twin of {@linkcode receiveFds}. Signals' handlers run while it waits.
 *
 * @param socket The socket.
 * @param options How much to take, and how long to wait.
 * @returns What came; without bytes at the end.
 * @throws {RangeError} as {@linkcode receiveFds} does.
 * @throws {TypeError} as {@linkcode receiveFds} does.
 * @throws {ClosedError} as {@linkcode receiveFds} does, or if a handler closes it.
 * @throws {SyscallError} as {@linkcode receiveFds} does.
 * @throws a `DOMException` named "TimeoutError", or what a signal's handler throws.
 * @example See {@linkcode sendFdsSync}
 * ```ts
 * import { receiveFdsSync, socketpair } from "@vasty/vasty";
 *
 * const [left, right] = socketpair();
 * left.close();
 * console.assert(receiveFdsSync(right).data.length === 0);
 * right.close();
 * ```
 * @see recvmsg(2)
 */
export function receiveFdsSync(socket: SocketSource, options: ReceiveFdsSyncOptions = {}): ReceivedFds {
  checkLimit({ timeout: options.timeout });
  const { fd, attempt } = receiving(socket, options);
  const { credentials: _, ...received } = blockUntil(fd, READABLE, attempt, options);
  return received;
}
