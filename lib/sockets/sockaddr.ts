/** The names of sockets as the bytes that the kernel has: struct sockaddr. */
import { SOCKADDR_IN, SOCKADDR_IN6, SOCKADDR_UN } from "../../ffi/abi/sockaddr.ts";
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { cString } from "../../ffi/memory.ts";
import { decodeText, encodeForCall } from "../../ffi/text.ts";
import { type InetFamily, inetPton } from "./inet.ts";

/** The families of names; `"AF_UNSPEC"` is the name of nothing. */
export type AddressFamily = InetFamily | "AF_UNIX" | "AF_UNSPEC";

/** The longest path that leaves room for its terminator. */
const LONGEST_PATH = SOCKADDR_UN.sizeof - SOCKADDR_UN.sun_path - 1;

/** Their numbers. */
export const FAMILIES: Readonly<Record<AddressFamily, number>> = {
  AF_UNSPEC: 0,
  AF_UNIX: SOCKET.AF_UNIX,
  AF_INET: SOCKET.AF_INET,
  AF_INET6: SOCKET.AF_INET6,
};

const NAMES = Object.keys(FAMILIES) as AddressFamily[];

type Bytes = Uint8Array<ArrayBuffer>;

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** `size` bytes that begin with a family: it is the machine's number, what follows is the network's. */
function sockaddr(family: AddressFamily, size: number): Bytes {
  const bytes = new Uint8Array(size);
  viewOf(bytes).setUint16(SOCKADDR_IN.sin_family, FAMILIES[family], true);
  return bytes;
}

/** `port`. @throws {RangeError} if it is none. */
export function checkPort(port: number): number {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError(`A port is an integer from 0 to 65535: ${port}`);
  }
  return port;
}

/** The bytes of an address that is given as bytes or as text. */
function inetBytes(family: InetFamily, address: string | Uint8Array): Uint8Array {
  const bytes = typeof address === "string" ? inetPton(family, address) : address;
  const length = family === "AF_INET" ? 4 : 16;
  if (bytes?.length === length) return bytes;
  const what = typeof address === "string" ? JSON.stringify(address) : `${address.length} bytes`;
  throw new TypeError(`No address of ${family}: ${what}`);
}

/** @throws {TypeError} if `bytes` are a name of another family, or end too soon. */
function checkBytes(bytes: Uint8Array, family: AddressFamily, size: number): DataView {
  const found = sockaddrFamily(bytes);
  if (found !== family) throw new TypeError(`Not a name of ${family}, but of ${found}`);
  if (bytes.length < size) throw new TypeError(`A name of ${family} has ${size} bytes or more, not ${bytes.length}`);
  return viewOf(bytes);
}

/**
 * The family of a name in bytes.
 *
 * @param bytes A struct sockaddr.
 * @returns What the name is one of; `"AF_UNSPEC"` if it has no bytes at all.
 * @throws {RangeError} if it is a family of which the library knows nothing.
 * @example
 * ```ts
 * import { packSockaddrUn, sockaddrFamily } from "@vasty/vasty";
 *
 * console.assert(sockaddrFamily(packSockaddrUn("/run/socket")) === "AF_UNIX");
 * ```
 * @see sockaddr(3type)
 */
export function sockaddrFamily(bytes: Uint8Array): AddressFamily {
  const number = bytes.length < 2 ? 0 : viewOf(bytes).getUint16(0, true);
  for (const name of NAMES) if (FAMILIES[name] === number) return name;
  throw new RangeError(`No family of names that is known here: ${number}`);
}

/**
 * A name of IPv4 as bytes: struct sockaddr_in.
 *
 * @param port From 0 to 65535.
 * @param address Four bytes, or text such as `"127.0.0.1"`.
 * @returns The bytes.
 * @throws {RangeError} if the port is none.
 * @throws {TypeError} if the address is none.
 * @example
 * ```ts
 * import { inetNtoa, packSockaddrIn, unpackSockaddrIn } from "@vasty/vasty";
 *
 * const [port, address] = unpackSockaddrIn(packSockaddrIn(13, "127.0.0.1"));
 * console.assert(port === 13 && inetNtoa(address) === "127.0.0.1");
 * ```
 * @see ip(7)
 */
export function packSockaddrIn(port: number, address: string | Uint8Array): Uint8Array<ArrayBuffer> {
  checkPort(port);
  const bytes = sockaddr("AF_INET", SOCKADDR_IN.sizeof);
  viewOf(bytes).setUint16(SOCKADDR_IN.sin_port, port);
  bytes.set(inetBytes("AF_INET", address), SOCKADDR_IN.sin_addr);
  return bytes;
}

/**
 * What a struct sockaddr_in says.
 *
 * @param bytes A name of IPv4.
 * @returns The port, and the four bytes of the address.
 * @throws {TypeError} if it is no name of IPv4.
 * @example
 * ```ts
 * import { packSockaddrIn, unpackSockaddrIn } from "@vasty/vasty";
 *
 * console.assert(unpackSockaddrIn(packSockaddrIn(80, "192.0.2.1"))[0] === 80);
 * ```
 * @see ip(7)
 */
export function unpackSockaddrIn(bytes: Uint8Array): [port: number, address: Uint8Array<ArrayBuffer>] {
  const view = checkBytes(bytes, "AF_INET", SOCKADDR_IN.sin_addr + 4);
  const { sin_port, sin_addr } = SOCKADDR_IN;
  return [view.getUint16(sin_port), new Uint8Array(bytes.subarray(sin_addr, sin_addr + 4))];
}

