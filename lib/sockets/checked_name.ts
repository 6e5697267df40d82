/** Whether a name may be believed. */
import { Deadline, type WaitOptions } from "../core/limit.ts";
import { SyscallError } from "../core/errors.ts";
import type { InetAddress } from "./address.ts";
import { findAddresses, getnameinfo } from "./hosts.ts";
import { inetAton, inetPton } from "./inet.ts";

/** What {@linkcode checkedName} has found. */
export interface CheckedName {
  /** The name that belongs to the address; the address itself if it has none. */
  readonly name: string;
  /** Whether the address belongs to the name as well. */
  readonly checked: boolean;
}

/** What says that there is no such name or address, and not that nobody could be asked. */
const ABSENT = ["EAI_NONAME", "EAI_NODATA", "EAI_ADDRFAMILY"];

/**
 * The name of a peer, looked up backwards, and forwards again: whoever owns an address may call it what he likes, but the
 * owner of a name says which addresses have it. A name that is not checked proves nothing, and one that is checked proves no
 * more than DNS does.
 *
 * Needs `net` permission for the address. It runs, and is given up, as {@linkcode getaddrinfo}; `timeout` is for both
 * look-ups together.
 *
 * @param address The peer's address; its port does not matter.
 * @param options When to give up.
 * @returns The name, and whether it was found to be true.
 * @throws {SyscallError} with the codes of {@linkcode getaddrinfo} if nobody could be asked: `EAI_AGAIN`, `EAI_FAIL`.
 * That there is no name, or that it has no address, is no error.
 * @throws {TypeError} if it is no address.
 * @throws {RangeError} if `timeout` is negative.
 * @throws {Deno.errors.NotCapable} without `net` permission for the address.
 * @throws the signal's reason, or a `DOMException` named "TimeoutError".
 * @example
 * ```ts
 * import { checkedName } from "@vasty/vasty";
 *
 * const { name, checked } = await checkedName("127.0.0.1", { timeout: 5_000 });
 * console.log(name, checked ? "checked" : "unchecked"); // localhost checked
 * ```
 * @see getnameinfo(3), getaddrinfo(3)
 */
export async function checkedName(address: string | InetAddress, options: WaitOptions = {}): Promise<CheckedName> {
  const peer = typeof address === "string" ? { hostname: address, port: 0 } : address;
  // A socket for both families has its IPv4 peers inside IPv6, where /etc/hosts has nobody.
  const hostname = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(peer.hostname)?.[1] ?? peer.hostname;
  const deadline = new Deadline(options);
  const backwards = getnameinfo({ ...peer, hostname, port: 0 }, {
    flags: ["NI_NAMEREQD", "NI_NUMERICSERV"],
    ...deadline.options,
  });
  const name = (await unlessAbsent(backwards))?.host;
  if (name === undefined) return { name: peer.hostname, checked: false };
  // A name that looks like an address would be taken for one, and prove itself.
  if (bytesOf(name) !== undefined) return { name, checked: false };
  const found = await unlessAbsent(findAddresses(name, undefined, { type: "SOCK_STREAM", ...deadline.options }));
  const own = bytesOf(hostname);
  return { name, checked: (found ?? []).some(({ address }) => bytesOf(address.hostname) === own) };
}

/** What `answer` says, undefined if there is none. */
async function unlessAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof SyscallError && ABSENT.includes(error.code)) return undefined;
    throw error;
  }
}

/** The bytes of an address in one form, without its scope. */
function bytesOf(text: string): string | undefined {
  return (inetPton("AF_INET6", text.replace(/%.*/s, "")) ?? inetAton(text))?.join();
}
