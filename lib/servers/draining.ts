/** Work that is under way when a program is about to be replaced. */
import { onClosing } from "../core/closing.ts";
import type { Fd } from "../core/fd.ts";
import { Limit } from "../core/limit.ts";

/** Connections that are served. */
export class OpenConnections {
  readonly #open = new Set<Fd>();
  #empty: (() => void) | undefined;
  readonly #less = new Set<() => void>();

  /** It is served until it is closed, or given away. */
  add({ fd }: { readonly fd: Fd }): void {
    if (fd.closed) return;
    this.#open.add(fd);
    const watch = onClosing(fd, () => {
      watch[Symbol.dispose]();
      this.#open.delete(fd);
      for (const resolve of this.#less) resolve();
      if (this.#open.size === 0) this.#empty?.();
    });
  }

  /** Resolves when one was closed, or after `ms` milliseconds, or when `signal` is aborted. */
  async less(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = () => resolve();
    using _limit = new Limit({ timeout: ms, signal }, done);
    this.#less.add(done);
    await promise;
    this.#less.delete(done);
  }

  /** Resolves when there are none. */
  async none(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#empty = resolve;
    if (this.#open.size > 0) await promise;
  }
}

/**
 * Wait for what is under way, but not longer than `timeout` milliseconds: then each of `work` has its signal aborted, and is left
 * alone.
 *
 * @throws what one of them throws in time, or the reason of `signal`.
 */
export async function drained(
  work: readonly ((options: { signal: AbortSignal }) => void | Promise<void>)[],
  timeout: number,
  signal?: AbortSignal,
): Promise<void> {
  const stop = new AbortController();
  const { promise: late, resolve, reject } = Promise.withResolvers<void>();
  late.catch(() => {});
  using _limit = new Limit({ timeout, signal }, (reason) => {
    stop.abort(reason);
    signal?.aborted ? reject(reason) : resolve();
  });
  // What was accepted in this turn of the event loop is in the hands of who serves it in the next one.
  await new Promise((next) => setTimeout(next, 0));
  const all = Promise.all(work.map((one) => one({ signal: stop.signal })));
  await Promise.race([all, late]);
}
