/** Text as a person types it. */
import { checkedDelay } from "./expect_options.ts";

/** How `sendSlow` sends. */
export interface SlowOptions {
  /** How many characters at once. @default {1} */
  chunk?: number;
  /** Milliseconds between them. @default {100} */
  delay?: number;
}

/** How a person types: the five numbers of Tcl's `send_human`, in milliseconds. */
export interface HumanOptions {
  /** The average time between two characters. @default {100} */
  mean?: number;
  /** The average time at the end of a word. @default {300} */
  wordEnd?: number;
  /** How even it is: 0.1 is quite uneven, 1 as people are, 10 like a machine. @default {1} */
  evenness?: number;
  /** The shortest time. @default {50} */
  minimum?: number;
  /** The longest time. @default {2_000} */
  maximum?: number;
}

/** What is sent at once, and how long it takes before. */
export interface Stroke {
  text: string;
  pause: number;
}

/** @throws {RangeError} if a number makes no sense. */
export function slowStrokes(text: string, { chunk = 1, delay = 100 }: SlowOptions): Stroke[] {
  if (!(Number.isInteger(chunk) && chunk >= 1)) throw new RangeError(`chunk must be an integer from 1 on: ${chunk}`);
  checkedDelay(delay, "delay");
  const characters = [...text];
  const strokes: Stroke[] = [];
  for (let at = 0; at < characters.length; at += chunk) {
    strokes.push({ text: characters.slice(at, at + chunk).join(""), pause: at === 0 ? 0 : delay });
  }
  return strokes;
}

/** `random` gives numbers from 0 to 1. @throws {RangeError} if a number makes no sense. */
export function humanStrokes(text: string, options: HumanOptions, random: () => number = Math.random): Stroke[] {
  const { mean = 100, wordEnd = 300, evenness = 1, minimum = 50, maximum = 2_000 } = options;
  for (const [name, ms] of Object.entries({ mean, wordEnd, minimum, maximum })) checkedDelay(ms, name);
  if (!(evenness > 0)) throw new RangeError(`evenness must be a number above 0: ${evenness}`);
  if (minimum > maximum) throw new RangeError(`minimum must not be above maximum: ${minimum}, ${maximum}`);
  let inWord = false;
  return [...text].map((character, at) => {
    const letter = /[\p{L}\p{N}]/u.test(character);
    const average = inWord && !letter ? wordEnd : mean;
    inWord = letter;
    // The distribution of Weibull, as Tcl's expect has it.
    const pause = average * (-Math.log(1 - random())) ** (1 / evenness);
    return { text: character, pause: at === 0 ? 0 : Math.min(maximum, Math.max(minimum, pause)) };
  });
}

/**
 * The character that a person types with the control key: of `"c"`, `"C"` or `"^C"` U+0003; of `"?"` DEL.
 *
 * @throws {TypeError} if there is none.
 */
export function controlCharacter(key: string): string {
  const character = typeof key === "string" ? key.replace(/^\^(?=[^]$)/, "").toUpperCase() : "";
  if (character === "?") return "\x7f";
  if (/^[@-_]$/.test(character)) return String.fromCharCode(character.charCodeAt(0) & 0x1f);
  throw new TypeError(`There is no control character ${JSON.stringify(key)}: a letter, or one of @ [ \\ ] ^ _ ?`);
}
