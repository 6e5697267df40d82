/** Setting a terminal by the words of stty(1). */
import { SavedTerminal, type SizeChange } from "./saved_terminal.ts";
import { readSettings, type Settings } from "./stty_settings.ts";
import { changeMode } from "./terminal_change.ts";
import { readMode } from "./terminal_mode.ts";
import { changeRowsAndColumns, windowSizeOf } from "./window_size.ts";
import { openTerminal, type Terminal, type TerminalTarget } from "./terminal_target.ts";

/**
 * Set a terminal by the words of stty(1), until what is returned puts it back or the program ends.
 *
 * Every word that sets something is there: modes (`echo`, `-icanon`), characters (`intr ^C`, `erase undef`), `min 1`,
 * `time 0`, speeds (`9600`, `ispeed 300`), `rows 24`, `cols 80`, `raw`, `cbreak`, `cooked`, `sane`, `evenp`, and the text that
 * `stty -g` writes; a value is the next word, or stands in the same one after a blank. Nothing is set if one of them is wrong.
 * The change takes place at once, where stty(1) waits until everything written has gone out; the word `drain` asks for that,
 * and blocks this thread as long.
 *
 * It never stops the program: also in the background, where stty(1) would be stopped by `SIGTTOU`, the terminal is set.
 *
 * @param target The terminal. The master of a pty stands for its terminal.
 * @param settings The words; without any, the state is saved and nothing set.
 * @returns What was there before; `using` puts it back. {@linkcode SavedTerminal.keep} lets the change stay.
 * @throws {TypeError} that names a word which stty(1) has not, or whose value is missing or is none; or if `target` is no
 * target.
 * @throws {RangeError} if a value is too large, or there is no such speed.
 * @throws {SyscallError} `ENOTTY` if it is no terminal, `EIO` if it was hung up, or why its path cannot
 * be opened; `EMFILE` if there is no descriptor left.
 * @throws {ClosedError} if `target` is closed.
 * @throws {Deno.errors.NotCapable} if it is a path and `read` or `write` permission is missing.
 * @example Read single keys
 * ```ts
 * import { isTerminal, stty } from "@vasty/vasty";
 *
 * if (isTerminal(0)) {
 *   using _raw = stty(0, "raw", "-echo");
 *   await Deno.stdin.read(new Uint8Array(1));
 * }
 * ```
 * @see stty(1)
 */
export function stty(target: TerminalTarget, ...settings: string[]): SavedTerminal {
  const wanted = readSettings(settings);
  using terminal = openTerminal(target, settings.length === 0 ? "read" : "write");
  const before = readMode(terminal);
  const after = before.copy();
  for (const change of wanted.changes) change(after);
  const saved = new SavedTerminal(terminal, before, after, sizes(terminal, wanted));
  try {
    if (wanted.changes.length > 0) changeMode(terminal, after, wanted.when);
    if (wanted.rows !== undefined || wanted.cols !== undefined) changeRowsAndColumns(terminal, wanted);
  } catch (error) {
    saved.restore();
    throw error;
  }
  return saved;
}

/** The size before and after, if it is to be changed. */
function sizes(terminal: Terminal, { rows, cols }: Settings): SizeChange | undefined {
  if (rows === undefined && cols === undefined) return undefined;
  const before = windowSizeOf(terminal.fd, terminal.name);
  return { before, after: { rows: rows ?? before.rows, cols: cols ?? before.cols } };
}
