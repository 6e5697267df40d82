/** Messages over a socket. */
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { getsockopt } from "../../ffi/sys_socket.ts";
import { check } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import { Messages } from "./messages.ts";

/** How long a message may be by default. */
const LONGEST = 64 * 1024 * 1024;
/** What the header has room for. */
const LONGEST_EVER = 2 ** 32 - 1;

/** How {@linkcode openMessages} treats a socket. */
export interface MessagesOptions {
  /**
   * The longest message in bytes, sent or received, so that a broken peer cannot fill the memory; at most 2^32 - 1.
   * @default {67_108_864}
   */
  maxLength?: number;
}

/**
 * Send and receive messages over one end of a `socketpair()`. The other end is for another process, which does the same
 * with the number that it was given in `fds` of `spawn`; it may also be in this one.
 *
 * @param socket A stream socket, whose ownership goes to the result: an `Fd`, or the number of one that was inherited.
 * @param options How long messages may be.
 * @returns The channel, which the caller closes.
 * @throws {SyscallError} `EBADF` if there is no such descriptor, `ENOTSOCK` if it is no socket.
 * @throws {TypeError} if it is not a stream socket, or its number belongs to something of this program.
 * @throws {RangeError} if `maxLength` is out of range.
 * @example A child that answers
 * ```ts
 * import { openMessages, socketpair, spawn } from "@vasty/vasty";
 *
 * // In the program "answers.ts", which needs --allow-ffi=<path of libc>:
 * export async function answer() {
 *   using parent = openMessages<bigint>(3);
 *   for await (const { value } of parent) await parent.send(value * value);
 * }
 *
 * // Here:
 * export async function ask(question: bigint) {
 *   const [ours, theirs] = socketpair();
 *   using channel = openMessages<bigint>(ours.fd);
 *   await using child = spawn(["deno", "run", "--allow-ffi", "answers.ts"], { fds: { 3: theirs.fd } });
 *   theirs.close();
 *   await channel.send(question);
 *   const message = await channel.receive({ timeout: 5_000 });
 *   await channel.end();
 *   await child.status;
 *   return message?.value;
 * }
 * ```
 * @see socketpair(2), unix(7)
 */
export function openMessages<T = unknown>(socket: Fd | number, options: MessagesOptions = {}): Messages<T> {
  const { maxLength = LONGEST } = options;
  if (!Number.isInteger(maxLength) || maxLength < 1 || maxLength > LONGEST_EVER) {
    throw new RangeError(`maxLength must be an integer from 1 to ${LONGEST_EVER}: ${maxLength}`);
  }
  const fd = socket instanceof Fd ? socket : inherited(socket);
  const type = new Int32Array(1);
  const rc = getsockopt(fd.number, SOCKET.SOL_SOCKET, SOCKET.SO_TYPE, type, Int32Array.of(type.byteLength));
  check(rc, `open messages on descriptor ${fd.number}`, "getsockopt", { fd: fd.number });
  if (type[0] !== SOCKET.SOCK_STREAM) throw new TypeError("Messages need a socket of type stream");
  fcntl(fd.number, FCNTL.F_SETFD, FCNTL.FD_CLOEXEC);
  return new Messages(Fd.adopt(fd.release()), maxLength);
}

/** What was inherited is not close-on-exec, or it would not be there; all that Deno and the library open is. */
function inherited(number: number): Fd {
  const fd = Fd.adopt(number);
  if ((fcntl(number, FCNTL.F_GETFD, 0) & FCNTL.FD_CLOEXEC) === 0) return fd;
  throw new TypeError(`Descriptor ${number} was not inherited: it belongs to something in this program`);
}
