/** Random regular expressions and texts, the same ones for the same seed. */
import vm from "node:vm";

/** Numbers from a seed (Marsaglia's xorshift). */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 1;
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }

  /** One of several. */
  of<T>(list: ArrayLike<T>): T {
    return list[this.below(list.length)]!;
  }
}

/** What texts are made of: few characters, so that much is repeated, and some of each kind that is special. */
const TEXT = [
  ..."aaaaabbbbbcAB_ \n\n-1",
  "\r",
  "\u2028",
  "é",
  "É",
  "ſ",
  "K",
  "s",
  "k",
  "😀",
  "\ud83d",
  "\ude00",
  "𐐀",
  "𐐨",
];

const ATOMS = [
  ..."aaaabbbc.AB",
  ...[
    "\\d",
    "\\D",
    "\\w",
    "\\W",
    "\\s",
    "\\S",
    "[ab]",
    "[^a]",
    "[^]",
    "[]",
    "[a-c_]",
    "[\\w-]",
    "[\\b]",
    "\\n",
    "[\\]b]",
  ],
  ...["\\x61", "\\u0062", "\\cJ", "é", "[à-ý]", "s", "[K]", "\\0", "\\.", "\\/", "\\t", " ", "-"],
];

/** Valid without `u` only. */
const LOOSE = [
  "\\q",
  "\\u00",
  "\\x6",
  "\\c",
  "\\141",
  "\\8",
  "{",
  "}",
  "]",
  "a{,2}",
  "b{1",
  "\\k",
  "[\\c_]",
  "\\-",
  "\\01",
  "\\u{2}",
];

/** Valid with `u`, or something else then. */
const STRICT = [
  "\\u{61}",
  "\\u{1F600}",
  "😀",
  "\\ud83d\\ude00",
  "[😀𐐀]",
  "\\p{Lu}",
  "\\P{L}",
  "\\p{L}",
  "𐐀",
  "\\ud83d",
  "[^😀]",
  "\\ude00",
];

const TIMES = ["*", "+", "?", "{2}", "{0}", "{1,}", "{0,1}", "{1,2}", "{0,2}", "{2,3}", "{0,}", "{3,5}"];

/** A random regular expression; it can be invalid. */
export class Pattern {
  #chance: Chance;
  #unicode: boolean;
  #names = 0;

  constructor(chance: Chance, flags: string) {
    this.#chance = chance;
    this.#unicode = flags.includes("u");
  }

  choice(depth: number): string {
    const branches = [this.#sequence(depth)];
    while (this.#chance.below(3) === 0) branches.push(this.#sequence(depth));
    return branches.join("|");
  }

  #sequence(depth: number): string {
    let text = "";
    for (let count = this.#chance.below(4); count > 0; count--) text += this.#term(depth);
    return text;
  }

  #term(depth: number): string {
    const kind = this.#chance.below(12);
    if (kind === 0) return this.#chance.of(["^", "$", "\\b", "\\B"]);
    const body = depth > 0 && kind < 6 ? this.#group(depth) : this.#atom();
    if (this.#chance.below(2) === 0) return body;
    return body + this.#chance.of(TIMES) + (this.#chance.below(3) === 0 ? "?" : "");
  }

  #group(depth: number): string {
    const name = `(?<n${this.#names}>`;
    const opening = this.#chance.of(["(", "(", "(", "(?:", "(?:", "(?s:", "(?m-s:", name]);
    if (opening === name) this.#names++;
    return opening + this.choice(depth - 1) + ")";
  }

  #atom(): string {
    const kind = this.#chance.below(10);
    if (kind === 0) return this.#chance.of(this.#unicode ? STRICT : LOOSE);
    return this.#chance.of(kind < 6 ? "aaabbc." : ATOMS);
  }
}

/**
 * What V8 15.0 gets wrong, so that it cannot be asked: a lazy dot that matches line ends at the beginning of a part that
 * may be left out (`/(?:.*?x)?^/s` does not match "ab").
 */
const LAZY_DOT = /\.(?:[*+]|\{\d,\d?\})\?/;

/** A random regular expression that is valid. */
export function randomPattern(chance: Chance): RegExp {
  for (;;) {
    let flags = "";
    for (const flag of "imsu") if (chance.below(3) === 0) flags += flag;
    try {
      const pattern = new RegExp(new Pattern(chance, flags).choice(1 + chance.below(3)), flags);
      if (!(LAZY_DOT.test(pattern.source) && /s/.test(flags + pattern.source))) return pattern;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
}

/** A random text in pieces. */
export function randomPieces(chance: Chance): string[] {
  const plain = chance.below(2) === 0;
  let text = "";
  for (let length = chance.below(16); length > 0; length--) text += chance.of(plain ? "aaabbbc\n" : TEXT);
  const pieces: string[] = [];
  while (text !== "") {
    const length = 1 + chance.below(text.length);
    pieces.push(text.slice(0, length));
    text = text.slice(length);
  }
  return pieces;
}

/** Whether a place is within a pair. */
export function midPair(text: string, place: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(Math.max(0, place - 1))) && place > 0;
}

const place: { run?: () => RegExpExecArray | null } = {};
const context = vm.createContext(place);
const script = new vm.Script("run()");

/** What the engine finds; `undefined` if it goes back so often that it takes exponential time. */
export function execInTime(pattern: RegExp, text: string): RegExpExecArray | null | undefined {
  place.run = () => pattern.exec(text);
  try {
    return script.runInContext(context, { timeout: 100 });
  } catch {
    return undefined;
  }
}
