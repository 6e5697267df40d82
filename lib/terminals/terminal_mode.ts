/** How a terminal is set, as the kernel has it: what is not named here stays as it is. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { IOCTL } from "../../ffi/abi/sys_ioctl.ts";
import { CHARACTER, CONTROL_MODE, TERMIOS } from "../../ffi/abi/termios.ts";
import { newTermios, tcgetattr, tcsetattr } from "../../ffi/termios.ts";
import { check } from "../core/errors.ts";
import type { SpecialCharacter } from "./attribute_names.ts";
import type { Terminal } from "./terminal_target.ts";

/** When a change takes place; see `setAttributes`. */
export type ChangeTime = "now" | "drain" | "flush";

/** The four words of modes. */
export type ModeWord = "input" | "output" | "control" | "local";

const OFFSETS: Readonly<Record<ModeWord, number>> = {
  input: TERMIOS.c_iflag,
  output: TERMIOS.c_oflag,
  control: TERMIOS.c_cflag,
  local: TERMIOS.c_lflag,
};

const REQUESTS: Readonly<Record<ChangeTime, number>> = {
  now: IOCTL.TCSETS,
  drain: IOCTL.TCSETSW,
  flush: IOCTL.TCSETSF,
};

/** What libc's structure has room for; the kernel's has less. */
export const CHARACTERS = 32;

/** A `struct termios`. */
export class TerminalMode {
  readonly view: DataView<ArrayBuffer>;

  constructor(view: DataView<ArrayBuffer> = newTermios()) {
    this.view = view;
  }

  /** Another one that is the same. */
  copy(): TerminalMode {
    return new TerminalMode(new DataView(this.view.buffer.slice(0)));
  }

  word(word: ModeWord): number {
    return this.view.getUint32(OFFSETS[word], true);
  }

  setWord(word: ModeWord, value: number): void {
    this.view.setUint32(OFFSETS[word], value, true);
  }

  /** Whether all of `bits` are set. */
  has(word: ModeWord, bits: number): boolean {
    return (this.word(word) & bits) >>> 0 === bits >>> 0;
  }

  /** Put `bits` in the place of what lies within `mask`. */
  put(word: ModeWord, mask: number, bits: number): void {
    this.setWord(word, (this.word(word) & ~mask) | bits);
  }

  character(name: SpecialCharacter | "VMIN" | "VTIME"): number {
    return this.view.getUint8(TERMIOS.c_cc + CHARACTER[name]);
  }

  setCharacter(name: SpecialCharacter | "VMIN" | "VTIME", value: number): void {
    this.view.setUint8(TERMIOS.c_cc + CHARACTER[name], value);
  }

  /** The characters by their places. */
  get characters(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.view.buffer, TERMIOS.c_cc, CHARACTERS);
  }

  /** The line discipline. */
  get line(): number {
    return this.view.getUint8(TERMIOS.c_line);
  }

  set line(value: number) {
    this.view.setUint8(TERMIOS.c_line, value);
  }

  /** What stands for the speed. */
  get speed(): number {
    return this.word("control") & CONTROL_MODE.CBAUD;
  }

  /** Linux has one speed for both ways, unless it is told of another one for the input. */
  set speed(value: number) {
    this.put("control", CONTROL_MODE.CBAUD | CONTROL_MODE.CIBAUD, value);
  }
}

/** How the terminal is set. @throws {SyscallError} if it is none any more. */
export function readMode({ fd, name }: Terminal): TerminalMode {
  const mode = new TerminalMode();
  check(tcgetattr(fd, mode.view), `read the settings of ${name}`, "tcgetattr", { fd });
  return mode;
}

/** Set the terminal. @throws {SyscallError} if it is none any more. */
export function writeMode({ fd, name }: Terminal, { view }: TerminalMode, when: ChangeTime): void {
  let rc: number;
  // While the output drains a signal can come in between.
  while ((rc = tcsetattr(fd, REQUESTS[when], view)) === -ERRNO.EINTR);
  check(rc, `change the settings of ${name}`, "tcsetattr", { fd });
}

/** @throws {TypeError} if there is no such time. */
export function checkChangeTime(when: ChangeTime): void {
  if (!Object.hasOwn(REQUESTS, when)) {
    throw new TypeError(`A terminal is changed "now", at "drain" or at "flush", not ${JSON.stringify(when)}`);
  }
}
