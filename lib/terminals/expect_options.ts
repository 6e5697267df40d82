/** How a dialog behaves. */
import { checkLimit, type WaitOptions } from "../core/limit.ts";
import type { DialogEncoding } from "./text_encoding.ts";

/** What writes down a dialog. */
export interface DialogLog {
  /**
   * Called with what has come, as soon as it was read.
   * @param text The text.
   */
  received?(text: string): void;
  /**
   * Called with what is sent, just before. While the terminal does not echo it is `[hidden]`.
   * @param text The text.
   */
  sent?(text: string): void;
}

/** How an {@linkcode Expect} behaves. */
export interface ExpectOptions {
  /**
   * How long an expect waits where it does not say, in milliseconds.
   * @default {30_000}
   */
  timeout?: number;
  /**
   * How many characters (UTF-16 units) may wait for an expect. With more nothing is read.
   * @default {67_108_864}
   */
  maxBuffer?: number;
  /**
   * In how many of the last characters a regular expression is looked for that refers to its own groups, or looks ahead or
   * back. Other patterns are found wherever they are.
   * @default {4096}
   */
  searchWindow?: number;
  /**
   * What the bytes are: text, of which what is no UTF-8 becomes U+FFFD, or a character for each byte.
   * @default {"utf-8"}
   */
  encoding?: DialogEncoding;
  /**
   * Whether the clock of an expect begins anew whenever something comes.
   * @default {false}
   */
  restartOnReceive?: boolean;
  /**
   * What {@linkcode Expect.sendLine} puts behind a line. A person at a terminal types `"\r"`, which it turns into `"\n"`
   * unless it is in raw mode.
   * @default {"\n"}
   */
  lineEnd?: string;
  /** What writes down all that comes and goes. What it throws when something comes ends the dialog. */
  log?: DialogLog;
  /**
   * Whether what comes is shown on this program's standard output, as `log_user` of Expect.pm does.
   * @default {false}
   */
  logUser?: boolean;
  /**
   * Milliseconds to wait before each send, for programs that throw away what was typed too early.
   * @default {0}
   */
  sendDelay?: number;
}

/** How one expect behaves. */
export interface ExpectCallOptions extends WaitOptions {
  /**
   * Milliseconds; 0 looks once at what is there.
   * @default {ExpectOptions.timeout}
   */
  timeout?: number;
  /**
   * In how many of the last characters a regular expression is looked for that refers to its own groups, or looks ahead or
   * back.
   * @default {ExpectOptions.searchWindow}
   */
  searchWindow?: number;
}

/** Options with nothing left out. */
export type CheckedOptions = Required<Omit<ExpectOptions, "log">> & Pick<ExpectOptions, "log">;

/** @throws {RangeError | TypeError} if an option makes no sense. */
export function checkedOptions(options: ExpectOptions): CheckedOptions {
  const checked: CheckedOptions = {
    timeout: options.timeout ?? 30_000,
    maxBuffer: options.maxBuffer ?? 64 * 1024 * 1024,
    searchWindow: checkedWindow(options.searchWindow ?? 4096),
    encoding: options.encoding ?? "utf-8",
    restartOnReceive: options.restartOnReceive ?? false,
    lineEnd: options.lineEnd ?? "\n",
    log: options.log,
    logUser: options.logUser ?? false,
    sendDelay: checkedDelay(options.sendDelay ?? 0, "sendDelay"),
  };
  const { timeout, maxBuffer, lineEnd } = checked;
  checkLimit({ timeout });
  if (!(maxBuffer >= 1) || (!Number.isInteger(maxBuffer) && maxBuffer !== Infinity)) {
    throw new RangeError(`maxBuffer must be an integer of characters from 1 on, or Infinity: ${maxBuffer}`);
  }
  if (typeof lineEnd !== "string") throw new TypeError("lineEnd is a string");
  return checked;
}

/** @throws {RangeError} */
export function checkedWindow(window: number): number {
  if (Number.isInteger(window) && window >= 1) return window;
  throw new RangeError(`searchWindow must be an integer of characters from 1 on: ${window}`);
}

/** The longest that a timer takes. */
const LONGEST = 2 ** 31 - 1;

/** @throws {RangeError} */
export function checkedDelay(ms: number, name: string): number {
  if (ms >= 0 && ms <= LONGEST) return ms;
  throw new RangeError(`${name} must be a number of milliseconds from 0 to ${LONGEST}: ${ms}`);
}
