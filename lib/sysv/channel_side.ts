/**
 * The two sides of a channel, its writers and its readers, as semaphores: each side has a lock, counts who is attached, and
 * has tokens that wake those of its members that sleep.
 *
 * All of it is with SEM_UNDO, so the kernel itself tells of a death: it gives the lock back, counts the dead one out, and
 * gives both sides a token. That a death can add to a semaphore is because of how one attaches: one is added for good and
 * taken away with an undo, in one operation that changes nothing until the process ends.
 */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { IPC } from "../../ffi/abi/sys_ipc.ts";
import { SEM } from "../../ffi/abi/sys_sem.ts";
import { Block } from "../../ffi/memory.ts";
import { semctl, semctlMemory, semopElsewhere, semopNow } from "../../ffi/sys_sem.ts";
import type { ChannelMemory, ChannelWord } from "./channel_memory.ts";
import type { WaitingCall } from "./wait.ts";

/** What the semaphores are at the beginning: the two locks are free. */
export const INITIAL: readonly number[] = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0];

/** The numbers of one side's semaphores. */
interface Numbers {
  readonly lock: number;
  /** How many there are. */
  readonly attached: number;
  /** How many have not closed it: those that have died are among them. */
  readonly unclosed: number;
  readonly tokens: number;
  /** How many sleep, or are about to. */
  readonly sleeping: number;
}

const numbers = (first: number): Numbers => ({
  lock: first,
  attached: first + 1,
  unclosed: first + 2,
  tokens: first + 3,
  sleeping: first + 4,
});
const WRITERS = numbers(0);
const READERS = numbers(5);

type Operation = readonly [number: number, op: number, flags?: number];

/** An array of `struct sembuf`, which is three numbers of 16 bits. */
function operations(...list: Operation[]): Int16Array<ArrayBuffer> {
  return Int16Array.from(list.flatMap(([number, op, flags = 0]) => [number, op, flags]));
}

const { SEM_UNDO } = SEM;
const NOW = IPC.IPC_NOWAIT;

export class ChannelSide {
  readonly #set: number;
  readonly #memory: ChannelMemory;
  readonly #numbers: Numbers;
  readonly #wanted: ChannelWord;
  readonly #had: ChannelWord;
  readonly #lockNow: Int16Array<ArrayBuffer>;
  readonly #unlock: Int16Array<ArrayBuffer>;

  constructor(set: number, memory: ChannelMemory, side: "writers" | "readers") {
    this.#set = set;
    this.#memory = memory;
    this.#numbers = side === "writers" ? WRITERS : READERS;
    this.#wanted = side === "writers" ? "SPACE_WANTED" : "DATA_WANTED";
    this.#had = side === "writers" ? "HAD_WRITER" : "HAD_READER";
    const { lock } = this.#numbers;
    this.#lockNow = operations([lock, -1, SEM_UNDO | NOW]);
    this.#unlock = operations([lock, 1, SEM_UNDO]);
  }

  /** Take the lock if it is free: 0, -EAGAIN, or another -errno. */
  lockNow(): number {
    return this.#op(this.#lockNow);
  }

  /** What waits until the lock is free, and leaves it: this thread may sleep before it knows that it has it. */
  unlocked(): WaitingCall {
    const { lock } = this.#numbers;
    return this.#waiting(operations([lock, -1], [lock, 1]));
  }

  unlock(): number {
    return this.#op(this.#unlock);
  }

