/** The match itself, with its groups, in time in proportion to the text. */
import { type CharacterClasses, isHigh, isLow } from "./regexp_classes.ts";
import { type Move, Moves, type Origin } from "./regexp_moves.ts";
import type { Program } from "./regexp_program.ts";

/** Runs a program over a text. */
export class Threads {
  #classes: CharacterClasses;
  #unicode: boolean;
  #moves: Moves;
  #width: number;
  /** The slots of all ways, one after the other; and room for the next ones. */
  #now: Int32Array;
  #next: Int32Array;
  #best: Int32Array;
  #work = 0;

  constructor(program: Program, classes: CharacterClasses) {
    this.#classes = classes;
    this.#unicode = program.unicode;
    this.#moves = new Moves(program, classes);
    this.#width = 2 * program.groups;
    this.#now = new Int32Array(8 * this.#width);
    this.#next = new Int32Array(8 * this.#width);
    this.#best = new Int32Array(this.#width);
  }

  /** How many steps were taken: characters, and instructions that were followed to learn a move. */
  get work(): number {
    return this.#work + this.#moves.work;
  }

  /**
   * The match that RegExp's exec would find from a position on.
   *
   * @returns Where each group begins and ends, -1 if it took no part; nothing if there is no match. Valid until the next
   * call.
   */
  exec(text: string, from: number): Int32Array | undefined {
    const { table } = this.#classes;
    let ways = this.#moves.start(from === 0 ? 0 : this.#classes.of(codeBefore(text, from)));
    let position = from;
    for (; ways.begins || ways.at.length > 0; position++) {
      const character = position === text.length ? 0 : table[text.charCodeAt(position)] || this.#class(text, position);
      const move = ways.moves[character] ?? this.#moves.make(ways, character);
      if (!move.still) this.#apply(move, position);
      ways = move.next;
      if (character === 0) break;
      if (this.#unicode && position + 1 < text.length && isPair(text, position)) position++;
    }
    this.#work += position - from;
    return ways.begins ? undefined : this.#best;
  }

  #class(text: string, position: number): number {
    return this.#classes.of(this.#unicode ? text.codePointAt(position)! : text.charCodeAt(position));
  }

  /** Give the slots of each way to those that it became. */
  #apply({ origins, match }: Move, position: number): void {
    if (match) this.#put(match, this.#best, 0, position);
    const width = this.#width;
    if (origins.length * width > this.#next.length) this.#grow(2 * origins.length * width);
    for (let way = 0; way < origins.length; way++) this.#put(origins[way]!, this.#next, way * width, position);
    [this.#now, this.#next] = [this.#next, this.#now];
  }

  #put({ way, here, none }: Origin, slots: Int32Array, begin: number, position: number): void {
    const [now, width] = [this.#now, this.#width];
    for (let slot = 0; slot < width; slot++) slots[begin + slot] = way < 0 ? -1 : now[way * width + slot]!;
    for (let index = 0; index < here.length; index++) slots[begin + here[index]!] = position;
    for (let index = 0; index < none.length; index++) slots[begin + none[index]!] = -1;
  }

  #grow(length: number): void {
    const before = this.#now;
    this.#now = new Int32Array(length);
    this.#now.set(before);
    this.#next = new Int32Array(length);
  }
}

function isPair(text: string, position: number): boolean {
  return isHigh(text.charCodeAt(position)) && isLow(text.charCodeAt(position + 1));
}

/** The character that ends before a position. */
export function codeBefore(text: string, position: number): number {
  const unit = text.charCodeAt(position - 1);
  const paired = isLow(unit) && position > 1 && isHigh(text.charCodeAt(position - 2));
  return paired ? text.codePointAt(position - 2)! : unit;
}
