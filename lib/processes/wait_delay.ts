/** Reading the pipes of a child that has ended, while others keep them open: for how long, and what is left out then. */
import { goRound } from "../../ffi/reactor.ts";
import type { Input } from "../core/input.ts";
import { Limit } from "../core/limit.ts";
import type { Output } from "../core/output.ts";

/** Milliseconds where nothing else was said. */
export const WAIT_DELAY = 5_000;
/** The most that is still read of a pipe that is cut: as much as a pipe may hold. */
export const IN_PIPE = 1024 * 1024;
/** Promises, and then turns of the event loop, in which the ends of the pipes are seen that came with the child's. */
const TURNS = 16;
const ROUNDS = 3;

/** @throws {RangeError} if `waitDelay` is negative or not a number. */
export function checkWaitDelay(waitDelay = 0): void {
  if (!(waitDelay >= 0)) throw new RangeError(`waitDelay must be a number of milliseconds from 0 on: ${waitDelay}`);
}

/** One pipe. */
class Reading {
  readonly #input: Input;
  readonly #cut = { name: "cut" };
  #left = Infinity;
  #waiting = false;
  #open = true;
  incomplete = false;

  constructor(input: Input) {
    this.#input = input;
  }

  get open(): boolean {
    return this.#open;
  }

  /** As {@linkcode Input.read}; the end also where the pipe was cut and what was in it has been read. */
  async read(target: Uint8Array<ArrayBuffer>): Promise<number> {
    try {
      const reading = this.#left > 0 ? this.#input.read(target) : this.#endHere();
      this.#waiting = typeof reading !== "number";
      if (this.#waiting && this.#left < Infinity) this.#input.close(this.#cut);
      const count = await reading;
      this.#left -= count;
      if (count === 0) this.#open = false;
      return count;
    } catch (reason) {
      if (reason !== this.#cut) throw reason;
      return this.#endHere();
    } finally {
      this.#waiting = false;
    }
  }

  #endHere(): number {
    this.#input.close(this.#cut);
    this.#open = false;
    this.incomplete = true;
    return 0;
  }

  /** Read what is in the pipe, and wait for no more. */
  cut(): void {
    this.#left = IN_PIPE;
    if (this.#waiting) this.#input.close(this.#cut);
  }
}

export type { Reading };

/** What is read of a command, or of several. */
export interface Conversing {
  /** The pipes to it; each that there is. */
  readonly pipes: { stdin?: Output; stdout?: Input; stderr?: Input };
  /** Resolves when all have ended. */
  readonly ended: Promise<unknown>;
  /** Resolves when nothing more is written, if anything is. */
  readonly fed?: Promise<void>;
}

/** The pipes to what runs. They are cut `delay` milliseconds after its end; a time limit is the child's. */
export class Readings implements Disposable {
  readonly stdout: Reading | undefined;
  readonly stderr: Reading | undefined;
  readonly #pipes: Conversing["pipes"];
  #limit: Limit | undefined;
  #feeding: boolean;
  #over = false;

  constructor({ pipes, ended, fed }: Conversing, delay: number) {
    const { stdout, stderr } = this.#pipes = pipes;
    this.stdout = stdout && new Reading(stdout);
    this.stderr = stderr && new Reading(stderr);
    this.#feeding = fed !== undefined;
    fed?.catch(() => {}).then(() => this.#feeding = false);
    if (fed ?? stdout ?? stderr) ended.then(() => this.#allEnded(delay), () => {});
  }

  /** Whether something was cut. */
  get incomplete(): boolean {
    return Boolean(this.stdout?.incomplete || this.stderr?.incomplete);
  }

  /** Whether there is something to wait for. */
  get #lasts(): boolean {
    return !this.#over && Boolean(this.#feeding || this.stdout?.open || this.stderr?.open);
  }

  async #allEnded(delay: number): Promise<void> {
    // The pipes have mostly ended with the child, in the same wake-up. A timer, for nothing, would take 6 ms once.
    for (let turn = 0; turn < TURNS && this.#lasts; turn++) await null;
    for (let round = 0; round < ROUNDS && this.#lasts; round++) await goRound();
    if (!this.#lasts) return;
    this.#limit = new Limit({ timeout: delay }, () => this.#cut());
  }

  #cut(): void {
    this.stdout?.cut();
    this.stderr?.cut();
    // Nobody of whom we know reads it any more.
    this.#pipes.stdin?.close();
  }

  [Symbol.dispose](): void {
    this.#over = true;
    this.#limit?.[Symbol.dispose]();
  }
}

/** The chunks of `reading`, each good until the next is asked for. */
export async function* chunksOf(reading: Pick<Input, "read">): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  let buffer = new Uint8Array(16 * 1024);
  for (let count; (count = await reading.read(buffer)) > 0;) {
    yield buffer.subarray(0, count);
    if (count === buffer.length && count < 256 * 1024) buffer = new Uint8Array(256 * 1024);
  }
}
