/** The speeds of serial lines: the kernel has a number for each of a few. */
import { SPEED } from "../../ffi/abi/termios.ts";

const NUMBERS: ReadonlyMap<number, number> = new Map(
  Object.entries(SPEED).map(([name, number]) => [Number(name.slice(1)), number]),
);
const BAUDS: ReadonlyMap<number, number> = new Map([...NUMBERS].map(([baud, number]) => [number, baud]));

/** Names that stty(1) takes besides. */
const OTHER_NAMES: Readonly<Record<string, number>> = { "134.5": 134, "exta": 19_200, "extb": 38_400 };

/** What stands for `baud`. @throws {RangeError} if there is no such speed. */
export function speedNumber(baud: number): number {
  const number = NUMBERS.get(baud);
  if (number === undefined) {
    throw new RangeError(`A terminal has no speed of ${baud} baud: ${[...NUMBERS.keys()].join(", ")}`);
  }
  return number;
}

/** The speed in baud that `number` stands for; 0 for one that was set by other means. */
export function baudOf(number: number): number {
  return BAUDS.get(number) ?? 0;
}

/** The speed that stty(1) calls so, if there is one. */
export function namedSpeed(word: string): number | undefined {
  if (Object.hasOwn(OTHER_NAMES, word)) return OTHER_NAMES[word];
  return /^\d+$/.test(word) && NUMBERS.has(Number(word)) ? Number(word) : undefined;
}
