/** Datagram sockets. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { IncomingBatch } from "../../ffi/message_batch.ts";
import { readingIsShut } from "../../ffi/poll.ts";
import { isSoonReady, READABLE, withTurn } from "../../ffi/reactor.ts";
import { ClosedError } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import { checkLimit, Deadline, type WaitOptions } from "../core/limit.ts";
import { until } from "../core/readiness.ts";
import type { SocketAddress } from "./address.ts";
import { adoptedKind } from "./adoption.ts";
import { Datagram } from "./datagram.ts";
import { LONGEST } from "./datagram_calls.ts";
import { callsOf, DatagramSender } from "./datagram_sender.ts";
import { askForInfo, INFO_ROOM, infoIn } from "./packet_info.ts";
import { Socket } from "./socket.ts";
import { holdingOf, peerOf, wouldWait } from "./socket_base.ts";
import { addressError, peerError } from "./socket_errors.ts";

/** How a datagram is received. */
export interface ReceiveDatagramOptions extends WaitOptions {
  /** Bytes that there is room for. @default {as many as it has} */
  room?: number;
}

/** How many datagrams are received. */
export interface ReceiveManyOptions extends WaitOptions {
  /** How many at most, from 1 to 1024. @default {64} */
  max?: number;
  /** Bytes that there is room for in each. @default {65535} */
  room?: number;
}

/** The most that recvmmsg(2) takes. */
const MOST = 1024;

function portOf(address: SocketAddress): number {
  return "port" in address ? address.port : 0;
}

/**
 * A socket of UDP, or a Unix socket, that sends and receives datagrams, as `Deno.DatagramConn`; no unstable flag is needed.
 * {@linkcode listenDatagram} makes one. It owns its socket: it is closed by `close()` or at the end of a `using` block. What
 * waits here waits without a thread, and keeps the program alive unless `unref()` was called; but in a dialog whose answers
 * come within a fifth of a millisecond `receive()` waits for the next one itself, for 3 at most, if nothing else of the
 * library does. What was given up has taken nothing and sent nothing.
 *
 * @example An echo server
 * ```ts
 * import { listenDatagram } from "@vasty/vasty";
 *
 * using server = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
 * const serving = (async () => {
 *   for await (const [bytes, from] of server) await server.send(bytes, from);
 * })();
 * using client = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
 * await client.send(new TextEncoder().encode("hello"), server.addr);
 * const [bytes] = await client.receive(undefined, { timeout: 1_000 });
 * console.assert(new TextDecoder().decode(bytes) === "hello");
 * server.close();
 * await serving;
 * ```
 * @see udp(7), unix(7)
 */
export class DatagramSocket extends DatagramSender implements AsyncIterable<[Uint8Array<ArrayBuffer>, SocketAddress]> {
  /** For one datagram and for many; as large as they were asked for last. */
  readonly #batches: { one?: IncomingBatch; many?: IncomingBatch } = {};
  #informed = false;
  /** It keeps the port that it has. */
  #port: number | undefined;

  /**
   * Make a datagram socket of a socket, which it owns from now on.
   *
   * @param socket A socket of type `"SOCK_DGRAM"`.
   * @throws {TypeError} if it is of another type.
   * @throws {ClosedError} if it is closed.
   */
  constructor(socket: Socket) {
    super(socket);
  }

  /**
   * Make a datagram socket of an inherited descriptor, which it owns from now on. It does not block any more, for whoever else
   * has it too, and is close-on-exec above 2.
   *
   * @param fd The descriptor; it stays the caller's if this throws.
   * @returns The datagram socket.
   * @throws {TypeError} if it is another socket.
   * @throws {SyscallError} `ENOTSOCK` if it is no socket, `EBADF` if a number is not open.
   * @throws {RangeError} if it is a number, but no descriptor's.
   * @throws {ClosedError} if it is closed.
   * @example
   * ```ts
   * import { DatagramSocket, socketpair } from "@vasty/vasty";
   *
   * const [left, right] = socketpair({ type: "datagram" });
   * using one = DatagramSocket.fromFd(left.fd);
   * using other = DatagramSocket.fromFd(right.fd);
   * await one.send(new TextEncoder().encode("hello"));
   * console.assert((await other.receive())[0].length === 5);
   * ```
   */
  static fromFd(fd: Fd | number): DatagramSocket {
    adoptedKind(fd, "a datagram socket");
    return new DatagramSocket(Socket.fromFd(fd));
  }

