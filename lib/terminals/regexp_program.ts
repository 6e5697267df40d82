/** A regular expression as a program for automata: instructions that take a character, and others that take none. */
import { type CharacterSet, escapedSet } from "./regexp_atoms.ts";
import { NotRegular, parse, type Place, type Repeat, type Syntax } from "./regexp_syntax.ts";

/** What an instruction does with its operands `a` and `b`. */
export const OP = {
  /** Take a character of set `a`, and go on at `b`. */
  SET: 0,
  /** Here is a match. */
  MATCH: 1,
  /** Go on at `a`. */
  JUMP: 2,
  /** Go on at `a`, or else at `b`. */
  SPLIT: 3,
  /** Note the position in slot `a`. */
  SAVE: 4,
  /** Forget slots `a` to before `b`: each round of a repetition begins with its groups empty. */
  FORGET: 5,
  /** Go on if the characters around are as place `a` wants them; for words, in context bit `b`. */
  PLACE: 6,
  /** A round begins of a repetition that could be empty, `a` deep in such ones. */
  ROUND: 7,
  /** It ends, and fails if it was empty: else it could go round for ever. */
  ROUND_END: 8,
} as const;

/** What is known of a character on one side of a position, as far as places ask for it. */
export const CONTEXT = {
  /** None: the text ends there. */
  EDGE: 1,
  LINE_END: 2,
  WORD: 4,
  /** With `i` and `u` two letters more belong to words. */
  FOLDED_WORD: 8,
} as const;

/** How many contexts there are. */
export const CONTEXTS = 16;

/** The numbers of places. */
export const PLACES: Record<Place, number> = {
  "text start": 0,
  "text end": 1,
  "line start": 2,
  "line end": 3,
  "word": 4,
  "no word": 5,
};

/** A program. */
export interface Program {
  ops: Uint8Array;
  a: Int32Array;
  b: Int32Array;
  sets: CharacterSet[];
  /** The context bits that its places ask for. */
  contexts: number;
  /** How deep repetitions that could be empty are in each other. */
  depth: number;
  groups: number;
  names: Map<string, number[]>;
  unicode: boolean;
}

/** The sets behind the context bits. */
export const CONTEXT_SETS: readonly (readonly [bit: number, set: CharacterSet])[] = [
  [CONTEXT.LINE_END, plain("[\\n\\r\\u2028\\u2029]", false)],
  [CONTEXT.WORD, plain("\\w", false)],
  [CONTEXT.FOLDED_WORD, plain("\\w", true)],
];

function plain(source: string, folded: boolean): CharacterSet {
  return escapedSet(source, { ignoreCase: folded, unicode: true, multiline: false, dotAll: false });
}

/** More is not worth it: its automaton would be thrown away more often than used. */
const LONGEST = 10_000;

/**
 * Compile a regular expression.
 *
 * @throws {NotRegular} if no automaton can do what it says, or only one that is too large.
 */
export function compile(pattern: { source: string; flags: string }): Program {
  const { tree, groups, names } = parse(pattern);
  const assembler = new Assembler();
  assembler.emit(OP.SAVE, 0);
  assembler.syntax(tree);
  assembler.emit(OP.SAVE, 1);
  assembler.emit(OP.MATCH);
  return { ...assembler.program(), groups, names, unicode: pattern.flags.includes("u") };
}

/** Where a part stands on a place: its operands, and the context bits that it needs. */
function placeOperands(place: Place, folded: boolean): [a: number, b: number, bits: number] {
  const word = folded ? CONTEXT.FOLDED_WORD : CONTEXT.WORD;
  const bits = place.endsWith("word")
    ? word
    : place.startsWith("line")
    ? CONTEXT.EDGE | CONTEXT.LINE_END
    : CONTEXT.EDGE;
  return [PLACES[place], word, bits];
}

class Assembler {
  #ops: number[] = [];
  #a: number[] = [];
  #b: number[] = [];
  #sets: CharacterSet[] = [];
  #numbers = new Map<string, number>();
  #contexts = 0;
  #depth = 0;
  #deepest = 0;

