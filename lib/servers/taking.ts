/** Whether connections may be taken: not before a program is ready, nor while it is replaced. */

/** Between whom connections change hands. */
export class Taking {
  #stop = new AbortController();
  #state: "waiting" | "open" | "over" = "waiting";
  #change: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor() {
    this.#stop.abort();
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
