/**
 * System calls that a program makes over and over, past the door, which takes longer than some of them do. Whether one has
 * failed its result tells; its errno nobody has kept, so it is made once more, through the door. That is for calls that
 * have done nothing when they fail, and do not wait.
 *
 * They go past libc's functions as well: those are points of cancellation, which costs a program with threads 15 ns.
 *
 * @module
 */
import { bind } from "./bind.ts";
import { type Direct, libc, type Memory } from "./libc.ts";

// long syscall(long number, ...);
const syscall = bind("syscall", ["long", "long", "long", "long", "long", "long"], "long");
// long syscall(long number, ...);
const syscallWith = bind("syscall", ["long", "long", "buffer", "long", "long"], "long");

/** So many calls cost as much more as compiling the short way does. */
const WORTH_COMPILING = 10_000;

let calls = 0;
let direct: Direct | undefined;

/**
 * The number and the arguments of a call that is made often: they stay from one to the next. As numbers of 64 bits they would
 * be objects; in halves they go into memory, and from there into the processor.
 */
export function systemCall(number: number): BigInt64Array<ArrayBuffer> {
  const words = new BigInt64Array(6);
  words[0] = BigInt(number);
  return words;
}

/** Make the call: its value, of 32 bits, or -errno. */
export function system(words: BigInt64Array): number {
  if (direct !== undefined) {
    const rc = direct.system(words[0]!, words[1]!, words[2]!, words[3]!, words[4]!, words[5]!);
    if (rc !== -1) return rc;
  }
  return systemSlowly(words);
}

/** Make the call with `memory` for its second argument, and no more than four: its value, of 32 bits, or -errno. */
export function systemWith(words: BigInt64Array, memory: Memory): number {
  if (direct !== undefined) {
    const rc = direct.systemWith(words[0]!, words[1]!, memory, words[3]!, words[4]!);
    if (rc !== -1) return rc;
  }
  return systemSlowly(words, memory);
}

/** Take the short way from now on. */
export function compile(): void {
  direct ??= libc().direct();
}

/** The first calls, and those that fail. */
function systemSlowly(words: BigInt64Array, memory?: Memory): number {
  if (direct === undefined && ++calls === WORTH_COMPILING) compile();
  const [number, a, b, c, d, e] = [...words].map(Number) as [number, number, number, number, number, number];
  return memory === undefined ? syscall(number, a, b, c, d, e) : syscallWith(number, a, memory, c, d);
}
