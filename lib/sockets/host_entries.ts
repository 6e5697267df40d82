/** Hosts as the older calls tell them. */
import type { WaitOptions } from "../core/limit.ts";
import { getaddrinfo, getnameinfo } from "./hosts.ts";
import { inetNtop } from "./inet.ts";

/** What {@linkcode gethostbyname} and {@linkcode gethostbyaddr} tell of a host. */
export interface HostEntry {
  /** Its proper name. */
  readonly name: string;
  /** Its addresses. */
  readonly addresses: readonly string[];
}

/**
 * The proper name of a host and its addresses of IPv4. {@linkcode getaddrinfo} finds those of IPv6 as well. The other
 * names that Perl's list has are not told: DNS has hardly any.
 *
 * Needs `net` permission for the host, unless it is an address. It runs, and is given up, as {@linkcode getaddrinfo}.
 *
 * @param host A name, or an address of IPv4.
 * @param options When to give up.
 * @returns The host, with one address at least.
 * @throws {SyscallError} with the codes of {@linkcode getaddrinfo}: `EAI_NONAME` if there is no such host.
 * @throws {TypeError} if the name is empty or has a NUL character.
 * @throws {RangeError} if `timeout` is negative.
 * @throws {Deno.errors.NotCapable} without `net` permission for the host.
 * @throws the signal's reason, or a `DOMException` named "TimeoutError".
 * @example
 * ```ts
 * import { gethostbyname } from "@vasty/vasty";
 *
 * const { addresses } = await gethostbyname("127.1", { timeout: 5_000 });
 * console.assert(addresses[0] === "127.0.0.1");
 * ```
 * @see gethostbyname(3)
 */
export async function gethostbyname(host: string, options: WaitOptions = {}): Promise<HostEntry> {
  if (host === "") throw new TypeError("The name of a host is not empty");
  const { signal, timeout } = options;
  const asked = { family: "AF_INET", type: "SOCK_STREAM", flags: ["AI_CANONNAME"], signal, timeout } as const;
  const found = await getaddrinfo(host, undefined, asked);
  return { name: found[0]?.canonicalName ?? host, addresses: found.map(({ address }) => address.hostname) };
}

/**
 * The name of the host that has an address. Who owns the address says what it is: see {@linkcode checkedName}.
 *
 * Needs `net` permission for the address. It runs, and is given up, as {@linkcode getaddrinfo}.
 *
 * @param address An address of IPv4 or IPv6 as text, or its 4 or 16 bytes.
 * @param options When to give up.
 * @returns The host, with this address alone.
 * @throws {SyscallError} with the codes of {@linkcode getnameinfo}: `EAI_NONAME` if the address has no name.
 * @throws {TypeError} if it is no address.
 * @throws {RangeError} if there are more bytes or fewer, or `timeout` is negative.
 * @throws {Deno.errors.NotCapable} without `net` permission for the address.
 * @throws the signal's reason, or a `DOMException` named "TimeoutError".
 * @example
 * ```ts
 * import { gethostbyaddr, inetAton } from "@vasty/vasty";
 *
 * const { name } = await gethostbyaddr(inetAton("127.1")!, { timeout: 5_000 });
 * console.log(name); // localhost
 * ```
 * @see gethostbyaddr(3)
 */
export async function gethostbyaddr(address: string | Uint8Array, options: WaitOptions = {}): Promise<HostEntry> {
  const six = typeof address !== "string" && address.length === 16;
  const hostname = typeof address === "string" ? address : inetNtop(six ? "AF_INET6" : "AF_INET", address);
  const { signal, timeout } = options;
  const { host } = await getnameinfo({ hostname, port: 0 }, { flags: ["NI_NAMEREQD"], signal, timeout });
  return { name: host, addresses: [hostname] };
}
