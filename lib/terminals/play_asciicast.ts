/** Playing a recording. */
import { checkLimit, Limit, type WaitOptions } from "../core/limit.ts";
import { type Asciicast, type AsciicastEvent, parseAsciicast } from "./asciicast.ts";

/** How a recording is played. */
export interface PlayOptions extends WaitOptions {
  /** How many times as fast; `Infinity` makes no pause. @default {1} */
  speed?: number;
  /** The longest pause, in milliseconds of the recording. @default {what the recording asks for, otherwise Infinity} */
  maxPause?: number;
  /**
   * Called with every event at its time, output among them: for a change of size, or what was typed.
   * @param event What happened.
   */
  onEvent?(event: AsciicastEvent): void;
}

/** Where the output of a recording goes: who is called with it, or a stream of bytes. */
export type PlayOutput = ((text: string) => unknown) | WritableStream<Uint8Array<ArrayBuffer>>;

/**
 * Read a recording of version 2 or 3 of asciicast.
 *
 * @param path The file; it needs `read` permission.
 * @param options `signal` and `timeout`.
 * @returns The recording.
 * @throws {SyntaxError} that names the line which makes no sense.
 * @throws {Deno.errors.NotFound} and what else `Deno.readTextFile` throws.
 * @throws the signal's reason, or a `DOMException` named "TimeoutError".
 * @example
 * ```ts
 * import { playAsciicast, readAsciicast } from "@vasty/vasty";
 *
 * const path = await Deno.makeTempFile();
 * await Deno.writeTextFile(path, '{"version":2,"width":80,"height":24}\n[0,"o","hello"]\n[9.5,"o"," world"]\n');
 * let text = "";
 * await playAsciicast(await readAsciicast(path), (part) => text += part, { maxPause: 20 });
 * console.assert(text === "hello world");
 * await Deno.remove(path);
 * ```
 */
export async function readAsciicast(path: string | URL, options: WaitOptions = {}): Promise<Asciicast> {
  checkLimit(options);
  const stop = new AbortController();
  using _limit = new Limit(options, (reason) => stop.abort(reason));
  return parseAsciicast(await Deno.readTextFile(path, { signal: stop.signal }));
}

/**
 * Play a recording: what its terminal showed, with the pauses it had. They are counted from the beginning, so that what takes long
 * to show does not make the whole longer.
 *
 * @param cast The recording.
 * @param output Where it goes; by default the standard output.
 * @param options How fast, and when to give up.
 * @throws {RangeError} if `speed` is not above 0, or `maxPause` is negative.
 * @throws the signal's reason, a `DOMException` named "TimeoutError", or what `output` or `onEvent` throws.
 * @example
 * ```ts
 * import { parseAsciicast, playAsciicast } from "@vasty/vasty";
 *
 * const cast = parseAsciicast('{"version":2,"width":80,"height":24}\n[0.01,"o","a"]\n[0.02,"o","b"]\n');
 * const shown: string[] = [];
 * await playAsciicast(cast, (text) => shown.push(text), { speed: 2 });
 * console.assert(shown.join() === "a,b");
 * ```
 */
export async function playAsciicast(
  cast: Asciicast,
  output: PlayOutput = toStandardOutput,
  options: PlayOptions = {},
): Promise<void> {
  const { speed = 1, maxPause = cast.header.idleTimeLimit ?? Infinity, onEvent } = options;
  if (!(speed > 0)) throw new RangeError(`speed must be a number above 0: ${speed}`);
  if (!(maxPause >= 0)) throw new RangeError(`maxPause must be a number of milliseconds from 0 on: ${maxPause}`);
  checkLimit(options);
  using player = new Player(options);
  const writer = output instanceof WritableStream ? output.getWriter() : undefined;
  const show = writer
    ? (text: string) => writer.write(new TextEncoder().encode(text))
    : output as (text: string) => unknown;
  try {
    let due = 0;
    let last = 0;
    for (const event of cast.events) {
      due += Math.min(event.time - last, maxPause) / speed;
      last = event.time;
      await player.until(due);
      onEvent?.(event);
      if (event.kind === "o") await player.orGivenUp(show(event.data));
    }
  } finally {
    writer?.releaseLock();
  }
}

function toStandardOutput(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}

/** The longest that a timer takes. */
const LONGEST = 2 ** 31 - 1;

/** The clock of one playing. */
class Player implements Disposable {
  readonly #began = performance.now();
  readonly #limit: Limit;
  readonly #givenUp = Promise.withResolvers<never>();

  constructor(options: WaitOptions) {
    this.#givenUp.promise.catch(() => {});
    this.#limit = new Limit(options, this.#givenUp.reject);
  }

  async until(due: number): Promise<void> {
    const left = due - (performance.now() - this.#began);
    if (!(left > 0)) return void await this.orGivenUp(undefined);
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, Math.min(left, LONGEST));
    try {
      await this.orGivenUp(promise);
    } finally {
      clearTimeout(timer);
    }
  }

  async orGivenUp(work: unknown): Promise<void> {
    await Promise.race([this.#givenUp.promise, work]);
  }

  [Symbol.dispose](): void {
    this.#limit[Symbol.dispose]();
  }
}
