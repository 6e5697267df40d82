/** Which characters a regular expression cannot tell apart: an automaton has a column for each such class. */
import { CONTEXT_SETS, type Program } from "./regexp_program.ts";

/** The classes of a program's characters, found as characters come. */
export class CharacterClasses {
  /**
   * The class of each code unit: 0 if it has not come yet. With `u` it stays 0 for the first half of a pair, which is
   * no character of its own.
   */
  readonly table: Uint16Array = new Uint16Array(0x10000);
  #others = new Map<number, number>();
  #numbers = new Map<string, number>();
  #members: Uint8Array[] = [new Uint8Array()];
  #contexts: number[] = [0];
  #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  /** One more than the highest class. */
  get size(): number {
    return this.#members.length;
  }

  /** The class of a code point, or without `u` of a code unit. */
  of(code: number): number {
    const tabled = code < 0x10000 && !(this.#program.unicode && isHigh(code));
    const known = tabled ? this.table[code]! : this.#others.get(code) ?? 0;
    if (known > 0) return known;
    const found = this.#find(code);
    if (tabled) this.table[code] = found;
    else this.#others.set(code, found);
    return found;
  }

  /** Whether the characters of a class are in a set. */
  has(number: number, set: number): boolean {
    return this.#members[number]![set] === 1;
  }

  /** What the characters of a class are for places next to them. */
  context(number: number): number {
    return this.#contexts[number]!;
  }

  #find(code: number): number {
    const { sets, contexts } = this.#program;
    const members = Uint8Array.from(sets, (set) => Number(set.has(code)));
    let context = 0;
    for (const [bit, set] of CONTEXT_SETS) if (contexts & bit && set.has(code)) context |= bit;
    const key = `${context}:${members.join("")}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      this.#numbers.set(key, number = this.#members.push(members) - 1);
      this.#contexts.push(context);
    }
    return number;
  }
}

/** Whether a code unit is the first half of a pair. */
export function isHigh(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

/** Whether a code unit is the second half of a pair. */
export function isLow(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}
