/** Whether connections may be taken: not before a program is ready, nor while it is replaced. */

import { Limit, type WaitOptions } from "../core/limit.ts";

/** Between whom connections change hands. */
export class Taking {
  #stop = new AbortController();
  #state: "waiting" | "open" | "over" = "waiting";
  #change: PromiseWithResolvers<void> = Promise.withResolvers();

  readonly #opened = Promise.withResolvers<void>();

  constructor() {
    this.#stop.abort();
  }

  /** Wait for the first time. @throws the signal's reason. */
  async opened({ signal }: Pick<WaitOptions, "signal">): Promise<void> {
    const { promise, reject } = Promise.withResolvers<never>();
    using _limit = new Limit({ signal }, reject);
    await Promise.race([this.#opened.promise, promise]);
  }

  /** Aborted as soon as nothing more may be taken; what waits gives up then, and has taken nothing. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Whether something may be taken, once that is known: false if never again. */
  async allowed(): Promise<boolean> {
    while (this.#state === "waiting") await this.#change.promise;
    return this.#state === "open";
  }

  /** From now on. */
  open(): void {
    if (this.#state !== "waiting") return;
    this.#stop = new AbortController();
    this.#become("open");
    this.#opened.resolve();
  }

  /** Not for now. Whether that is a change. */
  pause(): boolean {
    if (this.#state !== "open") return false;
    this.#become("waiting");
    this.#stop.abort(new DOMException("The program is being replaced", "AbortError"));
    return true;
  }

  /** Never again. */
  end(): void {
    this.#become("over");
    this.#stop.abort(new DOMException("The program was replaced", "AbortError"));
  }

  #become(state: "waiting" | "open" | "over"): void {
    this.#state = state;
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}
