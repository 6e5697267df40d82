/** The key of an example's System V object. */
import { UsageError } from "./program.ts";

/** As decimal digits or as ipcs(1) shows it, 1234 if there is none; 0 is the key that finds nothing. */
export function keyOf(word = "1234"): number {
  const key = /^(\d+|0x[\da-f]+)$/i.test(word) ? Number(word) : 0;
  if (key < 1 || key >= 2 ** 32) throw new UsageError();
  return key;
}
