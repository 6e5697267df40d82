/**
 * The door: prototypes in, functions out that return the value or **-errno** and never throw for a failure of the
 * system. `twalk_r(frame, invoke, element)` makes libc call the adaptor `invoke`, which calls the function
 * and stores its errno in the same native call, so that nothing can come between them.
 *
 * @module
 */
import { FRAME } from "./abi/frame.ts";
import { type Libc, libc, type Memory } from "./libc.ts";
import { native } from "./native/code.ts";

/**
 * What an argument is: a 32-bit number; a 64-bit one or a size; an address; or memory of JavaScript's, whose
 * address the function sees only while it runs (null gives NULL).
 */
export type Parameter = "int" | "long" | "address" | "buffer";

/**
 * What a result is and how it fails: "int" and "long" by -1, "index" by 0, "pointer" by NULL, "mapping", an address too, by -1; "code" is itself the
 * error's number (posix_spawn, pthread); "eai" is the resolver's (getaddrinfo): see {@linkcode EAI_BASE}; "value" and
 * "void" cannot fail.
 */
export type Result = "int" | "long" | "index" | "pointer" | "mapping" | "code" | "eai" | "value" | "void";

type Argument<P extends Parameter> = P extends "buffer" ? Memory | null : number;
type Arguments<P extends readonly Parameter[]> = { [K in keyof P]: Argument<P[K]> };

/** A function of libc behind the door. */
export interface Bound<P extends readonly Parameter[]> {
  (...args: Arguments<P>): number;
  /** Its address for a worker's frame, 0 if this libc lacks it. */
  readonly address: () => number;
  /** The result in a frame that has returned: the value or -errno. */
  readonly read: (frame: Int32Array) => number;
  readonly parameters: P;
  readonly result: Result;
}

/**
 * The resolver's errors are numbers of their own, and negative ones: EAI_NONAME, -2, is told as -1002, which is no errno.
 * EAI_SYSTEM is told as the errno it stands for.
 */
export const EAI_BASE = 1_000;
const EAI_SYSTEM = -11;

/** ENOSYS: what a function that this libc lacks returns, so that its caller has one branch for both. */
const ENOSYS = 38;
/** So many calls cost as much more as compiling does. */
const WORTH_COMPILING = 10_000;
const TWO_32 = 2 ** 32;

/** One frame for the isolate: arguments go in, result and errno are copied out before anything else may run. */
const words = new Int32Array(FRAME.SIZE / 4);
/** What a second or third buffer of a call is kept reachable by while only its address is passed. */
const held: (Memory | null)[] = [null, null, null, null, null, null, null, null];
/** The door, once it is open: the frame is its leaf. */
let leaf = 0n;
let invoke = 0n;
let calls = 0;
/** twalk_r(3) once it is compiled: V8 takes the short way only where it has never seen another function called. */
let compiled: Libc["twalk_r"] | undefined;

/** Let `invoke` run the frame. */
function enter(element: Memory): void {
  if (compiled !== undefined) compiled(leaf, invoke, element);
  else enterSlowly(element);
}

/** The first calls: libc opens, and its functions are compiled only for a program that makes many. */
function enterSlowly(element: Memory): void {
  if (leaf === 0n) openDoor();
  const library = libc();
  library.twalk_r(leaf, invoke, element);
  if (++calls === WORTH_COMPILING) {
    library.compile();
    compiled = library.twalk_r;
  }
}

/** Where this thread's errno lies is found by a call that needs none. */
function openDoor(): void {
  const { symbol, address, twalk_r } = libc();
  invoke = BigInt(native().invoke);
  leaf = BigInt(address(words));
  const call = words.slice();
  putAddress(FRAME.FN, symbol("__errno_location"));
  putAddress(FRAME.ERRNO_ADDRESS, address(new Int32Array(words.buffer, FRAME.ERRNO)));
  words[FRAME.SLOT >> 2] = 0;
  twalk_r(leaf, invoke, words);
  const errno = long(words);
  words.set(call);
  putAddress(FRAME.ERRNO_ADDRESS, errno);
}

function putAddress(offset: number, value: number): void {
  words[offset >> 2] = value;
  words[(offset >> 2) + 1] = upperHalf(value);
}

/** The upper half of a number of up to 53 bits; its lower half is what an `Int32Array` makes of it. */
export function upperHalf(value: number): number {
  return (value | 0) === value ? value >> 31 : Math.floor(value / TWO_32);
}

/**
 * Bind a function by its name, or by who knows its address; nothing is opened before the first call. Every import does
 * this a hundred times, so there is little to it.
 */
export function bind<const P extends readonly Parameter[]>(
  name: string | (() => number),
  parameters: P,
  result: Result,
): Bound<P> {
  let at = -1;
  let upper = 0;
  const address = () => {
    if (at < 0) upper = upperHalf(at = typeof name === "string" ? libc().symbol(name) : name());
    return at;
  };
  const read = READERS[result];
  const call = (...args: (number | Memory | null)[]): number => {
    if (at <= 0 && address() === 0) return -ENOSYS;
    let element: Memory = words;
    words[FRAME.FN >> 2] = at;
    words[(FRAME.FN >> 2) + 1] = upper;
    words[FRAME.SLOT >> 2] = 0;
    for (let i = 0; i < parameters.length; i++) {
      const value = args[i]!;
      if (typeof value !== "number") {
        if (value !== null && element === words) {
          element = value;
          words[FRAME.SLOT >> 2] = FRAME.ARGUMENTS + 8 * i;
        } else {
          held[i] = value;
          putAddress(FRAME.ARGUMENTS + 8 * i, value === null ? 0 : libc().address(value));
        }
      } else {
        const word = (FRAME.ARGUMENTS >> 2) + 2 * i;
        words[word] = value;
        if (parameters[i] !== "int") words[word + 1] = upperHalf(value);
      }
    }
    enter(element);
    return read(words);
  };
  return Object.assign(call as unknown as (...args: Arguments<P>) => number, { address, read, parameters, result });
}

const errno = (frame: Int32Array) => -frame[FRAME.ERRNO >> 2]!;
const low = (frame: Int32Array) => frame[FRAME.RESULT >> 2]!;
const upper = (frame: Int32Array) => frame[(FRAME.RESULT >> 2) + 1]!;
const long = (frame: Int32Array) => upper(frame) * TWO_32 + (low(frame) >>> 0);

/** The one place where results become `value | -errno`, of this frame and of the workers'. */
const READERS: Record<Result, (frame: Int32Array) => number> = {
  int: (frame) => low(frame) === -1 ? errno(frame) : low(frame),
  index: (frame) => low(frame) === 0 ? errno(frame) : low(frame) >>> 0,
  long: (frame) => low(frame) === -1 && upper(frame) === -1 ? errno(frame) : long(frame),
  pointer: (frame) => long(frame) === 0 ? errno(frame) : long(frame),
  mapping: (frame) => low(frame) === -1 && upper(frame) === -1 ? errno(frame) : long(frame),
  code: (frame) => -low(frame),
  eai: (frame) => {
    if (low(frame) === EAI_SYSTEM && errno(frame) < 0) return errno(frame);
    return low(frame) === 0 ? 0 : low(frame) - EAI_BASE;
  },
  value: long,
  void: () => 0,
};
