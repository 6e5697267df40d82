/** A connected stream socket with a buffer. */
import type { Fd } from "../core/fd.ts";
import type { WaitOptions } from "../core/limit.ts";
import { POLLABLE, type PollState, stateOf } from "../core/pollable.ts";
import type { ByteStream } from "../core/streams.ts";
import { adoptedKind, takeOver } from "./adoption.ts";
import { checkOpen, partsOf, takeTurn } from "./connection_base.ts";
import { readableOf, readingState, writableOf } from "./connection_streams.ts";
import { checkWriting, type ConnectionOptions, ConnectionWriter, sendRest } from "./connection_writer.ts";
import { Socket } from "./socket.ts";
import { howNumber, type ShutdownHow } from "./socket_base.ts";
import { atMark, receiveUrgent, requireUrgent, sendUrgent, urgentByte } from "./urgent.ts";

/** Mostly nothing is left to be sent. */
const DONE = Promise.resolve();

/**
 * A connection of TCP or of a Unix stream socket, with a buffer on both sides: bytes, lines, records, messages that end with a
 * dot; or Web Streams, which go on where the calls have stopped. It is `Deno.Conn` and Perl's `IO::Socket` in one.
 *
 * It waits without a thread, and keeps the program alive meanwhile, unless `unref()` was called. It is closed by `close()`
 * or at the end of a `using` block; `await using` also waits until all is sent.
 *
 * @example
 * ```ts
 * import { Connection, socket } from "@vasty/vasty";
 *
 * using listener = socket("PF_INET", "SOCK_STREAM");
 * listener.bind({ hostname: "127.0.0.1", port: 0 });
 * listener.listen();
 * const one = socket("PF_INET", "SOCK_STREAM");
 * await one.connect(listener.getsockname());
 * await using client = new Connection(one);
 * await using server = new Connection((await listener.accept()).socket);
 * await client.writeLine("RETR 1");
 * console.assert(await server.readLine({ timeout: 5_000 }) === "RETR 1");
 * await server.writeLine("+OK");
 * await server.writeDotLines(["Subject: dots", "", ".hidden"]);
 * console.assert(await client.readLine() === "+OK");
 * console.assert((await client.readDotLines()).at(-1) === ".hidden");
 * await client.closeWrite();
 * console.assert(await server.readLine() === null);
 * ```
 * @see tcp(7), unix(7)
 */
export class Connection extends ConnectionWriter implements Disposable, AsyncDisposable {
  #readable: ByteStream | undefined;
  #writable: WritableStream<Uint8Array<ArrayBuffer>> | undefined;

  /**
   * Make a connection of a connected socket. The connection owns the socket from now on, and its bytes go by way of the
   * connection alone.
   *
   * @param socket The socket.
   * @param options How it writes.
   * @throws {TypeError} if the socket is not of type `"SOCK_STREAM"`, or an option is not of its type; the socket stays the
   *   caller's.
   */
  constructor(socket: Socket, options: ConnectionOptions = {}) {
    super(socket, options);
  }

  /**
   * Take over a descriptor that came from elsewhere, such as one that was inherited as standard input (0) or from a supervisor
   * (3), after the kernel has said that it is a connection. It does not block from now on, for all who have the same socket.
   * Leave for the network was needed by whoever made it, and is not asked for.
   *
   * @param fd An open descriptor that nobody else owns, or its `Fd`, which counts as closed then.
   * @param options How it writes.
   * @returns The connection, which the caller closes.
   * @throws {TypeError} if it is another socket: `Descriptor 3 is a listening socket, not a connection`; nothing was taken over.
   * @throws {SyscallError} `ENOTSOCK` if it is no socket, `EBADF` if a number is not open; nothing was taken over.
   * @throws {RangeError} if it is a number, but no descriptor's.
   * @throws {ClosedError} if it is an `Fd` that was closed.
   * @example
   * ```ts
   * import { Connection, socketpair } from "@vasty/vasty";
   *
   * const [left, right] = socketpair();
   * using one = Connection.fromFd(left.fd.duplicate());
   * using other = Connection.fromFd(right.fd.duplicate());
   * left.close();
   * right.close();
   * await one.writeLine("hello");
   * console.assert(await other.readLine() === "hello");
   * ```
   * @see socket(7)
   */
  static fromFd(fd: Fd | number, options: ConnectionOptions = {}): Connection {
    const kind = adoptedKind(fd, "a connection");
    checkWriting(options);
    return new Connection(new Socket(takeOver(fd), kind), options);
  }

  /**
   * What the peer sends, up to its end, beginning with what waits in the buffer: a body can follow lines, and lines a body whose
   * reader has let go while no read of it was pending (what such a read brings waits in the stream). Cancelling it shuts down
   * reading.
   */
  get readable(): ByteStream {
    return this.#readable ??= readableOf(this);
  }

  /**
   * Bytes to the peer. Closing it is how the peer sees the end, once all is sent, and leaves reading alone; aborting it does so
   * at once.
   */
  get writable(): WritableStream<Uint8Array<ArrayBuffer>> {
    return this.#writable ??= writableOf(this, () => this.closeWrite());
  }

