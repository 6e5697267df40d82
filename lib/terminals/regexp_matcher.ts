/** Looking for a regular expression. */
import { type Found, type Matcher, named } from "./matcher.ts";
import { Automaton } from "./regexp_automaton.ts";
import { CharacterClasses } from "./regexp_classes.ts";
import { compile, type Program } from "./regexp_program.ts";
import { Scanner } from "./regexp_scanner.ts";
import { NotRegular } from "./regexp_syntax.ts";
import { codeBefore, Threads } from "./regexp_threads.ts";
import { WindowMatcher, type WindowOptions } from "./regexp_window.ts";
import type { TextBuffer } from "./text_buffer.ts";

/** A pattern made ready, for all who look for it. */
interface Machine {
  program: Program;
  classes: CharacterClasses;
  automaton: Automaton;
  threads: Threads;
}

/** The patterns that were used last, by their text; `null` for those that an automaton cannot do. */
const machines = new Map<string, Machine | null>();

/** Patterns that are kept. */
const MOST = 32;

/**
 * Find a regular expression, with what JavaScript's `exec` would find in all that has come: the same place, match and
 * groups. Flags `i`, `m`, `s` and `u` are heeded; `g`, `d` and `lastIndex` are not.
 *
 * It does not go back and try again, so that no pattern takes more than time in proportion to the text; a text without a
 * match costs one look into a table per character, and the length of the pattern where it keeps ever new possibilities
 * open, as `a[ab]{200}c` does. Where V8 departs from the language's standard (modes of groups, places within a surrogate
 * pair) it does not follow. What cannot be done so is left to the engine, in a window of the text
 * and for a limited time: references to groups (`\1`), looking ahead or back, flag `v`, and patterns of more than
 * 10,000 instructions, as `(a{1000}){1000}`.
 *
 * @param pattern What to look for.
 * @param options For such patterns alone.
 * @throws {TypeError} for flag `y`: where the text begins is not what it is for.
 * @throws {RangeError} if `window` is no whole number, or `limit` no whole number above 0.
 */
export function regexpMatcher(pattern: RegExp, options: WindowOptions = {}): Matcher {
  const { window = 4096, limit = 1000 } = options;
  checkFlags(pattern);
  if (!(Number.isInteger(window) && window >= 0)) throw new RangeError(`A window of ${window} characters cannot be`);
  if (!(Number.isInteger(limit) && limit > 0)) throw new RangeError(`A limit of ${limit} ms cannot be kept`);
  const machine = prepare(pattern);
  return machine ? new RegexpMatcher(machine) : new WindowMatcher(pattern, { window, limit });
}

function prepare({ source, flags }: RegExp): Machine | null {
  const key = `${flags}/${source}`;
  const known = machines.get(key);
  // Which was used last does not matter as long as there is room for all.
  if (known !== undefined && machines.size < MOST) return known;
  const machine = known === undefined ? make(source, flags) : known;
  machines.delete(key);
  machines.set(key, machine);
  for (const oldest of machines.keys()) {
    if (machines.size <= MOST) break;
    machines.delete(oldest);
  }
  return machine;
}

function make(source: string, flags: string): Machine | null {
  try {
    const program = compile({ source, flags });
    const classes = new CharacterClasses(program);
    return { program, classes, automaton: new Automaton(program, classes), threads: new Threads(program, classes) };
  } catch (error) {
    if (!(error instanceof NotRegular)) throw error;
    return null;
  }
}

/** Looks for a regular expression in time in proportion to the text. */
export class RegexpMatcher implements Matcher {
  #machine: Machine;
  #scanner: Scanner;

  constructor(machine: Machine) {
    const { automaton, classes, program } = this.#machine = machine;
    this.#scanner = new Scanner(automaton, classes, program.unicode);
  }

  /** Steps that were taken: characters looked at, and instructions followed, by all who look for this pattern. */
  get work(): number {
    return this.#scanner.work + this.#machine.automaton.work + this.#machine.threads.work;
  }

  search(buffer: TextBuffer): Found | undefined {
    const scanner = this.#scanner;
    let complete = false;
    for (let piece; !complete && (piece = buffer.pieceFrom(scanner.position)) !== "";) complete = scanner.read(piece);
    return complete || scanner.endsHere() ? this.#exact(buffer) : undefined;
  }

  reset(): void {
    this.#scanner.reset();
  }

  begin(buffer: TextBuffer, place: number): void {
    if (place === 0) return this.reset();
    const before = buffer.slice(place - 2, place);
    this.#scanner.begin(place, codeBefore(before, before.length));
  }

  #exact(buffer: TextBuffer): Found | undefined {
    const { program, threads } = this.#machine;
    // Two characters before, if there are, tell what places ask of the one before.
    const seen = Math.max(0, this.#scanner.floor - 2);
    const text = buffer.slice(seen);
    const slots = threads.exec(text, this.#scanner.floor - seen);
    if (!slots) return undefined;
    const groups: (string | undefined)[] = [];
    for (let slot = 0; slot < slots.length; slot += 2) {
      groups.push(slots[slot]! < 0 ? undefined : text.slice(slots[slot], slots[slot + 1]));
    }
    return { start: seen + slots[0]!, end: seen + slots[1]!, groups, named: named(program.names, groups) };
  }
}

/** @throws {TypeError} if `pattern` is to match at one place alone. */
export function checkFlags(pattern: RegExp): void {
  if (pattern.sticky) throw new TypeError(`A pattern is looked for anywhere: ${pattern} must not have flag y`);
}
