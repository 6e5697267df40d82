/** The names of sockets as values, and how they become the kernel's bytes. */
import { cString } from "../../ffi/memory.ts";
import { if_nametoindex } from "../../ffi/net_if.ts";
import { check } from "../core/errors.ts";
import { inetNtop, inetPton } from "./inet.ts";
import {
  packSockaddrIn,
  packSockaddrIn6,
  packSockaddrUn,
  sockaddrFamily,
  unpackSockaddrIn,
  unpackSockaddrIn6,
  unpackSockaddrUn,
} from "./sockaddr.ts";
import type { SocketFamily } from "./socket_kind.ts";

/** A name in the internet, as `Deno.NetAddr`. */
export interface InetAddress {
  /** What it belongs to, if that is known. */
  transport?: "tcp" | "udp";
  /** An address of IPv4 or IPv6 in its proper form: no name, nobody is asked for one here. */
  hostname: string;
  /** From 0 to 65535; the kernel chooses one for 0. */
  port: number;
  /**
   * The interface of an IPv6 address that counts on one link alone (`fe80::1`), by index or by name; instead it may stand
   * behind the hostname: `fe80::1%eth0`.
   */
  scope?: number | string;
  /** The flow of IPv6, of 20 bits; it is hardly ever used. @default {0} */
  flowInfo?: number;
}

/**
 * A name of a Unix socket, as `Deno.UnixAddr`: a path of at most 107 bytes; or, if it begins with a NUL character, a name in
 * the abstract name space, that is in no file system, of at most 107 bytes behind the NUL; or `""`, of a socket without a name.
 */
export interface UnixAddress {
  /** What it belongs to, if that is known. */
  transport?: "unix" | "unixpacket";
  /** The path. */
  path: string;
}

/** The name of a socket. */
export type SocketAddress = InetAddress | UnixAddress;

/** Whether it is the name of a Unix socket. */
export function isUnixAddress(address: SocketAddress): address is UnixAddress {
  return "path" in address;
}

/** `host`, which has the brackets of a URL if it is an address of IPv6 from there, without them. */
export function withoutBrackets(host: string): string {
  return /^\[[^[\]]*:[^[\]]*\]$/.test(host) ? host.slice(1, -1) : host;
}

/**
 * The name as bytes: struct sockaddr, as long as it has to be.
 *
 * @throws {TypeError} if the hostname is no address, or has a scope that it cannot have, or a path has a NUL character.
 * @throws {RangeError} if the port, the scope or the flow is none, or the path is too long.
 * @throws {SyscallError} `ENODEV` if there is no interface of the scope's name.
 */
export function sockaddrOf(address: SocketAddress): Uint8Array<ArrayBuffer> {
  if (typeof address !== "object" || address === null || !("path" in address || "hostname" in address)) {
    throw new TypeError(`An address is { hostname, port } or { path }, not ${Deno.inspect(address)}`);
  }
  if (isUnixAddress(address)) return packSockaddrUn(address.path);
  const { hostname, port, scope, flowInfo = 0 } = address;
  const plain = scope === undefined && typeof hostname === "string" ? inetPton("AF_INET", hostname) : undefined;
  if (plain !== undefined) return packSockaddrIn(port, plain);
  const [, host, behind] = /^([^%]*)(?:%(.+))?$/s.exec(hostname) ?? [];
  if (host === undefined) throw new TypeError(`Not an address of IPv4 or IPv6: ${JSON.stringify(hostname)}`);
  const six = host.includes(":") ? inetPton("AF_INET6", host) : undefined;
  if (six !== undefined) return packSockaddrIn6(port, six, scopeIndex(scope ?? behind), flowInfo);
  const four = behind === undefined && scope === undefined ? inetPton("AF_INET", host) : undefined;
  if (four !== undefined) return packSockaddrIn(port, four);
  const what = scope === undefined ? hostname : `${hostname}%${scope}`;
  throw new TypeError(`Not an address of IPv4 or IPv6: ${JSON.stringify(what)}`);
}

/** The same for a socket of `family`. @throws as `sockaddrOf` does, and {TypeError} if the address is of another one. */
export function sockaddrIn(family: SocketFamily, address: SocketAddress): Uint8Array<ArrayBuffer> {
  const bytes = sockaddrOf(address);
  if (sockaddrFamily(bytes) === family) return bytes;
  throw new TypeError(`A socket of ${family} has no address such as ${Deno.inspect(address)}`);
}

/** The index of an interface. */
function scopeIndex(scope: number | string = 0): number {
  if (typeof scope === "number") return scope;
  if (/^\d+$/.test(scope)) return Number(scope);
  const index = if_nametoindex(cString(scope, "The name of an interface"));
  return check(index, `find the interface ${JSON.stringify(scope)}`, "if_nametoindex", { address: scope });
}

/**
 * The name that `bytes` are, as long as the kernel says; no bytes at all are no name: `{ path: "" }`.
 *
 * @throws {RangeError} if it is of a family of which the library knows nothing.
 * @throws {TypeError} if the bytes end too soon.
 */
export function addressOf(bytes: Uint8Array, transport?: SocketAddress["transport"]): SocketAddress {
  return { ...transport && { transport }, ...plainAddress(bytes) } as SocketAddress;
}

function plainAddress(bytes: Uint8Array): SocketAddress {
  const family = sockaddrFamily(bytes);
  if (family === "AF_UNSPEC") return { path: "" };
  if (family === "AF_UNIX") return { path: unpackSockaddrUn(bytes) };
  if (family === "AF_INET") {
    const [port, address] = unpackSockaddrIn(bytes);
    return { hostname: inetNtop(family, address), port };
  }
  const [port, address, scope, flowInfo] = unpackSockaddrIn6(bytes);
  const hostname = inetNtop(family, address);
  return { hostname, port, ...scope !== 0 && { scope }, ...flowInfo !== 0 && { flowInfo } };
}

/** As messages name it: `127.0.0.1:80`, `[::1]:80`, a path, or an abstract name as ss(8) writes it: `@job`. */
export function addressText(address: SocketAddress): string {
  if (isUnixAddress(address)) return address.path.replaceAll("\0", "@");
  const { hostname, port, scope } = address;
  if (!hostname.includes(":")) return `${hostname}:${port}`;
  return `[${hostname}${scope === undefined ? "" : `%${scope}`}]:${port}`;
}
