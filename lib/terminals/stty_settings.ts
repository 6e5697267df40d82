/** stty(1)'s words, read: what they are to change is known before anything is. */
import { TERMIOS } from "../../ffi/abi/termios.ts";
import { CHARACTER_NAMES, characterCode, integer } from "./control_characters.ts";
import { modeNamed } from "./mode_names.ts";
import { namedSpeed, speedNumber } from "./speeds.ts";
import { combination } from "./stty_combinations.ts";
import { type ChangeTime, CHARACTERS, type TerminalMode } from "./terminal_mode.ts";

/** What a list of words comes to. */
export interface Settings {
  /** Changes of the modes, in order. */
  readonly changes: ((mode: TerminalMode) => void)[];
  /** The size that the kernel is to be told. */
  rows?: number;
  cols?: number;
  when: ChangeTime;
}

/** What a word with a value does. */
type WithValue = (settings: Settings, value: string) => void;

const WITH_VALUE: Readonly<Record<string, WithValue>> = {
  min: ({ changes }, text) => changes.push(byteChange("VMIN", text, "min")),
  time: ({ changes }, text) => changes.push(byteChange("VTIME", text, "time")),
  line: ({ changes }, text) => {
    const line = within(text, "line", 255);
    changes.push((mode) => void (mode.line = line));
  },
  // That of the output; set as such it would hang up a line.
  ispeed: (settings, text) => namedSpeed(text) === 0 ? undefined : setSpeed(settings, text),
  ospeed: setSpeed,
  rows: (settings, text) => void (settings.rows = within(text, "rows", 0xffff)),
  cols: (settings, text) => void (settings.cols = within(text, "cols", 0xffff)),
  columns: (settings, text) => void (settings.cols = within(text, "columns", 0xffff)),
};

/** Words by which stty(1) shows something. */
const SHOWING = ["-a", "--all", "-g", "--save", "size", "speed"];

/**
 * Read the words of stty(1).
 *
 * @throws {TypeError} that names a word which there is not, or whose value is missing or is none.
 * @throws {RangeError} if a value is too large, or there is no such speed.
 */
export function readSettings(words: readonly string[]): Settings {
  const settings: Settings = { changes: [], when: "now" };
  read(settings, words.flatMap(split));
  return settings;
}

/** Several words may be given as one text; a blank alone is a character. */
function split(word: unknown): string[] {
  if (typeof word !== "string") throw new TypeError(`A setting is a word of stty(1), not ${Deno.inspect(word)}`);
  return word.length > 1 ? word.split(" ").filter((part) => part !== "") : [word];
}

function read(settings: Settings, words: readonly string[]): void {
  const rest = [...words];
  while (rest.length > 0) {
    const word = rest.shift()!;
    if (readAlone(settings, word)) continue;
    const take = withValue(word);
    if (take === undefined) throw unknown(word);
    const value = rest.shift();
    if (value === undefined) throw new TypeError(`The setting "${word}" needs a value`);
    take(settings, value);
  }
}

/** Read a word that has no value: whether it is one. */
function readAlone(settings: Settings, word: string): boolean {
  const several = combination(word);
  if (several !== undefined) {
    read(settings, several);
    return true;
  }
  const change = modeChange(word) ?? speedChange(word) ?? savedChange(word);
  if (change !== undefined) settings.changes.push(change);
  else if (word === "drain" || word === "-drain") settings.when = word === "drain" ? "drain" : "now";
  else return false;
  return true;
}

function modeChange(word: string): ((mode: TerminalMode) => void) | undefined {
  const reversed = word.startsWith("-");
  const found = modeNamed(reversed ? word.slice(1) : word);
  if (found === undefined || (reversed && !found.reversible)) return undefined;
  const { group, bits, mask } = found;
  return (mode) => mode.put(group, mask | bits, reversed ? 0 : bits);
}

function speedChange(word: string): ((mode: TerminalMode) => void) | undefined {
  const baud = namedSpeed(word);
  if (baud === undefined) {
    // A number can be meant for nothing else.
    if (/^\d+$/.test(word)) speedNumber(Number(word));
    return undefined;
  }
  return (mode) => void (mode.speed = speedNumber(baud));
}

function setSpeed({ changes }: Settings, text: string): void {
  const change = speedChange(text);
  if (change === undefined) throw new TypeError(`Not a speed: ${JSON.stringify(text)}`);
  changes.push(change);
}

function withValue(word: string): WithValue | undefined {
  if (Object.hasOwn(WITH_VALUE, word)) return WITH_VALUE[word];
  const character = CHARACTER_NAMES.find((one) => one.word === word);
  if (character === undefined) return undefined;
  return ({ changes }, text) => {
    const code = characterCode(text, word);
    changes.push((mode) => mode.setCharacter(character.name, code));
  };
}

function byteChange(name: "VMIN" | "VTIME", text: string, what: string): (mode: TerminalMode) => void {
  const value = within(text, what, 255);
  return (mode) => mode.setCharacter(name, value);
}

function within(text: string, what: string, most: number): number {
  const value = integer(text, what);
  if (value > most) throw new RangeError(`The value of ${what} is at most ${most}, not ${text}`);
  return value;
}

function unknown(word: string): TypeError {
  const reason = SHOWING.includes(word)
    ? `"${word}" sets nothing: sttyText() tells it`
    : `stty has no setting "${word}"`;
  return new TypeError(reason);
}

/** What `stty -g` writes: the four words and the characters, in hexadecimal. */
export function savedText(mode: TerminalMode): string {
  const words = (["input", "output", "control", "local"] as const).map((word) => mode.word(word));
  return [...words, ...mode.characters].map((number) => number.toString(16)).join(":");
}

/** The change that takes back what {@linkcode savedText} has written. */
function savedChange(text: string): ((mode: TerminalMode) => void) | undefined {
  if (!/^[\da-f]+(:[\da-f]+)+$/i.test(text)) return undefined;
  const numbers = text.split(":").map((part) => parseInt(part, 16));
  if (numbers.length !== 4 + CHARACTERS || numbers.some((n, i) => n > (i < 4 ? 0xffffffff : 255))) return undefined;
  return (mode) => {
    for (const [i, word] of (["input", "output", "control", "local"] as const).entries()) {
      mode.setWord(word, numbers[i]!);
    }
    numbers.slice(4).forEach((code, i) => mode.view.setUint8(TERMIOS.c_cc + i, code));
  };
}
