/** Addresses of IPv4 and IPv6 as text and as the bytes that the network has. */

/** The families of addresses that have a text and bytes of their own. */
export type InetFamily = "AF_INET" | "AF_INET6";

/** A part of an IPv4 address as C writes numbers: decimal, with 0 in front octal, with 0x hexadecimal. */
const PART = /^(?:0[0-7]*|[1-9]\d*|0x[\da-f]+)$/i;
/** The largest number of 32 bits. */
const LARGEST = 2 ** 32 - 1;

/** How long the bytes of an address are. */
const LENGTH: Record<InetFamily, number> = { AF_INET: 4, AF_INET6: 16 };

/** The number that `part` is; NaN if it is none. */
function partValue(part: string): number {
  if (!PART.test(part)) return NaN;
  return /^0\d/.test(part) ? parseInt(part, 8) : Number(part);
}

/**
 * The four bytes of an IPv4 address in any of the ways that inet_aton(3) reads: one to four parts between dots, of which
 * the last fills all bytes that are left (`127.1` is 127.0.0.1), each decimal, octal (`010`) or hexadecimal (`0x7f`). No
 * name is looked up: see {@linkcode gethostbyname}. What comes from elsewhere is better read by {@linkcode inetPton}: here
 * `010.0.0.1` is 8.0.0.1.
 *
 * @param text The address.
 * @returns Its bytes; undefined if it is none. Text behind a blank, which C leaves unread, makes it none.
 * @example
 * ```ts
 * import { inetAton, inetNtoa } from "@vasty/vasty";
 *
 * console.assert(inetNtoa(inetAton("127.1")!) === "127.0.0.1");
 * console.assert(inetNtoa(inetAton("0x7f.0.0.01")!) === "127.0.0.1");
 * console.assert(inetAton("localhost") === undefined);
 * ```
 * @see inet_aton(3)
 */
export function inetAton(text: string): Uint8Array<ArrayBuffer> | undefined {
  const parts = text.split(".").map(partValue);
  const last = parts.pop()!;
  const room = 4 - parts.length;
  if (room < 1 || !(last <= LARGEST && last < 256 ** room)) return undefined;
  if (!parts.every((part) => part <= 255)) return undefined;
  const bytes = new Uint8Array(4);
  bytes.set(parts);
  for (let i = 0; i < room; i++) bytes[3 - i] = Math.floor(last / 256 ** i) % 256;
  return bytes;
}

/**
 * An IPv4 address as text.
 *
 * @param address Its four bytes.
 * @returns Four decimal numbers between dots.
 * @throws {RangeError} if there are more bytes or fewer.
 * @example
 * ```ts
 * import { inetNtoa } from "@vasty/vasty";
 *
 * console.assert(inetNtoa(Uint8Array.of(192, 0, 2, 1)) === "192.0.2.1");
 * ```
 * @see inet_ntoa(3)
 */
export function inetNtoa(address: Uint8Array): string {
  return inetNtop("AF_INET", address);
}

/**
 * The bytes of an address in its one proper form: four decimal numbers of IPv4, without zeros in front, or the hexadecimal
 * groups of IPv6. It refuses what {@linkcode inetAton} reads besides, such as `127.1`, and an IPv6 address with its scope
 * (`fe80::1%eth0`).
 *
 * @param family `"AF_INET"` or `"AF_INET6"`.
 * @param text The address.
 * @returns 4 or 16 bytes; undefined if it is no address of that family.
 * @throws {TypeError} if the family is neither.
 * @example
 * ```ts
 * import { inetNtop, inetPton } from "@vasty/vasty";
 *
 * console.assert(inetPton("AF_INET", "127.1") === undefined);
 * console.assert(inetNtop("AF_INET6", inetPton("AF_INET6", "0:0::0:1")!) === "::1");
 * ```
 * @see inet_pton(3)
 */
export function inetPton(family: InetFamily, text: string): Uint8Array<ArrayBuffer> | undefined {
  checkFamily(family);
  return family === "AF_INET" ? quad(text) : groups(text);
}

