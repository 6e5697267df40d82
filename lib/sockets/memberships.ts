/** Multicast groups, and the interface that they are joined on, as socket options have them. */
import { IP_MREQN, IPV6_MREQ } from "../../ffi/abi/netinet_in.ts";
import { type Codec, intBytes, intOf } from "./option_codecs.ts";
import { type InetFamily, inetNtoa, inetPton } from "./inet.ts";

/** A multicast group of IPv4 to join or to leave. */
export interface MulticastGroup {
  /** Its address: `"239.1.2.3"`. */
  group: string;
  /** The interface: the address that it has here, or its index. The system chooses one if there is none. */
  interface?: string | number;
}

/** A multicast group of IPv6 to join or to leave. */
export interface MulticastGroup6 {
  /** Its address: `"ff02::1234"`. */
  group: string;
  /** The index of the interface. The system chooses one if there is none. */
  interface?: number;
}

/** The index of an interface. @throws {RangeError} if it is none. */
function checkIndex(value: number, name: string): number {
  if (!Number.isInteger(value) || value < 0 || value > 0x7fffffff) {
    throw new RangeError(`${name}: the index of an interface is an integer from 0 on, not ${value}`);
  }
  return value;
}

/** The bytes of an address. @throws {TypeError} if it is none of that family. */
function addressBytes(family: InetFamily, text: string, name: string): Uint8Array<ArrayBuffer> {
  const bytes = typeof text === "string" ? inetPton(family, text) : undefined;
  if (bytes === undefined) throw new TypeError(`${name}: not an address of ${family}: ${Deno.inspect(text)}`);
  return bytes;
}

/** A struct ip_mreqn. */
function request(group: string | null, where: string | number, name: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(IP_MREQN.sizeof);
  if (group !== null) bytes.set(addressBytes("AF_INET", group, name), IP_MREQN.imr_multiaddr);
  if (typeof where === "string") bytes.set(addressBytes("AF_INET", where, name), IP_MREQN.imr_address);
  else bytes.set(intBytes(checkIndex(where, name)), IP_MREQN.imr_ifindex);
  return bytes;
}

function writeOnly(): never {
  throw new TypeError("It can only be set");
}

/** A group of IPv4. */
export const membership: Codec<MulticastGroup> = {
  size: 0,
  encode: (value, name) => request(value.group, value.interface ?? 0, name),
  decode: writeOnly,
};

/** A group of IPv6. */
export const membership6: Codec<MulticastGroup6> = {
  size: 0,
  encode(value, name) {
    const bytes = new Uint8Array(IPV6_MREQ.sizeof);
    bytes.set(addressBytes("AF_INET6", value.group, name), IPV6_MREQ.ipv6mr_multiaddr);
    bytes.set(intBytes(checkIndex(value.interface ?? 0, name)), IPV6_MREQ.ipv6mr_interface);
    return bytes;
  },
  decode: writeOnly,
};

/** The interface that multicast datagrams of IPv4 leave by: it is read as an address. */
export const multicastInterface: Codec<string | number> = {
  size: 4,
  encode: (value, name) => request(null, value, name),
  decode: (bytes) => inetNtoa(bytes.slice(0, 4)),
};

/** The same of IPv6: an index. */
export const multicastInterface6: Codec<number> = {
  size: 4,
  encode: (value, name) => intBytes(checkIndex(value, name)),
  decode: (bytes) => intOf(bytes),
};