  /**
   * Receive a datagram.
   *
   * @param buffer Where to; it must not be used otherwise meanwhile. Without one there is room for any datagram, in memory of
   *   its own.
   * @param options When to give up.
   * @returns Its bytes, which are the part of the buffer that was filled, none of an empty datagram; and who has sent it:
   *   `{ path: "" }` of a Unix socket without a name.
   * @throws {SyscallError} `EMSGSIZE` if it does not fit the buffer: that is filled, and the rest lost, which
   *   {@linkcode DatagramSocket.receiveDatagram} takes for no error; once `ECONNREFUSED` of one that was sent before, if it is
   *   connected.
   * @throws {Deno.errors.UnexpectedEof} if reading was shut down, once all that had come before was received.
   * @throws {TypeError} if the buffer is none.
   * @throws {RangeError} if `timeout` is none.
   * @throws {ClosedError} if it was closed, or is closed meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @see recvfrom(2)
   */
  async receive(
    buffer?: Uint8Array<ArrayBuffer>,
    options?: WaitOptions,
  ): Promise<[Uint8Array<ArrayBuffer>, SocketAddress]> {
    if (options !== undefined) checkLimit(options);
    if (buffer !== undefined && !(buffer instanceof Uint8Array)) throw new TypeError("The buffer is a Uint8Array");
    let received = this.#take(buffer);
    if (received === undefined && options === undefined && isSoonReady(this.fd.number, READABLE)) {
      received = this.#take(buffer);
    }
    if (received !== undefined) return withTurn(received);
    return await this.#receiveLater(buffer, options ?? {});
  }

