/** Whether what is typed at a terminal is shown. */
import { LOCAL_MODE } from "../../ffi/abi/termios.ts";
import { Fd } from "../core/fd.ts";
import { readMode } from "./terminal_mode.ts";
import { openTerminal } from "./terminal_target.ts";

/** The master of a pty, whose attributes are those of its slave. */
export interface Master {
  readonly master: Fd;
}

/** Whether `target` is the master of a pty. */
export function isMaster(target: object): target is Master {
  return "master" in target && target.master instanceof Fd;
}

/** Whether a terminal does not echo. Of one that cannot be asked any more nothing is shown either. */
export function isEchoOff(target: Master): boolean {
  try {
    using terminal = openTerminal(target, "read");
    return !readMode(terminal).has("local", LOCAL_MODE.ECHO);
  } catch {
    return true;
  }
}
