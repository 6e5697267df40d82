/**
 * Calls of the resolver: on a thread of the library's, and given up at once. libc cannot be interrupted while it waits for
 * a name server, so the call goes on without anybody, and what it writes to stays until it has returned.
 */
import type { Bound } from "../../ffi/bind.ts";
import { offload } from "../../ffi/workers.ts";
import { checkLimit, Limit, type LimitOptions, timeoutReason } from "../core/limit.ts";

/** A call of the resolver; disposing it frees what it has made and has been given. */
export interface ResolverCall<T> extends Disposable {
  readonly fn: Bound<readonly ("int" | "long" | "address")[]>;
  readonly args: readonly number[];
  /** What it has found. @throws what `rc`, -errno, stands for. */
  take(rc: number): T;
}

/**
 * Make a call and wait for it. Given up, it neither keeps the process alive nor holds anybody up; its thread is used again
 * when libc gives up as well, and the call is disposed then.
 *
 * @throws the signal's reason or a `DOMException` named "TimeoutError", or what `take` throws.
 */
export async function resolve<T>(make: () => ResolverCall<T>, options: LimitOptions): Promise<T> {
  checkLimit(options);
  if (options.timeout === 0) throw timeoutReason(options.total ?? 0);
  const call = make();
  const wait = offload(call.fn, call.args as number[]);
  const ended = wait.result.then((rc) => {
    using _call = call;
    return call.take(rc);
  });
  const { promise: givenUp, reject } = Promise.withResolvers<never>();
  using _limit = new Limit(options, (reason) => {
    wait.unref();
    reject(reason);
  });
  return await Promise.race([ended, givenUp]);
}
