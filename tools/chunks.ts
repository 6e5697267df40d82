/**
 * Which areas load which code. A bundle by areas has a chunk for each set of areas that share some code, some of them tiny,
 * and a file costs as much as 12 KiB: areas load a little of what they do not use, where that saves them files.
 */

/** Milliseconds that each file costs who imports it, and each KiB of it, as measured with these bundles. */
const FILE = 0.25;
const KIB = 0.02;

/** What is always loaded together. */
export interface Chunk {
  /** Whom it is loaded by, a bit for each area. */
  readonly areas: number;
  readonly bytes: number;
  /** The indexes of the chunks that it imports. */
  readonly uses: readonly number[];
}

/**
 * By which areas each of `chunks` is best loaded, so that all imports together take least, those of each area counted
 * `weights` times. What has the same is one file.
 */
export function joined(chunks: readonly Chunk[], weights: readonly number[] = []): number[] {
  const costOf = (areas: readonly number[]) => cost(areas, chunks, weights);
  let best = chunks.map(({ areas }) => areas);
  for (let least = costOf(best);;) {
    const before = least;
    for (const next of joins(best, chunks)) {
      const taken = costOf(next);
      if (taken >= least) continue;
      least = taken;
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

/** What it costs to import each area as often as it counts. */
function cost(areas: readonly number[], chunks: readonly Chunk[], weights: readonly number[]): number {
  const files = [...new Set(areas)].reduce((sum, set) => sum + weight(set, weights), 0);
  const bytes = chunks.reduce((sum, { bytes }, i) => sum + bytes * weight(areas[i]!, weights), 0);
  return FILE * files + KIB * bytes / 1024;
}

/** What the areas of a set count together; each once where nothing else is said. */
function weight(set: number, weights: readonly number[]): number {
  let sum = 0;
  for (let area = 0; set >> area > 0; area++) if ((set >> area & 1) === 1) sum += weights[area] ?? 1;
  return sum;
}
