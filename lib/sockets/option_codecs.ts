/** How the values of socket options lie in memory. */
import { LINGER, UCRED } from "../../ffi/abi/sys_socket.ts";
import { cString } from "../../ffi/memory.ts";
import { errnoName } from "../../ffi/errno.ts";
import { decodeText } from "../../ffi/text.ts";
import type { Credentials } from "./credentials.ts";

/** One kind of value. */
export interface Codec<T> {
  /** How much room to give getsockopt(2). */
  readonly size: number;
  /** The bytes for setsockopt(2). @throws {TypeError} or {RangeError} if it is no such value. */
  encode(value: T, name: string): Uint8Array<ArrayBuffer>;
  /** What getsockopt(2) has brought. */
  decode(bytes: Uint8Array<ArrayBuffer>): T;
}

const INT_MAX = 2 ** 31 - 1;
const SECOND = 1_000;

/** The bytes of a C int. */
export function intBytes(value: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Int32Array.of(value).buffer);
}

/** The C int in `bytes`, of which the kernel may have written one only. */
export function intOf(bytes: Uint8Array<ArrayBuffer>, at = 0): number {
  if (bytes.length === 1) return bytes[0]!;
  return new DataView(bytes.buffer, bytes.byteOffset).getInt32(at, true);
}

function checkNumber(value: unknown, name: string): number {
  if (typeof value !== "number") throw new TypeError(`${name} is a number, not ${typeof value}`);
  return value;
}

function checkTime(value: unknown, name: string): number {
  const time = checkNumber(value, name);
  if (!(time >= 0)) throw new RangeError(`${name} is a number of milliseconds from 0 on: ${time}`);
  return time;
}

/** A switch. */
export const flag: Codec<boolean> = {
  size: 4,
  encode(value, name) {
    if (typeof value !== "boolean") throw new TypeError(`${name} is true or false, not ${typeof value}`);
    return intBytes(Number(value));
  },
  decode: (bytes) => intOf(bytes) !== 0,
};

/** A number. */
export const integer: Codec<number> = {
  size: 4,
  encode(value, name) {
    const number = checkNumber(value, name);
    if ((number | 0) !== number) throw new RangeError(`${name} is an integer of 32 bits: ${number}`);
    return intBytes(number);
  },
  decode: (bytes) => intOf(bytes),
};

/** Milliseconds that C takes in units of `unit` milliseconds: rounded up, so that no time above 0 becomes "none". */
export function duration(unit: number): Codec<number> {
  return {
    size: 4,
    encode(value, name) {
      const count = Math.ceil(checkTime(value, name) / unit);
      if (count > INT_MAX) throw new RangeError(`${name} is too long: ${value}`);
      return intBytes(count);
    },
    decode: (bytes) => intOf(bytes) * unit,
  };
}

/** Milliseconds in a struct timeval, where 0 means without limit. */
export const timeLimit: Codec<number> = {
  size: 16,
  encode(value, name) {
    const time = checkTime(value, name);
    if (time === 0) throw new RangeError(`${name} is more than 0 milliseconds; Infinity is no limit`);
    if (time === Infinity) return new Uint8Array(16);
    const micros = Math.ceil(time * 1_000);
    const parts = [Math.floor(micros / 1_000_000), micros % 1_000_000].map(BigInt);
    return new Uint8Array(BigInt64Array.from(parts).buffer);
  },
  decode(bytes) {
    const [seconds, micros] = new BigInt64Array(bytes.slice(0, 16).buffer);
    return seconds === 0n && micros === 0n ? Infinity : Number(seconds) * SECOND + Number(micros) / 1_000;
  },
};

/** Milliseconds in a struct linger, or false. */
export const linger: Codec<number | false> = {
  size: LINGER.sizeof,
  encode(value, name) {
    const bytes = new Uint8Array(LINGER.sizeof);
    if (value === false) return bytes;
    bytes.set(intBytes(1), LINGER.l_onoff);
    bytes.set(duration(SECOND).encode(value, name), LINGER.l_linger);
    return bytes;
  },
  decode: (bytes) => intOf(bytes, LINGER.l_onoff) !== 0 && intOf(bytes, LINGER.l_linger) * SECOND,
};

/** A short text: the name of an interface or of an algorithm. */
export const text: Codec<string> = {
  size: 64,
  encode(value, name) {
    if (typeof value !== "string") throw new TypeError(`${name} is a text, not ${typeof value}`);
    return cString(value, name);
  },
  decode(bytes) {
    const end = bytes.indexOf(0);
    return decodeText(end < 0 ? bytes : bytes.slice(0, end));
  },
};

/** An error number, by its name. */
export const failure: Codec<string | undefined> = {
  size: 4,
  encode: (_, name) => readOnly(name),
  decode: (bytes) => intOf(bytes) === 0 ? undefined : errnoName(intOf(bytes)),
};

/** A struct ucred. */
export const credentials: Codec<Credentials> = {
  size: UCRED.sizeof,
  encode: (_, name) => readOnly(name),
  decode: (bytes) => ({
    pid: intOf(bytes, UCRED.pid),
    uid: intOf(bytes, UCRED.uid) >>> 0,
    gid: intOf(bytes, UCRED.gid) >>> 0,
  }),
};

/** `codec` for what can only be read. */
export function reading<T>(codec: Codec<T>): Codec<T> {
  return { ...codec, encode: (_, name) => readOnly(name) };
}

function readOnly(name: string): never {
  throw new TypeError(`${name} can only be read`);
}
