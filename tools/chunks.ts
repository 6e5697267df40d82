/**
 * Which areas load which code. A bundle by areas has a chunk for each set of areas that share some code, some of them tiny,
 * and a file costs as much as 20 KiB: areas load a little of what they do not use, where that saves them files.
 */

/** Milliseconds that each file costs who imports it, and each KiB of it, as measured with these bundles. */
const FILE = 0.2;
const KIB = 0.01;

/** What is always loaded together. */
export interface Chunk {
  /** Whom it is loaded by, a bit for each area. */
  readonly areas: number;
  readonly bytes: number;
  /** The indexes of the chunks that it imports. */
  readonly uses: readonly number[];
}

/** By which areas each of `chunks` is best loaded, so that all imports together take least. What has the same is one file. */
export function joined(chunks: readonly Chunk[]): number[] {
  let best = chunks.map(({ areas }) => areas);
  for (let least = cost(best, chunks);;) {
    const before = least;
    for (const next of joins(best, chunks)) {
      if (cost(next, chunks) >= least) continue;
      least = cost(next, chunks);
      best = next;
    }
    if (least === before) return best;
  }
}

/** Each way to make one of two. */
function* joins(areas: readonly number[], chunks: readonly Chunk[]): Generator<number[]> {
  const sets = [...new Set(areas)];
  for (const [i, one] of sets.entries()) {
    for (const other of sets.slice(i + 1)) {
      yield loadable(areas.map((set) => set === one || set === other ? one | other : set), chunks);
    }
  }
}

/** `areas` and, by each of them, what the chunks import that it loads. */
function loadable(areas: number[], chunks: readonly Chunk[]): number[] {
  for (let changed = true; changed;) {
    changed = false;
    for (const [i, { uses }] of chunks.entries()) {
      for (const used of uses) {
        const all = areas[used]! | areas[i]!;
        changed ||= all !== areas[used];
        areas[used] = all;
      }
    }
  }
  return areas;
}

/** What it costs to import each area once. */
function cost(areas: readonly number[], chunks: readonly Chunk[]): number {
  const files = [...new Set(areas)].reduce((sum, set) => sum + count(set), 0);
  const bytes = chunks.reduce((sum, { bytes }, i) => sum + bytes * count(areas[i]!), 0);
  return FILE * files + KIB * bytes / 1024;
}

function count(set: number): number {
  let bits = 0;
  for (let rest = set; rest > 0; rest &= rest - 1) bits++;
  return bits;
}
