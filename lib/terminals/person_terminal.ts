/** The terminal of a person: raw for a while, and its size passed on. */
import { Fd } from "../core/fd.ts";
import { sigaction } from "../signals/mod.ts";
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

/** Every key as it is typed, until that is disposed of or the program ends. */
export function madeRaw(terminal: Fd | number): Disposable {
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
  // Who was stopped was not told.
  for (const signal of ["SIGWINCH", "SIGCONT"] as const) stack.use(sigaction(signal, pass));
  pass();
  return stack.move();
}