/**
 * A name of IPv6 as bytes: struct sockaddr_in6.
 *
 * @param port From 0 to 65535.
 * @param address Sixteen bytes, or text such as `"::1"`.
 * @param scope The index of the interface, for an address that counts on one link alone. @default {0}
 * @param flowInfo The flow, of 20 bits. @default {0}
 * @returns The bytes.
 * @throws {RangeError} if the port, the scope or the flow is none.
 * @throws {TypeError} if the address is none.
 * @example
 * ```ts
 * import { inetNtop, packSockaddrIn6, unpackSockaddrIn6 } from "@vasty/vasty";
 *
 * const [port, address, scope] = unpackSockaddrIn6(packSockaddrIn6(80, "fe80::1", 2));
 * console.assert(port === 80 && inetNtop("AF_INET6", address) === "fe80::1" && scope === 2);
 * ```
 * @see ipv6(7)
 */
export function packSockaddrIn6(
  port: number,
  address: string | Uint8Array,
  scope = 0,
  flowInfo = 0,
): Uint8Array<ArrayBuffer> {
  checkPort(port);
  if (!Number.isInteger(scope) || scope < 0 || scope >= 2 ** 32) throw new RangeError(`No scope: ${scope}`);
  if (!Number.isInteger(flowInfo) || flowInfo < 0 || flowInfo >= 2 ** 32) throw new RangeError(`No flow: ${flowInfo}`);
  const bytes = sockaddr("AF_INET6", SOCKADDR_IN6.sizeof);
  const view = viewOf(bytes);
  view.setUint16(SOCKADDR_IN6.sin6_port, port);
  view.setUint32(SOCKADDR_IN6.sin6_flowinfo, flowInfo);
  view.setUint32(SOCKADDR_IN6.sin6_scope_id, scope, true);
  bytes.set(inetBytes("AF_INET6", address), SOCKADDR_IN6.sin6_addr);
  return bytes;
}

/**
 * What a struct sockaddr_in6 says.
 *
 * @param bytes A name of IPv6.
 * @returns The port, the sixteen bytes of the address, the index of the interface, and the flow.
 * @throws {TypeError} if it is no name of IPv6.
 * @example
 * ```ts
 * import { packSockaddrIn6, unpackSockaddrIn6 } from "@vasty/vasty";
 *
 * console.assert(unpackSockaddrIn6(packSockaddrIn6(443, "::1"))[0] === 443);
 * ```
 * @see ipv6(7)
 */
export function unpackSockaddrIn6(
  bytes: Uint8Array,
): [port: number, address: Uint8Array<ArrayBuffer>, scope: number, flowInfo: number] {
  const view = checkBytes(bytes, "AF_INET6", SOCKADDR_IN6.sizeof);
  const { sin6_port, sin6_addr, sin6_scope_id, sin6_flowinfo } = SOCKADDR_IN6;
  const address = new Uint8Array(bytes.subarray(sin6_addr, sin6_addr + 16));
  return [view.getUint16(sin6_port), address, view.getUint32(sin6_scope_id, true), view.getUint32(sin6_flowinfo)];
}

/**
 * A name of a Unix socket as bytes: struct sockaddr_un, no longer than the name needs. A path has its terminator behind
 * it; an abstract name, which begins with a NUL, has none: all its bytes count. Perl fills a path up with zeros to 110
 * bytes, which names the same socket.
 *
 * @param path The path, an abstract name, or `""` for no name, with which bind(2) makes an abstract one up.
 * @returns The bytes.
 * @throws {RangeError} if it has more than 107 bytes, or 107 behind the first NUL.
 * @throws {TypeError} if a path has a NUL character.
 * @example
 * ```ts
 * import { packSockaddrUn, unpackSockaddrUn } from "@vasty/vasty";
 *
 * console.assert(unpackSockaddrUn(packSockaddrUn("/run/socket")) === "/run/socket");
 * console.assert(unpackSockaddrUn(packSockaddrUn("\0job")) === "\0job");
 * ```
 * @see unix(7)
 */
export function packSockaddrUn(path: string): Uint8Array<ArrayBuffer> {
  const abstract = path.startsWith("\0");
  const name = path === "" || abstract ? encodeForCall(path) : cString(path, "The path of a socket");
  const length = path === "" ? 0 : name.length - 1;
  if (length > LONGEST_PATH) {
    const what = abstract ? "An abstract name" : "The path of a socket";
    throw new RangeError(`${what} has at most ${LONGEST_PATH} bytes, not ${length}: ${JSON.stringify(path)}`);
  }
  const bytes = sockaddr("AF_UNIX", SOCKADDR_UN.sun_path + name.length);
  bytes.set(name, SOCKADDR_UN.sun_path);
  return bytes;
}

/**
 * The name that a struct sockaddr_un has.
 *
 * @param bytes A name of a Unix socket, as long as the kernel says that it is.
 * @returns The path, up to its terminator if it has one; an abstract name with its first NUL; or `""`. What is not UTF-8
 * becomes U+FFFD.
 * @throws {TypeError} if it is no name of a Unix socket.
 * @example
 * ```ts
 * import { packSockaddrUn, unpackSockaddrUn } from "@vasty/vasty";
 *
 * console.assert(unpackSockaddrUn(packSockaddrUn("")) === "");
 * ```
 * @see unix(7)
 */
export function unpackSockaddrUn(bytes: Uint8Array): string {
  checkBytes(bytes, "AF_UNIX", SOCKADDR_UN.sun_path);
  const name = new Uint8Array(bytes.subarray(SOCKADDR_UN.sun_path));
  const end = name[0] === 0 ? -1 : name.indexOf(0);
  return decodeText(end < 0 ? name : name.subarray(0, end));
}
