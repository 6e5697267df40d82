/** Signals as they come, one after the other. */
import { hold } from "../../ffi/catcher.ts";
import { checkLimit } from "../core/limit.ts";
import type { SignalName } from "../core/signal_names.ts";
import { settleOr } from "./action.ts";
import { giveBack, keeperOf } from "./delivery.ts";
import type { Delivery, Keeper, Watcher } from "./keeper.ts";
import { catchableSet } from "./refused.ts";
import type { SignalInfo } from "./signal_info.ts";

/** How {@linkcode signals} waits. */
export interface SignalsOptions {
  /** Ends the iteration with its reason. */
  signal?: AbortSignal;
  /** Whether waiting keeps the process alive. @default {false} */
  ref?: boolean;
}

/** The signals that come, in order; made by {@linkcode signals}. */
export class Signals implements AsyncIterableIterator<SignalInfo>, AsyncDisposable {
  readonly #watcher: Watcher = { take: (delivery) => this.#take(delivery) };
  readonly #keepers: readonly Keeper[];
  readonly #come: Delivery[] = [];
  readonly #waiting: PromiseWithResolvers<IteratorResult<SignalInfo, undefined>>[] = [];
  readonly #signal: AbortSignal | undefined;
  readonly #aborted = () => this.#end({ reason: this.#signal!.reason });
  #failure: { reason: unknown } | undefined;
  #ended = false;
  #held = false;

  /** @ignore */
  constructor(numbers: Iterable<number>, { signal, ref = false }: SignalsOptions) {
    checkLimit({ signal });
    this.#keepers = [...numbers].map(keeperOf);
    this.#signal = signal;
    for (const keeper of this.#keepers) {
      keeper.watchers.add(this.#watcher);
      settleOr(keeper, () => this.#leave());
    }
    signal?.addEventListener("abort", this.#aborted);
    if (ref) this.ref();
  }

  #take(delivery: Delivery): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#come.push(delivery);
    else waiting.resolve(use(delivery));
  }

  /** The next signal. @throws the reason of `signal`. */
  next(): Promise<IteratorResult<SignalInfo, undefined>> {
    const delivery = this.#come.shift();
    if (delivery !== undefined) return Promise.resolve(use(delivery));
    if (this.#failure) return Promise.reject(this.#failure.reason);
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    const waiting = Promise.withResolvers<IteratorResult<SignalInfo, undefined>>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  /**
   * End it: signals that came and were not read go to whoever else handles them, or do what they do by default, of which a
   * listener of Deno's hears once more.
   */
  return(): Promise<IteratorResult<SignalInfo, undefined>> {
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  #end(failure?: { reason: unknown }): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    this.#signal?.removeEventListener("abort", this.#aborted);
    this.unref();
    this.#leave();
    for (const delivery of this.#come.splice(0).reverse()) giveBack(delivery);
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      failure ? reject(failure.reason) : resolve({ done: true, value: undefined });
    }
  }

  #leave(): void {
    for (const keeper of this.#keepers) if (keeper.watchers.delete(this.#watcher)) keeper.settle();
  }

  /** Keep the process alive for the signals to come. */
  ref(): this {
    if (!this.#held && !this.#ended) hold(true);
    this.#held = !this.#ended;
    return this;
  }

  /** Let the process end although signals may come. */
  unref(): this {
    if (this.#held) hold(false);
    this.#held = false;
    return this;
  }

  /** Itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The same as {@linkcode Signals.return}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}

function use(delivery: Delivery): IteratorResult<SignalInfo, undefined> {
  delivery.holders--;
  delivery.used = true;
  return { done: false, value: delivery.info };
}

/**
 * The signals that come, beside any handlers: from this call on, not from the first `next()`, and none is lost. Leaving
 * the loop ends it. Waiting does not keep the process alive unless `ref` says so, or {@linkcode Signals.ref}.
 *
 * @param of The names or numbers of the signals, and at the end perhaps options.
 * @returns An async iterator; `await using` ends it as well.
 * @throws {TypeError} if there is no signal, or one does not exist or cannot be caught; see `sigaction`.
 * @throws {SyscallError} `EMFILE` or `ENFILE` if there is no descriptor left to catch signals with.
 * @example
 * ```ts
 * import { raise, signals } from "@vasty/vasty";
 *
 * await using coming = signals("SIGHUP", "SIGUSR2", { ref: true });
 * raise("SIGUSR2");
 * for await (const { signal } of coming) {
 *   console.assert(signal === "SIGUSR2");
 *   break;
 * }
 * ```
 * @see sigwaitinfo(2)
 */
export function signals(...of: (SignalName | number | SignalsOptions)[]): Signals {
  const last = of.at(-1);
  const options = typeof last === "object" ? last : {};
  const set = catchableSet((typeof last === "object" ? of.slice(0, -1) : of) as (SignalName | number)[]);
  if (set.size === 0) throw new TypeError("There is no signal to wait for");
  return new Signals(set, options);
}
