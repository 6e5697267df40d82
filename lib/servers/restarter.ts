/** A program that is replaced by its new code while it serves. */
import { SIGNAL } from "../../ffi/abi/signal.ts";
import { kill } from "../../ffi/signal.ts";
import { encodeText } from "../../ffi/text.ts";
import { close, write } from "../../ffi/unistd.ts";
import { ClosedError } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import { takeDescriptor } from "../core/legacy.ts";
import { checkLimit, type WaitOptions } from "../core/limit.ts";
import { startingDirectory } from "../core/starting_directory.ts";
import { execSelf } from "../processes/mod.ts";
import { type Connection, Listener } from "../sockets/mod.ts";
import { type GenerationRole, type GenerationState, stateText, takeState, VARIABLE } from "./generation_state.ts";
import { drained, OpenConnections } from "./draining.ts";
import { ownChildren, reapChildren } from "./inherited_children.ts";
import { startGeneration } from "./new_generation.ts";
import type { RestarterOptions } from "./restarter_options.ts";
import { takenConnections } from "./taken_connections.ts";
import { Taking } from "./taking.ts";

/** What is kept from one generation to the next. */
export interface KeptSocket {
  /** Its descriptor. */
  readonly fd: Fd;
}

const TIMEOUT = 10_000;
/** How often the code is tried again, for requests that came while it was being tried. */
const TRIALS = 3;
const READY = encodeText("\n");

/**
 * What {@linkcode restartable} gives: the sockets of the generation before, and the ways to the next one.
 *
 * @example
 * ```ts
 * import { connect, listen, restartable, SIG } from "@vasty/vasty";
 *
 * const restarter = restartable();
 * const web = await restarter.inherited("web", () => listen({ hostname: "127.0.0.1" }));
 * SIG.HUP = () => restarter.restart().catch((error) => console.error(error.message));
 * restarter.ready();
 * const serving = (async () => {
 *   for await (const connection of restarter.connections(web)) {
 *     await connection.writeLine(`generation ${restarter.generation}`);
 *     await connection.close();
 *   }
 * })();
 * using client = await connect({ port: (web.addr as Deno.NetAddr).port });
 * console.assert(await client.readLine() === "generation 1");
 * web.close(); // ends the loop, and the example
 * SIG.HUP = "DEFAULT";
 * await serving;
 * ```
 * @see execve(2)
 */
export class Restarter implements Disposable {
  /** Which generation this is, the first one 1. */
  readonly generation: number;
  /**
   * What this process is: `"first"`; `"trial"`, which only shows that the code gets ready, and has to leave alone what belongs
   * to the running program, such as its pid file; `"restarted"` in place; `"successor"`, which takes over from another process.
   */
  readonly role: GenerationRole;
  readonly #options: RestarterOptions;
  readonly #cwd: string | undefined;
  readonly #report: Fd | undefined;
  /** Those that nobody has asked for yet. */
  readonly #unclaimed = new Map<string, Fd>();
  readonly #kept = new Map<string, KeptSocket>();
  readonly #taking = new Taking();
  readonly #connections = new OpenConnections();
  #restarting: Promise<never> | undefined;
  #again = false;
  #handing: Promise<number> | undefined;

  /** @ignore */
  constructor(options: RestarterOptions) {
    checkLimit({ timeout: options.timeout });
    checkLimit({ timeout: options.drainTimeout });
    this.#options = options;
    const state = takeState();
    this.generation = state?.generation ?? 1;
    this.role = state?.role ?? "first";
    this.#cwd = state?.cwd ?? startingDirectory();
    for (const [name, number] of Object.entries(state?.sockets ?? {})) {
      this.#unclaimed.set(name, takeDescriptor(number));
    }
    reapChildren(state?.children ?? []).catch(() => {});
    if (state?.report !== undefined) this.#report = takeDescriptor(state.report);
  }

