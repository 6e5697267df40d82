/** The order of messages that wait to be sent: one after the other, as they were given, so that none overtakes another. */
import { onClosing } from "../core/closing.ts";
import { ClosedError } from "../core/errors.ts";
import { Deadline, Limit, type LimitOptions, timeoutReason } from "../core/limit.ts";

export class SendingOrder {
  readonly #places: PromiseWithResolvers<void>[] = [];

  /** Whether nobody waits. */
  get free(): boolean {
    return this.#places.length === 0;
  }

  /**
   * Do `send` once all before it are done or have given up; it gets what is left of the time. `owner` is what may be closed
   * meanwhile.
   *
   * @throws the signal's reason, a `DOMException` named "TimeoutError", or a ClosedError, if its turn has not come by then.
   */
  async run(send: (options: LimitOptions) => Promise<void>, options: LimitOptions, owner: object): Promise<void> {
    const deadline = new Deadline(options);
    if (deadline.timeout === 0) throw timeoutReason(0, options.what?.());
    const place = Promise.withResolvers<void>();
    this.#places.push(place);
    try {
      if (this.#places[0] === place) return await send(options);
      await turnOf(place, options, owner);
      await send(deadline.options);
    } finally {
      this.#places.splice(this.#places.indexOf(place), 1);
      this.#places[0]?.resolve();
    }
  }
}

async function turnOf(place: PromiseWithResolvers<void>, options: LimitOptions, owner: object): Promise<void> {
  using _limit = new Limit(options, (reason) => place.reject(reason));
  using _closing = onClosing(owner, () => place.reject(new ClosedError("It was closed while it was waited for")));
  await place.promise;
}
