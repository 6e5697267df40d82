/** What this machine is called, and its address. */
import { gethostname } from "../../ffi/unistd.ts";
import { decodeText } from "../../ffi/text.ts";
import { check } from "../core/errors.ts";
import type { WaitOptions } from "../core/limit.ts";
import { requireAccess } from "../core/permissions.ts";
import { findAddresses } from "./hosts.ts";

/** Linux has 64 bytes. */
const ROOM = 256;

/**
 * The name of this machine, as the kernel has it: Perl's Sys::Hostname. Needs `sys` permission for `hostname`, as
 * `Deno.hostname`.
 *
 * @returns The name; whether it has a domain behind it is its administrator's choice.
 * @throws {Deno.errors.NotCapable} without the permission.
 * @example
 * ```ts
 * import { hostname } from "@vasty/vasty";
 *
 * console.assert(hostname() === Deno.hostname());
 * ```
 * @see gethostname(2)
 */
export function hostname(): string {
  requireAccess({ name: "sys", kind: "hostname" }, "hostname");
  const name = new Uint8Array(ROOM);
  check(gethostname(name, name.length - 1), "ask for the name of this machine", "gethostname");
  return decodeText(name.subarray(0, name.indexOf(0)));
}

/**
 * The address that the name of this machine stands for: the first that is no loopback address, or else the first. Many
 * machines have their own name in /etc/hosts with a loopback address alone, which nobody else reaches them at.
 *
 * Needs `sys` permission for `hostname`. It runs, and is given up, as {@linkcode getaddrinfo}.
 *
 * @param options When to give up.
 * @returns The address as text.
 * @throws {SyscallError} with the codes of {@linkcode getaddrinfo}: `EAI_NONAME` or `EAI_AGAIN` if nobody knows the name.
 * @throws {RangeError} if `timeout` is negative.
 * @throws {Deno.errors.NotCapable} without the permission.
 * @throws the signal's reason, or a `DOMException` named "TimeoutError".
 * @example
 * ```ts
 * import { ownAddress, SyscallError } from "@vasty/vasty";
 *
 * try {
 *   console.log(await ownAddress({ timeout: 5_000 })); // 127.0.1.1
 * } catch (error) {
 *   console.assert(error instanceof SyscallError || error instanceof DOMException);
 * }
 * ```
 * @see gethostname(2), getaddrinfo(3), hosts(5)
 */
export async function ownAddress(options: WaitOptions = {}): Promise<string> {
  const { signal, timeout } = options;
  const found = await findAddresses(hostname(), undefined, { type: "SOCK_STREAM", signal, timeout });
  const addresses = found.map(({ address }) => address.hostname);
  return addresses.find((address) => !/^127\.|^::1$/.test(address)) ?? addresses[0]!;
}
