/** Taking connections of sockets that other processes take them from as well. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { pollAny } from "../../ffi/poll.ts";
import { EXCLUSIVE, READABLE, ready, turnDue } from "../../ffi/reactor.ts";
import { SyscallError } from "../core/errors.ts";
import type { Connection, Listener } from "../sockets/mod.ts";
import { BROKEN, PAUSE } from "./accepting.ts";

/** A connection, and which of the listeners it came to. */
export interface Taken {
  readonly connection: Connection;
  readonly at: number;
}

/**
 * One connection after the other, of listeners that are shared. The kernel wakes one of those who wait for a listener, so that
 * a connection costs no turn of all; there is no lock that somebody could die with. Instead whoever was woken and cannot take
 * what came tells the others: `left` is called where another listener has a connection while this process is busy. For who dies
 * at that moment, another process has to have the others {@linkcode SharedAccept.look}.
 */
export class SharedAccept implements Disposable {
  readonly #listeners: readonly Listener[];
  readonly #left: () => void;
  readonly #waits: (() => void) | undefined;
  readonly #tell: ((refusal: unknown) => void) | undefined;
  #first = 0;
  #wake: (() => void) | undefined;
  /** No connection could be taken, for a reason that passes. */
  #refused = false;
  #stopped = false;
  #finishing = false;

  /**
   * The listeners are its own from now on, and do not block. `waits` is called where none of them has a connection, `tell` with why
   * one could not be taken that is tried again.
   */
  constructor(
    listeners: readonly Listener[],
    left: () => void,
    waits?: () => void,
    tell?: (refusal: unknown) => void,
  ) {
    this.#listeners = listeners;
    this.#left = left;
    this.#waits = waits;
    this.#tell = tell;
  }

  /** The next connection; nothing once it was stopped. @throws {SyscallError} such as `EMFILE`. */
  async next(): Promise<Taken | undefined> {
    while (!this.#stopped) {
      const taken = this.#take();
      if (taken !== undefined) {
        if (this.#listeners.length > 1) this.#tellOfOthers();
        await turnDue();
        return taken;
      }
      this.#waits?.();
      if (this.#finishing) return undefined;
      await this.#wait();
    }
    return undefined;
  }

  /** Look for connections now: whoever was told of one may be gone. */
  look(): void {
    this.#wake?.();
  }

  /** Take no more. Who has a connection keeps the listeners from being closed no longer: clients would wait for nothing. */
  stop(): void {
    this.#stopped = true;
    if (this.#wake === undefined) this.#close();
    else this.#wake();
  }

  /** Take those that wait already, and then no more. */
  finish(): void {
    this.#finishing = true;
    if (this.#wake === undefined && !this.#someWait()) this.stop();
    this.#wake?.();
  }

  /**
   * One, if one waits and can be taken. What the whole machine lacks passes; who has no descriptor of its own left ends for that,
   * and another one takes its place.
   */
  #take(): Taken | undefined {
    this.#refused = false;
    try {
      return this.#takeFirst();
    } catch (error) {
      if (!(error instanceof SyscallError) || error.code === "EMFILE" || BROKEN.has(error.code)) throw error;
      this.#refused = true;
      this.#tell?.(error);
      return undefined;
    }
  }

  /** Every listener has its turn to be the first. */
  #takeFirst(): Taken | undefined {
    const { length } = this.#listeners;
    for (let i = 0; i < length; i++) {
      const at = (this.#first + i) % length;
      const connection = this.#listeners[at]!.tryAccept();
      if (connection === undefined) continue;
      this.#first = (at + 1) % length;
      return { connection, at };
    }
    return undefined;
  }

  async #wait(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = () => timer ??= setTimeout(resolve, PAUSE);
    const waits = this.#refused ? [] : this.#listeners.map(({ fd }) => ready(fd.number, READABLE | EXCLUSIVE));
    if (this.#refused) soon();
    // Where the kernel has no memory to wait with, the next look would come at once, and so on.
    for (const { result } of waits) result.then((rc) => rc < 0 && rc !== -ERRNO.ECANCELED ? soon() : resolve());
    await promise;
    clearTimeout(timer);
    this.#wake = undefined;
    // Who does not wait is not woken in place of another.
    for (const wait of waits) wait.cancel();
  }

  /** We may have been woken for two of them, and nobody else for the one that we do not take. */
  #tellOfOthers(): void {
    if (this.#someWait()) this.#left();
  }

  #someWait(): boolean {
    if (this.#stopped) return false;
    const came = pollAny(this.#listeners.map(({ fd }) => [fd.number, READABLE]), 0);
    return typeof came !== "number" && came.length > 0;
  }

  #close(): void {
    for (const listener of this.#listeners) listener.close();
  }

  /** Take no more, and close the listeners. */
  [Symbol.dispose](): void {
    this.stop();
    this.#close();
  }
}
