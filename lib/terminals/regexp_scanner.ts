/** Going through a text as it comes, each character once, to learn whether a match is complete. */
import type { Automaton, State } from "./regexp_automaton.ts";
import { type CharacterClasses, isHigh, isLow } from "./regexp_classes.ts";

/** How far a text is read. */
export class Scanner {
  /** No match begins before this place. */
  floor = 0;
  #position = 0;
  #state: State;
  /** With `u`, the first half of a pair, whose other half has not come: it may also be a character of its own. */
  #half = 0;
  #automaton: Automaton;
  #classes: CharacterClasses;
  #unicode: boolean;
  #work = 0;

  constructor(automaton: Automaton, classes: CharacterClasses, unicode: boolean) {
    this.#automaton = automaton;
    this.#classes = classes;
    this.#unicode = unicode;
    this.#state = automaton.start();
  }

  /** How many characters it looked at. */
  get work(): number {
    return this.#work;
  }

  /** How many characters are read: what comes is to begin there. */
  get position(): number {
    return this.#position + (this.#half ? 1 : 0);
  }

  /** Read on; whether a match is complete. Then it stays there, and finds it again. */
  read(piece: string): boolean {
    if (piece === "") return false;
    let at = 0;
    if (this.#half) {
      const pair = isLow(piece.charCodeAt(0));
      const code = pair ? String.fromCharCode(this.#half, piece.charCodeAt(0)).codePointAt(0)! : this.#half;
      if (!this.#take(code)) return true;
      this.#half = 0;
      at = pair ? 1 : 0;
    }
    while (at < piece.length) {
      at = this.#run(piece, at);
      if (at === piece.length) break;
      const code = this.#unicode ? piece.codePointAt(at)! : piece.charCodeAt(at);
      if (this.#unicode && isHigh(code) && at + 1 === piece.length) {
        this.#half = code;
        break;
      }
      if (!this.#take(code)) return true;
      at += code > 0xffff ? 2 : 1;
    }
    return false;
  }

  /** Whether a match is complete if nothing more comes. */
  endsHere(): boolean {
    const automaton = this.#automaton;
    const state = automaton.number(this.#state);
    const last = this.#half ? automaton.after(state, this.#half) : state;
    return last < 0 || automaton.endsHere(last);
  }

  /** Begin again. */
  reset(): void {
    this.floor = this.#position = this.#half = 0;
    this.#state = this.#automaton.start();
  }

  /** Begin at a place, behind a character. */
  begin(place: number, before: number): void {
    this.floor = this.#position = place;
    this.#half = 0;
    this.#state = { threads: [], before: this.#classes.context(this.#classes.of(before)) };
  }

  /** From state to state while the table has them; where in the piece it has not. */
  #run(piece: string, begin: number): number {
    const automaton = this.#automaton;
    let state = automaton.number(this.#state);
    const [{ table, idle }, classes, { length }] = [automaton, this.#classes.table, piece];
    let [at, floor] = [begin, -1];
    while (at < length) {
      const next = table[state + classes[piece.charCodeAt(at)]!]!;
      if (next < 0) break;
      state = next;
      at++;
      if (state < idle) floor = at;
    }
    if (floor >= 0) this.floor = this.#position + floor - begin;
    this.#position += at - begin;
    this.#work += at - begin;
    this.#state = automaton.state(state);
    return at;
  }

  /** Read one character, unless a match is complete before it. */
  #take(code: number): boolean {
    const automaton = this.#automaton;
    const next = automaton.after(automaton.number(this.#state), code);
    if (next < 0) return false;
    this.#state = automaton.state(next);
    this.#position += code > 0xffff ? 2 : 1;
    this.#work++;
    if (next < automaton.idle) this.floor = this.#position;
    return true;
  }
}
