/** How a terminal is set, as plain data. */
import { CONTROL_MODE, INPUT_MODE, LOCAL_MODE, OUTPUT_MODE } from "../../ffi/abi/termios.ts";
import type {
  ControlMode,
  InputMode,
  LocalMode,
  OutputDelay,
  OutputMode,
  SpecialCharacter,
} from "./attribute_names.ts";
import { caret, CHARACTER_NAMES, characterCode, DISABLED } from "./control_characters.ts";
import { baudOf, speedNumber } from "./speeds.ts";
import { changeMode } from "./terminal_change.ts";
import { type ChangeTime, checkChangeTime, type ModeWord, readMode, TerminalMode } from "./terminal_mode.ts";
import { openTerminal, type TerminalTarget } from "./terminal_target.ts";

/** How a terminal is set: a frozen copy, by the names that POSIX has for it. */
export interface TerminalAttributes {
  /** `ICRNL`, `IXON` and so on. */
  readonly input: Readonly<Record<InputMode, boolean>>;
  /** `OPOST`, `ONLCR` and so on. */
  readonly output: Readonly<Record<OutputMode, boolean>>;
  /** `NLDLY` and so on: 0 is none, up to 3. */
  readonly delays: Readonly<Record<OutputDelay, number>>;
  /** `CREAD`, `HUPCL` and so on. */
  readonly control: Readonly<Record<ControlMode, boolean>>;
  /** `ICANON`, `ECHO`, `ISIG` and so on. */
  readonly local: Readonly<Record<LocalMode, boolean>>;
  /**
   * `VINTR` and so on, as stty(1) writes them: `"^C"`, `"^?"`, `"x"`, `"M-^A"`; null where there is none. Any form that
   * stty(1) takes can be set.
   */
  readonly characters: Readonly<Record<SpecialCharacter, string | null>>;
  /** Bits of a character: 5 to 8. A pty has always 8. */
  readonly characterSize: number;
  /** Without `ICANON`: how many bytes a read waits for, 0 to 255 (VMIN). */
  readonly minimum: number;
  /** Without `ICANON`: how long a read waits, in milliseconds: tenths of a second, up to 25,500 (VTIME). */
  readonly time: number;
  /** Baud; 0 hangs up, and is also what a speed is read as that is none of termios(3)'s. */
  readonly inputSpeed: number;
  /** Baud. Linux has one speed for both ways. */
  readonly outputSpeed: number;
}

/** What is to be changed of {@linkcode TerminalAttributes}: what is left out stays as it is. */
export type PartialTerminalAttributes = {
  readonly [K in keyof TerminalAttributes]?: TerminalAttributes[K] extends number ? number
    : Partial<TerminalAttributes[K]>;
};

const TABLES: Readonly<Record<ModeWord, Readonly<Record<string, number>>>> = {
  input: INPUT_MODE,
  output: OUTPUT_MODE,
  control: CONTROL_MODE,
  local: LOCAL_MODE,
};
const GROUPS: readonly ModeWord[] = ["input", "output", "control", "local"];
/** What is no mode that is on or off. */
const NO_FLAG = /DLY$|^(NL|CR|TAB|BS|VT|FF)\d$|^CSIZE$|^CS\d$|BAUD$/;

/** Plain data of a mode. */
export function attributesOf(mode: TerminalMode): TerminalAttributes {
  const flags = (group: ModeWord) =>
    Object.freeze(Object.fromEntries(flagsOf(group).map(([name, bits]) => [name, mode.has(group, bits)])));
  const characters = CHARACTER_NAMES.map(({ name }) => [name, textOf(mode.character(name))]);
  const speed = baudOf(mode.speed);
  const attributes = {
    ...Object.fromEntries(GROUPS.map((group) => [group, flags(group)])),
    delays: Object.freeze(Object.fromEntries(delayNames().map((name) => [name, delayOf(mode, name)]))),
    characters: Object.freeze(Object.fromEntries(characters)),
    characterSize: 5 + (mode.word("control") & CONTROL_MODE.CSIZE) / CONTROL_MODE.CS6,
    minimum: mode.character("VMIN"),
    time: 100 * mode.character("VTIME"),
    inputSpeed: speed,
    outputSpeed: speed,
  };
  return Object.freeze(attributes) as unknown as TerminalAttributes;
}

