/** Taking the connections of a listener. */
import { READABLE, turnDue } from "../../ffi/reactor.ts";
import { SyscallError } from "../core/errors.ts";
import type { Holding } from "../core/holding.ts";
import { until } from "../core/readiness.ts";
import type { Connection, Listener } from "../sockets/mod.ts";
import { DescriptorReserve } from "./descriptor_reserve.ts";
import type { Room } from "./room.ts";
import { type Journal, reason } from "./server_log.ts";

/**
 * Milliseconds until a listener that was refused a descriptor tries again. A connection of the server that ends has it try at
 * once; of a descriptor that another part of the program closes, or another program (ENFILE), the kernel tells nobody.
 */
export const PAUSE = 20;

/**
 * Microtasks before it waits: a handler that need not wait for its client is done then. Otherwise the wait would begin, which may
 * keep this thread for a moment, while the client that is answered still waits for the end of its connection.
 */
const STEPS = 16;

/** What means that the socket itself takes nothing any more; anything else passes. */
export const BROKEN = new Set(["EBADF", "EINVAL", "ENOTSOCK", "EOPNOTSUPP"]);

/** What an {@linkcode Accepting} needs. */
export interface AcceptingParts {
  readonly listener: Listener;
  readonly room: Room;
  readonly journal: Journal;
  readonly holding: Holding;
  /** Gets a connection, for which room was taken; it must not throw. */
  readonly taken: (connection: Connection, listener: Listener) => void;
}

/**
 * Takes connections while there is room, and otherwise leaves them in the kernel's queue. The socket may be shared: another
 * process may have taken what this one was told of.
 */
export class Accepting {
  readonly #parts: AcceptingParts;
  #stopped = false;
  /** Why the last one was not taken. */
  #refusal: unknown;
  readonly #reserve = new DescriptorReserve();
  readonly #last: Connection[] = [];

  constructor(parts: AcceptingParts) {
    this.#parts = parts;
  }

  /** Take what comes, until `stop()` or until the listener is closed. */
  async run(): Promise<void> {
    const { listener, room, journal } = this.#parts;
    try {
      while (!this.#stopped) {
        if (room.full) await room.changed();
        else if (this.#take()) await turnDue();
        else {
          for (let i = 0; i < STEPS; i++) await undefined;
          await this.#wait();
        }
      }
    } catch (error) {
      if (this.#stopped || listener.closed) return;
      journal.tell({ kind: "failed", message: `An address is not served any more: ${reason(error)}`, error });
    }
  }

  /**
   * Take nothing any more. With `last` those that wait now are taken at once, for as far as there are descriptors, and served when
   * there is room: they have their connection, and closing the listener would reset it.
   */
  stop(last = false): void {
    this.#stopped = true;
    this.#parts.room.wake();
    if (last) this.#serveLast();
  }

  get listener(): Listener {
    return this.#parts.listener;
  }

  /** How many were taken and wait for room. */
  get waiting(): number {
    return this.#last.length;
  }

  /** Close those that wait for room. */
  end(): void {
    for (const connection of this.#last.splice(0)) connection.close();
  }

  async #serveLast(): Promise<void> {
    const { listener, room, taken } = this.#parts;
    try {
      for (let one; (one = listener.tryAccept()) !== undefined;) this.#last.push(one);
    } catch {
      // Of the others the kernel tells their clients.
    }
    // Whoever is answered may come again at once, and must find the listener closed, not a queue that is thrown away.
    await undefined;
    while (this.#last.length > 0) {
      if (room.full) await room.changed();
      else {
        room.take();
        taken(this.#last.shift()!, listener);
      }
    }
  }

  /**
   * Take a connection; whether there was one. Its handler runs before the next is asked for: meanwhile more may come, and to
   * ask again is cheaper than to wait.
   */
  #take(): boolean {
    const { listener, room, taken } = this.#parts;
    try {
      this.#refusal = this.#reserve.refusal(listener.fd);
      if (this.#refusal !== undefined) return false;
      const connection = listener.tryAccept();
      if (connection === undefined) return false;
      this.#reserve.taken(connection.fd);
      room.take();
      taken(connection, listener);
      return true;
    } catch (error) {
      if (!(error instanceof SyscallError) || BROKEN.has(error.code)) throw error;
      this.#refusal = error;
      return false;
    }
  }

  /** Until there may be a connection. */
  async #wait(): Promise<void> {
    const { listener, room, journal, holding } = this.#parts;
    try {
      await until(listener.fd, READABLE, {}, holding);
    } catch (error) {
      // The kernel had no memory to wait with, or this user waits for too much: both pass.
      if (!(error instanceof SyscallError) || BROKEN.has(error.code)) throw error;
      this.#refusal = error;
    }
    // The kernel asks for a descriptor before it looks whether there is a connection.
    if (this.#refusal === undefined || this.#stopped) return;
    journal.limit(this.#refusal);
    await room.changedWithin(PAUSE, holding.on);
  }
}
