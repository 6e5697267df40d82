/** The half of a dialog that sends. */
import { withTurn } from "../../ffi/reactor.ts";
import { encodeForCall } from "../../ffi/text.ts";
import { checkLimit, type WaitOptions } from "../core/limit.ts";
import { sentText } from "./dialog_log.ts";
import { openDialog, partsOf } from "./dialog_parts.ts";
import type { DialogTarget } from "./dialog_target.ts";
import { isMaster } from "./echo_state.ts";
import type { ExpectOptions } from "./expect_options.ts";
import { type DialogEncoding, encoded } from "./text_encoding.ts";
import {
  controlCharacter,
  type HumanOptions,
  humanStrokes,
  type SlowOptions,
  slowStrokes,
  type Stroke,
} from "./typing.ts";
import { waitNoEcho } from "./wait_no_echo.ts";

/** How something is sent. */
export interface DialogSendOptions extends WaitOptions {
  /**
   * Whether the log shows `[hidden]` in its place, as it does by itself while a terminal does not echo.
   * @default {false}
   */
  hidden?: boolean;
}

/** A piece of what goes on being sent, as a person's keys do: the log does not tell how many pieces a secret has. */
export interface PieceOptions extends DialogSendOptions {
  /** Whether the piece before was hidden; kept by the sends. */
  run: { hidden: boolean };
}

/** A terminal of another kind may tell when it stops echoing. */
interface EchoTarget {
  waitNoEcho?(options?: WaitOptions): Promise<void>;
}

/**
 * The half of a dialog that sends. Every send has its turn, in the order of the calls. While one waits for room, what the other
 * side writes is read into the buffer: otherwise both could wait for each other for ever.
 *
 * A send that is given up before its turn sends nothing. Later, what was begun is still sent in the background, and what
 * comes next is sent behind it: the other side never sees half a line followed by another.
 *
 * @example
 * ```ts
 * import { Expect, type ExpectSender, spawn } from "@vasty/vasty";
 *
 * async function ask(dialog: ExpectSender, question: string): Promise<void> {
 *   await dialog.sendLine(question);
 * }
 * await using dialog = new Expect(spawn(["cat"], { stdin: "piped", stdout: "piped" }));
 * await ask(dialog, "who?");
 * await dialog.expect("who?\n");
 * ```
 */
export class ExpectSender {
  /** @ignore */
  protected constructor(target: DialogTarget, options: ExpectOptions) {
    openDialog(this, target, options);
  }