  async #receiveLater(
    buffer: Uint8Array<ArrayBuffer> | undefined,
    options: WaitOptions,
  ): Promise<[Uint8Array<ArrayBuffer>, SocketAddress]> {
    const deadline = new Deadline(options);
    for (;;) {
      await this.#readable(deadline);
      const received = this.#take(buffer);
      if (received !== undefined) return received;
      this.#checkReading();
    }
  }

  /** Receive without waiting, at one go: what the bytes and the name lie in belongs to the next one, too. */
  #take(buffer: Uint8Array<ArrayBuffer> | undefined): [Uint8Array<ArrayBuffer>, SocketAddress] | undefined {
    const calls = callsOf(this);
    const target = buffer ?? calls.room();
    const length = calls.receive(target);
    if (wouldWait(length)) return undefined;
    if (length < 0) throw this.#failure(length, "recvfrom");
    if (length > target.length) throw this.#tooLong(length, target.length);
    return [buffer === undefined ? target.slice(0, length) : target.subarray(0, length), calls.sender];
  }

  #readable(deadline: Deadline): Promise<void> {
    return until(this.fd, READABLE, deadline.options, holdingOf(this.socket));
  }

  /** Of a wait that has come to nothing: whether there will ever be anything. */
  #checkReading(): void {
    if (!this.closed && readingIsShut(this.fd.number)) throw new Deno.errors.UnexpectedEof("Reading was shut down");
  }

  #failure(rc: number, syscall: string): Error {
    return peerError("receive from", this.fd.number, peerOf(this.socket), rc, syscall);
  }

  #tooLong(length: number, room: number): Error {
    const doing = `receive ${length} bytes into ${room} from`;
    return addressError(doing, callsOf(this).sender, -ERRNO.EMSGSIZE, "recvfrom");
  }

  /**
   * Receive a datagram with what is known about it: whether it was cut off, and where it was sent to, from where
   * {@linkcode Datagram.reply} answers. The first time it has the kernel tell that; of what had come before it is not known. Of
   * a Unix socket descriptors that came with it are closed: see {@linkcode receiveFds}.
   *
   * @param options The room, and when to give up.
   * @returns The datagram.
   * @throws {RangeError} if `room` or `timeout` is none.
   * @throws as {@linkcode DatagramSocket.receive} does otherwise.
   * @see recvmsg(2), ip(7)
   */
  async receiveDatagram(options: ReceiveDatagramOptions = {}): Promise<Datagram> {
    const [datagram] = await this.#receive("one", 1, options.room, options);
    return datagram!;
  }

  /**
   * Receive as many datagrams as there are, at least one, with few system calls: it waits for the first alone. Otherwise it is
   * as {@linkcode DatagramSocket.receiveDatagram}. Memory for `max` of `room` bytes each is kept for the next time.
   *
   * @param options How many, the room in each, and when to give up.
   * @returns The datagrams, in their order; their bytes are views of one memory.
   * @throws {RangeError} if `max`, `room` or `timeout` is none.
   * @throws as {@linkcode DatagramSocket.receive} does otherwise.
   * @see recvmmsg(2)
   */
  async receiveMany(options: ReceiveManyOptions = {}): Promise<Datagram[]> {
    const { max = 64, room = LONGEST } = options;
    if (!Number.isInteger(max) || max < 1 || max > MOST) {
      throw new RangeError(`max is an integer from 1 to ${MOST}, not ${max}`);
    }
    return await this.#receive("many", max, room, options);
  }

  async #receive(
    which: "one" | "many",
    max: number,
    room: number | undefined,
    options: WaitOptions,
  ): Promise<Datagram[]> {
    if (room !== undefined && !(Number.isInteger(room) && room >= 0)) {
      throw new RangeError(`room is an integer from 0 on, not ${room}`);
    }
    const deadline = new Deadline(options);
    if (!this.#informed) askForInfo(this.socket);
    this.#informed = true;
    for (let waited = false;; waited = true) {
      const batch = this.#batch(which, max, room ?? callsOf(this).room().length);
      const count = batch.receive(this.fd.number, max);
      if (count > 0) return withTurn(this.#datagrams(batch, count));
      if (count !== -ERRNO.EINTR && !wouldWait(count)) throw this.#failure(count, "recvmmsg");
      if (waited) this.#checkReading();
      await this.#readable(deadline);
    }
  }

  #batch(which: "one" | "many", count: number, room: number): IncomingBatch {
    const batch = this.#batches[which];
    if (batch?.count === count && batch.room === room) return batch;
    // Descriptors that come along have nowhere to go, so the kernel closes them.
    const controlRoom = this.socket.family === "AF_UNIX" ? 0 : INFO_ROOM;
    return this.#batches[which] = new IncomingBatch(count, room, controlRoom);
  }

  #datagrams(batch: IncomingBatch, count: number): Datagram[] {
    const { socket } = this;
    const port = this.#port ??= portOf(this.addr);
    const pieces = batch.bytes(count);
    const datagrams: Datagram[] = [];
    let address: SocketAddress | undefined;
    for (let i = 0; i < count; i++) {
      address = address !== undefined && batch.sameName(i) ? { ...address } : callsOf(this).addressOf(batch.name(i));
      datagrams.push(
        new Datagram({
          bytes: pieces[i]!,
          length: batch.length(i),
          truncated: batch.truncated(i),
          address,
          info: infoIn(batch, i),
          socket,
          port,
        }),
      );
    }
    return datagrams;
  }

  /** The datagrams that come, each as {@linkcode DatagramSocket.receive} gives it, until the socket is closed or reading shut down. */
  async *[Symbol.asyncIterator](): AsyncGenerator<[Uint8Array<ArrayBuffer>, SocketAddress], void> {
    while (!this.closed) {
      let received: [Uint8Array<ArrayBuffer>, SocketAddress];
      try {
        received = await this.receive();
      } catch (error) {
        if ((error instanceof ClosedError && this.closed) || error instanceof Deno.errors.UnexpectedEof) return;
        throw error;
      }
      yield received;
    }
  }
}
