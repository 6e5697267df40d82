/** Reading a FIFO that is read on after its end: what holds it open, and what was taken out of it before. */
import type { Fd } from "../core/fd.ts";
import { Input } from "../core/input.ts";
import type { PollState } from "../core/pollable.ts";
import type { ByteStream } from "../core/streams.ts";

/** The input of a FIFO; with it goes what holds the FIFO open. */
export class FifoInput extends Input {
  readonly #held: Fd;
  /** What is read before anything that is in the FIFO. */
  #first: Uint8Array<ArrayBuffer>[] = [];
  /** Called when a read that had to wait has taken something: nobody may wait for it any more. */
  onTaken: (() => void) | undefined;

  /** It reads a copy of `held`, so that `held` is still a reader after the end. Owns it, also if it throws. */
  static of(held: Fd): FifoInput {
    try {
      return new FifoInput(held.duplicate(), held);
    } catch (error) {
      held.close();
      throw error;
    }
  }

  private constructor(copy: Fd, held: Fd) {
    super(copy);
    this.#held = held;
  }

  /** What is read before anything else; none of it is empty. */
  get first(): readonly Uint8Array<ArrayBuffer>[] {
    return this.#first;
  }

  set first(chunks: readonly Uint8Array<ArrayBuffer>[]) {
    this.#first = [...chunks];
  }

  #takeFirst(most: number): Uint8Array<ArrayBuffer> | undefined {
    const chunk = this.#first[0];
    if (chunk !== undefined && chunk.length > most) this.#first[0] = chunk.subarray(most);
    else this.#first.shift();
    return chunk?.subarray(0, most);
  }

  override read(target: Uint8Array<ArrayBuffer>): number | Promise<number> {
    const first = this.#takeFirst(target.length);
    if (first !== undefined) {
      target.set(first);
      return first.length;
    }
    const count = super.read(target);
    return typeof count === "number" ? count : this.#told(count, (count) => count);
  }

  override readChunk(most: number): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> | undefined {
    const chunk = this.#takeFirst(most) ?? super.readChunk(most);
    return chunk instanceof Promise ? this.#told(chunk, ({ length }) => length) : chunk;
  }

  async #told<T>(reading: Promise<T>, count: (result: T) => number): Promise<T> {
    const result = await reading;
    if (count(result) > 0) this.onTaken?.();
    return result;
  }

  override get state(): PollState {
    return this.#first.length > 0 ? { fd: -1, ready: true } : super.state;
  }

  override close(reason?: unknown): void {
    this.#first = [];
    super.close(reason);
    this.#held.close();
  }
}

/** What waits in `stream`, whose source was closed: reads of it that were abandoned have taken that. */
export async function takeUnread(stream: ByteStream): Promise<Uint8Array<ArrayBuffer>[]> {
  const reader = stream.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  try {
    for (let chunk; !(chunk = await reader.read()).done;) chunks.push(chunk.value);
  } catch {
    // That of the source, behind the last of them.
  }
  reader.releaseLock();
  return chunks;
}
