/** What is typed into a pseudo-terminal: writing its master, which never blocks this program. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { CHARACTER } from "../../ffi/abi/termios.ts";
import { HangUp } from "../../ffi/hang_up.ts";
import { withTurn, WRITABLE } from "../../ffi/reactor.ts";
import { write } from "../../ffi/unistd.ts";
import { ClosedError, syscallError } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import type { Holding } from "../core/holding.ts";
import { checkLimit, type LimitOptions, type WaitOptions } from "../core/limit.ts";
import { waitUntil } from "../core/readiness.ts";
import { TurnQueue } from "../core/turn_queue.ts";
import { fits, LineRules, type LineState, NO_LINE } from "./line_length.ts";

/** The input side of a terminal. Calls have their turn, in their order. */
export class PtyWriter {
  readonly #fd: Fd;
  readonly #path: string;
  readonly #holding: Holding;
  readonly #queue: TurnQueue;
  readonly #rules: LineRules;
  readonly #hangUp: HangUp;
  #line: LineState = NO_LINE;
  /** Bytes that the terminal has taken. */
  written = 0;

  constructor(fd: Fd, path: string, holding: Holding) {
    this.#fd = fd;
    this.#path = path;
    this.#holding = holding;
    this.#queue = new TurnQueue(holding);
    this.#rules = new LineRules(fd.number);
    this.#hangUp = new HangUp(fd.number);
  }

  /** Write all of `bytes`. */
  write(bytes: Uint8Array<ArrayBuffer>, options?: WaitOptions): Promise<number> {
    if (!(bytes instanceof Uint8Array)) return Promise.reject(new TypeError("Writing takes a Uint8Array"));
    try {
      const sent = options === undefined ? this.#soon(bytes) : 0;
      if (sent > 0 && sent === bytes.length) return Promise.resolve(withTurn(sent));
      return this.#later(bytes, options ?? {}, sent);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** The same, where it need not be said that all of it has gone at once; what has to wait is copied. */
  begin(bytes: Uint8Array<ArrayBuffer>): Promise<number> | undefined {
    const sent = this.#soon(bytes);
    return sent > 0 && sent === bytes.length ? undefined : this.#later(bytes.slice(), {}, sent);
  }

  /** How many have gone at once: none where others have their turn. */
  #soon(bytes: Uint8Array<ArrayBuffer>): number {
    return this.#queue.idle ? this.#now(bytes) : 0;
  }

  /**
   * Most writes find room, and need nothing of what a wait does. What fits a line whatever the terminal does with it is written
   * first: whoever waits for it goes on while the terminal's mode is asked for.
   */
  #now(bytes: Uint8Array<ArrayBuffer>): number {
    const fd = this.#open();
    const before = this.#line;
    const after = fits(bytes, before) ? undefined : this.#checked(bytes);
    const sent = this.#put(fd, bytes);
    if (sent === bytes.length && after !== undefined) this.#line = after;
    else if (sent > 0) this.#line = this.#stateAfter(bytes.subarray(0, sent), before);
    return sent;
  }

  async #later(bytes: Uint8Array<ArrayBuffer>, options: WaitOptions, sent: number): Promise<number> {
    checkLimit(options);
    this.#open();
    await this.#queue.run((rest) => this.#all(bytes, rest, sent), this.#named(options));
    return bytes.length;
  }

  async #all(bytes: Uint8Array<ArrayBuffer>, options: WaitOptions, sent: number): Promise<void> {
    this.#open();
    if (sent === 0) this.#checked(bytes);
    const begun = sent;
    const before = this.#line;
    try {
      await waitUntil(
        this.#fd,
        WRITABLE,
        () => {
          while (sent < bytes.length) {
            const count = this.#put(this.#open(), bytes.subarray(sent));
            if (count === 0) return undefined;
            sent += count;
          }
          return true;
        },
        options,
        this.#holding,
      );
    } finally {
      if (sent > begun && !this.#fd.closed) this.#line = this.#stateAfter(bytes.subarray(begun, sent), before);
    }
  }

  /** How the line stands once `bytes` are written. @throws {RangeError} if one of them would be cut. */
  #checked(bytes: Uint8Array): LineState {
    return this.#rules.refresh() ? this.#rules.after(bytes, this.#line) : NO_LINE;
  }

  /** The same, of what is written: the terminal may have begun to collect lines meanwhile. */
  #stateAfter(bytes: Uint8Array, before: LineState): LineState {
    try {
      return this.#rules.refresh() ? this.#rules.after(bytes, before) : NO_LINE;
    } catch {
      return NO_LINE;
    }
  }

  /**
   * As much as there is room for. The kernel would keep it for whoever opens the terminal next, and then wait for room that
   * nobody makes.
   */
  #put(fd: number, bytes: Uint8Array<ArrayBuffer>): number {
    if (this.#hangUp.isThere) throw this.#failed(-ERRNO.EIO);
    for (;;) {
      const count = write(fd, bytes, bytes.length);
      if (count === -ERRNO.EINTR) continue;
      if (count === -ERRNO.EAGAIN) return 0;
      if (count < 0) throw this.#failed(count);
      this.written += count;
      return count;
    }
  }

  #failed(rc: number): Error {
    const whose = rc === -ERRNO.EIO ? ", which nobody has open" : "";
    return syscallError(`${this.#doing}${whose}`, -rc, "write", { path: this.#path });
  }

  get #doing(): string {
    return `write to terminal "${this.#path}"`;
  }

  #named(options: WaitOptions): LimitOptions {
    return { ...options, what: () => `${this.#doing}, whose program does not read` };
  }

  #open(): number {
    if (this.#fd.closed) throw new ClosedError("The terminal was closed");
    return this.#fd.number;
  }

  /** The end of the input: once where a line begins, twice within one, which the first time only hands over. */
  async end(options: WaitOptions): Promise<void> {
    checkLimit(options);
    this.#open();
    await this.#queue.run((rest) => this.#all(this.#ending(), rest, 0), this.#named(options));
  }

  #ending(): Uint8Array<ArrayBuffer> {
    this.#open();
    const canonical = this.#rules.refresh();
    const byte = this.#rules.character(CHARACTER.VEOF);
    if (byte === 0) throw new TypeError(`Terminal "${this.#path}" has no character for the end (VEOF is switched off)`);
    return new Uint8Array(canonical && this.#line.kept > 0 ? 2 : 1).fill(byte);
  }

  /** Whether the terminal collects lines, so that a character can end its input. */
  get canonical(): boolean {
    return this.#rules.refresh();
  }
}