  /**
   * Send a byte of urgent data, after what was collected. The peer hears of it before it has read what came before; only one is
   * kept there, a second makes the first one part of the other bytes.
   *
   * @param byte From 0 to 255.
   * @param options When to give up.
   * @throws {SyscallError} `EPIPE` if the peer has gone.
   * @throws {TypeError} if it is a Unix socket.
   * @throws {RangeError} if it is no byte, or `timeout` is none.
   * @throws {ClosedError} if the connection was closed, or is closed meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @see RFC 6093, tcp(7)
   */
  async sendUrgent(byte: number, options: WaitOptions = {}): Promise<void> {
    requireUrgent(this.socket);
    const bytes = urgentByte(byte);
    await takeTurn(this, "writing", options, async ({ output, transport }, options) => {
      await output.flush(options);
      await sendUrgent(this.socket, transport, bytes, options);
    });
  }

  /**
   * Receive urgent data. It waits for no other reader, and whoever reads does not wait for it.
   *
   * @param options When to give up.
   * @returns The byte.
   * @throws {Deno.errors.UnexpectedEof} if the peer sends nothing any more.
   * @throws {SyscallError} `EINVAL` if urgent data comes among the other bytes, because of `SO_OOBINLINE`.
   * @throws {TypeError} if it is a Unix socket.
   * @throws {RangeError} if `timeout` is none.
   * @throws {ClosedError} if the connection was closed, or is closed meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @see RFC 6093, tcp(7)
   */
  async receiveUrgent(options: WaitOptions = {}): Promise<number> {
    requireUrgent(this.socket);
    checkOpen(this);
    return await receiveUrgent(this.socket, options);
  }

  /**
   * Whether all was read that the peer sent before its urgent data, and nothing behind it. `read()` stops there; lines, and
   * whatever reads ahead, may go beyond.
   *
   * @returns Whether the next byte is the first one behind.
   * @throws {TypeError} if it is a Unix socket.
   * @throws {ClosedError} if the connection was closed.
   * @see sockatmark(3)
   */
  atMark(): boolean {
    requireUrgent(this.socket);
    return partsOf(this).input.buffered === 0 && atMark(this.socket);
  }

  /**
   * Shut down a direction, for all who have this connection: nothing is read any more, or nothing written (the peer sees the
   * end, after all that was written before), or both. It stays open.
   *
   * @param how Which direction; the numbers are those of shutdown(2). @default {"write"}
   * @throws {TypeError} if `how` is none of them.
   * @throws {SyscallError} `ENOTCONN` if the peer has broken the connection, `EPIPE` if what was collected cannot be sent.
   * @throws {ClosedError} if the connection was closed, or is closed meanwhile.
   * @see shutdown(2)
   */
  async shutdown(how: ShutdownHow = "write"): Promise<void> {
    howNumber(how);
    checkOpen(this);
    if (how === "read" || how === 0) return this.socket.shutdown(how);
    await takeTurn(this, "writing", {}, async ({ output }, options) => {
      await output.flush(options);
      this.socket.shutdown(how);
    });
  }

  /** `shutdown("write")` in the words of `Deno.Conn`. */
  closeWrite(): Promise<void> {
    return this.shutdown("write");
  }

  /**
   * Break the connection: it is closed, and the peer of TCP sees `ECONNRESET`. What was not sent is forgotten. The second time
   * does nothing.
   */
  reset(): void {
    if (this.closed) return;
    const { output } = partsOf(this);
    output.drop(output.buffered);
    this.socket.setOption("SO_LINGER", 0);
    this.socket.close();
  }

  /**
   * Close it at once; the second time does nothing. What was collected is sent as far as there is room: `await using`, or
   * `flush()` before, sends all of it. What waits for the connection rejects with a {@linkcode ClosedError}. If bytes came that
   * the kernel still has, it resets the connection, and the peer may lose what it has not read.
   */
  close(): void {
    if (this.closed) return;
    sendRest(this);
    this.socket.close();
  }

  /** The same as {@linkcode Connection.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Wait until what was written is sent, and close it. Nothing limits the wait for a peer that does not read; whoever wants that
   * calls `flush({ timeout })` before, or `close()`.
   *
   * @throws {SyscallError} `EPIPE` if what was collected cannot be sent any more; it is closed all the same.
   */
  [Symbol.asyncDispose](): Promise<void> {
    const { output, writing } = partsOf(this);
    if (!this.closed && (output.buffered > 0 || !writing.idle)) return this.#closeFlushed();
    this.close();
    return DONE;
  }

  async #closeFlushed(): Promise<void> {
    try {
      await this.flush();
    } finally {
      this.close();
    }
  }

  /** @ignore */
  [POLLABLE](): PollState {
    const own = readingState(this);
    return { ...own, ready: own.ready || (this.#readable !== undefined && stateOf(this.#readable)?.ready === true) };
  }
}
