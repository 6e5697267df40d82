/** A buffer before something that is written. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { ClosedError, SyscallError } from "../core/errors.ts";
import { Deadline, type LimitOptions } from "../core/limit.ts";
import type { ByteSink } from "./byte_transport.ts";

/** How much is collected where not everything goes at once; as in Perl. */
const COLLECTED = 8 * 1024;
/** Up to this bytes are copied to those that go before them, to save a call. */
const JOINED = 64 * 1024;

const NOTHING = new Uint8Array(0);

/**
 * Collects what is written, or sends it at once. What was sent in part goes on to be sent: the rest comes before anything
 * else, so that nothing that follows stands in the middle of a line. It is for one writer at a time.
 */
export class LineOutput {
  readonly #sink: ByteSink;
  /** Whether all that is written goes at once. */
  autoflush = true;
  #memory: Uint8Array<ArrayBuffer> = NOTHING;
  #start = 0;
  #end = 0;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  /** How many bytes wait to be sent. */
  get buffered(): number {
    return this.#end - this.#start;
  }

  /** What waits to be sent. */
  get rest(): Uint8Array<ArrayBuffer> {
    return this.#memory.subarray(this.#start, this.#end);
  }

  /** So many bytes of it have gone, or are given up. */
  drop(count: number): void {
    // They may have been given up before it was known that they have gone.
    this.#start = Math.min(this.#end, this.#start + count);
    if (this.#start === this.#end) this.#start = this.#end = 0;
  }

  /**
   * Send `bytes`, or collect them. Where it fails before one of them has gone they are forgotten; otherwise those that have
   * not gone are kept, to go first. `sent`: how many have gone already, by {@linkcode LineOutput.sendNow}.
   */
  async write(bytes: Uint8Array<ArrayBuffer>, options: LimitOptions, sent = 0): Promise<void> {
    if (sent > 0) return await this.#send(bytes, new Deadline(options), sent);
    if (!this.autoflush && this.buffered + bytes.length < COLLECTED) return this.#keep(bytes);
    const deadline = new Deadline(options);
    if (this.buffered === 0) await this.#send(bytes, deadline);
    else if (bytes.length <= JOINED) await this.#sendJoined(bytes, deadline);
    else {
      await this.#drain(deadline);
      await this.#send(bytes, deadline);
    }
  }

  /** Send as many of `bytes` as there is room for now, if they go at once and nothing is before them: how many went. */
  sendNow(bytes: Uint8Array<ArrayBuffer>): number {
    return this.autoflush && this.#end === 0 ? this.#sink.send?.(bytes) ?? 0 : 0;
  }

  /** Send what waits. */
  async flush(options: LimitOptions): Promise<void> {
    if (this.buffered > 0) await this.#drain(new Deadline(options));
  }

  async #send(bytes: Uint8Array<ArrayBuffer>, deadline: Deadline, at = 0): Promise<void> {
    try {
      while (at < bytes.length) at += await this.#sink.write(at === 0 ? bytes : bytes.subarray(at), deadline.options);
    } catch (error) {
      if (at > 0 && !isGone(error)) this.#keep(bytes.subarray(at));
      throw error;
    }
  }

  async #sendJoined(bytes: Uint8Array<ArrayBuffer>, deadline: Deadline): Promise<void> {
    this.#keep(bytes);
    try {
      await this.#drain(deadline);
    } catch (error) {
      if (this.buffered >= bytes.length) this.#end -= bytes.length;
      throw error;
    }
  }

  async #drain(deadline: Deadline): Promise<void> {
    try {
      while (this.buffered > 0) this.drop(await this.#sink.write(this.rest, deadline.options));
    } catch (error) {
      // Nobody will ever get it, and it was reported.
      if (isGone(error)) this.drop(this.buffered);
      throw error;
    }
  }

  #keep(bytes: Uint8Array<ArrayBuffer>): void {
    const { rest } = this;
    if (this.#end + bytes.length > this.#memory.length) {
      if (rest.length + bytes.length > this.#memory.length) {
        this.#memory = new Uint8Array(Math.max(COLLECTED, 2 * rest.length + bytes.length));
      }
      this.#memory.set(rest);
      this.#start = 0;
      this.#end = rest.length;
    }
    this.#memory.set(bytes, this.#end);
    this.#end += bytes.length;
  }
}

/** Whether the peer has gone, or the connection. */
function isGone(error: unknown): boolean {
  return error instanceof ClosedError || (error instanceof SyscallError && error.errno === ERRNO.EPIPE);
}
