/** Who is at the other end of a Unix socket, as the kernel vouches for it. */
import { SOCKET, UCRED } from "../../ffi/abi/sys_socket.ts";
import { READABLE, WRITABLE } from "../../ffi/reactor.ts";
import { type Ucred, ucred } from "../../ffi/rights.ts";
import { getsockopt, setsockopt } from "../../ffi/sys_socket.ts";
import { getgid, getuid } from "../../ffi/unistd.ts";
import { check, syscallError } from "../core/errors.ts";
import { checkLimit, type SyncWaitOptions, type WaitOptions } from "../core/limit.ts";
import { blockUntil, type Descriptor, waitUntil } from "../core/readiness.ts";
import { holdingFor, type SocketSource, unixSocket } from "./descriptor.ts";
import { type ReceivedFds, type ReceiveFdsOptions, type ReceiveFdsSyncOptions, receiving, sending } from "./rights.ts";

/** A process, and whose it is. */
export interface Credentials {
  /** The process. It may have ended since, and its number be another's. */
  pid: number;
  /** Its user. */
  uid: number;
  /** Its group. */
  gid: number;
}

/** A message, and who sent it. */
export interface ReceivedCredentials extends ReceivedFds {
  /** Who sent it; nothing if it was sent without credentials, before they were asked for, or at the end. */
  credentials: Credentials | undefined;
}

/** What the kernel puts in for a message that it has no credentials for: nobody. */
const NOBODY = 65_534;

const ONE_BYTE = new Uint8Array(1);

/**
 * Who is at the other end of a connected Unix socket: who called connect(2), listen(2) or socketpair(2), at that time, and
 * not who has the descriptor now. Nothing needs to be sent for that, and it cannot be forged.
 *
 * @param socket The socket, a stream or seqpacket one, or one of a `socketpair`.
 * @returns The process, its effective user and group.
 * @throws {TypeError} if it is no descriptor, or the socket is not connected or not of the Unix family.
 * @throws {ClosedError} if it is closed.
 * @throws {SyscallError} `ENOTSOCK` if it is no socket.
 * @example
 * ```ts
 * import { peerCredentials, socketpair } from "@vasty/vasty";
 *
 * const [left, right] = socketpair();
 * console.assert(peerCredentials(left).pid === Deno.pid);
 * left.close();
 * right.close();
 * ```
 * @see unix(7), `SO_PEERCRED`
 */
export function peerCredentials(socket: SocketSource): Credentials {
  const { number } = unixSocket(socket);
  const found = new DataView(new ArrayBuffer(UCRED.sizeof));
  const length = Int32Array.of(UCRED.sizeof);
  const rc = getsockopt(number, SOCKET.SOL_SOCKET, SOCKET.SO_PEERCRED, found, length);
  check(rc, `ask for the peer of descriptor ${number}`, "getsockopt", { fd: number });
  const peer = ucred(found);
  // Neither an error nor a process: the kernel says (0, -1, -1) of what has no peer.
  if (peer.pid === 0 && peer.uid === 0xffff_ffff) {
    throw new TypeError(`Descriptor ${number} is not connected: it has no peer to ask for`);
  }
  return peer;
}

/** What {@linkcode sendCredentials} claims; what is left out is this process's own. */
export interface SendCredentialsOptions extends WaitOptions, Partial<Credentials> {}

/** What {@linkcode sendCredentialsSync} claims; what is left out is this process's own. */
export interface SendCredentialsSyncOptions extends SyncWaitOptions, Partial<Credentials> {}

/**
 * Send bytes with a statement of who sends them, which the kernel checks: only a privileged process may name another. A
 * receiver that wants them, such as {@linkcode receiveCredentials}, gets the sender's anyway, from then on; this one also
 * reaches a receiver that begins to ask later.
 *
 * @param socket A connected Unix socket.
 * @param data The bytes, one at least. @default {one byte of 0}
 * @param options What to claim, and when to give up.
 * @returns How many bytes went: of a stream perhaps fewer than there are.
 * @throws {RangeError} if there is no byte, a number is none of a process, user or group, or `timeout` is none.
 * @throws {SyscallError} `EPERM` if another is named without the right to; `ESRCH` if there is no such process; and as
 * {@linkcode sendFds} does.
 * @throws {TypeError} as {@linkcode sendFds} does.
 * @throws {ClosedError} as {@linkcode sendFds} does.
 * @throws the signal's reason, or a `DOMException` named "TimeoutError".
 * @example
 * ```ts
 * import { receiveCredentials, sendCredentials, socketpair } from "@vasty/vasty";
 *
 * const [left, right] = socketpair();
 * using _left = left;
 * using _right = right;
 * await sendCredentials(left);
 * const { credentials } = await receiveCredentials(right);
 * console.assert(credentials?.pid === Deno.pid);
 * ```
 * @see unix(7), `SCM_CREDENTIALS`
 */
export async function sendCredentials(
  socket: SocketSource,
  data: Uint8Array<ArrayBuffer> = ONE_BYTE,
  options: SendCredentialsOptions = {},
): Promise<number> {
  checkLimit(options);
  const { fd, attempt } = sending(socket, data, [], claimed(options));
  return await waitUntil(fd, WRITABLE, attempt, options, holdingFor(socket));
}

