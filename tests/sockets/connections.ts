/** Both ends of a connection with lines, and ends that a test plays itself. */
import { Connection, type ConnectionOptions, type SocketDomain } from "../../lib/sockets/mod.ts";
import type { ByteSink, ByteSource } from "../../lib/sockets/byte_transport.ts";
import { bytes, Connection as Sockets } from "./loopback.ts";

/** Streams that connect. */
export const STREAMS = ["PF_INET", "PF_UNIX"] as const;

/** Both ends; both are closed at the end of the block. */
export class Pair implements Disposable {
  readonly client: Connection;
  readonly server: Connection;

  /** `small`: with the least buffers for sending that the kernel gives. */
  constructor(domain: SocketDomain, options?: ConnectionOptions, small = false) {
    const { client, server } = new Sockets(domain, "SOCK_STREAM");
    for (const socket of small ? [client, server] : []) socket.setOption("SO_SNDBUF", 1);
    this.client = new Connection(client, options);
    this.server = new Connection(server, options);
  }

  [Symbol.dispose](): void {
    this.client.close();
    this.server.close();
  }
}

/** A source that gives one piece at a read, and then its end; `null` is a wait that nothing ends but its limit. */
export class Pieces implements ByteSource {
  readonly #pieces: (Uint8Array<ArrayBuffer> | null)[];
  #at = 0;
  reads = 0;

  constructor(pieces: (string | Uint8Array<ArrayBuffer> | null)[]) {
    this.#pieces = pieces.map((piece) => typeof piece === "string" ? bytes(piece) : piece);
  }

  read(target: Uint8Array<ArrayBuffer>, { signal }: { signal?: AbortSignal }): number | Promise<number> {
    this.reads++;
    const piece = this.#pieces[this.#at++];
    if (piece === null) {
      return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    }
    if (piece === undefined) return 0;
    const count = Math.min(piece.length, target.length);
    target.set(piece.subarray(0, count));
    if (count < piece.length) this.#pieces[--this.#at] = piece.subarray(count);
    return Promise.resolve(count);
  }
}

/** A sink that takes so many bytes at a time, and then throws what is no number. */
export class Takes implements ByteSink {
  readonly #counts: unknown[];
  /** What went, a piece a write. */
  readonly sent: string[] = [];

  constructor(...counts: unknown[]) {
    this.#counts = counts;
  }

  write(bytes: Uint8Array<ArrayBuffer>): number {
    const next = this.#counts.length > 0 ? this.#counts.shift() : Infinity;
    if (typeof next !== "number") throw next;
    const piece = bytes.subarray(0, next);
    this.sent.push(new TextDecoder().decode(piece));
    return piece.length;
  }
}
