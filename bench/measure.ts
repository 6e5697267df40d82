/**
 * Measuring side by side: every round runs all contenders one after the other, so that a machine that gets slower or
 * faster does so for all, and the ratio of each round is one sample. Each round has an order of its own: who always came
 * behind the one that leaves the caches cold would pay for it.
 */

/** One of those that are compared. */
export interface Contender {
  readonly name: string;
  /** What it cost, in the unit of the comparison. */
  readonly cost: () => number | Promise<number>;
}

/** The cost of each contender in each round, by name. */
export type Costs = ReadonlyMap<string, readonly number[]>;

/** What many samples come to. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Run `rounds` rounds after one that only warms up: caches, the JIT, the files on disk. */
export async function sideBySide(contenders: readonly Contender[], rounds: number): Promise<Costs> {
  const costs = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (const { cost } of contenders) await cost();
  for (let round = 0; round < rounds; round++) {
    for (const { name, cost } of shuffled(contenders)) costs.get(name)!.push(await cost());
  }
  return costs;
}

function shuffled<T>(items: readonly T[]): T[] {
  const order = [...items];
  for (let left = order.length; left > 1; left--) {
    const taken = Math.floor(Math.random() * left);
    [order[left - 1], order[taken]] = [order[taken]!, order[left - 1]!];
  }
  return order;
}

/** The middle of `samples`; of an even number of them, the mean of the two in the middle. */
export function median(samples: readonly number[]): number {
  if (samples.length === 0) throw new RangeError("There is no median of nothing");
  const sorted = samples.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

export function summary(samples: readonly number[]): Summary {
  return { median: median(samples), min: Math.min(...samples), max: Math.max(...samples) };
}

/** `one` in terms of `base`, round by round. */
export function ratio(costs: Costs, one: string, base: string): Summary {
  return summary(pairs(costs, one, base).map(([a, b]) => a / b));
}

/** By how much `one` costs more than `base`, round by round. */
export function difference(costs: Costs, one: string, base: string): Summary {
  return summary(pairs(costs, one, base).map(([a, b]) => a - b));
}

function pairs(costs: Costs, one: string, base: string): [number, number][] {
  const [left, right] = [samples(costs, one), samples(costs, base)];
  return left.map((value, round) => [value, right[round]!]);
}

/** The samples of the contender called `name`. */
export function samples(costs: Costs, name: string): readonly number[] {
  const found = costs.get(name);
  if (found === undefined) throw new RangeError(`No contender is called ${JSON.stringify(name)}`);
  return found;
}

/** Milliseconds that `body` takes. */
export function timed(body: () => void): number {
  const start = performance.now();
  body();
  return performance.now() - start;
}

/** Milliseconds until `body` has settled. */
export async function timedAsync(body: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await body();
  return performance.now() - start;
}

/** How often each runs before the next one does. */
const TURN = 50;

/**
 * Microseconds that each of `bodies` takes, the median of `turns` in which one comes after the other: a processor that falls
 * asleep while nothing is to be done does so for all, and so do the others of the machine.
 */
export async function inTurns(
  bodies: Readonly<Record<string, () => Promise<unknown>>>,
  turns: number,
): Promise<Record<string, number>> {
  const taken: Record<string, number[]> = {};
  for (let turn = 0; turn < turns; turn++) {
    for (const [name, body] of Object.entries(bodies)) {
      const ms = await timedAsync(async () => {
        for (let i = 0; i < TURN; i++) await body();
      });
      (taken[name] ??= []).push(1_000 * ms / TURN);
    }
  }
  return Object.fromEntries(Object.entries(taken).map(([name, times]) => [name, median(times)]));
}
