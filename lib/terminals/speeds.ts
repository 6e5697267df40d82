/** The speeds of serial lines: the kernel has a number for each of a few. */
import { SPEED } from "../../ffi/abi/termios.ts";

/** By baud; made when first asked for. */
let numbers: ReadonlyMap<number, number> | undefined;

function allNumbers(): ReadonlyMap<number, number> {
  return numbers ??= new Map(Object.entries(SPEED).map(([name, number]) => [Number(name.slice(1)), number]));
}

/** Names that stty(1) takes besides. */
const OTHER_NAMES: Readonly<Record<string, number>> = { "134.5": 134, "exta": 19_200, "extb": 38_400 };

/** What stands for `baud`. @throws {RangeError} if there is no such speed. */
export function speedNumber(baud: number): number {
  const number = allNumbers().get(baud);
  if (number === undefined) {
    throw new RangeError(`A terminal has no speed of ${baud} baud: ${[...allNumbers().keys()].join(", ")}`);
  }
  return number;
}

/** The speed in baud that `number` stands for; 0 for one that was set by other means. */
export function baudOf(number: number): number {
  const found = allNumbers().entries().find(([, other]) => other === number);
  return found === undefined ? 0 : found[0];
}

/** The speed that stty(1) calls so, if there is one. */
export function namedSpeed(word: string): number | undefined {
  if (Object.hasOwn(OTHER_NAMES, word)) return OTHER_NAMES[word];
  return /^\d+$/.test(word) && allNumbers().has(Number(word)) ? Number(word) : undefined;
}
