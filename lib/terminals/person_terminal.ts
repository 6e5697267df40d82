/** The terminal of a person: raw for a while, and its size passed on. */
import { SIGNAL } from "../../ffi/abi/signal.ts";
import { IOCTL } from "../../ffi/abi/sys_ioctl.ts";
import { listen, release } from "../../ffi/catcher.ts";
import { ioctlAt } from "../../ffi/sys_ioctl.ts";
import { newTermios, tcgetattr } from "../../ffi/termios.ts";
import { check } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import { stty } from "./stty.ts";
import type { PersonInput } from "./person_target.ts";
import { isTerminal } from "./terminal_name.ts";
import { type WindowSize, windowSizeOf } from "./window_size.ts";

/** What has a window's size. */
export interface Resizable {
  resize(size: WindowSize): void;
}

/** The descriptor of the terminal that the person types at, if it is one. */
export function personTerminal(input: PersonInput): Fd | number | undefined {
  return (typeof input === "number" || input instanceof Fd) && isTerminal(input) ? input : undefined;
}

/**
 * Every key as it is typed, until that is disposed of or the program ends. In the background the kernel stops the program before, as
 * somebody else is being typed for, until it is in the foreground.
 *
 * @throws {SyscallError} `EIO` in the background if nobody could continue it.
 */
export function madeRaw(terminal: Fd | number): Disposable {
  const fd = typeof terminal === "number" ? terminal : terminal.number;
  const mode = newTermios();
  check(tcgetattr(fd, mode), `read the modes of terminal ${fd}`, "ioctl", { fd });
  // Nothing changes; but unlike stty() this is a call that only the foreground may make.
  check(ioctlAt(fd, IOCTL.TCSETS, mode), `set the modes of terminal ${fd}`, "ioctl", { fd });
  return stty(terminal, "raw", "-echo");
}

/** Give `target` the size of `terminal`, now and whenever that changes. */
export function passSize(terminal: Fd | number, target: Resizable): Disposable {
  const pass = () => {
    try {
      const size = windowSizeOf(typeof terminal === "number" ? terminal : terminal.number);
      // Of a terminal whose size nobody has said the program makes something better itself.
      if (size.rows > 0 && size.cols > 0) target.resize(size);
    } catch {
      // One of the two is closed or gone: its end is told elsewhere.
    }
  };
  using stack = new DisposableStack();
  // Who was stopped was not told. They are no handlers, in whose place the program could set others.
  for (const signal of [SIGNAL.SIGWINCH, SIGNAL.SIGCONT]) {
    check(listen(signal, pass), "catch the signal of a change of size", "sigaction");
    stack.defer(() => release(signal, pass, "before"));
  }
  pass();
  return stack.move();
}
