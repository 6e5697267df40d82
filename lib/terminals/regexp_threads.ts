/**
 * The match itself, with its groups: all ways through the program at once, in the order in which a search that goes back
 * would try them (Pike's machine). A character costs the length of the program at most.
 *
 * Of two ways that come to the same instruction at the same position the first one wins, as what follows is the same for
 * both. That holds for ways through repetitions that could be empty if they also agree on which of the rounds they are in
 * were empty up to here. Rounds within an empty round are empty, so a number tells: how deep the outermost empty one is.
 */
import { type CharacterClasses, isHigh, isLow } from "./regexp_classes.ts";
import { isPlace } from "./regexp_places.ts";
import { CONTEXT, OP, type Program } from "./regexp_program.ts";

/** Ways in their order: the instruction of each, and its slots. */
class Ways {
  count = 0;
  readonly at: Int32Array;
  readonly slots: Int32Array;

  constructor(most: number, width: number) {
    this.at = new Int32Array(most);
    this.slots = new Int32Array(most * width);
  }
}

/** Runs a program over a text. */
export class Threads {
  #program: Program;
  #classes: CharacterClasses;
  #width: number;
  /** Depths, and one more for "no round is empty". */
  #depths: number;
  #now: Ways;
  #next: Ways;
  #visited: Int32Array;
  #visit = 0;
  /** The slots of the way that is followed. */
  #slots: Int32Array;
  #best: Int32Array;
  #ahead: number[] = [];
  #work = 0;
  #position = 0;
  #before = 0;
  #after = 0;
  #character = 0;

  constructor(program: Program, classes: CharacterClasses) {
    const [{ length }, width] = [program.ops, 2 * program.groups];
    this.#program = program;
    this.#classes = classes;
    this.#width = width;
    this.#depths = program.depth + 2;
    this.#now = new Ways(length, width);
    this.#next = new Ways(length, width);
    this.#visited = new Int32Array(length * this.#depths);
    this.#slots = new Int32Array(width);
    this.#best = new Int32Array(width);
  }

  /** How many instructions were followed. */
  get work(): number {
    return this.#work;
  }

  /**
   * The match that RegExp's exec would find from a position on.
   *
   * @returns Where each group begins and ends, -1 if it took no part; nothing if there is no match. Valid until the next
   * call.
   */
  exec(text: string, from: number): Int32Array | undefined {
    const edge = CONTEXT.EDGE & this.#program.contexts;
    let found = false;
    this.#now.count = 0;
    this.#before = from === 0 ? edge : this.#classes.context(this.#classes.of(codeBefore(text, from)));
    for (let position = from; !found || this.#now.count > 0;) {
      const ends = position === text.length;
      const code = ends ? 0 : this.#codeAt(text, position);
      this.#position = position;
      this.#character = ends ? 0 : this.#classes.of(code);
      this.#after = ends ? edge : this.#classes.context(this.#character);
      found = this.#step(!found) || found;
      if (ends) break;
      position += code > 0xffff ? 2 : 1;
      this.#before = this.#after;
    }
    return found ? this.#best : undefined;
  }

  #codeAt(text: string, position: number): number {
    const unit = text.charCodeAt(position);
    return this.#program.unicode && isHigh(unit) ? text.codePointAt(position)! : unit;
  }

  /** Take all ways over a character, and a new one if a match may still begin; whether one of them is a match. */
  #step(begins: boolean): boolean {
    const [now, width] = [this.#now, this.#width];
    this.#visit = (this.#visit + 1) | 0;
    this.#next.count = 0;
    let found = false;
    for (let index = 0; index < now.count && !found; index++) {
      const from = index * width;
      for (let slot = 0; slot < width; slot++) this.#slots[slot] = now.slots[from + slot]!;
      found = this.#follow(now.at[index]!);
    }
    if (begins && !found) {
      this.#slots.fill(-1);
      found = this.#follow(0);
    }
    [this.#now, this.#next] = [this.#next, now];
    return found;
  }

  /** Follow a way, and all that branch off, up to where they take this character; whether one of them is a match. */
  #follow(start: number): boolean {
    const ahead = this.#ahead;
    ahead.length = 0;
    ahead.push(start, this.#depths - 1);
    while (ahead.length > 0) {
      const [empty, at] = [ahead.pop()!, ahead.pop()!];
      if (at < 0) this.#slots[-1 - at] = empty;
      else if (this.#instruction(at, empty)) return true;
    }
    return false;
  }

  /** Follow one instruction; `empty` is the depth of the outermost round that is empty up to here. */
  #instruction(at: number, empty: number): boolean {
    const { ops, a, b } = this.#program;
    const op = ops[at]!;
    const mark = at * this.#depths + (op === OP.SET ? 0 : empty);
    if (this.#visited[mark] === this.#visit) return false;
    this.#visited[mark] = this.#visit;
    this.#work++;
    switch (op) {
      case OP.SET:
        if (this.#character > 0 && this.#classes.has(this.#character, a[at]!)) this.#take(at + 1);
        return false;
      case OP.MATCH:
        this.#best.set(this.#slots);
        return true;
      case OP.JUMP:
        this.#ahead.push(a[at]!, empty);
        return false;
      case OP.SPLIT:
        this.#ahead.push(b[at]!, empty, a[at]!, empty);
        return false;
      case OP.SAVE:
        this.#save(a[at]!, this.#position);
        break;
      case OP.FORGET:
        for (let slot = a[at]!; slot < b[at]!; slot++) this.#save(slot, -1);
        break;
      case OP.PLACE:
        if (!isPlace(a[at]!, b[at]!, this.#before, this.#after)) return false;
        break;
      case OP.ROUND:
        this.#ahead.push(at + 1, Math.min(empty, a[at]!));
        return false;
      case OP.ROUND_END:
        if (empty <= a[at]!) return false;
    }
    this.#ahead.push(at + 1, empty);
    return false;
  }

  /** Set a slot, until the ways that branched off before are followed. */
  #save(slot: number, position: number): void {
    if (this.#slots[slot] === position) return;
    this.#ahead.push(-1 - slot, this.#slots[slot]!);
    this.#slots[slot] = position;
  }

  #take(at: number): void {
    const next = this.#next;
    next.slots.set(this.#slots, next.count * this.#width);
    next.at[next.count++] = at;
  }
}

/** The character that ends before a position. */
function codeBefore(text: string, position: number): number {
  const unit = text.charCodeAt(position - 1);
  const paired = isLow(unit) && position > 1 && isHigh(text.charCodeAt(position - 2));
  return paired ? text.codePointAt(position - 2)! : unit;
}
