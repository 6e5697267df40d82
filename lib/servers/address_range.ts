/** Ranges of addresses, as allow and deny lists have them. */
import { inetPton } from "../sockets/mod.ts";

/** The bits of an address that count. */
export interface AddressRange {
  readonly bytes: Uint8Array;
  readonly bits: number;
}

/** Of an address; that of IPv4 inside IPv6 (`::ffff:192.0.2.1`) has four. Undefined if it is none. */
export function addressBytes(text: string): Uint8Array | undefined {
  const six = inetPton("AF_INET6", text.replace(/%.*$/s, ""));
  if (six === undefined) return inetPton("AF_INET", text);
  const mapped = six.subarray(0, 10).every((byte) => byte === 0) && six[10] === 0xff && six[11] === 0xff;
  return mapped ? six.subarray(12) : six;
}

/**
 * The range that `text` is: `"10.0.0.0/8"`, `"2001:db8::/32"`, or one address. Undefined if it begins with no address.
 *
 * @throws {RangeError} if the number of bits is none.
 */
export function addressRange(text: string): AddressRange | undefined {
  const slash = text.indexOf("/");
  const host = slash < 0 ? text : text.slice(0, slash);
  const bytes = addressBytes(host);
  if (bytes === undefined) return undefined;
  const most = bytes.length * 8;
  if (slash < 0) return { bytes, bits: most };
  const digits = text.slice(slash + 1);
  // Of an address of IPv4 inside IPv6 the first 96 bits are the same for all of them.
  const bits = Number(digits) - (bytes.length === 4 && host.includes(":") ? 96 : 0);
  if (!/^\d{1,3}$/.test(digits) || bits < 0 || bits > most) {
    throw new RangeError(`Not a range of addresses: ${JSON.stringify(text)}`);
  }
  return { bytes, bits };
}

/** Whether an address lies in the range. */
export function isWithin({ bytes, bits }: AddressRange, address: Uint8Array): boolean {
  if (address.length !== bytes.length) return false;
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (address[i] !== bytes[i]) return false;
  const rest = bits & 7;
  return rest === 0 || (address[whole]! ^ bytes[whole]!) >> (8 - rest) === 0;
}
