/** What is said of several tries to connect. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { type ErrorSubject, SyscallError, syscallError } from "../core/errors.ts";
import type { SocketAddress } from "./address.ts";
import { addressError, addressWords, reworded } from "./socket_errors.ts";

/** Marks these errors across copies of the library. */
const BRAND = Symbol.for("vasty.ConnectError");

/**
 * All addresses of a host were tried, and none has answered; the text lists every try:
 * `Cannot connect to "example.org" port 80: all 2 addresses failed: [2001:db8::1]:80: network is unreachable (ENETUNREACH,
 * connect); 192.0.2.1:80: connection refused (ECONNREFUSED, connect)`.
 *
 * Its `code` is that of the last try which a host has answered, if there is one: `ECONNREFUSED` above. It is also the `cause`
 * of a timeout of {@linkcode connect}, with the code `ETIMEDOUT`; a try that was still under way has `EINPROGRESS`.
 *
 * @example
 * ```ts
 * import { connect, ConnectError } from "@vasty/vasty";
 *
 * try {
 *   using _ = await connect({ host: "localhost", port: 1 });
 * } catch (error) {
 *   if (error instanceof ConnectError) console.log(error.attempts.map((attempt) => attempt.address)); // ["[::1]:1", "127.0.0.1:1"]
 *   console.assert(error instanceof Deno.errors.ConnectionRefused); // also of a single try
 * }
 * ```
 * @see RFC 8305
 */
export class ConnectError extends SyscallError {
  /** What each try has come to, in the order in which they began. */
  declare readonly attempts: readonly SyscallError[];

  /** True of the error of any copy of the library. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && BRAND in value;
  }
}

/** What was tried, and what it has come to; nothing if it is still under way. */
export interface Tried {
  readonly address: SocketAddress;
  readonly error?: SyscallError;
}

/** What says nothing of the host: there was no way to it, or no socket for it. */
const NO_WAY = ["ENETUNREACH", "EHOSTUNREACH", "EAFNOSUPPORT", "EADDRNOTAVAIL", "ENETDOWN", "EMFILE", "ENFILE"];

/** The error when all tries to reach `goal` have failed. */
export function allFailed(goal: string, tried: readonly Tried[], subject: ErrorSubject): ConnectError {
  const errors = tried.map(errorOf);
  const telling = errors.findLast(({ code }) => !NO_WAY.includes(code)) ?? errors.at(-1)!;
  const text = `all ${tried.length} addresses failed: ${listed(tried)}`;
  return connectError(goal, text, telling, errors, subject);
}

/** The cause of a timeout: what was tried in vain before. */
export function noneInTime(goal: string, tried: readonly Tried[], left: number, subject: ErrorSubject): ConnectError {
  const errors = tried.map(errorOf);
  const untried = left === 0 ? "" : `; ${left} more not tried`;
  const text = `no connection in time: ${listed(tried)}${untried}`;
  return connectError(goal, text, syscallError("", ERRNO.ETIMEDOUT, "connect"), errors, subject);
}

function connectError(
  goal: string,
  text: string,
  { errno, syscall }: SyscallError,
  attempts: SyscallError[],
  subject: ErrorSubject,
): ConnectError {
  const error = syscallError("connect", errno, syscall, subject);
  reworded(error, `Cannot connect to ${goal}: ${text}`);
  Object.defineProperty(error, BRAND, { value: true });
  return Object.assign(error, { name: "ConnectError", attempts }) as unknown as ConnectError;
}

function errorOf({ address, error }: Tried): SyscallError {
  return error ?? addressError("connect to", address, -ERRNO.EINPROGRESS, "connect");
}

/** Every try; the address is said once. */
function listed(tried: readonly Tried[]): string {
  return tried.map((one) => {
    const words = addressWords(one.address);
    const { message } = errorOf(one);
    const beginning = `Cannot connect to ${words}: `;
    if (message.startsWith(beginning)) return `${words}: ${message.slice(beginning.length)}`;
    return `${words}: ${message[0]!.toLowerCase()}${message.slice(1)}`;
  }).join("; ");
}