/**
 * The blocking twin of {@linkcode sendCredentials}. Signals' handlers run while it waits.
 *
 * @param socket A connected Unix socket.
 * @param data The bytes, one at least. @default {one byte of 0}
 * @param options What to claim, and how long to wait.
 * @returns How many bytes went.
 * @throws {RangeError} as {@linkcode sendCredentials} does.
 * @throws {SyscallError} as {@linkcode sendCredentials} does.
 * @throws {TypeError} as {@linkcode sendCredentials} does.
 * @throws {ClosedError} as {@linkcode sendCredentials} does.
 * @throws a `DOMException` named "TimeoutError", or what a signal's handler throws.
 * @example
 * ```ts
 * import { receiveCredentialsSync, sendCredentialsSync, socketpair } from "@vasty/vasty";
 *
 * const [left, right] = socketpair({ type: "datagram" });
 * sendCredentialsSync(left);
 * console.assert(receiveCredentialsSync(right).credentials?.pid === Deno.pid);
 * left.close();
 * right.close();
 * ```
 * @see unix(7), `SCM_CREDENTIALS`
 */
export function sendCredentialsSync(
  socket: SocketSource,
  data: Uint8Array<ArrayBuffer> = ONE_BYTE,
  options: SendCredentialsSyncOptions = {},
): number {
  checkLimit({ timeout: options.timeout });
  const { fd, attempt } = sending(socket, data, [], claimed(options));
  return blockUntil(fd, WRITABLE, attempt, options);
}

/**
 * Receive bytes over a Unix socket, and who sent them: {@linkcode receiveFds} and the sender. From the first call on the
 * socket asks for credentials (`SO_PASSCRED`), and the kernel adds them to whatever is written at the other end.
 *
 * @param socket The socket, of which nobody else may read meanwhile.
 * @param options How much to take, and when to give up.
 * @returns What came; descriptors among it are the caller's to close.
 * @throws {RangeError} as {@linkcode receiveFds} does.
 * @throws {TypeError} as {@linkcode receiveFds} does.
 * @throws {ClosedError} as {@linkcode receiveFds} does.
 * @throws {SyscallError} as {@linkcode receiveFds} does.
 * @throws the signal's reason, or a `DOMException` named "TimeoutError".
 * @example See also {@linkcode sendCredentials}
 * ```ts
 * import { receiveCredentials, socketpair } from "@vasty/vasty";
 *
 * const [left, right] = socketpair();
 * using _right = right;
 * const coming = receiveCredentials(right);
 * await left.writable.getWriter().write(new TextEncoder().encode("me"));
 * const { credentials, data } = await coming;
 * console.assert(credentials?.pid === Deno.pid && data.length === 2);
 * left.close();
 * ```
 * @see unix(7), `SO_PASSCRED`
 */
export async function receiveCredentials(
  socket: SocketSource,
  options: ReceiveFdsOptions = {},
): Promise<ReceivedCredentials> {
  checkLimit(options);
  const { fd, attempt } = receiving(socket, options);
  askFor(fd);
  return named(await waitUntil(fd, READABLE, attempt, options, holdingFor(socket)));
}

/**
 * The blocking twin of {@linkcode receiveCredentials}. Signals' handlers run while it waits.
 *
 * @param socket The socket, of which nobody else may read meanwhile.
 * @param options How much to take, and how long to wait.
 * @returns What came; descriptors among it are the caller's to close.
 * @throws {RangeError} as {@linkcode receiveCredentials} does.
 * @throws {TypeError} as {@linkcode receiveCredentials} does.
 * @throws {ClosedError} as {@linkcode receiveCredentials} does.
 * @throws {SyscallError} as {@linkcode receiveCredentials} does.
 * @throws a `DOMException` named "TimeoutError", or what a signal's handler throws.
 * @example See {@linkcode sendCredentialsSync}
 * ```ts
 * import { receiveCredentialsSync, socketpair } from "@vasty/vasty";
 *
 * const [left, right] = socketpair();
 * left.close();
 * console.assert(receiveCredentialsSync(right).data.length === 0);
 * right.close();
 * ```
 * @see unix(7), `SO_PASSCRED`
 */
export function receiveCredentialsSync(socket: SocketSource, options: ReceiveFdsSyncOptions = {}): ReceivedCredentials {
  checkLimit({ timeout: options.timeout });
  const { fd, attempt } = receiving(socket, options);
  askFor(fd);
  return named(blockUntil(fd, READABLE, attempt, options));
}

/** What is to be claimed. */
function claimed({ pid = Deno.pid, uid = getuid() >>> 0, gid = getgid() >>> 0 }: Partial<Credentials>): Ucred {
  for (const [name, value] of Object.entries({ pid, uid, gid })) {
    const fits = Number.isInteger(value) && value >= 0 && value <= (name === "pid" ? 0x7fffffff : 0xffff_fffe);
    if (!fits) throw new RangeError(`${name} must be a number that a process may have: ${value}`);
  }
  return { pid, uid, gid };
}

/** Have the kernel tell who sends what comes over `fd`. */
function askFor({ number }: Descriptor): void {
  const rc = setsockopt(number, SOCKET.SOL_SOCKET, SOCKET.SO_PASSCRED, Int32Array.of(1), 4);
  if (rc < 0) throw syscallError(`ask for credentials on descriptor ${number}`, -rc, "setsockopt", { fd: number });
}

function named(received: ReceivedFds & { credentials?: Ucred }): ReceivedCredentials {
  const { credentials: found, data } = received;
  // At the end the kernel fills in zeros.
  const isNobody = found?.pid === 0 && (data.length === 0 || (found.uid === NOBODY && found.gid === NOBODY));
  return { ...received, credentials: isNobody ? undefined : found };
}
