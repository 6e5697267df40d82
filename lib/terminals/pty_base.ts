/** What every pseudo-terminal has: two sides, a size, a group in the foreground. */
import { ClosedError } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import { Holding } from "../core/holding.ts";
import { numberOfSignal, type SignalName } from "../core/signal_names.ts";
import { foregroundGroupOf, programNameOf, signalForeground } from "./foreground.ts";
import { openMaster, openSlave } from "./master.ts";
import { stty } from "./stty.ts";
import { packWindowSize, setWindowSize, type WindowSize, windowSizeOf } from "./window_size.ts";

/** How a pseudo-terminal begins. */
export interface PtyOptions extends Partial<WindowSize> {
  /** Lines of characters. @default {24} */
  rows?: number;
  /** Characters of a line. @default {80} */
  cols?: number;
  /**
   * How it is set before any program has it: words of stty(1), such as `"-echo"`, as `stty` takes them.
   * @default {as the kernel has it: lines that can be edited, with echo}
   */
  settings?: readonly string[];
}

/** Whether what waits for a terminal keeps the program alive. */
export let holdingOf: (pty: PtyBase) => Holding;

/**
 * What every pseudo-terminal has. It owns its master, and its slave where that was asked for.
 *
 * @example
 * ```ts
 * import { openPty, type PtyBase } from "@vasty/vasty";
 *
 * function area(terminal: PtyBase): number {
 *   const { rows, cols } = terminal.size();
 *   return rows * cols;
 * }
 * using pty = openPty();
 * console.assert(area(pty) === 24 * 80);
 * ```
 */
export class PtyBase {
  /** The path of the slave: `/dev/pts/3`. */
  readonly path: string;
  /** The side of whoever types and looks on, as pty(7) calls it. It does not block, and stays this object's. */
  readonly master: Fd;
  readonly #holding = new Holding();
  #slave: Fd | undefined;

  static {
    holdingOf = (pty) => pty.#holding;
  }

  /** @ignore */
  protected constructor({ rows = 24, cols = 80, width, height, settings = [] }: PtyOptions) {
    const size = packWindowSize({ rows, cols, width, height });
    const { master, path } = openMaster();
    this.master = master;
    this.path = path;
    try {
      setWindowSize(master.number, size);
      if (settings.length > 0) stty(this, ...settings).keep();
    } catch (error) {
      // It is nobody's yet who could close it.
      master.close();
      throw error;
    }
  }

  /**
   * The side of programs, opened when it is first asked for, to be given to a child as one of its descriptors. It never becomes
   * this program's controlling terminal. As long as it is open here the terminal does not end: see
   * {@linkcode PtyBase.closeSlave}.
   *
   * @throws {SyscallError} `EMFILE` if the process has too many descriptors; `EIO` if the terminal was hung up.
   * @throws {ClosedError} if the terminal was closed.
   */
  get slave(): Fd {
    this.#check();
    if (this.#slave === undefined || this.#slave.closed) this.#slave = openSlave(this.master, this.path);
    return this.#slave;
  }

  /** Close the slave here; whoever else has it keeps it. Does nothing where it is not open. */
  closeSlave(): void {
    this.#slave?.close();
    this.#slave = undefined;
  }

  /**
   * How large its window is.
   *
   * @returns The size, pixels included.
   * @throws {ClosedError} if it was closed.
   * @see ioctl_tty(2), `TIOCGWINSZ`
   */
  size(): Required<WindowSize> {
    return windowSizeOf(this.#check());
  }

  /**
   * Change the size of its window. The group in the foreground gets SIGWINCH, if the size differs.
   *
   * @param size The new size; pixels that are not given are 0.
   * @throws {RangeError} if a number is not from 0 to 65535.
   * @throws {ClosedError} if it was closed.
   * @see ioctl_tty(2), `TIOCSWINSZ`
   */
  resize(size: WindowSize): void {
    const packed = packWindowSize(size);
    setWindowSize(this.#check(), packed);
  }

  /**
   * Which process group is in its foreground: what is typed goes to that.
   *
   * @returns The group's number; `undefined` if there is none, as no session has this terminal, or its leader has ended.
   * @throws {ClosedError} if it was closed.
   * @see tcgetpgrp(3)
   */
  foregroundGroup(): number | undefined {
    return foregroundGroupOf(this.#check());
  }

  /**
   * The name of the program in its foreground, as for the title of a window: `"bash"`, and `"vim"` while the shell runs that.
   *
   * @returns The name without folders; `undefined` if there is no group, or the process that led it has ended.
   * @throws {ClosedError} if it was closed.
   */
  foregroundName(): string | undefined {
    const group = this.foregroundGroup();
    return group === undefined ? undefined : programNameOf(group);
  }

  /**
   * Send the group in its foreground a signal. Unlike `^C` that is typed it does not wait behind what the group has not read,
   * and it comes in raw mode too. `INT`, `QUIT` and `TSTP` reach every user's processes, as if they were typed.
   *
   * @param signal Its name, long or short.
   * @returns Whether there was a group.
   * @throws {TypeError} if there is no such signal.
   * @throws {SyscallError} `EPERM` for the other signals, if no process of the group may be signalled.
   * @throws {ClosedError} if it was closed.
   * @see ioctl_tty(2), `TIOCSIG`; kill(2)
   */
  signal(signal: SignalName): boolean {
    const number = numberOfSignal(signal);
    return signalForeground(this.#check(), number);
  }

  /** Whether this program has closed it. */
  get closed(): boolean {
    return this.master.closed;
  }

  /**
   * Close it, both sides; the second time does nothing. It is hung up: the leader of its session gets SIGHUP and SIGCONT, with
   * that leader's end the group in the foreground too; who reads it there sees the end, and who writes `EIO`. What was not
   * read of it is lost. What waits for it here rejects with a {@linkcode ClosedError}.
   */
  close(): void {
    this.closeSlave();
    this.master.close();
  }

  /** Have what waits for it keep this program alive, as at the beginning. */
  ref(): void {
    this.#holding.hold(true);
  }

  /** Let this program end while something waits for it. */
  unref(): void {
    this.#holding.hold(false);
  }

  #check(): number {
    if (this.closed) throw new ClosedError("The terminal was closed");
    return this.master.number;
  }
}
