/** Sending where the kernel has no memory for it just now. */
import { onClosing } from "../core/closing.ts";
import { ClosedError } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import type { Holding } from "../core/holding.ts";
import { Limit, type LimitOptions } from "../core/limit.ts";

/** Milliseconds until the first try, and the longest between two. */
const FIRST = 1;
const MOST = 64;

/** Waits between tries after ENOBUFS. The socket counts as writable all the while, so there is nothing but time to wait for. */
export class BufferWait {
  #next = FIRST;

  /**
   * Until it is worth another try.
   *
   * @throws {ClosedError} if `fd` is closed meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   */
  async pause(fd: Fd, options: LimitOptions, holding: Holding): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    using limit = new Limit(options, reject);
    const timer = setTimeout(resolve, this.#next);
    this.#next = Math.min(2 * this.#next, MOST);
    using _holding = holding.watch((on) => {
      on ? Deno.refTimer(timer) : Deno.unrefTimer(timer);
      limit.hold(on);
    });
    using _closing = onClosing(fd, () => reject(new ClosedError("The socket was closed while it was sending")));
    try {
      await promise;
    } finally {
      clearTimeout(timer);
    }
  }
}
