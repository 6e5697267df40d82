/** Children of a forking server that have loaded their module, and wait for a connection. */
import type { Fd } from "../core/fd.ts";
import { Holding } from "../core/holding.ts";
import { FORKED, type ForkedClient } from "./forked_child.ts";
import { SelfChildChannel, type ServedExport } from "./self_child_channel.ts";
import { StartDelay } from "./start_delay.ts";

export class WarmChildren {
  /** Resolves once a child waits; rejects if the first cannot be started, or ended before. */
  readonly ready: Promise<void>;
  readonly #ready: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #what: ServedExport;
  readonly #count: number;
  readonly #spares = new Set<SelfChildChannel>();
  readonly #delay: StartDelay;
  readonly #holding: Holding;
  #ended = false;

  /** `count` of them; `holding` says whether those that wait keep this program alive. */
  constructor(what: ServedExport, count: number, holding: Holding = new Holding()) {
    this.#holding = holding;
    this.#delay = new StartDelay(() => this.#fill(), holding);
    holding.watch((on) => this.#spares.forEach((spare) => spare.hold(on)));
    this.#what = what;
    this.#count = count;
    this.ready = this.#ready.promise;
    this.ready.catch(() => {});
    if (count === 0) this.#ready.resolve();
    else this.#begin();
  }

  #begin(): void {
    try {
      this.#add();
    } catch (error) {
      this.#ready.reject(error);
    }
  }

  /**
   * Give `connection` to a child, which has a copy of it then.
   *
   * @throws {SyscallError} if no child can be started.
   */
  async give(connection: Fd, client: ForkedClient): Promise<SelfChildChannel> {
    for (;;) {
      const spare = this.#take();
      const child = spare ?? this.#start();
      const given = await child.tell(client, [connection]);
      this.#fill();
      // One that was killed while it waited is no loss; of a new one its end tells why.
      if (given || spare === undefined) return child;
    }
  }

  /** End those that wait. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#delay.end();
    const spares = [...this.#spares];
    for (const spare of spares) spare.kill("SIGKILL");
    await Promise.all(spares.map(({ ended }) => ended));
  }

  #take(): SelfChildChannel | undefined {
    const [spare] = this.#spares;
    if (spare === undefined) return undefined;
    this.#spares.delete(spare);
    spare.hold(true);
    return spare;
  }

  #start(): SelfChildChannel {
    return new SelfChildChannel(this.#what, FORKED, {}, []);
  }

  #fill(): void {
    try {
      while (!this.#ended && !this.#delay.waiting && this.#spares.size < this.#count) this.#add();
    } catch {
      // It is told where it keeps a connection from being served.
      this.#delay.failed();
    }
  }

  #add(): void {
    const child = this.#start();
    this.#spares.add(child);
    if (!this.#holding.on) child.hold(false);
    this.#follow(child);
  }

  async #follow(child: SelfChildChannel): Promise<void> {
    let ready = false;
    for await (const _ready of child.heard()) {
      ready = true;
      this.#delay.worked();
      this.#ready.resolve();
      this.#fill();
    }
    const { status, error } = await child.ended;
    if (!this.#spares.delete(child)) return;
    // That one was killed while it waited says nothing of the next; what kills one while it loads may kill all of them.
    if (!this.#ended && (!ready || status.signal === null)) this.#delay.failed();
    this.#ready.reject(error ?? new Error(`A child ended before it was ready: ${status}`));
    this.#fill();
  }
}
