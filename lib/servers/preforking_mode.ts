/** Children that share the listening sockets. */
import { listen } from "../../ffi/sys_socket.ts";
import { IN_WORKER } from "../../ffi/web_worker.ts";
import type { Listener } from "../sockets/mod.ts";
import type { SignalAction } from "../signals/mod.ts";
import { sigaction } from "../signals/mod.ts";
import type { Mode, ServerWork } from "./mode.ts";
import type { ConnectionLimits } from "./preforked_child.ts";
import { type PreforkEvent, PreforkPool } from "./prefork_pool.ts";
import type { ServedExport } from "./self_child_channel.ts";
import { reason } from "./server_log.ts";

/** How many milliseconds a child has for its connection once the server was killed. */
const GRACE = 10_000;

/** What a child's fault is to the log. */
const KINDS = { client: "lost", denied: "denied", export: "failed" } as const;

export class PreforkingMode implements Mode {
  readonly ready: Promise<void>;
  readonly idle: Promise<void>;
  readonly #work: ServerWork;
  readonly #pool: PreforkPool;
  readonly #idle = Promise.withResolvers<void>();
  readonly #actions: SignalAction[] = [];

  constructor(work: ServerWork) {
    const { child, prefork, idleTimeout, maxLineLength, accessRules, listeners, holding } = this.#work = work;
    const limits = said({ ...accessRules, idleTimeout, maxLineLength });
    const options = { ...prefork, ...child as ServedExport, limits, grace: GRACE };
    this.#pool = new PreforkPool(options, listeners.map(({ fd }) => fd), (event) => this.#tell(event), holding);
    this.ready = this.#pool.ready;
    this.idle = this.#idle.promise;
  }

  get count(): number {
    return this.#pool.children.filter(({ busy }) => busy).length;
  }

  /** SIGTTIN and SIGTTOU change the number of children. A Web Worker gets no signals. */
  start(): void {
    if (IN_WORKER) return;
    for (const [signal, by] of [["SIGTTIN", 1], ["SIGTTOU", -1]] as const) {
      this.#actions.push(sigaction(signal, () => this.#pool.change(by)));
    }
  }

  stopTaking(own: ReadonlySet<Listener>): void {
    for (const action of this.#actions.splice(0)) action.remove();
    const finish = this.#work.listeners.every((one) => own.has(one));
    // The children share the queue: while somebody waits in it nobody else gets in, so it has an end.
    if (finish) { for (const { fd } of own) listen(fd.number, 0); }
    this.#pool.stop(Infinity, finish).then(this.#idle.resolve);
  }

  end(): void {
    this.#pool.stop(0);
  }

  #tell(event: PreforkEvent): void {
    const { journal } = this.#work;
    if (event.type === "started") {
      if (!journal.wants("begat")) return;
      return journal.tell({ kind: "begat", message: `child ${event.pid} started`, pid: event.pid });
    }
    if (event.type === "ended") {
      const { pid, status, served, error } = event;
      if (journal.wants("reaped")) {
        journal.tell({ kind: "reaped", message: `child ${pid} ended after ${served}`, pid, status, served, error });
      }
      if (error === undefined) return;
      return journal.tell({ kind: "failed", message: `Child ${pid}: ${reason(error)}`, pid, status, error });
    }
    const { error } = event;
    if (event.type === "failed") {
      return journal.tell({ kind: "failed", message: `No child is started for now: ${reason(error)}`, error });
    }
    if (event.of === "accept") return journal.limit(error);
    const kind = KINDS[event.of];
    if (!journal.wants(kind)) return;
    const told = { kind, message: `Child ${event.pid}: ${reason(error)}`, pid: event.pid };
    journal.tell(kind === "denied" ? told : { ...told, error });
  }
}

/** Limits that there are, so that they travel as JSON, which is there sooner. */
function said(limits: ConnectionLimits): ConnectionLimits {
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined && limit !== Infinity));
}