function flagsOf(group: ModeWord): [name: string, bits: number][] {
  return Object.entries(TABLES[group]).filter(([name]) => !NO_FLAG.test(name));
}

function delayNames(): OutputDelay[] {
  return Object.keys(OUTPUT_MODE).filter((name): name is OutputDelay => name.endsWith("DLY"));
}

/** The number within a mask: how often its lowest bit. */
function delayOf(mode: TerminalMode, name: OutputDelay): number {
  return (mode.word("output") & OUTPUT_MODE[name]) / lowest(OUTPUT_MODE[name]);
}

function lowest(mask: number): number {
  return mask & -mask;
}

function textOf(code: number): string | null {
  return code === DISABLED ? null : caret(code);
}

/** Change what is given. @throws {TypeError} or {RangeError} before anything is changed, if something is wrong. */
export function applyAttributes(mode: TerminalMode, attributes: PartialTerminalAttributes): void {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(APPLY, key)) throw new TypeError(`A terminal has no attribute "${key}"`);
    APPLY[key as keyof TerminalAttributes](mode, value as never);
  }
  const { inputSpeed, outputSpeed } = attributes;
  if (inputSpeed !== undefined && outputSpeed !== undefined && inputSpeed !== outputSpeed) {
    throw new RangeError(`Linux has one speed for both ways, not ${inputSpeed} and ${outputSpeed} baud`);
  }
}

type Apply = { [K in keyof TerminalAttributes]: (mode: TerminalMode, value: Given<K>) => void };
type Given<K extends keyof TerminalAttributes> = NonNullable<PartialTerminalAttributes[K]>;

const APPLY: Apply = {
  input: (mode, flags) => applyFlags(mode, "input", flags),
  output: (mode, flags) => applyFlags(mode, "output", flags),
  control: (mode, flags) => applyFlags(mode, "control", flags),
  local: (mode, flags) => applyFlags(mode, "local", flags),
  delays: (mode, delays) => {
    for (const [name, value] of entries(delays)) {
      if (!name.endsWith("DLY") || !Object.hasOwn(OUTPUT_MODE, name)) {
        throw new TypeError(`There is no delay "${name}"`);
      }
      const mask = OUTPUT_MODE[name as OutputDelay];
      mode.put("output", mask, lowest(mask) * within(value, name, 0, mask / lowest(mask)));
    }
  },
  characters: (mode, characters) => {
    for (const [name, value] of entries(characters)) {
      const known = CHARACTER_NAMES.find((one) => one.name === name);
      if (known === undefined) throw new TypeError(`There is no special character "${name}"`);
      if (value !== null && typeof value !== "string") {
        throw new TypeError(`A special character is a string or null, not ${Deno.inspect(value)}`);
      }
      mode.setCharacter(known.name, value === null ? DISABLED : characterCode(value, name));
    }
  },
  characterSize: (mode, size) =>
    mode.put("control", CONTROL_MODE.CSIZE, CONTROL_MODE.CS6 * (within(size, "characterSize", 5, 8) - 5)),
  minimum: (mode, bytes) => mode.setCharacter("VMIN", within(bytes, "minimum", 0, 255)),
  time: (mode, ms) => {
    if (ms % 100 !== 0) throw new RangeError(`time is a multiple of 100 milliseconds, not ${ms}`);
    mode.setCharacter("VTIME", within(ms, "time", 0, 25_500) / 100);
  },
  inputSpeed: (mode, baud) => void (mode.speed = speedNumber(baud)),
  outputSpeed: (mode, baud) => void (mode.speed = speedNumber(baud)),
};

