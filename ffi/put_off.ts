/**
 * Work that is put off until the program does something else than what led to it: until the microtasks have gone round some
 * times without it, or this thread is about to block, which no microtask would come before.
 */

/** How often the microtasks go round: who does something again and again pays once for all that. */
const ROUNDS = 128;

/** All of this thread whose turn comes. */
const queued = new Set<PutOff>();

export class PutOff {
  readonly #work: () => void;
  #due = false;
  #queued = false;
  #rounds = 0;

  /** `work` throws nothing. */
  constructor(work: () => void) {
    this.#work = work;
  }

  /** It is to be done, but not now; called again, it waits as long again. */
  soon(): void {
    this.#rounds = 0;
    this.#due = true;
    if (this.#queued) return;
    this.#queued = true;
    queued.add(this);
    queueMicrotask(this.#round);
  }

  /** It need not be done any more. */
  cancel(): void {
    this.#due = false;
  }

  /** Do it, if it is to be done. */
  now(): void {
    if (!this.#due) return;
    this.#due = false;
    this.#work();
  }

  readonly #round = (): void => {
    if (this.#due && ++this.#rounds < ROUNDS) return queueMicrotask(this.#round);
    this.#queued = false;
    queued.delete(this);
    this.now();
  };
}

/** This thread is about to block: do all that was put off. */
export function doPutOff(): void {
  for (const one of queued) one.now();
}
