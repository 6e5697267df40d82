/** Options of sockets by name. */
import { getsockopt, setsockopt } from "../../ffi/sys_socket.ts";
import { syscallError } from "../core/errors.ts";
import { socketOption } from "./option_table.ts";
import type { ReadableSocketOption, SettableSocketOption, SocketOptions } from "./option_types.ts";

/** An `Fd`, or a descriptor that is another's. */
type Descriptor = { readonly number: number };

/** What getsockopt(2) gives for an option of `size` bytes at most: the bytes, as many as there are, or -errno. */
export function readOption(fd: number, level: number, option: number, size: number): Uint8Array<ArrayBuffer> | number {
  const bytes = new Uint8Array(size);
  const length = Uint32Array.of(size);
  const rc = getsockopt(fd, level, option, bytes, length);
  return rc < 0 ? rc : bytes.slice(0, length[0]);
}

/**
 * The value of an option of the socket behind `fd`.
 *
 * @throws {TypeError} if there is no such option, or it can only be set.
 * @throws {SyscallError} `ENOPROTOOPT` or `EOPNOTSUPP` if such sockets do not have it, `ENOTSOCK`.
 */
export function getOption<Name extends ReadableSocketOption>(fd: Descriptor, name: Name): SocketOptions[Name] {
  const { level, number, codec } = socketOption(name);
  if (codec.size === 0) throw new TypeError(`${name} can only be set`);
  const value = readOption(fd.number, level, number, codec.size);
  if (typeof value !== "number") return codec.decode(value);
  throw failed("read", name, fd, value, "getsockopt");
}

/**
 * Set an option of the socket behind `fd`.
 *
 * @throws {TypeError} if there is no such option, it can only be read, or the value is of another type.
 * @throws {RangeError} if the value cannot be one.
 * @throws {SyscallError} `ENOPROTOOPT` if such sockets do not have it, `EINVAL` if the kernel does not like the value, `EPERM` if
 *   it is not for everybody, `ENODEV` or `EADDRINUSE` of groups, `ENOTSOCK`.
 */
export function setOption<Name extends SettableSocketOption>(
  fd: Descriptor,
  name: Name,
  value: SocketOptions[Name],
): void {
  const { level, number, codec } = socketOption(name);
  const bytes = codec.encode(value, name);
  const rc = setsockopt(fd.number, level, number, bytes, bytes.length);
  if (rc < 0) throw failed("set", name, fd, rc, "setsockopt");
}

function failed(verb: string, name: string, fd: Descriptor, rc: number, syscall: string): Error {
  return syscallError(`${verb} ${name} of socket ${fd.number}`, -rc, syscall, { fd: fd.number });
}
