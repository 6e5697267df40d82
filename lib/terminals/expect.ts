/** Dialogs with other programs. */
import { ClosedError } from "../core/errors.ts";
import { checkLimit, type WaitOptions } from "../core/limit.ts";
import { prepared } from "./cases.ts";
import { type DialogParts, setParts } from "./dialog_parts.ts";
import type { DialogSink } from "./dialog_sink.ts";
import { type DialogTarget, type OpenTarget, openTarget } from "./dialog_target.ts";
import { checkedOptions, type ExpectCallOptions, type ExpectOptions } from "./expect_options.ts";
import { expecting } from "./expecting.ts";
import { Intake } from "./intake.ts";
import { LineUp } from "./line_up.ts";
import type { Match } from "./match.ts";
import type { Patterns } from "./patterns.ts";
import { received, sentText } from "./dialog_log.ts";
import { Sender } from "./sender.ts";
import { decoderOf, encoded } from "./text_encoding.ts";
import {
  controlCharacter,
  type HumanOptions,
  humanStrokes,
  type SlowOptions,
  slowStrokes,
  type Stroke,
} from "./typing.ts";

/** How something is sent. */
export interface DialogSendOptions extends WaitOptions {
  /**
   * Whether the log shows `[hidden]` instead, as it does by itself while a terminal does not echo.
   * @default {false}
   */
  hidden?: boolean;
}

/** Something that is a terminal can tell when it does not echo. */
interface EchoTarget {
  waitNoEcho?(options?: WaitOptions): Promise<void>;
}

export class Expect implements AsyncDisposable {
  readonly #parts: DialogParts;
  readonly #target: DialogTarget & EchoTarget;
  readonly #open: OpenTarget;
  readonly #sink: DialogSink;
  #closing: Promise<void> | undefined;

  constructor(target: DialogTarget, options: ExpectOptions = {}) {
    const checked = checkedOptions(options);
    const decoder = decoderOf(checked.encoding);
    this.#target = target;
    this.#open = openTarget(target);
    this.#sink = this.#open.sink;
    const lineUp = new LineUp();
    const intake = new Intake(this.#open.source, decoder, checked.maxBuffer, {
      received: (text, bytes) => received(checked, text, bytes),
      changed: () => {
        lineUp.run();
        sender.changed();
      },
    });
    const sender = new Sender(intake);
    this.#parts = { options: checked, intake, lineUp, sender, before: [], after: [], closed: undefined };
    setParts(this, this.#parts);
  }

  expect(patterns: Patterns, options: ExpectCallOptions = {}): Promise<Match> {
    try {
      return expecting([[this, prepared(patterns)]], options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  expectBefore(cases: Patterns): void {
    this.#parts.before = prepared(cases, "before");
  }

  expectAfter(cases: Patterns): void {
    this.#parts.after = prepared(cases, "after");
  }

  send(text: string | Uint8Array<ArrayBuffer>, options?: DialogSendOptions): Promise<void> {
    try {
      const { sendDelay, log, encoding } = this.#parts.options;
      const bytes = typeof text === "string" ? encoded(text, encoding) : text;
      if (!(bytes instanceof Uint8Array)) throw new TypeError("Sending takes a string or a Uint8Array");
      const write = () => {
        if (log?.sent) log.sent(sentText(text, options?.hidden || this.#sink.isEchoOff?.()));
        return this.#sink.write(bytes);
      };
      if (sendDelay === 0) return this.#parts.sender.run(write, options);
      return this.#parts.sender.run(async (sending) => {
        await sending.pause(sendDelay);
        if (!sending.over) await write();
      }, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  sendLine(text: string = "", options?: DialogSendOptions): Promise<void> {
    return this.send(text + this.#parts.options.lineEnd, options);
  }

  async sendControl(key: string, options?: WaitOptions): Promise<void> {
    await this.send(controlCharacter(key), options);
  }

  async sendEof(options?: WaitOptions): Promise<void> {
    await this.#parts.sender.run(() => this.#sink.sendEof(), options);
  }

  async sendSlow(text: string, options: SlowOptions & DialogSendOptions = {}): Promise<void> {
    await this.#type(slowStrokes(text, options), options);
  }

  async sendHuman(text: string, options: HumanOptions & DialogSendOptions = {}): Promise<void> {
    await this.#type(humanStrokes(text, options), options);
  }

  async #type(strokes: Stroke[], options: DialogSendOptions): Promise<void> {
    const { log, encoding } = this.#parts.options;
    const all = strokes.map(({ text, pause }) => ({ bytes: encoded(text, encoding), text, pause }));
    await this.#parts.sender.run(async (sending) => {
      for (const { bytes, text, pause } of all) {
        if (pause > 0) await sending.pause(pause);
        if (sending.over) return;
        if (log?.sent) log.sent(sentText(text, options.hidden || this.#sink.isEchoOff?.()));
        await this.#sink.write(bytes);
      }
    }, options);
  }

  get buffer(): string {
    return this.#parts.intake.buffer.slice();
  }

  clear(): string {
    const { intake } = this.#parts;
    const text = intake.buffer.slice();
    intake.take(text.length);
    return text;
  }

  async waitNoEcho(options: WaitOptions = {}): Promise<void> {
    checkLimit(options);
    if (!this.#target.waitNoEcho) throw new TypeError("This dialog is not held over a terminal");
    await this.#target.waitNoEcho(options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    const { intake, lineUp, sender } = this.#parts;
    const reason = new ClosedError("The dialog was closed");
    const { idle } = sender;
    this.#parts.closed = { reason };
    intake.close(reason);
    lineUp.failAll(reason);
    sender.close(reason);
    await this.#open.close(idle);
  }
}
