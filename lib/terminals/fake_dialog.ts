/** A dialog with nobody: the other side says what a script has, for tests of what holds the dialog. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { syscallError } from "../core/errors.ts";
import { checkLimit, Limit, type WaitOptions } from "../core/limit.ts";
import { shown } from "./cases.ts";
import type { ReadWriteTarget } from "./dialog_target.ts";
import { Expect } from "./expect.ts";
import type { ExpectOptions } from "./expect_options.ts";
import { EOF } from "./patterns.ts";

/** What the other side does next: it hears, and then it says. */
export interface FakeTurn {
  /**
   * What it waits for: text, that has to come next; a regular expression, which what came before is skipped for; or
   * {@linkcode EOF}, the end.
   */
  hears?: string | RegExp | typeof EOF;
  /** What it says then, which comes by itself, so that what stands in two turns comes in two pieces. */
  says?: string | Uint8Array<ArrayBuffer>;
  /** Whether its terminal echoes from now on, as far as logs and `waitNoEcho` are concerned: nothing is echoed. */
  echo?: boolean;
}

/**
 * A dialog whose other side is a script.
 *
 * @example
 * ```ts
 * import { fakeDialog, type FakeDialog } from "@vasty/vasty";
 *
 * await using dialog: FakeDialog = fakeDialog([{ hears: "hello\n" }]);
 * await dialog.sendLine("hello");
 * console.assert(dialog.finished && dialog.heard === "hello\n");
 * ```
 */
export class FakeDialog extends Expect {
  readonly #peer: FakePeer;

  /** @ignore */
  constructor(peer: FakePeer, options: ExpectOptions) {
    super(peer, options);
    this.#peer = peer;
  }

  /** All that was sent. */
  get heard(): string {
    return this.#peer.heard;
  }

  /** Whether everything of the script was heard and said. */
  get finished(): boolean {
    return this.#peer.finished;
  }
}

/**
 * Make a dialog whose other side is a script, so that what holds a dialog is tested without a program: no process is started
 * and no permission needed. Behind its last turn the other side ends.
 *
 * What is sent and is not what was to be heard fails the next expect, by an error that shows both.
 *
 * @param script What the other side does.
 * @param options How the dialog behaves.
 * @returns The dialog, which the caller closes.
 * @throws {TypeError} if a turn makes no sense, or as `Expect` does.
 * @throws {RangeError} as `Expect` does.
 * @example
 * ```ts
 * import { type Expect, fakeDialog } from "@vasty/vasty";
 *
 * async function logIn(dialog: Expect, name: string, password: string): Promise<boolean> {
 *   await dialog.expect("login: ");
 *   await dialog.sendLine(name);
 *   await dialog.expect(/password: /i);
 *   await dialog.waitNoEcho();
 *   await dialog.sendLine(password);
 *   return (await dialog.expect(["incorrect", "$ "])).index === 1;
 * }
 *
 * await using dialog = fakeDialog([
 *   { says: "log" },
 *   { says: "in: " },
 *   { hears: "me\n", says: "Password: ", echo: false },
 *   { hears: /.*\n/, says: "Welcome.\n$ " },
 * ]);
 * console.assert(await logIn(dialog, "me", "secret"));
 * ```
 */
export function fakeDialog(script: readonly FakeTurn[], options: ExpectOptions = {}): FakeDialog {
  for (const { hears, says } of script) {
    if (!(hears === undefined || typeof hears === "string" || hears instanceof RegExp || hears === EOF)) {
      throw new TypeError(`${shown(hears)} cannot be heard: text, a regular expression, or EOF`);
    }
    if (!(says === undefined || typeof says === "string" || says instanceof Uint8Array)) {
      throw new TypeError(`${shown(says)} cannot be said: text or bytes`);
    }
  }
  return new FakeDialog(new FakePeer(script), options);
}

const ENDED: unique symbol = Symbol();

class FakePeer implements ReadWriteTarget {
  heard = "";
  readonly #turns: FakeTurn[];
  readonly #decoder = new TextDecoder();
  /** Heard, and no turn's yet. */
  #input = "";
  #inputEnded = false;
  #said: Uint8Array<ArrayBuffer>[] = [];
  #failure: Error | undefined;
  #echo = true;
  #changed = Promise.withResolvers<void>();

  constructor(script: readonly FakeTurn[]) {
    this.#turns = [...script];
    this.#advance();
  }

  get finished(): boolean {
    return this.#turns.length === 0 && this.#said.length === 0 && this.#failure === undefined;
  }

  async read(target: Uint8Array<ArrayBuffer>): Promise<number | null> {
    for (;;) {
      const chunk = this.#said[0];
      if (chunk !== undefined) return this.#give(chunk, target);
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#turns.length === 0) return null;
      await this.#changed.promise;
    }
  }

  #give(chunk: Uint8Array<ArrayBuffer>, target: Uint8Array<ArrayBuffer>): number {
    const count = Math.min(chunk.length, target.length);
    target.set(chunk.subarray(0, count));
    if (count === chunk.length) this.#said.shift();
    else this.#said[0] = chunk.subarray(count);
    return count;
  }

  // deno-lint-ignore require-await
  async write(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    if (this.#turns.length === 0) throw syscallError("write to a script that has ended", ERRNO.EPIPE, "write", {});
    const text = this.#decoder.decode(bytes, { stream: true });
    this.heard += text;
    this.#input += text;
    this.#advance();
    return bytes.length;
  }

  sendEof(): Promise<void> {
    this.#inputEnded = true;
    this.#advance();
    return Promise.resolve();
  }

  isEchoOff(): boolean {
    return !this.#echo;
  }

  async waitNoEcho(options: WaitOptions = {}): Promise<void> {
    checkLimit(options);
    const given = Promise.withResolvers<never>();
    using _limit = new Limit(options, given.reject);
    while (this.#echo) await Promise.race([this.#changed.promise, given.promise]);
  }

  /** As many turns as it is time for. */
  #advance(): void {
    for (let turn; (turn = this.#turns[0]) && this.#hears(turn.hears);) {
      this.#turns.shift();
      const { says = "", echo = this.#echo } = turn;
      this.#echo = echo;
      const bytes = typeof says === "string" ? new TextEncoder().encode(says) : says.slice();
      if (bytes.length > 0) this.#said.push(bytes);
    }
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  #hears(wanted: FakeTurn["hears"]): boolean {
    if (wanted === undefined) return true;
    const end = this.#endOf(wanted);
    if (end === ENDED) {
      this.#failure ??= new Error(`The script hears ${shown(wanted)}, but was sent ${shown(this.#input)}`);
    }
    if (typeof end !== "number") return false;
    this.#input = this.#input.slice(end);
    return true;
  }

  /** Where it ends in the input; nothing if it may still come, ENDED if it cannot. */
  #endOf(wanted: string | RegExp | typeof EOF): number | undefined | typeof ENDED {
    const input = this.#input;
    if (wanted === EOF) return input !== "" ? ENDED : this.#inputEnded ? 0 : undefined;
    if (typeof wanted === "string") {
      if (input.startsWith(wanted)) return wanted.length;
      return this.#inputEnded || !wanted.startsWith(input) ? ENDED : undefined;
    }
    const found = new RegExp(wanted.source, wanted.flags.replace(/[gy]/g, "")).exec(input);
    if (found !== null) return found.index + found[0].length;
    return this.#inputEnded ? ENDED : undefined;
  }
}
