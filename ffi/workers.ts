/**
 * Calls that block and have no descriptor to wait for, made on threads of our own. A call is cancelled by a directed
 * signal, repeated until it returns: a kick can land just before the call blocks.
 */
import { ERRNO } from "./abi/errno.ts";
import type { Bound, Parameter } from "./bind.ts";
import { loop, prepareToWait } from "./loop.ts";
import { over, Pending, type Wait } from "./pending.ts";
import type { Block } from "./memory.ts";
import { type Call, newFrame, type Threads } from "./threads.ts";

/** Milliseconds from one kick to the next. */
const KICK_AGAIN = 2;

/** A parameter as a worker takes it: JavaScript's memory may move on before the call has ended. */
type Elsewhere = Exclude<Parameter, "buffer">;

/** What a job needs of a function: where it is, and how its result is read. */
type Called = Pick<Bound<readonly Parameter[]>, "address" | "read">;

/**
 * Call `fn` on a worker. Addresses among `args` must lie in memory that stays until the result has come, cancelled or
 * not. EINTR without {@linkcode Wait.cancel} begins the call anew.
 */
export function offload<const P extends readonly Elsewhere[]>(
  fn: Bound<P>,
  args: { [K in keyof P]: number },
  held = true,
): Wait {
  const rc = prepareToWait();
  if (rc < 0) return over(rc);
  const job = new Job(fn, args as unknown as number[], held);
  job.start();
  return job;
}

class Job implements Wait, Call {
  readonly frame: Block;
  readonly #fn: Called;
  readonly #pending: Pending;
  #threads: Threads | undefined;
  #cancelled = false;
  #kicking: ReturnType<typeof setTimeout> | undefined;

  constructor(fn: Called, args: readonly number[], held: boolean) {
    this.#fn = fn;
    this.#pending = new Pending(held);
    this.frame = newFrame(fn.address(), args);
  }

  get result(): Promise<number> {
    return this.#pending.result;
  }

  start(): void {
    const { threads } = loop();
    if (this.#fn.address() === 0) return this.#end(-ERRNO.ENOSYS);
    if (typeof threads === "number") return this.#end(threads);
    this.#threads = threads;
    const rc = threads.begin(this);
    if (rc < 0) this.#end(rc);
  }

  returned(frame: Int32Array): void {
    const value = this.#fn.read(frame);
    if (value !== -ERRNO.EINTR) this.#end(value);
    else if (this.#cancelled) this.#end(-ERRNO.ECANCELED);
    else this.start();
  }

  cancel(): void {
    if (this.#cancelled || this.#pending.done) return;
    this.#cancelled = true;
    this.#kick();
  }

  ref(): void {
    this.#pending.hold(true);
  }

  unref(): void {
    this.#pending.hold(false);
  }

  #kick(): void {
    this.#threads!.kick(this);
    this.#kicking = setTimeout(() => this.#kick(), KICK_AGAIN);
  }

  #end(value: number): void {
    if (this.#kicking !== undefined) clearTimeout(this.#kicking);
    this.frame.free();
    this.#pending.settle(value);
  }
}
