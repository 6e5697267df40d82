/** What a writer puts into a channel: messages are gathered and published together. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { PutOff } from "../../ffi/put_off.ts";
import type { ChannelEnd } from "./channel_end.ts";
import { channelError, noReader } from "./channel_errors.ts";
import { FRAME_HEADER, frameSize } from "./channel_memory.ts";
import { ChannelStage } from "./channel_stage.ts";
import { Sleep } from "./sleep.ts";

export class ChannelOutlet {
  readonly #end: ChannelEnd;
  readonly #stage: ChannelStage;
  /** What was sent is published once the program does something else: who sends again and again pays once for all that. */
  readonly #later: PutOff;
  /** Whether the last attempt failed because another writer has the lock. */
  #busy = false;
  /** What they were when the lock was had last. */
  #tail = 0;
  #head = 0;

  /** `late` is called when it is time to publish what was sent; it throws nothing. */
  constructor(end: ChannelEnd, late: () => void) {
    this.#end = end;
    this.#stage = new ChannelStage(end.memory.capacity);
    this.#later = new PutOff(late);
  }

  /** Whether all that was accepted is published. */
  get empty(): boolean {
    return this.#stage.size === 0;
  }

  /** What is not published is given up. */
  clear(): void {
    this.#stage.clear();
  }

  /** Take a message: onto the stage, or straight into the ring, once what was sent before is there. */
  accept(bytes: Uint8Array<ArrayBuffer>, direct: boolean): boolean {
    const size = frameSize(bytes.length);
    if (direct || !this.#stage.takes(size)) return this.publish() && this.#store(bytes, size);
    if (!this.#stage.add(bytes, size)) {
      this.publish();
      if (!this.#stage.add(bytes, size)) return false;
    }
    this.#later.soon();
    return true;
  }

  /** Publish what is on the stage, or as much of it as there is room for; whether that was all. */
  publish(): boolean {
    if (this.#stage.size === 0) return true;
    if (!this.#lock()) return false;
    const frames = this.#stage.fitting(this.#room);
    this.#publishAndUnlock(frames.count, frames.bytes);
    this.#stage.drop(frames);
    if (!this.empty) return false;
    this.#later.cancel();
    return true;
  }

  /** Publish one message if there is room for it. */
  #store(bytes: Uint8Array<ArrayBuffer>, size: number): boolean {
    if (!this.#lock()) return false;
    const fits = size <= this.#room;
    if (fits) this.#end.memory.put(this.#tail + FRAME_HEADER, bytes);
    const header = new Uint8Array(Uint32Array.of(bytes.length, 0).buffer);
    this.#publishAndUnlock(fits ? 1 : 0, header, size);
    return fits;
  }

  /** With the lock: what the ring has room for. */
  get #room(): number {
    const { memory } = this.#end;
    this.#tail = memory.tail;
    this.#head = memory.head;
    return memory.capacity - (this.#tail - this.#head);
  }

  /** With the lock: `count` messages, whose first bytes are these, and which take `size` bytes. */
  #publishAndUnlock(count: number, bytes: Uint8Array<ArrayBuffer>, size: number = bytes.length): void {
    const { memory, readers, writers } = this.#end;
    if (count > 0) {
      memory.put(this.#tail, bytes);
      memory.tail = this.#tail + size;
    }
    writers.unlock();
    if (count > 0) readers.wake(count);
  }

  /** Take the writers' lock, if there is somebody to write for; false if another writer has it. */
  #lock(): boolean {
    const { name, readers, writers } = this.#end;
    if (readers.gone) {
      // All who sleep are to learn it, one from the other: whoever went has woken one.
      writers.wake(1);
      throw noReader(name);
    }
    const rc = writers.lockNow();
    this.#busy = rc === -ERRNO.EAGAIN;
    if (rc < 0 && !this.#busy) throw channelError("send to", name, -rc);
    return rc === 0;
  }

  /** Until the lock is free, or there may be room; nothing if there may be room already. */
  sleep(): Sleep | undefined {
    const { memory, name, readers, writers } = this.#end;
    const ended = (rc: number) => {
      if (rc < 0) throw channelError("send to", name, -rc);
    };
    if (this.#busy) return new Sleep(writers.unlocked(), ended);
    ended(writers.announce());
    // Whoever takes something from now on sees that somebody sleeps.
    if (memory.head !== this.#head || readers.gone) return void writers.stayAwake();
    return new Sleep(writers.sleeping(), ended, () => writers.stayAwake());
  }

  /** One was woken that wants no room any more: another one is, in its place. */
  passOn(): void {
    this.#end.writers.wake(1);
  }
}
