/** The automaton that says whether a match is complete: its states are made when a text first leads to them. */
import type { CharacterClasses } from "./regexp_classes.ts";
import { isPlace } from "./regexp_places.ts";
import { CONTEXT, CONTEXTS, OP, type Program } from "./regexp_program.ts";

/** In the table: this state has not been asked for this class yet. */
export const UNKNOWN = -1;

/** In the table: before a character of this class a match is complete. */
export const COMPLETE = -2;

/** States that are kept before all are thrown away; a text goes on in the same one. */
const MOST_STATES = 2_000;

/** Places in the table before all are thrown away. */
const MOST_PLACES = 1 << 20;

/**
 * What can go on from a position: the instructions behind the characters that were taken, and what the last character was
 * for places. That a match can begin here is not written down: it always can.
 */
export interface State {
  readonly threads: readonly number[];
  readonly before: number;
}

/** An automaton, shared by all who look for the same pattern. */
export class Automaton {
  /** The state that follows on a state and a class, at the sum of their numbers; or one of the signs. */
  table: Int32Array = new Int32Array(0);
  #stride = 0;
  #states: State[] = [];
  #ends: (boolean | undefined)[] = [];
  #numbers = new Map<string, number>();
  #program: Program;
  #classes: CharacterClasses;
  #visited: Int32Array;
  #visit = 0;
  #work = 0;

  constructor(program: Program, classes: CharacterClasses) {
    this.#program = program;
    this.#classes = classes;
    this.#visited = new Int32Array(program.ops.length);
    this.clear();
  }

  /** How many instructions it followed to make its states. */
  get work(): number {
    return this.#work;
  }

  /** States below this number have nothing begun: no match begins before the position. */
  get idle(): number {
    return CONTEXTS * this.#stride;
  }

  /** Throw all states away: numbers mean nothing afterwards. */
  clear(): void {
    this.#stride = 8;
    while (this.#stride < this.#classes.size) this.#stride *= 2;
    this.table = new Int32Array(2 * CONTEXTS * this.#stride).fill(UNKNOWN);
    this.#states = Array.from({ length: CONTEXTS }, (_, before) => ({ threads: [], before }));
    this.#ends = [];
    this.#numbers.clear();
  }

  /** The state at the beginning of a text. */
  start(): State {
    return { threads: [], before: CONTEXT.EDGE & this.#program.contexts };
  }

  /** The state with a number. */
  state(number: number): State {
    return this.#states[number / this.#stride]!;
  }

  /** The number of a state; others may mean nothing afterwards. */
  number(state: State): number {
    if (this.#classes.size > this.#stride) this.clear();
    if (state.threads.length === 0) return state.before * this.#stride;
    const key = String.fromCharCode(state.before, ...state.threads);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const full = this.#states.length >= MOST_STATES || this.#states.length * this.#stride >= MOST_PLACES;
    if (full) this.clear();
    const number = (this.#states.push(state) - 1) * this.#stride;
    this.#numbers.set(key, number);
    if (number + this.#stride > this.table.length) this.#grow();
    return number;
  }

  #grow(): void {
    const before = this.table;
    this.table = new Int32Array(2 * before.length).fill(UNKNOWN);
    this.table.set(before);
  }

  /**
   * The state behind a state and a character: its number, or {@linkcode COMPLETE}. Other numbers may mean nothing
   * afterwards.
   */
  after(number: number, code: number): number {
    const character = this.#classes.of(code);
    let from = number;
    if (this.#classes.size > this.#stride) {
      const state = this.state(from);
      this.clear();
      from = this.number(state);
    }
    const known = this.table[from + character]!;
    return known === UNKNOWN ? this.#make(from, character) : known;
  }

  #make(from: number, character: number): number {
    const state = this.state(from);
    const next = this.#follow(state, this.#classes.context(character), character);
    const number = next ? this.number(next) : COMPLETE;
    // Unless that was one state too many, and the number is another one's now.
    if (this.state(from) === state) this.table[from + character] = number;
    return number;
  }

  /** Whether a match is complete if the text ends here. */
  endsHere(number: number): boolean {
    const index = number / this.#stride;
    return this.#ends[index] ??= !this.#follow(this.#states[index]!, CONTEXT.EDGE & this.#program.contexts, 0);
  }

  /** What goes on from a state over a character; nothing if a match is complete before that. */
  #follow({ threads, before }: State, after: number, character: number): State | undefined {
    const { ops, a, b } = this.#program;
    const [visited, visit] = [this.#visited, this.#visit = (this.#visit + 1) | 0];
    const next: number[] = [];
    const ahead = [0, ...threads];
    while (ahead.length > 0) {
      const at = ahead.pop()!;
      if (visited[at] === visit) continue;
      visited[at] = visit;
      this.#work++;
      const op = ops[at]!;
      if (op === OP.MATCH) return undefined;
      if (op === OP.SET) {
        if (this.#classes.has(character, a[at]!)) next.push(b[at]!);
      } else if (op === OP.JUMP) ahead.push(a[at]!);
      else if (op === OP.SPLIT) ahead.push(a[at]!, b[at]!);
      else if (op !== OP.PLACE || isPlace(a[at]!, b[at]!, before, after)) ahead.push(at + 1);
    }
    next.sort((left, right) => left - right);
    return { threads: next.filter((at, index) => at !== next[index - 1]), before: after };
  }
}
