/** Maps of a child's descriptors to those of the parent. */

/** What the child has to have: the file of the source at each of its numbers. */
export function wanted(before: Map<number, string>, map: Map<number, number>): Map<number, string> {
  const entries = [...map].map(([to, from]): [number, string] => [to, before.get(from)!]);
  return new Map(entries.sort(([a], [b]) => a - b));
}

/** A random map of 3 to 10 numbers of a child to open numbers of the parent. */
export function randomMap(numbers: number[], sources: number[]): Map<number, number> {
  const pick = <T>(from: T[]) => from[Math.floor(Math.random() * from.length)]!;
  const map = new Map([0, 1, 2].map((to) => [to, pick(sources)]));
  for (let more = Math.floor(Math.random() * 8); more > 0; more--) map.set(pick(numbers), pick(sources));
  return map;
}
