/** Waiting for whichever child comes first: waitpid(-1), among our own. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import type { Wait } from "../../ffi/pending.ts";
import { syscallError } from "../core/errors.ts";
import { checkLimit, Limit, type WaitOptions } from "../core/limit.ts";
import { type Child, watchOf } from "./child.ts";
import type { ExitStatus } from "./exit_status.ts";
import type { ChangeOptions } from "./exit_watch.ts";
import { claim, onEnd, onStart, unclaimed } from "./roll.ts";

/** What became of a child: exactly one of the three is there. */
export type ChildChange =
  & { child: Child }
  & (
    | { status: ExitStatus; stopped?: undefined; continued?: undefined }
    | { status?: undefined; stopped: string; continued?: undefined }
    | { status?: undefined; stopped?: undefined; continued: true }
  );

/** What {@linkcode waitAny} waits for besides the end of a child, and for how long. */
export interface WaitAnyOptions extends WaitOptions, ChangeOptions {
  /** Whether to tell of a child that a signal has stopped. It takes a thread for each child meanwhile. @default {false} */
  stopped?: boolean;
  /** Whether to tell of a child that was continued; a thread for each as well. @default {false} */
  continued?: boolean;
}

/**
 * Wait until one of the children has ended or, if asked for, was stopped or continued. Only children of this library's
 * `spawn` are meant, never `Deno.Command`'s.
 *
 * Without `children` it is about those whose end nobody has asked for by `status`, `poll()` or `terminate()`; each end is
 * told once, also that of a child that ended before (of the last 1,024). Among `children` that were listed one that has
 * ended is told of each time. Giving up touches no child, and takes no news away.
 *
 * @param children Which ones.
 * @param options What counts, and when to give up. `timeout: 0` only looks.
 * @returns The first that changed; `undefined` if there is no child to wait for.
 * @throws the reason of `signal`, or a `DOMException` named "TimeoutError".
 * @throws {RangeError} if `timeout` is negative or not a number.
 * @throws {SyscallError} `EAGAIN` or `EMFILE` if no thread can be had to wait for stops.
 * @example
 * ```ts
 * import { spawn, waitAny } from "@vasty/vasty";
 *
 * await using slow = spawn(["sleep", "60"]);
 * await using quick = spawn(["sh", "-c", "exit 3"]);
 * const change = await waitAny([slow, quick]);
 * console.assert(change?.child === quick && change.status?.code === 3);
 * slow.kill("STOP");
 * console.assert((await waitAny([slow], { stopped: true }))?.stopped === "SIGSTOP");
 * ```
 * @see waitpid(2)
 */
export async function waitAny(
  children?: Iterable<Child>,
  options: WaitAnyOptions = {},
): Promise<ChildChange | undefined> {
  checkLimit(options);
  const listed = children && [...children];
  const candidates = listed ?? unclaimed();
  const change = look(candidates, options);
  if (change !== undefined || candidates.length === 0) return change;
  using waiting = new AnyChange(candidates, listed !== undefined, options);
  using _limit = new Limit(options, (reason) => waiting.giveUp(reason));
  return await waiting.change;
}

/**
 * Everything that becomes of the children, until none is left: the loop around {@linkcode waitAny}. Each end comes once.
 *
 * @param children Which ones; without them, those whose end nobody has asked for, also such as are started meanwhile.
 * @param options What counts, and when to give up; `timeout` is for each wait.
 * @returns The changes as they come.
 * @throws the reason of `signal`, or a `DOMException` named "TimeoutError".
 * @throws {RangeError} if `timeout` is negative or not a number.
 * @throws {SyscallError} as {@linkcode waitAny} does.
 * @example
 * ```ts
 * import { spawn, waitEach } from "@vasty/vasty";
 *
 * const children = [1, 2, 3].map((code) => spawn(["sh", "-c", `exit ${code}`]));
 * let sum = 0;
 * for await (const { status } of waitEach(children)) sum += status!.code!;
 * console.assert(sum === 6);
 * ```
 * @see waitpid(2)
 */
export async function* waitEach(
  children?: Iterable<Child>,
  options: WaitAnyOptions = {},
): AsyncGenerator<ChildChange, void> {
  const left = children && new Set(children);
  for (let change; (change = await waitAny(left, options)) !== undefined;) {
    if (change.status !== undefined) left?.delete(change.child);
    yield change;
  }
}

/** What there is to tell without waiting. */
function look(children: readonly Child[], options: WaitAnyOptions): ChildChange | undefined {
  for (const child of children) {
    const status = child.poll();
    if (status !== undefined) return { child, status };
  }
  if (!options.stopped && !options.continued) return undefined;
  for (const child of children) {
    const change = watchOf(child).change(options);
    if (change !== undefined) return { child, ...change };
  }
}

/** One wait for the first of several. */
class AnyChange implements Disposable {
  readonly #give: PromiseWithResolvers<ChildChange | undefined> = Promise.withResolvers();
  readonly #children: ReadonlySet<Child>;
  readonly #listed: boolean;
  readonly #waits = new Set<Wait>();
  readonly #unsubscribe: (() => void)[];
  #over = false;

  constructor(children: readonly Child[], listed: boolean, options: WaitAnyOptions) {
    this.#children = new Set(children);
    this.#listed = listed;
    this.#unsubscribe = [onEnd((child) => this.#ended(child))];
    if (!options.stopped && !options.continued) return;
    for (const child of children) this.#follow(child, options);
    if (!listed) this.#unsubscribe.push(onStart((child) => this.#started(child, options)));
  }

  /** Most are asked for at once by who started them, and not ours then. */
  async #started(child: Child, options: WaitAnyOptions): Promise<void> {
    await null;
    if (!this.#over && unclaimed().includes(child)) await this.#follow(child, options);
  }

  get change(): Promise<ChildChange | undefined> {
    return this.#give.promise;
  }

  #ended(child: Child): void {
    if (this.#over) return;
    const open = unclaimed();
    if (!(this.#listed ? this.#children.has(child) : open.includes(child))) {
      // All that were left were asked for by others.
      if (!this.#listed && open.length === 0) this.#settle(undefined);
      return;
    }
    claim(child);
    this.#settle({ child, status: child.poll()! });
  }

  /** Wait on a worker for each change of `child`, until one is ours to tell. */
  async #follow(child: Child, options: WaitAnyOptions): Promise<void> {
    const watch = watchOf(child);
    while (watch.status === undefined) {
      const wait = watch.changes(options);
      this.#waits.add(wait);
      const result = await wait.result;
      this.#waits.delete(wait);
      // Whoever waits next is told: news is taken only by who tells it.
      if (this.#over || result === -ERRNO.ECHILD) return;
      if (result < 0) {
        return this.giveUp(syscallError(`wait for process ${child.pid}`, -result, "waitid", { pid: child.pid }));
      }
      const change = watch.change(options);
      if (change !== undefined) return this.#settle({ child, ...change });
    }
  }

  #settle(change: ChildChange | undefined): void {
    this[Symbol.dispose]();
    this.#give.resolve(change);
  }

  /** At once, not when whoever waits sees it: a child that ends before that would be told to nobody. */
  giveUp(reason: unknown): void {
    this[Symbol.dispose]();
    this.#give.reject(reason);
  }

  [Symbol.dispose](): void {
    this.#over = true;
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    for (const wait of this.#waits) wait.cancel();
  }
}
