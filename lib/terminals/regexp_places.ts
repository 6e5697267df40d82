/** Whether a position is a place that a regular expression names: `^`, `$`, `\b` and `\B`. */
import { CONTEXT, PLACES } from "./regexp_program.ts";

/** Whether a position with these contexts on its two sides is the place; `word` is the context bit of words. */
export function isPlace(place: number, word: number, before: number, after: number): boolean {
  switch (place) {
    case PLACES["text start"]:
      return (before & CONTEXT.EDGE) !== 0;
    case PLACES["text end"]:
      return (after & CONTEXT.EDGE) !== 0;
    case PLACES["line start"]:
      return (before & (CONTEXT.EDGE | CONTEXT.LINE_END)) !== 0;
    case PLACES["line end"]:
      return (after & (CONTEXT.EDGE | CONTEXT.LINE_END)) !== 0;
    default:
      return ((before & word) !== (after & word)) === (place === PLACES.word);
  }
}