  program(): Omit<Program, "groups" | "names" | "unicode"> {
    for (const [at, op] of this.#ops.entries()) if (op === OP.SET) this.#b[at] = this.#landing(at + 1);
    return {
      ops: Uint8Array.from(this.#ops),
      a: Int32Array.from(this.#a),
      b: Int32Array.from(this.#b),
      sets: this.#sets,
      contexts: this.#contexts,
      depth: this.#deepest,
    };
  }

  /** Where jumps lead: branches that go on at the same instruction are the same from there on. */
  #landing(at: number): number {
    let to = at;
    while (this.#ops[to] === OP.JUMP) to = this.#a[to]!;
    return to;
  }

  emit(op: number, a = 0, b = 0): number {
    if (this.#ops.length === LONGEST) throw new NotRegular("very large");
    this.#a.push(a);
    this.#b.push(b);
    return this.#ops.push(op) - 1;
  }

  syntax(part: Syntax): void {
    if (part.type === "sequence") return part.parts.forEach((next) => this.syntax(next));
    if (part.type === "choice") return this.#choice(part.branches);
    if (part.type === "repeat") return this.#repeat(part);
    if (part.type === "set") return void this.emit(OP.SET, this.#set(part.set));
    if (part.type === "place") {
      const [a, b, bits] = placeOperands(part.place, part.folded);
      this.#contexts |= bits;
      this.emit(OP.PLACE, a, b);
      return;
    }
    this.emit(OP.SAVE, 2 * part.number);
    this.syntax(part.body);
    this.emit(OP.SAVE, 2 * part.number + 1);
  }

  #set(set: CharacterSet): number {
    let number = this.#numbers.get(set.key);
    if (number === undefined) this.#numbers.set(set.key, number = this.#sets.push(set) - 1);
    return number;
  }

  #choice(branches: Syntax[]): void {
    const ends: number[] = [];
    for (const [index, branch] of branches.entries()) {
      if (index === branches.length - 1) {
        this.syntax(branch);
        break;
      }
      const split = this.emit(OP.SPLIT);
      this.#a[split] = this.#ops.length;
      this.syntax(branch);
      ends.push(this.emit(OP.JUMP));
      this.#b[split] = this.#ops.length;
    }
    for (const end of ends) this.#a[end] = this.#ops.length;
  }

  /** The rounds that have to be, one after the other, then those that may be. */
  #repeat(part: Repeat): void {
    for (let round = 0; round < part.least; round++) {
      const before = this.#ops.length;
      this.#body(part);
      if (before === this.#ops.length) break;
    }
    if (part.most === Infinity) {
      const [head, exit] = this.#optional(part);
      this.#exit(exit, part.greedy, this.emit(OP.JUMP, head) + 1);
      return;
    }
    const exits: number[] = [];
    for (let round = part.least; round < part.most; round++) exits.push(this.#optional(part)[1]);
    for (const exit of exits) this.#exit(exit, part.greedy, this.#ops.length);
  }

  /** A round that may be: where it begins, and the split whose way past it is still to be told. */
  #optional(part: Repeat): [head: number, exit: number] {
    const split = this.emit(OP.SPLIT);
    if (part.greedy) this.#a[split] = split + 1;
    else this.#b[split] = split + 1;
    const checked = nullable(part.body);
    if (checked) {
      this.#deepest = Math.max(this.#deepest, ++this.#depth);
      this.emit(OP.ROUND, this.#depth);
    }
    this.#body(part);
    if (checked) this.emit(OP.ROUND_END, this.#depth--);
    return [split, split];
  }

  #exit(split: number, greedy: boolean, to: number): void {
    if (greedy) this.#b[split] = to;
    else this.#a[split] = to;
  }

  #body({ body, firstGroup, endGroup }: Repeat): void {
    if (endGroup > firstGroup) this.emit(OP.FORGET, 2 * firstGroup, 2 * endGroup);
    this.syntax(body);
  }
}

/** Whether a part can match without taking a character. */
function nullable(part: Syntax): boolean {
  if (part.type === "set") return false;
  if (part.type === "place") return true;
  if (part.type === "sequence") return part.parts.every(nullable);
  if (part.type === "choice") return part.branches.some(nullable);
  return part.type === "repeat" && part.least === 0 || nullable(part.body);
}
