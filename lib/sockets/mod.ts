/**
 * Sockets: their names, the calls themselves, and what is made of them.
 *
 * ```ts
 * import { inetNtoa, packSockaddrIn, unpackSockaddrIn } from "@vasty/vasty/sockets";
 *
 * const [port, address] = unpackSockaddrIn(packSockaddrIn(13, "127.0.0.1"));
 * console.assert(port === 13 && inetNtoa(address) === "127.0.0.1");
 * ```
 *
 * @module
 */
export type { InetAddress, SocketAddress, UnixAddress } from "./address.ts";
export { inetAton, type InetFamily, inetNtoa, inetNtop, inetPton } from "./inet.ts";
export {
  type AddressFamily,
  packSockaddrIn,
  packSockaddrIn6,
  packSockaddrUn,
  sockaddrFamily,
  unpackSockaddrIn,
  unpackSockaddrIn6,
  unpackSockaddrUn,
} from "./sockaddr.ts";