  /** Be one of this side. Its caller has the lock. 0 or -errno. */
  attach(): number {
    const { attached, unclosed } = this.#numbers;
    this.#forgetDead();
    for (const side of [WRITERS, READERS]) this.#takeOld(side);
    const rc = this.#op(operations(
      [attached, 1, SEM_UNDO],
      [unclosed, 1],
      [WRITERS.tokens, 1],
      [WRITERS.tokens, -1, SEM_UNDO],
      [READERS.tokens, 1],
      [READERS.tokens, -1, SEM_UNDO],
    ));
    if (rc === 0) this.#memory.store(this.#had, 1);
    return rc;
  }

  /** All but one of those who have died, and that one as well if nobody is there who was told of it. */
  #forgetDead(): void {
    const { attached, unclosed } = this.#numbers;
    const values = this.#values();
    if (values === undefined) return;
    const dead = values[unclosed]! - values[attached]!;
    const old = values[attached] === 0 ? dead : dead - 1;
    if (old > 0) this.#op(operations([unclosed, -old, NOW]));
  }

  /** Take away tokens that nobody has slept for: a semaphore counts to 32767. Of those that come meanwhile none is lost. */
  #takeOld({ tokens, sleeping }: Numbers): void {
    const old = this.#value(tokens) - this.#value(sleeping) - 1;
    if (old > 0) this.#op(operations([tokens, -old, NOW]));
  }

  /** Be one of this side no more. It gives both sides a token, as a death does. */
  detach(): void {
    const { attached, unclosed } = this.#numbers;
    const list = operations(
      [attached, -1, SEM_UNDO],
      [unclosed, -1],
      [WRITERS.tokens, 1, SEM_UNDO],
      [READERS.tokens, 1, SEM_UNDO],
    );
    if (this.#op(list) !== -ERRNO.ERANGE) return;
    for (const side of [WRITERS, READERS]) this.#takeOld(side);
    this.#op(list);
  }

  /** How many there are, or -errno. */
  get count(): number {
    return this.#value(this.#numbers.attached);
  }

  /**
   * "none yet" as long as nobody has ever been on this side. Once all that have been are away: "died" if one of them has since
   * the first of those who were there last came, or else "closed".
   */
  get state(): "none yet" | "there" | "closed" | "died" {
    const { attached, unclosed } = this.#numbers;
    if (this.#value(attached) !== 0) return "there";
    if (this.#memory.load(this.#had) === 0) return "none yet";
    // Both from one moment, and after the word: the first one may just have come, or another one.
    const values = this.#values();
    if (values === undefined || values[attached]! > 0) return "there";
    return values[unclosed]! > 0 ? "died" : "closed";
  }

  /** Whether all that have ever been on this side are away. */
  get gone(): boolean {
    const { state } = this;
    return state === "closed" || state === "died";
  }

  /** Say that a member is about to sleep: from now on it is given tokens. 0 or -errno. */
  announce(): number {
    const rc = this.#op(operations([this.#numbers.sleeping, 1, SEM_UNDO]));
    // A number that was not there before, so that nobody takes it for an old one.
    if (rc === 0) this.#memory.store(this.#wanted, 1 + Math.floor(Math.random() * 0x7fff_ffff));
    return rc;
  }

  /** What sleeps until there is a token, and takes it. */
  sleeping(): WaitingCall {
    const { tokens, sleeping } = this.#numbers;
    return this.#waiting(operations([tokens, -1], [sleeping, -1, SEM_UNDO]));
  }

  /** It does not sleep after all. */
  stayAwake(): void {
    this.#op(operations([this.#numbers.sleeping, -1, SEM_UNDO]));
  }

  /** Wake up to `count` members that sleep. */
  wake(count: number): void {
    const wanted = this.#memory.load(this.#wanted);
    if (wanted === 0) return;
    const sleeping = this.#value(this.#numbers.sleeping);
    // Who has come since has changed the word, which then stays.
    if (sleeping === 0) this.#memory.clear(this.#wanted, wanted);
    // Those that have a token already and have not taken it yet need no other one.
    const more = Math.min(count, sleeping - this.#value(this.#numbers.tokens));
    if (more > 0) this.#op(operations([this.#numbers.tokens, more]));
  }

  #value(number: number): number {
    return semctl(this.#set, number, SEM.GETVAL, 0);
  }

  /** All of them at one moment; none if they are removed. */
  #values(): Uint16Array<ArrayBuffer> | undefined {
    const values = new Uint16Array(INITIAL.length);
    return semctlMemory(this.#set, 0, SEM.GETALL, values) < 0 ? undefined : values;
  }

  #op(list: Int16Array<ArrayBuffer>): number {
    let rc: number;
    // With a lock that is waited for nowhere here, only a debugger interrupts it.
    while ((rc = semopNow(this.#set, list, list.length / 3)) === -ERRNO.EINTR);
    return rc;
  }

  #waiting(list: Int16Array<ArrayBuffer>): WaitingCall {
    const block = new Block(list.byteLength);
    block.put(list);
    return {
      fn: semopElsewhere,
      args: [this.#set, block.address, list.length / 3],
      [Symbol.dispose]: () => block.free(),
    };
  }
}