function entries(group: unknown): [name: string, value: unknown][] {
  if (typeof group !== "object" || group === null) throw new TypeError(`Not a group of attributes: ${group}`);
  return Object.entries(group).filter(([, value]) => value !== undefined);
}

function applyFlags(mode: TerminalMode, group: ModeWord, flags: unknown): void {
  for (const [name, on] of entries(flags)) {
    if (NO_FLAG.test(name) || !Object.hasOwn(TABLES[group], name)) {
      throw new TypeError(`There is no ${group} mode "${name}"`);
    }
    if (typeof on !== "boolean") throw new TypeError(`The mode ${name} is true or false, not ${Deno.inspect(on)}`);
    const bits = TABLES[group][name]!;
    mode.put(group, bits, on ? bits : 0);
  }
}

function within(value: unknown, name: string, least: number, most: number): number {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
  throw new RangeError(`${name} is an integer from ${least} to ${most}, not ${Deno.inspect(value)}`);
}

/**
 * How a terminal is set.
 *
 * @param target The terminal; standard input unless it is given. The master of a pty tells how its terminal is set.
 * @returns A frozen copy, which `setAttributes` takes.
 * @throws {TypeError} if `target` is no target.
 * @throws {SyscallError} `ENOTTY` if it is no terminal, `EIO` if it was hung up, or why its path cannot be opened.
 * @throws {ClosedError} if `target` is closed.
 * @throws {Deno.errors.NotCapable} if it is a path and `read` permission is missing.
 * @example
 * ```ts
 * import { getAttributes, isTerminal } from "@vasty/vasty";
 *
 * if (isTerminal(0)) console.log(getAttributes(0).characters.VINTR); // ^C
 * ```
 * @see termios(3)
 */
export function getAttributes(target: TerminalTarget = 0): TerminalAttributes {
  using terminal = openTerminal(target, "read");
  return attributesOf(readMode(terminal));
}

/**
 * Set a terminal, for as long as nobody sets it otherwise; `stty` puts back what it has changed. What a terminal cannot do it
 * leaves: a pty has always characters of 8 bits without parity.
 *
 * It never stops the program: also in the background, where stty(1) would be stopped by `SIGTTOU`, the terminal is set.
 *
 * @param target The terminal.
 * @param attributes What is to be changed.
 * @param when `"now"`; `"drain"`, once everything written has gone out, for which this thread is blocked (`drain` waits
 * without that); or `"flush"`, the same, and what was typed and not read is thrown away.
 * @returns How it was set before; given to `setAttributes`, it is so again.
 * @throws {TypeError} if `target` is no target, `when` is something else, or there is no such attribute.
 * @throws {RangeError} if a value is out of its range, or there is no such speed.
 * @throws {SyscallError} `ENOTTY` if it is no terminal, `EIO` if it was hung up, or why its path cannot
 * be opened.
 * @throws {ClosedError} if `target` is closed.
 * @throws {Deno.errors.NotCapable} if it is a path and `read` or `write` permission is missing.
 * @example
 * ```ts
 * import { isTerminal, setAttributes } from "@vasty/vasty";
 *
 * if (isTerminal(0)) {
 *   const before = setAttributes(0, { local: { ECHO: false } });
 *   setAttributes(0, before);
 * }
 * ```
 * @see termios(3)
 */
export function setAttributes(
  target: TerminalTarget,
  attributes: PartialTerminalAttributes,
  when: ChangeTime = "now",
): TerminalAttributes {
  checkChangeTime(when);
  applyAttributes(new TerminalMode(), attributes);
  using terminal = openTerminal(target, "write");
  const before = readMode(terminal);
  const mode = before.copy();
  applyAttributes(mode, attributes);
  changeMode(terminal, mode, when);
  return attributesOf(before);
}
