/** Whether a terminal shows what is typed. */
import { LOCAL_MODE, TERMIOS } from "../../ffi/abi/termios.ts";
import { newTermios, tcgetattr } from "../../ffi/termios.ts";

/** Whether the terminal behind `fd` does not echo, so that what is typed may be a secret; false where there is none. */
export function echoIsOff(fd: number): boolean {
  const termios = newTermios();
  return tcgetattr(fd, termios) >= 0 && (termios.getUint32(TERMIOS.c_lflag, true) & LOCAL_MODE.ECHO) === 0;
}
