/** What a dialog sends: one after the other, and meanwhile what comes is read. */
import { ClosedError } from "../core/errors.ts";
import { checkLimit, Limit, type WaitOptions } from "../core/limit.ts";
import type { Intake } from "./intake.ts";

/** Promises that a write takes at most which finds room. Until then nothing has to be watched. */
const TICKS = 4;
/**
 * Milliseconds in which a send may end by itself while nothing more can be read: it may wait for a turn of the loop, or for a
 * program that is slow to read.
 */
const PATIENCE = 250;

/** One send. */
export class Sending {
  readonly promise: Promise<void>;
  /** It is done, or was given up. */
  over = false;
  #resolve!: () => void;
  #reject!: (reason: unknown) => void;
  #limit: Limit | undefined;
  #wake: (() => void) | undefined;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** From now on it is given up when its time is over. */
  watch(options: WaitOptions): void {
    if (options.signal?.aborted) return this.fail(options.signal.reason);
    this.#limit = new Limit(options, (reason) => this.fail(reason));
  }

  readonly done = (): void => {
    if (!this.#end()) return;
    this.#resolve();
  };

  readonly fail = (reason: unknown): void => {
    if (!this.#end()) return;
    this.#reject(reason);
  };

  #end(): boolean {
    if (this.over) return false;
    this.over = true;
    this.#limit?.[Symbol.dispose]();
    this.#wake?.();
    return true;
  }

  /** Whether it lets time pass. */
  get pausing(): boolean {
    return this.#wake !== undefined;
  }

  /** Let some time pass, less if it is given up. */
  pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#wake = () => {
      clearTimeout(timer);
      resolve();
    };
    return promise.finally(() => this.#wake = undefined);
  }
}

/** What is thrown at once is no different from what is thrown later. */
function begun(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return work();
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Sends of one dialog have their turns in the order of the calls. */
export class Sender {
  readonly #intake: Intake;
  readonly #waiting = new Set<Sending>();
  /** What is under way. It goes on where its send was given up: half a line is never left for the next one to follow. */
  #last: Promise<void> | undefined;
  #closed: { reason: unknown } | undefined;
  /** Runs while nothing can be sent nor read. */
  #stuck: Limit | undefined;

  constructor(intake: Intake) {
    this.#intake = intake;
  }

  /** Whether something can be sent at once. */
  get free(): boolean {
    return this.#last === undefined && this.#closed === undefined;
  }

  /** Whether nothing is being sent. */
  get idle(): boolean {
    return this.#last === undefined;
  }

  /**
   * Do `work`, which sends, when it is its turn. What is given up before does nothing.
   *
   * @throws as checkLimit() does, or why it was closed.
   */
  run(work: (sending: Sending) => Promise<unknown>, options?: WaitOptions): Promise<void> {
    if (options !== undefined) checkLimit(options);
    if (this.#closed) throw this.#closed.reason;
    const sending = new Sending();
    this.#waiting.add(sending);
    const begin = () => sending.over ? Promise.resolve() : begun(() => work(sending));
    const working = this.#last === undefined ? begin() : this.#last.then(begin);
    const last: Promise<void> = this.#last = working.then(
      () => this.#done(sending, last),
      (reason) => this.#done(sending, last, { reason }),
    );
    this.#attend(sending, options);
    return sending.promise;
  }

  #done(sending: Sending, last: Promise<void>, failure?: { reason: unknown }): void {
    if (this.#last === last) this.#last = undefined;
    this.#waiting.delete(sending);
    this.#moved();
    if (this.#waiting.size > 0) this.changed();
    failure ? sending.fail(failure.reason) : sending.done();
  }

  async #attend(sending: Sending, options: WaitOptions | undefined): Promise<void> {
    for (let tick = 0; tick < TICKS; tick++) {
      await undefined;
      if (sending.over) return;
    }
    if (options?.signal !== undefined || options?.timeout !== undefined) sending.watch(options);
    this.changed();
  }

  /** While there is no room, the other side may wait for us to read: else both would wait for ever. */
  changed(): void {
    if (this.#last === undefined) return;
    if (this.#intake.full) {
      this.#stuck ??= new Limit({ timeout: PATIENCE }, () => this.#giveUp());
      return;
    }
    this.#moved();
    this.#intake.want();
  }

  /** Something was sent, or can be read. */
  #moved(): void {
    this.#stuck?.[Symbol.dispose]();
    this.#stuck = undefined;
  }

  #giveUp(): void {
    this.#stuck = undefined;
    if ([...this.#waiting].some(({ pausing }) => pausing)) return this.changed();
    const length = this.#intake.buffer.length;
    const reason =
      `Cannot send: the other side takes nothing, and no more can be read of it, as the buffer is full (${length} characters)`;
    this.#failAll(new RangeError(reason));
  }

  #failAll(reason: unknown): void {
    for (const sending of this.#waiting) sending.fail(reason);
    this.#waiting.clear();
  }

  /** Nothing is sent any more. */
  close(reason: unknown = new ClosedError("The dialog was closed")): void {
    this.#closed ??= { reason };
    this.#moved();
    this.#failAll(reason);
  }
}
