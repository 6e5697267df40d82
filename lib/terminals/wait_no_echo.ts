/** Waiting until a program asks for a secret. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { LOCAL_MODE } from "../../ffi/abi/termios.ts";
import { isHungUp } from "../../ffi/poll.ts";
import { onClosing } from "../core/closing.ts";
import { ClosedError, syscallError } from "../core/errors.ts";
import { checkLimit, Limit, type WaitOptions } from "../core/limit.ts";
import { readMode } from "./terminal_mode.ts";
import { openTerminal, type Terminal, type TerminalTarget } from "./terminal_target.ts";

/** Milliseconds from one look to the next. */
const LOOK_AGAIN = 20;

/**
 * Wait until a terminal does not echo what is typed: until the program there has asked for a password, and is ready to take
 * it. The kernel tells nobody of such a change, so this looks every 20 ms.
 *
 * @param target The terminal, most often the master of a pty.
 * @param options When to give up.
 * @throws {TypeError} if `target` is no target.
 * @throws {RangeError} if `timeout` is negative or not a number.
 * @throws {SyscallError} `ENOTTY` if it is no terminal, `EIO` if it was hung up, which of a pty it is once the
 *   last program that had it open has ended, or why its path cannot be opened.
 * @throws {ClosedError} if `target` is closed, before or meanwhile.
 * @throws {Deno.errors.NotCapable} if it is a path and `read` permission is missing.
 * @throws the signal's reason, or a `DOMException` named "TimeoutError".
 * @example
 * ```ts
 * import { isTerminal, stty, waitNoEcho } from "@vasty/vasty";
 *
 * if (isTerminal(0)) {
 *   using _quiet = stty(0, "-echo");
 *   await waitNoEcho(0, { timeout: 1_000 });
 * }
 * ```
 * @see termios(3)
 */
export async function waitNoEcho(target: TerminalTarget, options: WaitOptions = {}): Promise<void> {
  checkLimit(options);
  using terminal = openTerminal(target, "read");
  if (isQuiet(terminal)) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  using _limit = new Limit({ ...options, what: () => `${terminal.name} still echoes` }, reject);
  using _closing = terminal.owner &&
    onClosing(terminal.owner, () => reject(new ClosedError("The terminal was closed meanwhile")));
  const timer = setInterval(() => look(terminal, resolve, reject), LOOK_AGAIN);
  try {
    await promise;
  } finally {
    clearInterval(timer);
  }
}

function look(terminal: Terminal, quiet: () => void, failed: (error: unknown) => void): void {
  try {
    if (isQuiet(terminal)) quiet();
  } catch (error) {
    failed(error);
  }
}

/** A master can be asked for its settings when nobody is left who would change them. */
function isQuiet(terminal: Terminal): boolean {
  if (!readMode(terminal).has("local", LOCAL_MODE.ECHO)) return true;
  const { fd, name } = terminal;
  if (isHungUp(fd)) throw syscallError(`wait for ${name}, which nobody has open`, ERRNO.EIO, "poll", { fd });
  return false;
}
