/** One wait for another process, with what has to be done when it ends or is given up. */
import type { WaitingCall } from "./wait.ts";

export class Sleep implements Disposable {
  readonly call: WaitingCall;
  readonly #ended: (rc: number) => void;
  readonly #givenUp: () => void;
  #over = false;

  /** `ended` gets what the call has returned; `givenUp` is called if it never did anything. */
  constructor(call: WaitingCall, ended: (rc: number) => void, givenUp: () => void = () => {}) {
    this.call = call;
    this.#ended = ended;
    this.#givenUp = givenUp;
  }

  /** The call has returned. */
  end(rc: number): void {
    this.#over = true;
    this.#ended(rc);
  }

  [Symbol.dispose](): void {
    this.call[Symbol.dispose]();
    if (!this.#over) this.#givenUp();
  }
}
