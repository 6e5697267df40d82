/** The children of a pre-forking server: always as many as there shall be. */
import type { Fd } from "../core/fd.ts";
import { Holding } from "../core/holding.ts";
import { Limit } from "../core/limit.ts";
import type { ChildEnd, ServedExport } from "./self_child_channel.ts";
import { type ChildListener, PreforkedChild } from "./preforked.ts";
import type { ChildFault, ConnectionLimits, PreforkedOrders } from "./preforked_child.ts";
import { PreforkCount, type PreforkNumbers } from "./prefork_count.ts";
import { StartDelay } from "./start_delay.ts";

/** What happens to children. */
export type PreforkEvent =
  /** It takes connections from now on, or as soon as it has loaded its module. */
  | { readonly type: "started"; readonly pid: number }
  /** It has ended; `served` are the connections that it has told of. */
  | ({ readonly type: "ended"; readonly pid: number; readonly served: number } & ChildEnd)
  /** The export threw, which closed its connection; or the child can take nothing for now. */
  | ({ readonly type: "error"; readonly pid: number } & ChildFault)
  /** None can be started, or one has ended too soon; it is tried again. */
  | { readonly type: "failed"; readonly error: unknown };

/** How many children there are, and how long they live. */
export interface PreforkSettings extends PreforkNumbers {
  /** After how many connections a child ends, and another takes its place. @default {Infinity} */
  requestsPerChild?: number;
  /**
   * How many children have loaded their module and wait: to replace one that has ended, or for the next connection.
   * @default {1}
   */
  warm?: number;
}

/** What the children are, and how many. */
export interface PreforkOptions extends ServedExport, PreforkSettings {
  /** What each connection may do. */
  readonly limits: ConnectionLimits;
  /** Milliseconds for the connection that a child has, once this program is gone. */
  readonly grace: number;
}

/** @throws {RangeError} if a number makes no sense. */
export function checkPrefork(settings: PreforkSettings): void {
  const { requestsPerChild = Infinity, warm = 1 } = settings;
  if (!(requestsPerChild >= 1)) throw new RangeError(`requestsPerChild must be 1 or more: ${requestsPerChild}`);
  if (!Number.isInteger(warm) || warm < 0) throw new RangeError(`warm must be a whole number, 0 or more: ${warm}`);
  new PreforkCount(settings);
}

/** Milliseconds from one child too many that is ended to the next. */
const TRIM = 1_000;

export class PreforkPool {
  /** Resolves once a child takes connections; rejects if one cannot be started before, or ends. */
  readonly ready: Promise<void>;
  readonly #ready: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #options: PreforkOptions;
  readonly #listeners: readonly Fd[];
  readonly #tell: (event: PreforkEvent) => void;
  readonly #count: PreforkCount;
  readonly #delay: StartDelay;
  readonly #holding: Holding;
  /** Those that take connections, those that wait for that, and those that are about to end. */
  readonly #serving = new Set<PreforkedChild>();
  readonly #spares = new Set<PreforkedChild>();
  readonly #leaving = new Set<PreforkedChild>();
  #everReady = false;
  #stopping = false;
  #trimming: ReturnType<typeof setTimeout> | undefined;
  readonly #empty: PromiseWithResolvers<void> = Promise.withResolvers();

