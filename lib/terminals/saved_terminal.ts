/** What a terminal was before it was changed. */
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { onClosing } from "../core/closing.ts";
import { check, SyscallError } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import { savedText } from "./stty_settings.ts";
import { attributesOf, type TerminalAttributes } from "./terminal_attributes.ts";
import { terminalKey } from "./terminal_change.ts";
import { forgetFrame, type Frame, pushFrame, restoreFrame } from "./terminal_guard.ts";
import type { TerminalMode } from "./terminal_mode.ts";
import { changeRowsAndColumns, windowSizeOf } from "./window_size.ts";
import type { OpenTerminal, Terminal } from "./terminal_target.ts";

/** A terminal that is gone has nothing to be put back to. */
const GONE = ["EIO", "EBADF", "ENOTTY", "ENXIO", "ENODEV"];

/** Rows and columns. */
interface Extent {
  readonly rows: number;
  readonly cols: number;
}

/** The size that a terminal had, and the one that it is given. */
export interface SizeChange {
  readonly before: Extent;
  readonly after: Extent;
}

/**
 * What a terminal was before `stty` has changed it. It is put back by {@linkcode SavedTerminal.restore}, at the end of a
 * `using` block, an exception that leaves it included, and, while that has not happened:
 *
 * - when the descriptor or the pty that `stty` was given is closed;
 * - when the program ends: by itself, by `Deno.exit`, by an uncaught error, by `SIGINT`, `SIGTERM`, `SIGHUP` or `SIGQUIT`,
 *   whose usual end follows;
 * - when it is stopped by `SIGTSTP` (^Z): it stops in the state from before, and when it is continued in the foreground the
 *   terminal is set again to what the program had set it to.
 *
 * A signal that the program handles by `SIG`, `sigaction` or `signals` changes nothing, and one that `Deno.addSignalListener`
 * listens to puts the terminal back for a moment only. `SIGKILL`, `SIGSTOP` and a crash leave the terminal as it is; so does
 * an end in its background, where it is somebody else's.
 *
 * Of changes that overlap the latest is put back first; one that ends out of order leaves it to the later ones to put back
 * what it has found.
 *
 * Signals are handled on the event loop: while `prompt` or a long computation blocks it, ^C waits, where it would have ended
 * the program before. What is read by `await` leaves it free.
 *
 * @example Ask for a password
 * ```ts
 * import { isTerminal, stty } from "@vasty/vasty";
 *
 * async function password(): Promise<string> {
 *   using _quiet = stty(0, "-echo");
 *   const line = new Uint8Array(1_024);
 *   const length = await Deno.stdin.read(line) ?? 0;
 *   return new TextDecoder().decode(line.subarray(0, length)).trimEnd();
 * }
 * if (isTerminal(0)) await password();
 * ```
 */
export class SavedTerminal implements Disposable {
  /** How it was set. */
  readonly attributes: TerminalAttributes;
  /** The same as `stty -g` writes it: a setting that `stty` and stty(1) take, and that sets all of this. */
  readonly text: string;
  readonly #key: string;
  readonly #frame: Frame;
  readonly #release: DisposableStack;
  readonly #size: SizeChange | undefined;

  /** @ignore */
  constructor(terminal: OpenTerminal, before: TerminalMode, after: TerminalMode, size?: SizeChange) {
    this.attributes = attributesOf(before);
    this.text = savedText(before);
    this.#key = terminalKey(terminal);
    this.#size = size;
    using release = new DisposableStack();
    this.#frame = { terminal: lasting(terminal, release), before };
    if (terminal.owner !== undefined && !terminal.opened) {
      release.use(onClosing(terminal.owner, () => this.#restoreAtClosing()));
    }
    pushFrame(this.#key, this.#frame, after);
    this.#release = release.move();
  }

  /**
   * Put it back, what waits to be read or sent untouched. The second time does nothing; nor does it do anything where the
   * terminal is gone, or is the controlling terminal and somebody else is in its foreground.
   *
   * @throws {SyscallError} if the kernel refuses.
   */
  restore(): void {
    if (this.#release.disposed) return;
    try {
      restoreFrame(this.#key, this.#frame);
      this.#restoreSize();
    } catch (error) {
      if (!(error instanceof SyscallError && GONE.includes(error.code))) throw error;
    } finally {
      this.keep();
    }
  }

  /** The number is open for a moment longer; what is wrong with it must not keep it so. */
  #restoreAtClosing(): void {
    try {
      this.restore();
    } catch {
      this.keep();
    }
  }

  /** Who has changed the size since, a person at a window most likely, is not overruled. */
  #restoreSize(): void {
    if (this.#size === undefined) return;
    const { terminal } = this.#frame;
    const { before, after } = this.#size;
    const { rows, cols } = windowSizeOf(terminal.fd, terminal.name);
    if (rows === after.rows && cols === after.cols) changeRowsAndColumns(terminal, before);
  }

  /** Leave the terminal as it is, also when the program ends: the change was meant to stay. */
  keep(): void {
    if (this.#release.disposed) return;
    forgetFrame(this.#key, this.#frame);
    this.#release.dispose();
  }

  /** The same as {@linkcode SavedTerminal.restore}. */
  [Symbol.dispose](): void {
    this.restore();
  }
}

/**
 * A descriptor that is there until `release` is disposed of. The number of one that nobody here owns may be another file's
 * by then; the standard streams stay.
 */
function lasting({ fd, name, owner, opened }: OpenTerminal, release: DisposableStack): Terminal {
  if ((owner !== undefined && !opened) || fd <= 2) return { fd, name };
  const copy = Fd.made(check(fcntl(fd, FCNTL.F_DUPFD_CLOEXEC, 3), `duplicate ${name}`, "fcntl", { fd }));
  release.use(copy);
  return { fd: copy.number, name };
}
