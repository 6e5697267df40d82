/** Names and addresses of hosts, as libc finds them: in files, by DNS, or as nsswitch.conf(5) says. */
import { AI, NI } from "../../ffi/abi/netdb.ts";
import type { LimitOptions, WaitOptions } from "../core/limit.ts";
import { requireHost } from "../core/permissions.ts";
import { type InetAddress, sockaddrOf } from "./address.ts";
import {
  AddressCall,
  type AddressInfo,
  flagsOf,
  type InetSocketType,
  NameCall,
  type NameInfo,
  numberOf,
  SOCKET_TYPES,
} from "./host_calls.ts";
import { inetAton, type InetFamily, inetPton } from "./inet.ts";
import { resolve } from "./resolver.ts";
import { FAMILIES } from "./sockaddr.ts";
import { getservbyname, port as portOf } from "./services.ts";

/** What is asked of {@linkcode getaddrinfo} besides, as in C. */
export type AddressInfoFlag =
  | "AI_PASSIVE"
  | "AI_CANONNAME"
  | "AI_NUMERICHOST"
  | "AI_V4MAPPED"
  | "AI_ALL"
  | "AI_ADDRCONFIG"
  | "AI_IDN"
  | "AI_CANONIDN"
  | "AI_NUMERICSERV";

/** What is asked of {@linkcode getnameinfo} besides, as in C. */
export type NameInfoFlag =
  | "NI_NUMERICHOST"
  | "NI_NUMERICSERV"
  | "NI_NOFQDN"
  | "NI_NAMEREQD"
  | "NI_DGRAM"
  | "NI_IDN";

/** What {@linkcode getaddrinfo} is to find. */
export interface AddressInfoOptions<Type extends InetSocketType = InetSocketType> extends WaitOptions {
  /** Only addresses of this family. @default {both} */
  family?: InetFamily;
  /** Only for sockets of this type. @default {all: libc names each address once for each type} */
  type?: Type;
  /**
   * `"AI_CANONNAME"`: the first entry tells the host's proper name. `"AI_PASSIVE"`: without a host, the address to listen
   * on everywhere. `"AI_NUMERICHOST"`: look nothing up. `"AI_ADDRCONFIG"`: only families that this machine has an address
   * of. `"AI_IDN"`: the name may have other letters than ASCII's. The others as in C.
   */
  flags?: readonly AddressInfoFlag[];
}

/** How {@linkcode getnameinfo} looks names up. */
export interface NameInfoOptions extends WaitOptions {
  /**
   * `"NI_NUMERICHOST"`, `"NI_NUMERICSERV"`: no name of the host, of the service, only its number. `"NI_NAMEREQD"`: a host
   * without a name is an error. `"NI_NOFQDN"`: no domain behind names of the own one. `"NI_DGRAM"`: the service of UDP.
   */
  flags?: readonly NameInfoFlag[];
}

/**
 * All addresses of a host and a service, the one to try first at the beginning. It runs on a thread of the library's and
 * keeps the process alive. libc's own limits are long (five seconds and more for each name server), and nothing stops it:
 * given up by `signal` or `timeout` the look-up rejects at once, keeps nothing alive, and its thread (256 KiB, mostly
 * untouched) is free again when libc gives up as well.
 *
 * Needs `net` permission for the host (with the port, if it is known); an address, which nobody is asked about, needs none.
 *
 * @param host A name; an address, of IPv4 in all ways that {@linkcode inetAton} reads; undefined or `""` for this machine.
 * @param service A port, the name of a service, or both, as {@linkcode port} reads it: `"daytime(13)"`.
 * @param options What to find, and when to give up.
 * @returns The addresses, at least one.
 * @throws {SyscallError} with the resolver's codes: `EAI_NONAME` there is no such host (a `Deno.errors.NotFound`, as is `EAI_NODATA`: the host has no address); `EAI_AGAIN` no name server has answered,
 * `EAI_FAIL` one has failed; `EAI_SERVICE` there is no such service for the type of socket; `EAI_ADDRFAMILY` the host has
 * no address of the family; `EAI_BADFLAGS`, `EAI_SOCKTYPE`, `EAI_MEMORY`, `EAI_IDN_ENCODE`; or a code of errno(3), such as
 * `EMFILE`, or `EAGAIN` if no thread can be started. libc itself may say `EAI_NONAME`, `EAI_SERVICE` or `EAI_AGAIN` where it lacks
 * descriptors.
 * @throws {TypeError} if neither host nor service is given, a name has a NUL character, or an option is none of those there
 * are.
 * @throws {RangeError} if the port is none, or `timeout` is negative.
 * @throws {Deno.errors.NotCapable} without `net` permission for the host.
 * @throws the signal's reason, or a `DOMException` named "TimeoutError".
 * @example
 * ```ts
 * import { getaddrinfo } from "@vasty/vasty";
 *
 * const [first] = await getaddrinfo("127.1", 80, { type: "SOCK_STREAM", timeout: 5_000 });
 * console.assert(first!.address.hostname === "127.0.0.1" && first!.address.port === 80);
 * ```
 * @see getaddrinfo(3), nsswitch.conf(5)
 */
