/** What a reader takes out of a channel: messages are copied many at once, but each is taken when it is received. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { PutOff } from "../../ffi/put_off.ts";
import { channelError, writerDied } from "./channel_errors.ts";
import type { ChannelEnd } from "./channel_end.ts";
import { FRAME_HEADER, frameSize } from "./channel_memory.ts";
import { Sleep } from "./sleep.ts";

/** Bytes that are copied out of the ring at once; a message that is longer is copied by itself. */
const WINDOW = 65_536;
/** A message of more than this has memory of its own. */
const LARGE = 4_096;
/** How many messages a reader that was alone takes before it looks whether it still is. */
const LOOK_AGAIN = 16;
const NOTHING = new Uint32Array(0);

export class ChannelIntake {
  readonly #end: ChannelEnd;
  #locked = false;
  /** The lock is released once the program does something else: who receives again and again takes it once for all that. */
  readonly #later = new PutOff(() => this.release());
  /** Where the ring is read on. */
  #head = 0;
  /** What was copied out of the ring from #head on: #at counts its words of 32 bits. */
  #window = NOTHING;
  #at = 0;
  /** Whether there was no other reader at the last look; with others, each has the lock for one message. */
  #alone = true;
  #taken = 0;
  /** Whether the last look failed because another reader has the lock. */
  #busy = false;

  constructor(end: ChannelEnd) {
    this.#end = end;
  }

  /** Until the lock is free, or there may be something; nothing if there is something already. */
  sleep(): Sleep | undefined {
    const { readers, name, memory, writers } = this.#end;
    const ended = (rc: number) => {
      if (rc < 0) throw channelError("receive from", name, -rc);
    };
    if (this.#busy) return new Sleep(readers.unlocked(), ended);
    ended(readers.announce());
    // Whoever publishes from now on sees that somebody sleeps.
    if (memory.tail !== memory.head || writers.gone) return void readers.stayAwake();
    return new Sleep(readers.sleeping(), ended, () => readers.stayAwake());
  }

  /** The next message; undefined if there is none now, null at the end. @throws {SyscallError} */
  take(into?: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | null | undefined {
    if (this.#locked) {
      const message = this.#next(into);
      if (message !== undefined) return message;
    }
    return this.#look(into);
  }

  /** What was copied at once, as far as it is ours. */
  takeMany(): Uint8Array<ArrayBuffer>[] | null | undefined {
    const first = this.take();
    if (!first) return first;
    const messages = [first];
    if (!this.#locked) return messages;
    for (let message; (message = this.#cut()) !== undefined;) messages.push(message);
    this.#end.memory.head = this.#head;
    return messages;
  }

  /** The same as take(), where the ring has to be looked at. */
  #look(into: Uint8Array<ArrayBuffer> | undefined): Uint8Array<ArrayBuffer> | null | undefined {
    const { readers, name, memory, writers } = this.#end;
    if (!this.#locked) {
      const rc = readers.lockNow();
      this.#busy = rc === -ERRNO.EAGAIN;
      if (this.#busy) return undefined;
      if (rc < 0) throw channelError("receive from", name, -rc);
      this.#entered();
    }
    // Asked before the ring is looked at: what the last writer has sent before it went is there by then.
    const empty = this.#window.length <= this.#at && memory.tail === this.#head;
    const state = empty ? writers.state : "there";
    const message = this.#next(into) ?? (this.#fill() ? this.#next(into) : undefined);
    if (message !== undefined) return message;
    this.release();
    if (state !== "closed" && state !== "died") return undefined;
    // All who sleep are to learn it, one from the other: whoever went has woken one.
    readers.wake(1);
    if (state === "died") throw writerDied(name);
    return null;
  }

  /** The lock is ours. What was copied is of use if nobody has read since. */
  #entered(): void {
    this.#locked = true;
    const { head } = this.#end.memory;
    if (head !== this.#head) this.#window = NOTHING;
    this.#head = head;
  }

  /** Copy out of the ring what there is, or as much as is worth it; whether there was something. */
  #fill(): boolean {
    const { memory, writers } = this.#end;
    const there = memory.tail - this.#head;
    // Not for each message: writers that wait for room are woken once there is some worth writing to.
    if (there <= memory.capacity / 2) writers.wake(Infinity);
    if (there === 0) return false;
    const header = new Uint32Array(2);
    memory.get(this.#head, new Uint8Array(header.buffer));
    const large = header[0]! > LARGE;
    this.#alone = this.#isAlone();
    const wanted = large ? FRAME_HEADER : this.#alone ? WINDOW : frameSize(header[0]!);
    this.#window = large ? header : new Uint32Array(Math.min(there, wanted) >> 2);
    if (!large) memory.get(this.#head, new Uint8Array(this.#window.buffer));
    this.#at = 0;
    return true;
  }

  /** With the lock: whether there is no other reader. */
  #isAlone(): boolean {
    const { memory, readers } = this.#end;
    if (memory.load("READERS") <= 1) return true;
    // One that has died has not counted itself out.
    const { count } = readers;
    memory.store("READERS", count);
    return count <= 1;
  }

  /** The next message of what was copied, which is taken by that; undefined if there is none whole. */
  #next(into?: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
    const message = this.#cut(into);
    if (message === undefined) return undefined;
    const { memory } = this.#end;
    memory.head = this.#head;
    if (this.#alone && ++this.#taken % LOOK_AGAIN === 0) this.#alone = memory.load("READERS") <= 1;
    if (this.#alone) this.#later.soon();
    else this.release();
    return message;
  }

  /** The next message of what was copied; it is taken once the ring's head is where ours is. */
  #cut(into?: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
    const window = this.#window;
    if (this.#at >= window.length) return undefined;
    const { memory } = this.#end;
    const length = window[this.#at]!;
    const size = frameSize(length);
    const start = 4 * this.#at + FRAME_HEADER;
    if (length <= LARGE && start + length > window.byteLength) {
      // Its end was not copied: the next copy begins with it.
      this.#window = NOTHING;
      return undefined;
    }
    if (into !== undefined && length > into.length) this.release();
    let message = into === undefined ? undefined : partOf(into, length);
    if (length > LARGE) memory.get(this.#head + FRAME_HEADER, message ??= new Uint8Array(length));
    else if (message === undefined) message = new Uint8Array(window.buffer, start, length);
    else message.set(new Uint8Array(window.buffer, start, length));
    this.#at += size >> 2;
    this.#head += size;
    return message;
  }

  /** Let other readers have a turn. What was copied is kept: it may be of use. */
  release(): void {
    if (!this.#locked) return;
    this.#locked = false;
    this.#later.cancel();
    const { memory, readers, writers } = this.#end;
    readers.unlock();
    writers.wake(Infinity);
    // Who was to be woken for what is left may never have been: its writer was killed, or the one who woke has given up.
    if (memory.tail !== this.#head) readers.wake(1);
  }

  /** One was woken that does not look after all: another one is, in its place. */
  passOn(): void {
    this.#end.readers.wake(1);
  }
}

function partOf(into: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  if (length > into.length) {
    throw new RangeError(`A message of ${length} bytes is more than memory of ${into.length} holds`);
  }
  return into.subarray(0, length);
}
