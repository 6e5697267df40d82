/** A stream socket as Web Streams. */
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { put, shutdown } from "../../ffi/sys_socket.ts";
import { ClosedError, type SyscallError } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import { Input } from "../core/input.ts";
import { Output } from "../core/output.ts";
import { POLLABLE, type PollState, stateOf } from "../core/pollable.ts";
import { type ByteStream, byteStream, writableStream } from "../core/streams.ts";
import { holdingOf, peerOf, SocketBase } from "./socket_base.ts";
import { peerError } from "./socket_errors.ts";

/**
 * A socket whose bytes are Web Streams, if it is a stream. Either the streams are used or the calls, not both.
 *
 * @example
 * ```ts
 * import { socket } from "@vasty/vasty";
 *
 * using listener = socket("PF_INET", "SOCK_STREAM");
 * listener.bind({ hostname: "127.0.0.1", port: 0 });
 * listener.listen();
 * using client = socket("PF_INET", "SOCK_STREAM");
 * await client.connect(listener.getsockname());
 * using server = (await listener.accept()).socket;
 * const writer = server.writable.getWriter();
 * await writer.write(new TextEncoder().encode("hello"));
 * await writer.close();
 * console.assert(await new Response(client.readable).text() === "hello");
 * ```
 */
export class SocketStreams extends SocketBase {
  /** The halves have descriptors of their own, which they close when they have ended. */
  #input: Input | undefined;
  #output: Output | undefined;
  #readable: ByteStream | undefined;
  #writable: WritableStream<Uint8Array<ArrayBuffer>> | undefined;

  /**
   * What the peer sends, up to its end. A connection that the peer has reset is an error with `ECONNRESET`. Cancelling it shuts
   * down reading.
   *
   * @throws {TypeError} if it is not of type `"SOCK_STREAM"`.
   * @throws {ClosedError} if it was closed.
   */
  get readable(): ByteStream {
    return this.#readable ??= this.#reading();
  }

  #reading(): ByteStream {
    const input = this.#input = new Input(this.#half(), undefined, (rc) => this.#broken("receive from", rc, "read"));
    input.hold(holdingOf(this).on);
    const close = () => {
      this.#shut(SOCKET.SHUT_RD);
      input.close();
    };
    return byteStream({
      read: (target) => input.read(target),
      readChunk: (most) => input.readChunk(most),
      close,
      get state() {
        return input.state;
      },
    });
  }

  /**
   * Bytes to the peer; a write is done once all of it is with the kernel. Closing it is how the peer sees the end, and leaves
   * reading alone. After the peer has gone writes fail with `EPIPE` or `ECONNRESET`.
   *
   * @throws {TypeError} if it is not of type `"SOCK_STREAM"`.
   * @throws {ClosedError} if it was closed.
   */
  get writable(): WritableStream<Uint8Array<ArrayBuffer>> {
    return this.#writable ??= this.#writing();
  }

  #writing(): WritableStream<Uint8Array<ArrayBuffer>> {
    const output = this.#output = new Output(
      this.#half(),
      undefined,
      put,
      (rc) => this.#broken("send to", rc, "sendto"),
    );
    output.hold(holdingOf(this).on);
    const close = (reason?: unknown) => {
      this.#shut(SOCKET.SHUT_WR);
      output.close(reason);
    };
    return writableStream({ write: (bytes) => output.write(bytes), close });
  }

  /** @ignore */
  [POLLABLE](): PollState {
    const fd = this.fd.number;
    return this.#readable === undefined ? { fd, ready: false } : { ready: false, ...stateOf(this.#readable), fd };
  }

  /** The words of the calls, and the socket's own number: the halves' are nobody's business. */
  #broken(doing: string, rc: number, syscall: string): SyscallError {
    return peerError(doing, this.fd.number, peerOf(this), rc, syscall);
  }

  #half() {
    if (this.type !== "SOCK_STREAM") throw new TypeError(`A socket of type ${this.type} is no stream of bytes`);
    return this.fd.duplicate();
  }

  #shut(how: number): void {
    if (!this.fd.closed) shutdown(this.fd.number, how);
  }

  /** Have what waits for it keep this program alive, as at the beginning. */
  override ref(): void {
    this.#hold(true);
    super.ref();
  }

  /** Let this program end while something waits for it. */
  override unref(): void {
    this.#hold(false);
    super.unref();
  }

  #hold(on: boolean): void {
    this.#input?.hold(on);
    this.#output?.hold(on);
  }

  /**
   * Close it; the second time does nothing. What waits for it rejects with a {@linkcode ClosedError}. The file of a Unix
   * socket's name stays.
   */
  override close(): void {
    this.#end("The socket was closed");
    super.close();
  }

  /** As of every socket. What the streams have read, and nobody has taken, is lost. @returns The descriptor. */
  override release(): Fd {
    const fd = super.release();
    this.#end("The socket was released");
    return fd;
  }

  #end(why: string): void {
    // An error with its stack takes as long as all else that closes a socket; most have no streams.
    if (this.#input === undefined && this.#output === undefined) return;
    const reason = new ClosedError(why);
    this.#input?.close(reason);
    this.#output?.close(reason);
  }
}
