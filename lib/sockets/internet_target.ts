/** What a connection or a listener in the internet is to be: options, checked before anything is done. */
import type { LimitOptions } from "../core/limit.ts";
import { type InetAddress, sockaddrOf, withoutBrackets } from "./address.ts";
import { findAddresses } from "./hosts.ts";
import { inetAton, type InetFamily, inetNtoa, inetPton } from "./inet.ts";
import { port as portOf } from "./services.ts";
import { notDenied, requireNamed } from "./socket_permissions.ts";

/** Where it is, in the words of Perl and of Deno. */
export interface InternetPlace {
  /** The host: a name or an address, one of IPv6 also in brackets, as a URL has it. The same as `hostname`. */
  host?: string;
  /** The host: a name or an address, one of IPv6 also in brackets, as a URL has it. */
  hostname?: string;
  /** The interface of an address of IPv6 that counts on one link alone, as {@linkcode InetAddress} has it. */
  scope?: number | string;
  /** The port: a number, the name of a service, or both, as {@linkcode port} reads it: `"daytime(13)"`. */
  port?: number | string;
  /** The same as `port`. */
  service?: number | string;
  /** Only addresses of this family. @default {both} */
  family?: InetFamily;
}

/** Where it is, checked. */
export interface InternetTarget {
  readonly host: string;
  readonly port: number;
  readonly family: InetFamily | undefined;
  /** The address, if `host` is one: nobody is asked then. */
  readonly address: InetAddress | undefined;
}

/** One of two words for the same. @throws {TypeError} if both are given. */
function one<T>(first: T | undefined, second: T | undefined, names: string): T | undefined {
  if (first !== undefined && second !== undefined) throw new TypeError(`Only one of ${names} is to be given`);
  return first ?? second;
}

/** @throws {TypeError} if it is no such place. @throws {RangeError} if the port is none. */
export function targetOf(
  place: InternetPlace,
  defaultHost: string,
  defaultPort?: number,
  protocol: "tcp" | "udp" = "tcp",
): InternetTarget {
  const { family, scope } = place;
  const given = one(place.host, place.hostname, "host and hostname") ?? defaultHost;
  const service = one(place.port, place.service, "port and service") ?? defaultPort;
  if (typeof given !== "string" || given === "") {
    throw new TypeError(`A host is a name or an address, not ${Deno.inspect(given)}`);
  }
  const host = withoutBrackets(given);
  if (service === undefined) throw new TypeError("A port or a service is to be given");
  if (family !== undefined && family !== "AF_INET" && family !== "AF_INET6") {
    throw new TypeError(`A family is "AF_INET" or "AF_INET6", not ${JSON.stringify(family)}`);
  }
  const port = portOf(service, protocol);
  const address = scoped(numericAddress(host, port), scope);
  if (address !== undefined && family !== undefined && familyOf(address) !== family) {
    throw new TypeError(`${host} is no address of ${family}`);
  }
  return { host, port, family, address };
}

/** The address that `host` is, of IPv4 in any form; undefined if it is a name. */
function numericAddress(host: string, port: number): InetAddress | undefined {
  if (inetPton("AF_INET", host) !== undefined) return { hostname: host, port };
  const four = inetAton(host);
  if (four !== undefined) return { hostname: inetNtoa(four), port };
  const six = host.includes(":") && inetPton("AF_INET6", host.replace(/%.*$/s, ""));
  return six ? { hostname: host, port } : undefined;
}

/** An address on this link. @throws {TypeError} if it is none that a scope belongs to. */
function scoped(address: InetAddress | undefined, scope: InternetPlace["scope"]): InetAddress | undefined {
  if (scope === undefined) return address;
  if (address !== undefined && familyOf(address) === "AF_INET6") return { ...address, scope };
  throw new TypeError("A scope belongs to an address of IPv6");
}

/** The family of an address. */
export function familyOf({ hostname }: InetAddress): InetFamily {
  return hostname.includes(":") ? "AF_INET6" : "AF_INET";
}

/** The address of this machine that `hostname` is. @throws {TypeError} if it is none. @throws {RangeError} */
export function ownAddressOf(hostname: string, port: number): InetAddress {
  const address = numericAddress(hostname, port);
  if (address === undefined) throw new TypeError(`Not an address of IPv4 or IPv6: ${JSON.stringify(hostname)}`);
  sockaddrOf(address);
  return address;
}

/**
 * All addresses of a target's name that are not denied. No leave is asked for.
 *
 * @throws {Deno.errors.NotCapable} if all of them are denied.
 * @throws {SyscallError} the resolver's: `EAI_NONAME` and others.
 * @throws the signal's reason, or a `DOMException` named "TimeoutError".
 */
export async function addressesOf(
  { host, port, family }: InternetTarget,
  options: LimitOptions,
): Promise<InetAddress[]> {
  const found = await findAddresses(host, port, { ...options, family, type: "SOCK_STREAM" });
  return notDenied(found.map(({ address }) => address));
}

/** Reaching, or listening at, a target. @throws {Deno.errors.NotCapable} */
export function requireTarget({ host, port, address }: InternetTarget): void {
  requireNamed(host, port);
  if (address !== undefined && address.hostname !== host) notDenied([address]);
}
