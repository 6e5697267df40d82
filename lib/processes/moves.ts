/** A child's descriptors, from the ones of this program that it gets copies of. */

/** What to do with the descriptors in the child, in this order, whichever numbers stand on either side. */
export interface Moves {
  /** dup2(2) of each pair. Equal numbers clear close-on-exec. */
  readonly copies: readonly (readonly [from: number, to: number])[];
  /** Close these. */
  readonly gaps: readonly number[];
  /** And everything from here on. */
  readonly closeFrom: number;
}

/** Plan a child's descriptors: `map` has the child's numbers and ours. */
export function planMoves(map: ReadonlyMap<number, number>): Moves {
  const copies: [number, number][] = [];
  const taken = new Set([...map.keys(), ...map.values()]);
  const safe = new Map<number, number>();
  let spare = 3;
  // A source that some other copy overwrites is put aside first, to a number that nobody needs.
  for (const [to, from] of map) {
    if (to === from || safe.has(from) || !map.has(from)) continue;
    while (taken.has(spare)) spare++;
    safe.set(from, spare);
    copies.push([from, spare++]);
  }
  for (const [to, from] of map) copies.push([to === from ? from : safe.get(from) ?? from, to]);
  const last = Math.max(-1, ...map.keys());
  const gaps = Array.from({ length: last }, (_, number) => number).filter((number) => !map.has(number));
  return { copies, gaps, closeFrom: last + 1 };
}
