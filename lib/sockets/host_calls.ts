/** getaddrinfo(3) and getnameinfo(3) with the memory that they use, which lives as long as the call, wanted or not. */
import { addressesAt, type ListedAddress } from "../../ffi/address_list.ts";
import { ADDRINFO, NAME_LENGTH } from "../../ffi/abi/netdb.ts";
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { Block, cString, readCString } from "../../ffi/memory.ts";
import { freeaddrinfo, getaddrinfo, getnameinfo } from "../../ffi/netdb.ts";
import { check } from "../core/errors.ts";
import { addressOf, type InetAddress } from "./address.ts";
import type { InetFamily } from "./inet.ts";
import type { ResolverCall } from "./resolver.ts";
import { sockaddrFamily } from "./sockaddr.ts";

/** The types of sockets that have addresses of the internet. */
export type InetSocketType = "SOCK_STREAM" | "SOCK_DGRAM" | "SOCK_RAW" | "SOCK_SEQPACKET";

/** Their numbers. */
export const SOCKET_TYPES: Readonly<Record<InetSocketType, number>> = {
  SOCK_STREAM: SOCKET.SOCK_STREAM,
  SOCK_DGRAM: SOCKET.SOCK_DGRAM,
  SOCK_RAW: SOCKET.SOCK_RAW,
  SOCK_SEQPACKET: SOCKET.SOCK_SEQPACKET,
};

/** The number of `name` in `table`. @throws {TypeError} if it is not in it: `what` begins the message. */
export function numberOf(table: Readonly<Record<string, number>>, name: string, what: string): number {
  if (Object.hasOwn(table, name)) return table[name]!;
  throw new TypeError(`${what} is one of ${Object.keys(table).join(", ")}, not ${JSON.stringify(name)}`);
}

/** Several flags in one number. @throws {TypeError} if one of them is none. */
export function flagsOf(table: Readonly<Record<string, number>>, names: readonly string[]): number {
  return names.reduce((sum, name) => sum | numberOf(table, name, "A flag"), 0);
}

/** One address that {@linkcode getaddrinfo} has found, and what a socket for it is. */
export interface AddressInfo<Type extends InetSocketType = InetSocketType> {
  /** Its family. */
  readonly family: InetFamily;
  /** The type of a socket for it. */
  readonly type: Type;
  /** The number of the protocol: 6 for TCP. */
  readonly protocol: number;
  /** The address with the service's port, 0 if no service was asked for. */
  readonly address: InetAddress;
  /** The host's proper name: in the first entry, with `"AI_CANONNAME"`. */
  readonly canonicalName?: string;
}

/** What getaddrinfo(3) is asked, in C's numbers. */
export interface AddressQuestion {
  readonly host: string | undefined;
  readonly service: string | undefined;
  readonly family: number;
  readonly socktype: number;
  readonly flags: number;
}

/** The words of a question, so that nothing is left over if one of them is none. */
function words({ host, service }: AddressQuestion): (Uint8Array<ArrayBuffer> | undefined)[] {
  return [host && cString(host, "A host"), service && cString(service, "A service")].map((word) => word || undefined);
}

/** getaddrinfo(3). */
export class AddressCall implements ResolverCall<AddressInfo[]> {
  readonly fn = getaddrinfo;
  readonly args: readonly number[];
  readonly #memory: Block;
  readonly #question: AddressQuestion;
  #disposed = false;

  /** @throws {TypeError} if a name has a NUL character. */
  constructor(question: AddressQuestion) {
    const texts = words(question);
    const memory = new Block(texts.reduce((sum, text) => sum + (text?.length ?? 0), ADDRINFO.sizeof + 8));
    const hints = new DataView(new ArrayBuffer(ADDRINFO.sizeof));
    hints.setInt32(ADDRINFO.ai_flags, question.flags, true);
    hints.setInt32(ADDRINFO.ai_family, question.family, true);
    hints.setInt32(ADDRINFO.ai_socktype, question.socktype, true);
    memory.put(hints);
    let end = ADDRINFO.sizeof + 8;
    const places = texts.map((text) => {
      if (text === undefined) return 0;
      memory.put(text, end);
      end += text.length;
      return memory.address + end - text.length;
    });
    this.args = [...places, memory.address, memory.address + ADDRINFO.sizeof];
    this.#memory = memory;
    this.#question = question;
  }

  get #list(): number {
    return Number(this.#memory.get(new BigUint64Array(1), ADDRINFO.sizeof)[0]);
  }

  take(rc: number): AddressInfo[] {
    const { host, service } = this.#question;
    const named = service !== undefined && !/^\d+$/.test(service) ? [`the service ${JSON.stringify(service)}`] : [];
    const wanted = [...host === undefined ? [] : [JSON.stringify(host)], ...named];
    check(rc, `look up ${wanted.join(" and ") || `port ${service}`}`, "getaddrinfo", { address: host ?? service });
    return addressesAt(this.#list).map(infoOf);
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const list = this.#list;
    if (list !== 0) freeaddrinfo(list);
    this.#memory.free();
  }
}

const TRANSPORTS: Partial<Record<InetSocketType, "tcp" | "udp">> = { SOCK_STREAM: "tcp", SOCK_DGRAM: "udp" };

function infoOf({ socktype, protocol, sockaddr, canonname }: ListedAddress): AddressInfo {
  const type = (Object.keys(SOCKET_TYPES) as InetSocketType[]).find((name) => SOCKET_TYPES[name] === socktype)!;
  return {
    family: sockaddrFamily(sockaddr) as InetFamily,
    type,
    protocol,
    address: addressOf(sockaddr, TRANSPORTS[type]) as InetAddress,
    ...canonname !== undefined && { canonicalName: canonname },
  };
}

/** What {@linkcode getnameinfo} has found. */
export interface NameInfo {
  /** The name of the host; its address if it has none. */
  readonly host: string;
  /** The name of the service; its number if it has none. */
  readonly service: string;
}

/** What getnameinfo(3) is asked. */
export interface NameQuestion {
  readonly sockaddr: Uint8Array<ArrayBuffer>;
  readonly flags: number;
  /** The address for messages. */
  readonly text: string;
}

/** getnameinfo(3). */
export class NameCall implements ResolverCall<NameInfo> {
  readonly fn = getnameinfo;
  readonly args: readonly number[];
  readonly #memory: Block;
  readonly #text: string;

  constructor({ sockaddr, flags, text }: NameQuestion) {
    const { NI_MAXHOST, NI_MAXSERV } = NAME_LENGTH;
    const memory = this.#memory = new Block(NI_MAXHOST + NI_MAXSERV + sockaddr.length);
    memory.put(sockaddr, NI_MAXHOST + NI_MAXSERV);
    const at = memory.address;
    const [host, service, name] = [at, at + NI_MAXHOST, at + NI_MAXHOST + NI_MAXSERV];
    this.args = [name, sockaddr.length, host, NI_MAXHOST, service, NI_MAXSERV, flags];
    this.#text = text;
  }

  take(rc: number): NameInfo {
    check(rc, `look up the name of ${this.#text}`, "getnameinfo", { address: this.#text });
    const at = this.#memory.address;
    return { host: readCString(at), service: readCString(at + NAME_LENGTH.NI_MAXHOST) };
  }

  [Symbol.dispose](): void {
    this.#memory.free();
  }
}