function checkFamily(family: InetFamily): void {
  if (!Object.hasOwn(LENGTH, family)) {
    throw new TypeError(`A family is "AF_INET" or "AF_INET6", not ${JSON.stringify(family)}`);
  }
}

/** Four decimal numbers, without zeros in front. */
const QUAD = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;

function quad(text: string): Uint8Array<ArrayBuffer> | undefined {
  const match = QUAD.exec(text);
  if (match === null) return undefined;
  const bytes = new Uint8Array(4);
  for (let i = 0; i < 4; i++) {
    const number = Number(match[i + 1]);
    if (number > 255) return undefined;
    bytes[i] = number;
  }
  return bytes;
}

/** Eight groups, the last two of them perhaps as IPv4, with `::` for one group of zeros or more. */
function groups(text: string): Uint8Array<ArrayBuffer> | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, i) => words(half, i === halves.length - 1));
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const count = head.length + (tail?.length ?? 0);
  if (tail === undefined ? count !== 8 : count > 7) return undefined;
  const all = [...head, ...new Array<number>(8 - count).fill(0), ...tail ?? []];
  return Uint8Array.from(all.flatMap((word) => [word >> 8, word & 0xff]));
}

/** The groups of one half; IPv4 may stand where the address ends. */
function words(half: string, atEnd: boolean): number[] | undefined {
  if (half === "") return [];
  const parts = half.split(":");
  const dots = atEnd && half.includes(".");
  const four = dots ? quad(parts.pop()!) : undefined;
  if (dots && four === undefined) return undefined;
  if (!parts.every((part) => /^[\da-f]{1,4}$/i.test(part))) return undefined;
  const found = parts.map((part) => parseInt(part, 16));
  return four === undefined ? found : [...found, four[0]! << 8 | four[1]!, four[2]! << 8 | four[3]!];
}

/**
 * An address as text, as libc writes it: of IPv6 the longest run of zeros is `::`, and an IPv4 address inside
 * (`::ffff:192.0.2.1`) keeps its dots.
 *
 * @param family `"AF_INET"` or `"AF_INET6"`.
 * @param address Its 4 or 16 bytes.
 * @returns The text.
 * @throws {TypeError} if the family is neither.
 * @throws {RangeError} if there are more bytes or fewer.
 * @example
 * ```ts
 * import { inetNtop } from "@vasty/vasty";
 *
 * console.assert(inetNtop("AF_INET6", new Uint8Array(16)) === "::");
 * ```
 * @see inet_ntop(3)
 */
export function inetNtop(family: InetFamily, address: Uint8Array): string {
  checkFamily(family);
  if (address.length !== LENGTH[family]) {
    throw new RangeError(`An address of ${family} has ${LENGTH[family]} bytes, not ${address.length}`);
  }
  return family === "AF_INET" ? `${address[0]}.${address[1]}.${address[2]}.${address[3]}` : groupsText(address);
}

function groupsText(address: Uint8Array): string {
  const all = Array.from({ length: 8 }, (_, i) => address[2 * i]! << 8 | address[2 * i + 1]!);
  const [start, length] = longestZeros(all);
  const inside = start === 0 && (length === 6 || (length === 5 && all[5] === 0xffff));
  const hex = (some: number[]) => some.map((word) => word.toString(16)).join(":");
  if (inside) return `${length === 6 ? "::" : "::ffff:"}${address.subarray(12).join(".")}`;
  return length < 2 ? hex(all) : `${hex(all.slice(0, start))}::${hex(all.slice(start + length))}`;
}

/** Where the longest run of zeros begins, the first of several, and how long it is. */
function longestZeros(all: readonly number[]): [start: number, length: number] {
  let best: [number, number] = [0, 0];
  let start = 0;
  all.forEach((word, i) => {
    if (word !== 0) start = i + 1;
    else if (i + 1 - start > best[1]) best = [start, i + 1 - start];
  });
  return best;
}
