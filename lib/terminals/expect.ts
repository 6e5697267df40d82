/** Dialogs with other programs. */
import { ClosedError } from "../core/errors.ts";
import { prepared } from "./cases.ts";
import { partsOf } from "./dialog_parts.ts";
import type { DialogTarget } from "./dialog_target.ts";
import type { ExpectCallOptions, ExpectOptions } from "./expect_options.ts";
import { expecting } from "./expecting.ts";
import type { Match } from "./match.ts";
import type { Patterns } from "./patterns.ts";
import { ExpectSender } from "./sending.ts";

/**
 * A dialog with another program: what it writes is waited for by patterns, and what it should read is sent. It is held over
 * anything that can be read and written: a terminal, a child's pipes, a connection, a FIFO, two streams.
 *
 * It owns the target from now on, whose bytes go by way of the dialog alone, and closes it at the end of an `await using` block;
 * a child is terminated then if it still runs.
 *
 * Something is read only while an expect, or a send that finds no room, waits for it. What was read and not taken by a match
 * waits in a buffer for the next expect: nothing is lost by a time limit, an abort, or an end. A read that has begun goes on,
 * and keeps this program alive, until the dialog is closed.
 *
 * @example A calculator
 * ```ts
 * import { EOF, Expect, spawn } from "@vasty/vasty";
 *
 * await using dialog = new Expect(spawn(["sh", "-c", "while read a; do echo $(($a)); done"], { stdin: "piped", stdout: "piped" }));
 * await dialog.sendLine("6*7");
 * const { groups } = await dialog.expect(/(\d+)\n/, { timeout: 5_000 });
 * console.assert(groups[1] === "42");
 * await dialog.sendEof();
 * console.assert((await dialog.expect(EOF)).before === "");
 * ```
 * @example Whichever comes first, and a pager to be turned
 * ```ts
 * import { CONTINUE, Expect, spawn } from "@vasty/vasty";
 *
 * const program = "echo one; echo --More--; read x; echo two; echo '$ '; read x";
 * await using dialog = new Expect(spawn(["sh", "-c", program], { stdin: "piped", stdout: "piped" }));
 * let text = "";
 * const { before } = await dialog.expect([
 *   {
 *     pattern: "--More--\n",
 *     action: async ({ before }) => {
 *       text += before;
 *       await dialog.sendLine(" ");
 *       return CONTINUE;
 *     },
 *   },
 *   "$ ",
 * ]);
 * console.assert(text + before === "one\ntwo\n");
 * ```
 * @see expect(1)
 */
export class Expect extends ExpectSender implements AsyncDisposable {
  #closing: Promise<void> | undefined;

  /**
   * Begin a dialog. Nothing is read or written by this.
   *
   * @param target With whom. Its streams must not be locked.
   * @param options How it behaves.
   * @throws {TypeError} if there is nothing to read, a stream is locked, or an option is not of its type; the target stays the
   *   caller's.
   * @throws {RangeError} if a number of the options makes no sense.
   */
  constructor(target: DialogTarget, options: ExpectOptions = {}) {
    super(target, options);
  }

  /**
   * Wait for one of several patterns. What waits is looked at first, then what comes. The earliest match wins, and of those that
   * begin at the same place the first in the list. What matched and what came before it leave the buffer.
   *
   * Several calls have their turns in the order of the calls, and the time of each runs from its call. What is called while the
   * `action` of a case runs comes before the call that it belongs to.
   *
   * @param patterns What to wait for; {@linkcode EOF}, {@linkcode TIMEOUT} and {@linkcode FULL_BUFFER} are patterns too.
   * @param options When to give up; after `timeout` of {@linkcode ExpectOptions} by default.
   * @returns What was found.
   * @throws {DOMException} named "TimeoutError" if the time is over and TIMEOUT is no pattern. The text says what was wanted and
   *   shows the last 200 characters that wait.
   * @throws {Deno.errors.UnexpectedEof} with the same text, if the other side has ended and EOF is no pattern.
   * @throws {RangeError} with the same text, if the buffer is full and FULL_BUFFER is no pattern; or if a number makes no sense.
   * @throws {TypeError} if a pattern is none; the empty string, which matches always, is none.
   * @throws {SyscallError} if reading has failed, such as `ECONNRESET`; what came before it was looked at.
   * @throws {ClosedError} if the dialog was closed, or is closed meanwhile.
   * @throws the signal's reason, or what an `action` throws.
   */
  expect(patterns: Patterns, options: ExpectCallOptions = {}): Promise<Match> {
    try {
      return expecting([[this, prepared(patterns)]], options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Set the cases that stand before those of every expect from now on, in place of the ones of before.
   *
   * @param cases The cases; an empty list for none.
   * @throws {TypeError} if a pattern is none.
   * @example
   * ```ts
   * import { Expect, spawn } from "@vasty/vasty";
   *
   * await using dialog = new Expect(spawn(["cat"], { stdin: "piped", stdout: "piped" }));
   * dialog.expectBefore({
   *   pattern: /error: (.*)\n/,
   *   action: ({ groups }) => {
   *     throw new Error(groups[1]);
   *   },
   * });
   * await dialog.sendLine("error: disk full");
   * console.assert((await dialog.expect("$ ").catch((error) => error)).message === "disk full");
   * ```
   */
  expectBefore(cases: Patterns): void {
    partsOf(this).before = prepared(cases, "before");
  }

  /**
   * Set the cases that stand behind those of every expect from now on, in place of the ones of before.
   *
   * @param cases The cases; an empty list for none.
   * @throws {TypeError} if a pattern is none.
   */
  expectAfter(cases: Patterns): void {
    partsOf(this).after = prepared(cases, "after");
  }

  /** What has come and waits for an expect. */
  get buffer(): string {
    return partsOf(this).intake.buffer.slice();
  }

  /**
   * Take away what has come and waits.
   *
   * @returns What it was.
   */
  clear(): string {
    const { intake } = partsOf(this);
    const text = intake.buffer.slice();
    intake.take(text.length);
    return text;
  }

  /**
   * Close the dialog and its target; the second time does nothing. What waits for it rejects with a {@linkcode ClosedError}.
   *
   * @throws what the target throws that cannot be closed.
   */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    const parts = partsOf(this);
    const reason = new ClosedError("The dialog was closed");
    const { idle } = parts.sender;
    parts.closed = { reason };
    parts.intake.close(reason);
    parts.lineUp.failAll(reason);
    parts.sender.close(reason);
    await parts.ends.close(idle);
  }
}
