/** One interaction of a person with a dialog. */
import { checkLimit, Limit } from "../core/limit.ts";
import { partsOf } from "./dialog_parts.ts";
import type { Expect } from "./expect.ts";
import {
  type CheckedInteraction,
  checkedInteraction,
  type InteractEnd,
  type InteractOptions,
} from "./interact_options.ts";
import { type Delivery, Outflow, unlessGone } from "./outflow.ts";
import { type Passing, PatternWatch } from "./pattern_watch.ts";
import { CONTINUE, CONTINUE_TIMER } from "./patterns.ts";
import { type KeyReader, keyReader } from "./person_input.ts";
import { type Screen, screenOf } from "./person_output.ts";
import { madeRaw, passSize, personTerminal, type Resizable } from "./person_terminal.ts";
import type { PieceOptions } from "./sending.ts";
import { type Decoder, decoderOf, encoded } from "./text_encoding.ts";

/** Bytes that may wait for a program that does not read. More are left where they were typed, an escape character as well. */
const AHEAD = 64 * 1024;

export class Interaction {
  readonly #dialog: Expect;
  readonly #options: CheckedInteraction;
  readonly #typed: PatternWatch;
  readonly #said: PatternWatch;
  readonly #decoder: Decoder;
  readonly #stop = new AbortController();
  /** How keys are sent where there is a log. */
  readonly #keys: PieceOptions | undefined;
  readonly #end = Promise.withResolvers<InteractEnd>();
  #outflow: Outflow | undefined;
  /** Bytes that were typed and are not sent yet. */
  #waiting = 0;
  #room: (() => void) | undefined;

  /** @throws {TypeError} if an option makes no sense. */
  constructor(dialog: Expect, options: InteractOptions) {
    const { target, options: { encoding, log } } = partsOf(dialog);
    this.#dialog = dialog;
    this.#options = checkedInteraction(options, "resize" in target);
    this.#typed = new PatternWatch(this.#options.inputPatterns, true);
    this.#said = new PatternWatch(this.#options.outputPatterns, false);
    this.#decoder = decoderOf(encoding);
    this.#keys = log === undefined ? undefined : { run: { hidden: false } };
    checkLimit(this.#options.limit);
  }

  async run(): Promise<InteractEnd> {
    const { input, output, limit } = this.#options;
    using stack = new DisposableStack();
    const screen = stack.use(screenOf(output));
    const outflow = this.#outflow = new Outflow(this.#dialog, this.#said, {
      deliver: (text) => this.#show(screen, text),
      hit: (hit) => this.#hit("output", hit),
      ended: () => this.#over({ reason: "eof", side: "output", rest: this.#typed.release() }),
      fail: this.#end.reject,
    });
    const keys = stack.use(keyReader(input));
    this.#prepare(stack);
    stack.use(new Limit(limit, this.#end.reject));
    stack.defer(() => outflow.leave());
    stack.defer(() => this.#stop.abort());
    outflow.begin();
    this.#listen(keys).catch(this.#end.reject);
    return await this.#end.promise;
  }

  #prepare(stack: DisposableStack): void {
    const { input, raw, resize } = this.#options;
    const { options, target } = partsOf(this.#dialog);
    // It is shown already.
    const { logUser } = options;
    options.logUser = false;
    stack.defer(() => options.logUser = logUser);
    const terminal = personTerminal(input);
    if (terminal === undefined) return;
    if (resize && "resize" in target) stack.use(passSize(terminal, target as unknown as Resizable));
    if (raw) stack.use(madeRaw(terminal));
  }

  #over(end: InteractEnd): void {
    this.#end.resolve(end);
    this.#stop.abort();
  }

  #show(screen: Screen, text: string): Delivery {
    const { outputFilter } = this.#options;
    const { encoding } = partsOf(this.#dialog).options;
    const bytes = encoded(outputFilter === undefined ? text : outputFilter(text), encoding);
    return {
      done: screen.show(bytes, this.#stop.signal),
      get passed() {
        if (screen.shown === bytes.length) return text.length;
        // A part of what a filter made is no part of the text.
        return outputFilter === undefined ? decoderOf(encoding).decode(bytes.subarray(0, screen.shown)).length : 0;
      },
    };
  }

  /** Whether it goes on. */
  async #hit(side: "input" | "output", { match, action }: NonNullable<Passing["hit"]>, rest = ""): Promise<boolean> {
    const answer = await action?.(match);
    if (answer === CONTINUE || answer === CONTINUE_TIMER) return true;
    this.#over({ reason: "pattern", side, match, rest: this.#typed.release() + rest });
    return false;
  }

  #typedHit(hit: NonNullable<Passing["hit"]>, rest: string): Promise<boolean> {
    return this.#outflow!.aside(() => this.#hit("input", hit, rest));
  }

  async #listen(keys: KeyReader): Promise<void> {
    const { signal } = this.#stop;
    for (let goesOn = true; goesOn && !signal.aborted;) {
      const bytes = await keys.read(signal);
      if (signal.aborted) return;
      if (bytes === null) return this.#typedAll();
      goesOn = await this.#take(bytes);
      if (this.#waiting > AHEAD) await new Promise<void>((resolve) => this.#room = resolve);
    }
  }

  /** Nothing more is typed. */
  #typedAll(): void {
    this.#send(encoded(this.#typed.release() + this.#decoder.end(), partsOf(this.#dialog).options.encoding));
    if (this.#options.inputEnd === "end") return this.#over({ reason: "eof", side: "input", rest: "" });
    this.#attend(this.#dialog.sendEof({ signal: this.#stop.signal }));
  }

  /** Whether more is to be read. */
  async #take(bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const { escape, inputFilter, inputPatterns } = this.#options;
    const at = escape === null ? -1 : bytes.indexOf(escape.charCodeAt(0));
    const before = at < 0 ? bytes : bytes.subarray(0, at);
    const plain = inputFilter === undefined && inputPatterns.length === 0;
    if (plain) this.#send(before);
    else if (!await this.#pass(this.#decoder.decode(before))) return false;
    if (at < 0) return true;
    this.#send(encoded(this.#typed.release(), partsOf(this.#dialog).options.encoding));
    this.#over({ reason: "escape", side: "input", rest: this.#decoder.decode(bytes.subarray(at + 1)) });
    return false;
  }

  async #pass(text: string): Promise<boolean> {
    const { inputFilter } = this.#options;
    let left = inputFilter === undefined || text === "" ? text : inputFilter(text);
    while (left !== "") {
      const passing = this.#typed.step(left);
      left = left.slice(passing.used);
      this.#send(encoded(passing.text, partsOf(this.#dialog).options.encoding));
      if (passing.hit !== undefined && !await this.#typedHit(passing.hit, left)) return false;
    }
    return true;
  }

  /** Nobody waits for it, so that the escape character works while the program reads nothing. */
  #send(bytes: Uint8Array<ArrayBuffer>): void {
    if (bytes.length === 0) return;
    this.#waiting += bytes.length;
    this.#attend(this.#dialog.send(bytes, this.#keys), bytes.length);
  }

  async #attend(sending: Promise<void>, count = 0): Promise<void> {
    try {
      await unlessGone(sending);
    } catch (error) {
      this.#end.reject(error);
    } finally {
      this.#waiting -= count;
      if (this.#waiting <= AHEAD) this.#room?.();
    }
  }
}
