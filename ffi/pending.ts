/** One operation that the event loop waits for, as `reactor.ts` and `workers.ts` begin it. */
import { loop } from "./loop.ts";

/** What is known of a wait: how it ends, and how to end it early. */
export interface Wait {
  /** Never rejects: the value, or -errno. -ECANCELED if {@linkcode cancel} came first and nothing was done. */
  readonly result: Promise<number>;
  /** Give up. The result still comes, and says whether the call succeeded after all. */
  cancel(): void;
  /** Keep the process alive while this is pending (the beginning), or no longer. */
  ref(): void;
  unref(): void;
}

/** A wait that has ended. */
export function over(came: number): Wait {
  return { result: Promise.resolve(came), cancel() {}, ref() {}, unref() {} };
}

/** Counts an operation as pending, and as keeping the process alive, until it is done. */
export class Pending {
  readonly result: Promise<number>;
  readonly #resolve: (value: number) => void;
  readonly #patient: boolean;
  #held: boolean;
  #done = false;

  /** `patient`: it may be told a moment later than it could be. */
  constructor(held: boolean, patient = false) {
    ({ promise: this.result, resolve: this.#resolve } = Promise.withResolvers<number>());
    this.#held = held;
    this.#patient = patient;
    loop().begin(held, patient);
  }

  get done(): boolean {
    return this.#done;
  }

  /** It has ended with `value`; the first end counts. */
  settle(value: number): void {
    if (this.#done) return;
    this.#done = true;
    loop().end(this.#held, this.#patient);
    this.#resolve(value);
  }

  hold(on: boolean): void {
    if (this.#done || this.#held === on) return;
    this.#held = on;
    loop().hold(on);
  }
}
