/**
 * A stream descriptor in the care of `node:net`: Deno's own loop waits for it, without another thread. What Node reads
 * comes as chunks; in between the owner may read the descriptor directly.
 */
import type { Socket } from "node:net";

/** `node:net`, loaded when first wanted: that takes 13 ms, which a short program must not pay. */
let loading: Promise<typeof import("node:net")> | undefined;
let net: typeof import("node:net") | undefined;

/** `node:net` if it has been loaded; otherwise that begins. */
function loaded(): typeof import("node:net") | undefined {
  loading ??= import("node:net").then((module) => net = module);
  return net;
}

export class Adopted {
  readonly #socket: Socket;
  readonly #chunks: Uint8Array[] = [];
  #waiting: PromiseWithResolvers<void> | undefined;
  #ended = false;
  #error: Error | undefined;
  #held: boolean;

  /** Adopt `fd`; nothing while `node:net` is not there yet, or if it refuses this kind of descriptor. */
  static take(fd: number, held: boolean): Adopted | undefined {
    const module = loaded();
    if (module === undefined) return undefined;
    try {
      return new Adopted(new module.Socket({ fd, readable: true, writable: false }), held);
    } catch {
      return undefined;
    }
  }

  private constructor(socket: Socket, held: boolean) {
    this.#socket = socket.unref();
    this.#held = held;
    socket.on("data", (chunk: Uint8Array) => {
      this.#chunks.push(chunk);
      // Nobody waits: Node may read no further, or an unread stream would fill the memory.
      if (this.#waiting === undefined) socket.pause();
      this.#tell();
    });
    socket.on("error", (error: Error) => {
      this.#error = error;
      this.#tell();
    });
    socket.on("end", () => this.#end());
    socket.on("close", () => this.#end());
  }

  #end(): void {
    this.#ended = true;
    this.#tell();
  }

  #tell(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    this.#socket.unref();
    waiting.resolve();
  }

  /** Whether read(2) would come next in order: after pause() Node's own read may already have taken bytes. */
  get direct(): boolean {
    const socket = this.#socket;
    return this.#chunks.length === 0 && !this.#ended && !socket.destroyed && !socket.isPaused() &&
      socket.readableLength === 0;
  }

  /** Whether Node has seen the end, and all that came before it was taken. The descriptor is Node's to close then. */
  get ended(): boolean {
    return this.#ended && this.#chunks.length === 0;
  }

  /** What Node's reading failed with, once all that came before it was taken. */
  get error(): Error | undefined {
    return this.#chunks.length === 0 ? this.#error : undefined;
  }

  /** Move what Node has read into `target`: how many bytes. */
  take(target: Uint8Array): number {
    const chunk = this.#chunks[0];
    if (chunk === undefined) return 0;
    const count = Math.min(chunk.length, target.length);
    target.set(chunk.length === count ? chunk : chunk.subarray(0, count));
    if (count === chunk.length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(count);
    return count;
  }

  /** Until there is a chunk, the end or an error. */
  readable(): Promise<void> {
    if (this.ready) return Promise.resolve();
    if (this.#waiting !== undefined) return this.#waiting.promise;
    if (this.#held) this.#socket.ref();
    this.#waiting = Promise.withResolvers();
    this.#socket.resume();
    return this.#waiting.promise;
  }

  /** Whether there is a chunk, the end or an error. */
  get ready(): boolean {
    return this.#chunks.length > 0 || this.#ended || this.#error !== undefined;
  }

  /** Whether the descriptor is Node's to close, or closed: its number may be another file's by now. */
  get gone(): boolean {
    return this.#ended || this.#error !== undefined || this.#socket.destroyed;
  }

  /** Whoever waits looks again. */
  wake(): void {
    this.#tell();
  }

  /** Whether waiting keeps the process alive. */
  hold(on: boolean): void {
    this.#held = on;
    if (this.#waiting !== undefined) on ? this.#socket.ref() : this.#socket.unref();
  }

  /** Close the descriptor; whoever waits is woken. */
  close(): void {
    this.#chunks.length = 0;
    this.#socket.destroy();
    this.#end();
  }
}