  /**
   * Send text or bytes as they are.
   *
   * @param text What to send; bytes must not change before the promise has settled.
   * @param options When to give up; no limit by default.
   * @throws {SyscallError} `EPIPE` if the other side reads no more, or what else the target says.
   * @throws {RangeError} if the other side reads nothing before more is read of it, and the buffer is full; or if `timeout` is none.
   * @throws {TypeError} if it is neither text nor bytes, the target can only be read, or a character has no byte in latin1.
   * @throws {ClosedError} if the dialog was closed, or is closed meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   */
  send(text: string | Uint8Array<ArrayBuffer>, options?: DialogSendOptions): Promise<void> {
    try {
      const { sender, ends, options: { sendDelay, log, encoding } } = partsOf(this);
      if (options === undefined && sendDelay === 0 && log === undefined && sender.free && ends.sink.begin) {
        const rest = ends.sink.begin(bytesOf(text, encoding, encodeForCall));
        return rest === undefined ? Promise.resolve(withTurn(undefined)) : sender.run(() => rest);
      }
      const bytes = bytesOf(text, encoding);
      const write = () => {
        if (log !== undefined) this.#logPiece(text, options);
        return ends.sink.write(bytes);
      };
      if (sendDelay === 0) return sender.run(write, options);
      return sender.run(async (sending) => {
        await sending.pause(sendDelay);
        if (!sending.over) await write();
      }, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #logPiece(text: string | Uint8Array<ArrayBuffer>, options: DialogSendOptions | PieceOptions | undefined): void {
    const run = options !== undefined && "run" in options ? options.run : undefined;
    const hidden = this.#log(text, options, run?.hidden ?? false);
    if (run !== undefined) run.hidden = hidden;
  }

  /** `after`: what it follows was hidden; the log does not tell how many pieces a secret has. Whether it was hidden. */
  #log(text: string | Uint8Array<ArrayBuffer>, options: DialogSendOptions | undefined, after: boolean): boolean {
    const { options: { log, encoding }, ends } = partsOf(this);
    if (!log?.sent) return false;
    const hidden = options?.hidden || ends.sink.isEchoOff?.() || false;
    if (!(hidden && after)) log.sent(sentText(text, encoding, hidden));
    return hidden;
  }

  /**
   * Send a line.
   *
   * @param text The line; `lineEnd` of {@linkcode ExpectOptions} is put behind it. @default {""}
   * @param options When to give up; no limit by default.
   * @throws as {@linkcode ExpectSender.send} does.
   */
  sendLine(text: string = "", options?: DialogSendOptions): Promise<void> {
    if (typeof text !== "string") {
      return Promise.reject(new TypeError("A line is a string; send() takes bytes as well"));
    }
    return this.send(text + partsOf(this).options.lineEnd, options);
  }

  /**
   * Send what a person types with the control key: of `"c"` U+0003, which a terminal makes SIGINT of. `"["` is ESC, `"?"` DEL.
   *
   * @param key A letter, or one of `@ [ \ ] ^ _ ?`; `"^c"` is taken as well.
   * @param options When to give up; no limit by default.
   * @throws {TypeError} if there is no such control character, or as {@linkcode ExpectSender.send} does.
   * @see ascii(7)
   */
  async sendControl(key: string, options?: WaitOptions): Promise<void> {
    await this.send(controlCharacter(key), options);
  }

  /**
   * Have the other side see the end: a terminal is sent the character for it, a connection or a pipe is closed in this direction.
   * Reading goes on.
   *
   * @param options When to give up; no limit by default.
   * @throws {TypeError} if the target has no end of its own.
   * @throws as {@linkcode ExpectSender.send} does.
   */
  async sendEof(options?: WaitOptions): Promise<void> {
    const { sender, ends } = partsOf(this);
    await sender.run(() => ends.sink.sendEof(), options);
  }

  /**
   * Send text in small pieces, for programs that lose what comes too fast.
   *
   * @param text What to send.
   * @param options How much at once, how long between, and when to give up: the rest is not sent then.
   * @throws {RangeError} if `chunk` or `delay` makes no sense.
   * @throws as {@linkcode ExpectSender.send} does.
   */
  async sendSlow(text: string, options: SlowOptions & DialogSendOptions = {}): Promise<void> {
    await this.#type(slowStrokes(text, options), options);
  }

  /**
   * Send text as a person types it, now faster, now slower, with longer pauses at the ends of words.
   *
   * @param text What to send.
   * @param options How the person types, and when to give up: the rest is not sent then.
   * @throws {RangeError} if one of the numbers makes no sense.
   * @throws as {@linkcode ExpectSender.send} does.
   * @see expect(1), `send -h`
   */
  async sendHuman(text: string, options: HumanOptions & DialogSendOptions = {}): Promise<void> {
    await this.#type(humanStrokes(text, options), options);
  }

  async #type(strokes: Stroke[], options: DialogSendOptions): Promise<void> {
    const { sender, ends, options: { encoding } } = partsOf(this);
    const all = strokes.map(({ text, pause }) => ({ bytes: encoded(text, encoding), text, pause }));
    let hidden = false;
    await sender.run(async (sending) => {
      for (const { bytes, text, pause } of all) {
        if (pause > 0) await sending.pause(pause);
        if (sending.over) return;
        hidden = this.#log(text, options, hidden);
        await ends.sink.write(bytes);
      }
    }, options);
  }

  /**
   * Wait until the terminal does not echo, as it is before a password is typed. It has its turn among the sends, and meanwhile
   * what comes is read into the buffer.
   *
   * @param options When to give up; no limit by default.
   * @throws {TypeError} if the dialog is not held over a terminal.
   * @throws {RangeError} if the buffer is full meanwhile, or `timeout` is none.
   * @throws {SyscallError} `EIO` if no program has the terminal open any more.
   * @throws {ClosedError} if the dialog was closed, or is closed meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @see termios(3), `ECHO`
   */
  async waitNoEcho(options: WaitOptions = {}): Promise<void> {
    const { sender, target } = partsOf(this);
    checkLimit(options);
    const { waitNoEcho: own } = target as EchoTarget;
    if (!own && !isMaster(target)) throw new TypeError("This dialog is not held over a terminal");
    const wait = () => isMaster(target) ? waitNoEcho(target, options) : own!.call(target, options);
    await sender.run(wait, options);
  }
}

/** @throws {TypeError} if it is neither text nor bytes, or a character has no byte. */
function bytesOf(
  text: string | Uint8Array<ArrayBuffer>,
  encoding: DialogEncoding,
  encode?: typeof encodeForCall,
): Uint8Array<ArrayBuffer> {
  const bytes = typeof text === "string" ? encoded(text, encoding, encode) : text;
  if (!(bytes instanceof Uint8Array)) throw new TypeError("Sending takes a string or a Uint8Array");
  return bytes;
}