  /**
   * The listeners stay the caller's, and stay open until it has ended; `holding` says whether children without a connection keep
   * this program alive.
   *
   * @throws {RangeError} if a number makes no sense.
   */
  constructor(
    options: PreforkOptions,
    listeners: readonly Fd[],
    tell: (event: PreforkEvent) => void,
    holding: Holding = new Holding(),
  ) {
    checkPrefork(options);
    this.#holding = holding;
    this.#delay = new StartDelay(() => this.#balance(), holding);
    holding.watch((on) => this.#all().forEach((child) => child.hold(on)));
    this.#count = new PreforkCount(options);
    this.#options = options;
    this.#listeners = listeners;
    this.#tell = tell;
    this.ready = this.#ready.promise;
    this.ready.catch(() => {});
    this.#balance();
  }

  /** Those that take connections, or will as soon as they have loaded their module. */
  get children(): readonly PreforkedChild[] {
    return [...this.#serving];
  }

  /** One child more, or one less. */
  change(by: 1 | -1): void {
    if (!this.#stopping && this.#count.change(by)) this.#balance();
  }

  /**
   * Have every child finish its connection and end, at the latest after `deadline` milliseconds; called again, the earlier
   * deadline holds. With `finish` they serve the clients as well that wait already. Resolves when none is left.
   */
  async stop(deadline: number, finish = false): Promise<void> {
    const first = !this.#stopping;
    this.#stopping = true;
    this.#delay.end();
    clearTimeout(this.#trimming);
    if (first) this.#dismiss(finish);
    if (this.#all().length === 0) this.#empty.resolve();
    const kill = () => this.#all().forEach((child) => child.kill("SIGKILL"));
    if (deadline <= 0) kill();
    using _limit = new Limit({ timeout: Math.max(deadline, 0) }, kill);
    await this.#empty.promise;
  }

  /** Who has no connection finishes the queue, so that the others need not keep it; if there is nobody, all of them do. */
  #dismiss(finish: boolean): void {
    const ready = finish ? this.children.filter((child) => child.ready) : [];
    const idle = ready.filter(({ busy }) => !busy);
    const last = new Set(idle.length > 0 ? idle : ready);
    for (const child of this.#all()) last.has(child) ? child.finish() : child.kill("SIGTERM");
  }

  #all(): PreforkedChild[] {
    return [...this.#serving, ...this.#spares, ...this.#leaving];
  }

  get #idle(): number {
    let idle = 0;
    for (const { busy } of this.#serving) if (!busy) idle++;
    return idle;
  }

  #balance(): void {
    if (this.#stopping) return;
    while (this.#serving.size < this.#count.wanted) {
      const child = this.#spare() ?? this.#start();
      if (child === undefined) return;
      this.#serving.add(child);
      child.go();
      this.#tell({ type: "started", pid: child.pid });
    }
    while (this.#serving.size > this.#count.wanted) this.#retire();
    // Those that serve come first: a start takes a processor.
    if (!this.#everReady) return;
    while (this.#spares.size < (this.#options.warm ?? 1)) {
      const child = this.#start();
      if (child === undefined) return;
      this.#spares.add(child);
    }
  }

  /** One of those that wait, one that is ready if there is any. */
  #spare(): PreforkedChild | undefined {
    const [first] = this.#spares;
    const found = [...this.#spares].find(({ ready }) => ready) ?? first;
    if (found !== undefined) this.#spares.delete(found);
    return found;
  }

  #start(): PreforkedChild | undefined {
    if (this.#delay.waiting) return undefined;
    const { requestsPerChild = Infinity, grace, limits } = this.#options;
    const requests = Math.min(requestsPerChild, Number.MAX_SAFE_INTEGER);
    const orders: PreforkedOrders = { listeners: this.#listeners.length, requests, server: Deno.pid, grace, limits };
    try {
      const child = new PreforkedChild(this.#options, orders, this.#listeners, this.#listener);
      if (!this.#holding.on) child.hold(false);
      return child;
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  /** The one that is missed least ends. */
  #retire(): void {
    const all = this.children;
    const child = all.find(({ ready, busy }) => !ready && !busy) ?? all.find(({ busy }) => !busy) ?? all[0]!;
    this.#serving.delete(child);
    this.#leaving.add(child);
    child.kill("SIGTERM");
  }

  #failed(error: unknown): void {
    this.#delay.failed();
    if (this.#everReady) this.#tell({ type: "failed", error });
    else this.#ready.reject(error);
  }

  readonly #listener: ChildListener = {
    ready: () => {
      this.#everReady = true;
      this.#ready.resolve();
      this.#balance();
    },
    changed: ({ busy }) => busy ? this.#tookOne() : this.#isDone(),
    left: (child) => this.#lookAround(child),
    threw: ({ pid }, fault) => this.#tell({ type: "error", pid, ...fault }),
    ended: (child, end) => this.#ended(child, end),
  };

  #tookOne(): void {
    this.#count.demand(this.#idle);
    if (this.#serving.size < this.#count.wanted) this.#balance();
  }

  #isDone(): void {
    this.#delay.worked();
    if (this.#trimming !== undefined || this.#stopping || !this.#count.tooMany(this.#idle)) return;
    const timer = this.#trimming = setTimeout(() => {
      this.#trimming = undefined;
      if (!this.#count.tooMany(this.#idle)) return;
      this.#count.spare();
      this.#balance();
      this.#isDone();
    }, TRIM);
    Deno.unrefTimer(timer);
  }

  /** Whoever was told of a connection cannot take it: the others are told. */
  #lookAround(child: PreforkedChild): void {
    for (const other of this.#serving) if (other !== child) other.look();
  }

  #ended(child: PreforkedChild, end: ChildEnd): void {
    const retired = this.#leaving.delete(child);
    const started = this.#serving.delete(child) || retired;
    this.#spares.delete(child);
    this.#lookAround(child);
    const { pid, served, ready } = child;
    const { status, error } = end;
    if (started) this.#tell({ type: "ended", pid, served, ...end });
    // That one was killed while it served says nothing of the next; what kills one while it loads may kill all of them.
    const failed = ready ? status.signal === null && !status.success && served === 0 : !retired;
    if (failed && !this.#stopping) {
      const when = ready ? "was done with a connection" : "was ready";
      this.#failed(error ?? new Error(`A child ended before it ${when}: ${status}`));
    }
    if (this.#stopping && this.#all().length === 0) this.#empty.resolve();
    this.#balance();
  }
}
