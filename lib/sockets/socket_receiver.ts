/** Receiving from a socket. */
import type { SyncWaitOptions, WaitOptions } from "../core/limit.ts";
import type { SocketAddress } from "./address.ts";
import {
  type Attempt,
  filled,
  type ReceivedFrom,
  type ReceiveRoom,
  roomOf,
  tryRecv,
  tryRecvFrom,
  tryRecvmsg,
} from "./receive_calls.ts";
import type { ReceivedMessage } from "./received_message.ts";
import { holdingOf } from "./socket_base.ts";
import { type ReceiveFlag, receiveFlags } from "./socket_flags.ts";
import { SocketStreams } from "./socket_streams.ts";
import { type Direction, tryUntil, tryUntilSync } from "./socket_wait.ts";

/** How something is received. */
export interface SocketReceiveFlags {
  /** How: `["MSG_PEEK"]`. @default {[]} */
  flags?: readonly ReceiveFlag[];
}

/** How a message is received. */
export interface SocketMessageRoom extends SocketReceiveFlags {
  /** Bytes for control messages; 1,040 hold the most descriptors that there can be. @default {1040} */
  controlRoom?: number;
}

/** How to receive and when to give up. */
export interface SocketReceiveOptions extends SocketReceiveFlags, WaitOptions {}
/** The same for the blocking forms. */
export interface SocketReceiveSyncOptions extends SocketReceiveFlags, SyncWaitOptions {}
/** How to receive a message and when to give up. */
export interface SocketMessageOptions extends SocketMessageRoom, WaitOptions {}
/** The same for the blocking form. */
export interface SocketMessageSyncOptions extends SocketMessageRoom, SyncWaitOptions {}

const CONTROL_ROOM = 1040;

function waitedFor({ flags }: SocketReceiveFlags): Direction {
  return flags?.includes("MSG_OOB") ? "urgent" : "read";
}

/**
 * The half of a socket that receives. Every call waits until there is something, or the end, without holding a thread; its
 * twin in `Sync` blocks this thread, and handlers of signals run meanwhile. What was given up has taken nothing.
 *
 * @example
 * ```ts
 * import { socket, type SocketReceiver } from "@vasty/vasty";
 *
 * async function drain(from: SocketReceiver): Promise<number> {
 *   let total = 0;
 *   for (let n; (n = (await from.recv(4096)).length) > 0;) total += n;
 *   return total;
 * }
 * using listener = socket("PF_INET", "SOCK_STREAM");
 * listener.bind({ hostname: "127.0.0.1", port: 0 });
 * listener.listen();
 * using client = socket("PF_INET", "SOCK_STREAM");
 * await client.connect(listener.getsockname());
 * await client.send(new Uint8Array(10_000));
 * client.shutdown("write");
 * using server = (await listener.accept()).socket;
 * console.assert(await drain(server) === 10_000);
 * ```
 */