export async function getaddrinfo<Type extends InetSocketType = InetSocketType>(
  host: string | undefined,
  service?: string | number,
  options: AddressInfoOptions<Type> = {},
): Promise<AddressInfo<Type>[]> {
  if (!host && service === undefined) throw new TypeError("A host or a service is to be given");
  const protocol = options.type === "SOCK_DGRAM" ? "udp" : "tcp";
  const number = service === undefined || isName(service) ? undefined : portOf(service, protocol);
  if (host && !isNumeric(host)) {
    requireHost(host, isName(service) ? getservbyname(service, protocol)?.port : number);
  }
  // libc tells addresses of the type that was asked for alone.
  return await findAddresses(host, number ?? service, options) as AddressInfo<Type>[];
}

/** A service that libc knows by name, for each type of socket perhaps with another port. */
function isName(service: string | number | undefined): service is string {
  return typeof service === "string" && !/^\d+$|\(\d+\)$/.test(service);
}

/** An address is nothing to ask others about. */
function isNumeric(host: string): boolean {
  return (inetAton(host) ?? inetPton("AF_INET6", host.replace(/%.*/s, ""))) !== undefined;
}

const FAMILY_NUMBERS = { AF_INET: FAMILIES.AF_INET, AF_INET6: FAMILIES.AF_INET6 };

/** {@linkcode getaddrinfo} without asking for leave. */
export async function findAddresses(
  host: string | undefined,
  service: string | number | undefined,
  options: AddressInfoOptions & LimitOptions,
): Promise<AddressInfo[]> {
  const { family, type, flags = [] } = options;
  const asked = {
    host: host || undefined,
    service: service === undefined ? undefined : `${service}`,
    family: family === undefined ? 0 : numberOf(FAMILY_NUMBERS, family, "A family"),
    socktype: type === undefined ? 0 : numberOf(SOCKET_TYPES, type, "A type of socket"),
    flags: flagsOf(AI, flags),
  };
  return await resolve(() => new AddressCall(asked), options);
}

/**
 * The names of a host and a service, looked up backwards from an address. The name is what the owner of the address says:
 * {@linkcode checkedName} asks whether the name's owner says the same. It runs, and is given up, as {@linkcode getaddrinfo}.
 *
 * Needs `net` permission for the address, unless the host's name is not asked for (`"NI_NUMERICHOST"`).
 *
 * @param address An address of IPv4 or IPv6, and a port.
 * @param options What not to look up, and when to give up.
 * @returns The names; numbers in place of those there are not.
 * @throws {SyscallError} `EAI_NONAME` the host has no name and one is required, `EAI_AGAIN` likewise, if no name server has
 * answered; `EAI_FAIL`, `EAI_MEMORY`, `EAI_OVERFLOW` a name is too long; `ENODEV` there is no interface of the scope's name;
 * or another code of errno(3), such as `EMFILE`, or `EAGAIN` if no thread can be started.
 * @throws {TypeError} if it is no address, or an option is none of those there are.
 * @throws {RangeError} if the port is none, or `timeout` is negative.
 * @throws {Deno.errors.NotCapable} without `net` permission for the address.
 * @throws the signal's reason, or a `DOMException` named "TimeoutError".
 * @example
 * ```ts
 * import { getnameinfo } from "@vasty/vasty";
 *
 * const { host, service } = await getnameinfo({ hostname: "127.0.0.1", port: 80 });
 * console.log(host, service); // localhost http
 * ```
 * @see getnameinfo(3)
 */
export async function getnameinfo(address: InetAddress, options: NameInfoOptions = {}): Promise<NameInfo> {
  const { flags = [] } = options;
  if (!("hostname" in address)) throw new TypeError("Only addresses of IPv4 and IPv6 have names that are looked up");
  const asked = { sockaddr: sockaddrOf(address), flags: flagsOf(NI, flags), text: address.hostname };
  if (!flags.includes("NI_NUMERICHOST")) requireHost(address.hostname.replace(/%.*/s, ""), address.port);
  return await resolve(() => new NameCall(asked), options);
}
