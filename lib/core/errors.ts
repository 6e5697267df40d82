/** The errors that all areas share. */
import { errnoName, errnoText } from "../../ffi/errno.ts";
import { resolverError } from "../../ffi/resolver_errors.ts";

/** What a failing call was about; whatever of it is known becomes a field of the error. */
export interface ErrorSubject {
  /** A file. */
  path?: string;
  /** A process. */
  pid?: number;
  /** A descriptor. */
  fd?: number;
  /** A System V key. */
  key?: number;
  /** A network address. */
  address?: string;
}

/** Marks the errors across copies of the library: the bundle beside `mod.ts`, two versions by URL. */
const BRAND = Symbol.for("vasty.SyscallError");

/** Deno's own classes, where it has one for the condition, by their names: to fetch them all takes longer. */
const DENO_CLASS: Record<string, keyof typeof Deno.errors> = {
  ENOENT: "NotFound",
  EEXIST: "AlreadyExists",
  EACCES: "PermissionDenied",
  EPERM: "PermissionDenied",
  ECONNREFUSED: "ConnectionRefused",
  ECONNRESET: "ConnectionReset",
  ECONNABORTED: "ConnectionAborted",
  ENOTCONN: "NotConnected",
  EADDRINUSE: "AddrInUse",
  EADDRNOTAVAIL: "AddrNotAvailable",
  ENETUNREACH: "NetworkUnreachable",
  EPIPE: "BrokenPipe",
  ETIMEDOUT: "TimedOut",
  EINTR: "Interrupted",
  EAGAIN: "WouldBlock",
  EBADF: "BadResource",
  EBUSY: "Busy",
  EISDIR: "IsADirectory",
  ENOTDIR: "NotADirectory",
  ELOOP: "FilesystemLoop",
  ENOSYS: "NotSupported",
  EOPNOTSUPP: "NotSupported",
  EAI_NONAME: "NotFound",
  EAI_NODATA: "NotFound",
};

/**
 * A system call that failed: `Cannot open "/run/q": no such file or directory (ENOENT, open)`.
 *
 * Test it by {@linkcode SyscallError.code}, never by its text. Where Deno has a class for the condition the error
 * is an instance of that as well: ENOENT of `Deno.errors.NotFound`, EACCES and EPERM of
 * `Deno.errors.PermissionDenied`, EPIPE of `Deno.errors.BrokenPipe`, and so on.
 *
 * @example Tell a missing program from one that may not be run
 * ```ts
 * import { spawn, SyscallError } from "@vasty/vasty";
 *
 * try {
 *   spawn(["no-such-program"]);
 * } catch (error) {
 *   if (!(error instanceof SyscallError)) throw error;
 *   console.assert(error.code === "ENOENT" && error instanceof Deno.errors.NotFound);
 * }
 * ```
 * @see errno(3)
 */
export class SyscallError extends Error {
  /** The name of the error number: `"EEXIST"`. */
  declare readonly code: string;
  /** The error number of this machine; of the resolver's errors (`"EAI_NONAME"`) the negative number that C has. */
  declare readonly errno: number;
  /** The function of libc that failed. */
  declare readonly syscall: string;
  /** The file it was about. */
  declare readonly path?: string;
  /** The process it was about. */
  declare readonly pid?: number;
  /** The descriptor it was about. */
  declare readonly fd?: number;
  /** The System V key it was about. */
  declare readonly key?: number;
  /** The network address it was about. */
  declare readonly address?: string;

  /** True of every error that the library made of a failing system call, whichever class of Deno's it extends. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && BRAND in value;
  }
}

/**
 * The error for `errno`, a positive number, of `syscall` while the program wanted to `doing`: a verb and its object,
 * as in `open "/run/q"`.
 */
export function syscallError(doing: string, errno: number, syscall: string, subject: ErrorSubject = {}): SyscallError {
  const code = errnoName(errno);
  const name = DENO_CLASS[code];
  const Base = name === undefined ? Error : Deno.errors[name];
  const error = new Base(`Cannot ${doing}: ${errnoText(errno)} (${code}, ${syscall})`);
  Error.captureStackTrace(error, syscallError);
  Object.defineProperty(error, BRAND, { value: true });
  const number = resolverError(errno) ?? errno;
  return Object.assign(error, {
    name: "SyscallError",
    code,
    errno: number,
    syscall,
    ...subject,
  }) as unknown as SyscallError;
}

/** `value`, or the error that it stands for as -errno. */
export function check(value: number, doing: string, syscall: string, subject?: ErrorSubject): number {
  if (value < 0) throw syscallError(doing, -value, syscall, subject);
  return value;
}

/**
 * Something was used after this program closed it itself. What the other side broke is a {@linkcode SyscallError}
 * with `EPIPE` or `ECONNRESET` instead.
 *
 * @example
 * ```ts
 * import { ClosedError, pipe } from "@vasty/vasty";
 *
 * const { reader, writer } = pipe();
 * reader.close();
 * writer.close();
 * try {
 *   reader.number;
 * } catch (error) {
 *   console.assert(error instanceof ClosedError && error instanceof Deno.errors.BadResource);
 * }
 * ```
 */
export class ClosedError extends Deno.errors.BadResource {
  /** `"ClosedError"`. */
  override name = "ClosedError";
}