  /**
   * The listener of this name that the generation before has handed over; if there is none, the one that `make` makes. The next
   * generation gets it, unless it was closed. A name that says where it listens (`"web:8080"`) lets new code listen elsewhere.
   *
   * @param name What it is called.
   * @param make Makes it: {@linkcode listen}.
   * @returns The listener, which the caller closes. The file of a Unix socket that was handed over stays when it is closed.
   * @throws {TypeError} if the name was used already, or what was handed over is another kind of socket.
   * @throws what `make` throws.
   */
  inherited(name: string, make: () => Listener | Promise<Listener>): Promise<Listener>;
  /**
   * The same for any socket, with what makes one of a descriptor: `Socket.fromFd`.
   *
   * @param name What it is called.
   * @param make Makes it.
   * @param adopt Makes it of the descriptor that was handed over.
   * @returns What was made, which the caller closes.
   */
  inherited<T extends KeptSocket>(name: string, make: () => T | Promise<T>, adopt: (fd: Fd) => T): Promise<T>;
  async inherited(
    name: string,
    make: () => KeptSocket | Promise<KeptSocket>,
    adopt: (fd: Fd) => KeptSocket = (fd) => Listener.fromFd(fd),
  ): Promise<KeptSocket> {
    if (this.#kept.get(name)?.fd.closed === false) {
      throw new TypeError(`There is a socket ${JSON.stringify(name)} already`);
    }
    const given = this.#unclaimed.get(name);
    this.#unclaimed.delete(name);
    const kept = given === undefined ? await make() : adopt(given);
    this.#kept.set(name, kept);
    return kept;
  }