export class SocketReceiver extends SocketStreams {
  #attempt(target: Uint8Array<ArrayBuffer>, { flags = [] }: SocketReceiveFlags): Attempt {
    return { socket: this, target, names: flags, flags: receiveFlags(flags), waited: false };
  }

  /**
   * Receive what has come, at most `room`.
   *
   * @param room How many bytes at most, or the buffer to fill.
   * @param options How, and when to give up.
   * @returns The bytes, none at the end of a stream or for an empty datagram; for a buffer how many. What a datagram has
   *   more than there is room for is lost, which `recvFrom()` would tell.
   * @throws {SyscallError} `ECONNRESET` once if the peer has broken the connection, `ECONNREFUSED` of a datagram that was
   *   sent before, `ENOTCONN`, `EAGAIN` with `MSG_DONTWAIT`, `EINVAL` with `MSG_OOB` if there is nothing urgent.
   * @throws {TypeError} if a flag is none.
   * @throws {RangeError} if `room` or `timeout` is none.
   * @throws {ClosedError} if it was closed, or is closed meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @see recv(2)
   */
  recv(room: number, options?: SocketReceiveOptions): Promise<Uint8Array<ArrayBuffer>>;
  /** The same with a buffer of one's own, which must not be transferred meanwhile. @returns How many bytes came. */
  recv(room: Uint8Array<ArrayBuffer>, options?: SocketReceiveOptions): Promise<number>;
  async recv(room: ReceiveRoom, options: SocketReceiveOptions = {}): Promise<Uint8Array<ArrayBuffer> | number> {
    const attempt = this.#attempt(roomOf(room), options);
    const count = await tryUntil(this.fd, waitedFor(options), () => tryRecv(attempt), options, holdingOf(this));
    return typeof room === "number" ? filled(attempt.target, count, room) : count;
  }

  /** The same as {@linkcode SocketReceiver.recv}, blocking this thread. @returns The bytes. */
  recvSync(room: number, options?: SocketReceiveSyncOptions): Uint8Array<ArrayBuffer>;
  /** The same with a buffer of one's own. @returns How many bytes came. */
  recvSync(room: Uint8Array<ArrayBuffer>, options?: SocketReceiveSyncOptions): number;
  recvSync(room: ReceiveRoom, options: SocketReceiveSyncOptions = {}): Uint8Array<ArrayBuffer> | number {
    const attempt = this.#attempt(roomOf(room), options);
    const count = tryUntilSync(this.fd, waitedFor(options), () => tryRecv(attempt), options);
    return typeof room === "number" ? filled(attempt.target, count, room) : count;
  }

  /**
   * Receive, and learn from whom, and whether it was all.
   *
   * @param room How many bytes at most, or the buffer to fill.
   * @param options How, and when to give up.
   * @returns The bytes, the sender's address, the whole length, and whether bytes were lost.
   * @throws as {@linkcode SocketReceiver.recv} does.
   * @example
   * ```ts
   * import { socket } from "@vasty/vasty";
   *
   * using server = socket("PF_INET", "SOCK_DGRAM");
   * server.bind({ hostname: "127.0.0.1", port: 0 });
   * using client = socket("PF_INET", "SOCK_DGRAM");
   * await client.send(new TextEncoder().encode("time?"), { to: server.getsockname() });
   * const { bytes, address } = await server.recvFrom(512);
   * await server.send(bytes, { to: address });
   * console.assert((await client.recv(512)).length === 5);
   * ```
   * @see recvfrom(2)
   */
  async recvFrom(room: ReceiveRoom, options: SocketReceiveOptions = {}): Promise<ReceivedFrom> {
    const attempt = this.#attempt(roomOf(room), options);
    const result = await tryUntil(
      this.fd,
      waitedFor(options),
      () => tryRecvFrom(attempt, this.transport),
      options,
      holdingOf(this),
    );
    return { bytes: filled(attempt.target, result.length, room), ...result };
  }

  /** The same as {@linkcode SocketReceiver.recvFrom}, blocking this thread. @returns The same. */
  recvFromSync(room: ReceiveRoom, options: SocketReceiveSyncOptions = {}): ReceivedFrom {
    const attempt = this.#attempt(roomOf(room), options);
    const result = tryUntilSync(this.fd, waitedFor(options), () => tryRecvFrom(attempt, this.transport), options);
    return { bytes: filled(attempt.target, result.length, room), ...result };
  }

  /**
   * Receive with all that comes beside the bytes.
   *
   * @param room How many bytes at most, or the buffer to fill.
   * @param options How, the room for control messages, and when to give up.
   * @returns The message; disposing of it closes the descriptors that came with it.
   * @throws as {@linkcode SocketReceiver.recv} does.
   * @see recvmsg(2), cmsg(3)
   */
  async recvmsg(room: ReceiveRoom, options: SocketMessageOptions = {}): Promise<ReceivedMessage> {
    const take = this.#message(room, options);
    return await tryUntil(this.fd, waitedFor(options), take, options, holdingOf(this));
  }

  /** The same as {@linkcode SocketReceiver.recvmsg}, blocking this thread. @returns The same. */
  recvmsgSync(room: ReceiveRoom, options: SocketMessageSyncOptions = {}): ReceivedMessage {
    const take = this.#message(room, options);
    return tryUntilSync(this.fd, waitedFor(options), take, options);
  }

  #message(room: ReceiveRoom, options: SocketMessageRoom): () => ReceivedMessage | undefined {
    const { controlRoom = CONTROL_ROOM } = options;
    if (!Number.isInteger(controlRoom) || controlRoom < 0) {
      throw new RangeError(`controlRoom is an integer from 0 on, not ${controlRoom}`);
    }
    const attempt = this.#attempt(roomOf(room), options);
    const transport: SocketAddress["transport"] = this.transport;
    return () => tryRecvmsg(attempt, controlRoom, transport);
  }

  /**
   * Perl's `sysread`: what has come, into a buffer.
   *
   * @param buffer Where to.
   * @param options When to give up.
   * @returns How many bytes came, 0 at the end.
   * @throws as {@linkcode SocketReceiver.recv} does.
   * @see read(2)
   */
  sysread(buffer: Uint8Array<ArrayBuffer>, options: WaitOptions = {}): Promise<number> {
    return this.recv(buffer, options);
  }

  /** The same as {@linkcode SocketReceiver.sysread}, blocking this thread. @returns The same. */
  sysreadSync(buffer: Uint8Array<ArrayBuffer>, options: SyncWaitOptions = {}): number {
    return this.recvSync(buffer, options);
  }
}
