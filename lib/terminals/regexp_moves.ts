/**
 * All ways through a program at once, in the order in which a search that goes back would try them (Pike's machine), and
 * what becomes of them over a character. The same ways over the same class of characters move in the same way: so a move
 * is worked out once, and kept.
 *
 * Of two ways that come to the same instruction at the same position the first one wins, as what follows is the same for
 * both. That holds for ways through repetitions that could be empty if they also agree on which of the rounds they are in
 * were empty up to here. Rounds within an empty round are empty, so a number tells: how deep the outermost empty one is.
 */
import type { CharacterClasses } from "./regexp_classes.ts";
import { isPlace } from "./regexp_places.ts";
import { CONTEXT, OP, type Program } from "./regexp_program.ts";

/** Ways in their order, by the instructions at which they go on. */
export interface Ways {
  readonly at: readonly number[];
  /** What the last character was for places. */
  readonly before: number;
  /** Whether a match may still begin. */
  readonly begins: boolean;
  /** The moves that are known, by class: 0 is the end of the text. */
  readonly moves: (Move | undefined)[];
}

/** Where the slots of a way come from. */
export interface Origin {
  /** The way before; -1 if it begins here. */
  readonly way: number;
  /** The slots that it sets to the position, or to none. */
  readonly here: readonly number[];
  readonly none: readonly number[];
}

/** What becomes of ways over a character. */
export interface Move {
  readonly next: Ways;
  readonly origins: readonly Origin[];
  /** Nothing to do: every way stays what it was. */
  readonly still: boolean;
  /** The way that was a match before the character. */
  readonly match: Origin | undefined;
}

/** Values of slots while a move is worked out. */
const [KEPT, NONE, HERE] = [0, 1, 2];

/** Numbers in all moves that are kept; then they are forgotten. */
const MOST = 1 << 19;

/** Works out moves. */
export class Moves {
  #program: Program;
  #classes: CharacterClasses;
  #known = new Map<string, Ways>();
  #kept = 0;
  /** Depths, and one more for "no round is empty". */
  #depths: number;
  #visited: Int32Array;
  /** The instructions at which a way goes on already. */
  #taken: Int32Array;
  #visit = 0;
  #ahead: number[] = [];
  /** The slots of the way that is followed, and which one it is. */
  #slots: Uint8Array;
  #way = 0;
  #after = 0;
  #work = 0;

  constructor(program: Program, classes: CharacterClasses) {
    this.#program = program;
    this.#classes = classes;
    this.#depths = program.depth + 2;
    this.#visited = new Int32Array(program.ops.length * this.#depths);
    this.#taken = new Int32Array(program.ops.length);
    this.#slots = new Uint8Array(2 * program.groups);
  }

  /** How many instructions were followed. */
  get work(): number {
    return this.#work;
  }

  /** The ways with which a search begins, behind a class of characters or (0) at the beginning of the text. */
  start(character: number): Ways {
    return this.#ways([], this.#context(character), true);
  }

  /** What becomes of ways over a class of characters, or (0) at the end of the text. */
  make(ways: Ways, character: number): Move {
    const { at, begins } = ways;
    const [next, origins]: [number[], Origin[]] = [[], []];
    this.#after = this.#context(character);
    this.#visit = (this.#visit + 1) | 0;
    let match: Origin | undefined;
    for (this.#way = 0; this.#way < at.length && !match; this.#way++) {
      this.#slots.fill(KEPT);
      match = this.#follow(at[this.#way]!, ways.before, character, next, origins);
    }
    if (begins && !match) {
      this.#way = -1;
      this.#slots.fill(KEPT);
      match = this.#follow(0, ways.before, character, next, origins);
    }
    const still = !match && next.length === at.length &&
      origins.every(({ way, here, none }, index) => way === index && here.length + none.length === 0);
    const move = { next: this.#ways(next, this.#after, begins && !match), origins, still, match };
    for (const { here, none } of origins) this.#kept += 3 + here.length + none.length;
    this.#kept += 4;
    return ways.moves[character] = move;
  }

  #context(character: number): number {
    return character === 0 ? CONTEXT.EDGE & this.#program.contexts : this.#classes.context(character);
  }

  #ways(at: number[], before: number, begins: boolean): Ways {
    const key = String.fromCharCode(before, Number(begins), ...at);
    const known = this.#known.get(key);
    if (known) return known;
    if (this.#kept > MOST) {
      // Who is on his way holds what he came by; from here on only new ones are met.
      this.#known.clear();
      this.#kept = 0;
    }
    const ways = { at, before, begins, moves: [] };
    this.#known.set(key, ways);
    this.#kept += 2 * at.length + 8;
    return ways;
  }

  /** Follow a way, and all that branch off, up to where they take this character; the first that is a match. */
  #follow(start: number, before: number, character: number, next: number[], origins: Origin[]): Origin | undefined {
    const ahead = this.#ahead;
    ahead.length = 0;
    ahead.push(start, this.#depths - 1);
    while (ahead.length > 0) {
      const empty = ahead.pop()!;
      const at = ahead.pop()!;
      if (at < 0) {
        this.#slots[-1 - at] = empty;
        continue;
      }
      const op = this.#program.ops[at]!;
      const mark = at * this.#depths + (op === OP.SET ? 0 : empty);
      if (this.#visited[mark] === this.#visit) continue;
      this.#visited[mark] = this.#visit;
      this.#work++;
      if (op === OP.MATCH) return this.#origin();
      if (op !== OP.SET) this.#pass(op, at, empty, before);
      else if (character > 0 && this.#classes.has(character, this.#program.a[at]!)) {
        const to = this.#program.b[at]!;
        if (this.#taken[to] === this.#visit) continue;
        this.#taken[to] = this.#visit;
        next.push(to);
        origins.push(this.#origin());
      }
    }
    return undefined;
  }

  /** Follow an instruction that takes no character; `empty` is the depth of the outermost round empty up to here. */
  #pass(op: number, at: number, empty: number, before: number): void {
    const ahead = this.#ahead;
    const [a, b] = [this.#program.a[at]!, this.#program.b[at]!];
    switch (op) {
      case OP.JUMP:
        ahead.push(a, empty);
        return;
      case OP.SPLIT:
        ahead.push(b, empty, a, empty);
        return;
      case OP.ROUND:
        ahead.push(at + 1, Math.min(empty, a));
        return;
      case OP.ROUND_END:
        if (empty <= a) return;
        break;
      case OP.PLACE:
        if (!isPlace(a, b, before, this.#after)) return;
        break;
      case OP.SAVE:
        this.#save(a, HERE);
        break;
      case OP.FORGET:
        for (let slot = a; slot < b; slot++) this.#save(slot, NONE);
    }
    ahead.push(at + 1, empty);
  }

  /** Set a slot, until the ways that branched off before are followed. */
  #save(slot: number, value: number): void {
    if (this.#slots[slot] === value) return;
    this.#ahead.push(-1 - slot, this.#slots[slot]!);
    this.#slots[slot] = value;
  }

  #origin(): Origin {
    const [here, none]: [number[], number[]] = [[], []];
    this.#slots.forEach((value, slot) => {
      if (value === HERE) here.push(slot);
      else if (value === NONE) none.push(slot);
    });
    return { way: this.#way, here, none };
  }
}