  /**
   * Say that this program is ready: what waits for that goes on, and connections may be taken. Sockets of the generation before
   * that were not asked for are closed. In a trial this never returns: the process has shown what it was to show. So begin to serve
   * after it, also by `serve()`: a connection that a trial takes is lost.
   */
  ready(): void {
    if (this.#report !== undefined && !this.#report.closed) {
      // Who has died meanwhile (EPIPE) has nothing to be told, and this is all that there is of the program.
      write(this.#report.number, READY, READY.length);
      if (this.role === "trial") kill(Deno.pid, SIGNAL.SIGKILL);
      this.#report.close();
    }
    this[Symbol.dispose]();
    this.#taking.open();
  }

  /**
   * Aborted as soon as nothing may be taken from the kept sockets any more: pass it to `accept` and its like, and ask
   * {@linkcode Restarter.allowed} when they give up.
   */
  get taking(): AbortSignal {
    return this.#taking.signal;
  }

  /**
   * Wait until connections may be taken: once this program is ready, and again when it could not be replaced.
   *
   * @returns Whether they may; `false` once another process has taken over.
   */
  allowed(): Promise<boolean> {
    return this.#taking.allowed();
  }

  /**
   * The connections of a listener, from `ready()` on and for as long as they are this generation's to take: the loop ends when
   * another process has taken over, or the listener is closed. Before this program is replaced those that are open are waited for.
   * With too many open descriptors clients wait in the kernel's queue until there is one again.
   *
   * @param listener A listener, such as one of {@linkcode Restarter.inherited}.
   * @returns What comes; each is the loop's to close.
   * @throws {SyscallError} `EINVAL` and its like, if the listener does not listen any more.
   */
  connections(listener: Listener): AsyncIterableIterator<Connection> {
    return takenConnections(listener, this.#taking, this.#connections);
  }

  /**
   * Replace this program in place by its code as it is now: the same process, with the same arguments, flags and permissions,
   * and the kept sockets. Connections that come meanwhile wait in their queues.
   *
   * Before {@linkcode Restarter.ready} it waits for that. First the new code is tried: it is started as a child, with the same sockets, up to its `ready()`, and ended. If it does not
   * get there this program goes on, as if nothing had been. Then no more connections are taken, those of
   * {@linkcode Restarter.connections} that are open and `drain` are waited for, and the program begins anew as by {@linkcode execSelf}, in the directory in which it began; signals that it handles wait for the new
   * code's handlers. Connections that are still open are cut. Children that live go on, and are reaped by the new code: those of a
   * pre-forking server finish the connection that they have.
   *
   * Calls while it is under way are one with it; the code is tried once more for them.
   *
   * Needs `run` permission for Deno itself.
   *
   * @param options When to give up; `timeout` is about the trial, and the restarter's if not given.
   * @returns Never.
   * @throws {RestartError} if the new code ended before it was ready, for whatever reason: the message has it.
   * @throws {SyscallError} if Deno could not be started, also since the directory is gone in which the program began.
   * @throws {Deno.errors.NotSupported} if the program is in no file.
   * @throws {Deno.errors.NotCapable} without `run` permission.
   * @throws {ClosedError} if another process has taken over.
   * @throws the signal's reason, a `DOMException` named "TimeoutError" if the new code did not get ready in time, or what `drain` throws.
   * @see execve(2)
   */
  restart(options: WaitOptions = {}): Promise<never> {
    this.#again = true;
    return this.#restarting ??= this.#restart(options).finally(() => this.#restarting = undefined);
  }

  async #restart(options: WaitOptions): Promise<never> {
    // What is not ready has no sockets for a trial yet, which would make its own.
    await this.#taking.opened(options);
    await this.#handing?.catch(() => {});
    if (this.#gone) throw new ClosedError("Another process has taken over");
    const { tryFirst = true, args, env } = this.#options;
    for (let i = 0; tryFirst && this.#again && i < TRIALS; i++) {
      this.#again = false;
      await this.#start("trial", options);
    }
    const paused = this.#taking.pause();
    try {
      await this.#drain(options);
      options.signal?.throwIfAborted();
      const sockets = this.#open();
      const numbers = [...sockets].map(([name, { number }]) => [name, number] as const);
      const state = { ...this.#state("restarted", Object.fromEntries(numbers)), children: ownChildren() };
      const variable = `${stateText(state)}${Deno.pid}`;
      return execSelf({
        keep: [...sockets.values()],
        args,
        cwd: this.#cwd,
        env: { ...env, [VARIABLE]: variable },
      });
    } finally {
      if (paused) this.#taking.open();
    }
  }

  /**
   * Hand over to a new process that runs the code as it is now, with the same arguments, flags and permissions, and the kept
   * sockets. This one goes on to take connections until the new one is ready, then closes the kept sockets, and waits for those
   * that are open and for `drain`: the program should end then. If the new one does not get ready it is killed, and this one goes on.
   *
   * Needs `run` permission for Deno itself.
   *
   * @param options When to give up waiting for the new one; `timeout` is the restarter's if not given.
   * @returns The process id of the new one.
   * @throws {RestartError} if the new one ended before it was ready; what it said is where this program's errors go.
   * @throws {SyscallError} if Deno could not be started.
   * @throws {Deno.errors.NotSupported} if the program is in no file.
   * @throws {Deno.errors.NotCapable} without `run` permission.
   * @throws the signal's reason, a `DOMException` named "TimeoutError" if the new one did not get ready in time, or what `drain` throws,
   *   when the new one has taken over.
   */
  handOver(options: WaitOptions = {}): Promise<number> {
    return this.#handing ??= this.#handOver(options).catch((error) => {
      if (!this.#gone) this.#handing = undefined;
      throw error;
    });
  }

  #gone = false;

  async #handOver(options: WaitOptions): Promise<number> {
    await this.#restarting?.catch(() => {});
    const child = await this.#start("successor", options);
    child.unref();
    this.#gone = true;
    this.#taking.end();
    // Not by close(): a listener that has made the file of a Unix socket would remove it.
    for (const fd of this.#open().values()) close(fd.release());
    await this.#drain(options);
    return child.pid;
  }

  #start(role: "trial" | "successor", { signal, timeout = this.#options.timeout ?? TIMEOUT }: WaitOptions) {
    const { args = Deno.args, env } = this.#options;
    const plan = { role, generation: this.generation + 1, sockets: this.#open(), args, env, cwd: this.#cwd };
    return startGeneration(plan, { signal, timeout });
  }

  #state(role: GenerationRole, sockets: Record<string, number>): GenerationState {
    return { role, generation: this.generation + 1, sockets, cwd: this.#cwd };
  }

  /** The kept sockets that are open. */
  #open(): Map<string, Fd> {
    const open = [...this.#kept].filter(([, { fd }]) => !fd.closed);
    return new Map(open.map(([name, { fd }]) => [name, fd]));
  }

  #drain({ signal }: WaitOptions): Promise<void> {
    const { drain, drainTimeout = TIMEOUT } = this.#options;
    return drained([() => this.#connections.none(), ...drain === undefined ? [] : [drain]], drainTimeout, signal);
  }

  /** Close what was handed over and not asked for. */
  [Symbol.dispose](): void {
    for (const fd of this.#unclaimed.values()) fd.close();
    this.#unclaimed.clear();
  }
}
