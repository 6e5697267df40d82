/** Sending datagrams. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { OutgoingBatch } from "../../ffi/message_batch.ts";
import { turnDue, withTurn, WRITABLE } from "../../ffi/reactor.ts";
import { checkLimit, Deadline, type WaitOptions } from "../core/limit.ts";
import { until } from "../core/readiness.ts";
import { sockaddrIn, type SocketAddress } from "./address.ts";
import { DatagramCalls } from "./datagram_calls.ts";
import { DatagramGroups } from "./datagram_groups.ts";
import { tryWithRoom } from "./datagram_room.ts";
import { BufferWait } from "./no_buffers.ts";
import type { Socket } from "./socket.ts";
import { holdingOf, peerOf, wouldWait } from "./socket_base.ts";
import { addressError, peerError } from "./socket_errors.ts";
import { requireAddress } from "./socket_permissions.ts";

/** One of many datagrams that are to go. */
export interface OutgoingDatagram {
  /** Its bytes; none are a datagram without any. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where to, if it is not the connected peer. */
  readonly address?: SocketAddress;
}

/** How many datagrams go at a call at most. */
const BATCH = 64;

/** The calls of a datagram socket. */
export let callsOf: (socket: DatagramSender) => DatagramCalls;

/**
 * The half of a datagram socket that sends.
 *
 * @example
 * ```ts
 * import { type DatagramSender, listenDatagram } from "@vasty/vasty";
 *
 * async function beat(by: DatagramSender): Promise<void> {
 *   await by.send(new TextEncoder().encode("alive"));
 * }
 * using monitor = listenDatagram({ transport: "unixpacket" });
 * using one = listenDatagram({ transport: "unixpacket" });
 * await one.connect(monitor.addr);
 * await beat(one);
 * console.assert((await monitor.receive())[0].length === 5);
 * ```
 */
export class DatagramSender extends DatagramGroups {
  readonly #calls: DatagramCalls;
  #batch: OutgoingBatch | undefined;

  static {
    callsOf = (socket) => socket.#calls;
  }

  /** @ignore */
  protected constructor(socket: Socket) {
    super(socket);
    this.#calls = new DatagramCalls(socket);
  }

  /**
   * Send a datagram, whole or not at all. It waits until there is room: in this socket, and of a Unix socket in the other one
   * as well. What was given up has sent nothing. That it was sent does not mean that it comes: UDP may lose it, and tells
   * nobody.
   *
   * @param bytes What to send; no bytes are a datagram too.
   * @param address Where to, an address and no name; without it, to the connected peer.
   * @param options When to give up.
   * @returns How many bytes the kernel has taken: all.
   * @throws {SyscallError} `EMSGSIZE` if it is too long (65,507 bytes fit UDP over IPv4), `ECONNREFUSED` of one that was sent
   *   before, or of a path whose socket is gone, `ENOENT` if there is no such path, `EDESTADDRREQ` or `ENOTCONN` if it is not
   *   connected, `EACCES` for a broadcast address without leave, `ENETUNREACH`, `EPERM` if a firewall forbids it.
   * @throws {TypeError} if it is not bytes, or the address is none, or of another family.
   * @throws {RangeError} if the port or `timeout` is none, or the path longer than 107 bytes.
   * @throws {Deno.errors.NotCapable} without leave for the network there, or for the path.
   * @throws {ClosedError} if it was closed, or is closed meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @see sendto(2)
   */
  async send(bytes: Uint8Array<ArrayBuffer>, address?: SocketAddress, options?: WaitOptions): Promise<number> {
    if (options !== undefined) checkLimit(options);
    const count = this.#calls.send(bytes, address);
    if (count >= 0) return withTurn(count);
    return await this.#sendLater(bytes, address && { ...address }, count, options ?? {});
  }

  async #sendLater(
    bytes: Uint8Array<ArrayBuffer>,
    address: SocketAddress | undefined,
    failed: number,
    options: WaitOptions,
  ): Promise<number> {
    const deadline = new Deadline(options);
    const buffers = new BufferWait();
    let rc = failed;
    while (rc < 0) {
      if (rc === -ERRNO.ENOBUFS) await buffers.pause(this.fd, deadline.options, holdingOf(this.socket));
      else if (wouldWait(rc) && this.socket.family === "AF_UNIX" && address !== undefined) {
        rc = await this.#sendCrowded(bytes, address, deadline.options);
        continue;
      } else if (wouldWait(rc)) await until(this.fd, WRITABLE, deadline.options, holdingOf(this.socket));
      else throw this.#failure(bytes, address, rc, "sendto");
      rc = this.#calls.send(bytes, address);
    }
    return rc;
  }

  /** To a Unix socket that is full, of which polling this one does not tell. */
  #sendCrowded(bytes: Uint8Array<ArrayBuffer>, address: SocketAddress, options: WaitOptions): Promise<number> {
    const attempt = () => {
      const rc = this.#calls.send(bytes, address);
      return wouldWait(rc) ? undefined : rc;
    };
    const name = sockaddrIn(this.socket.family, address);
    return tryWithRoom(this.fd, name, attempt, options, holdingOf(this.socket));
  }

  #failure({ length }: Uint8Array, address: SocketAddress | undefined, rc: number, syscall: string): Error {
    const doing = `send ${length} ${length === 1 ? "byte" : "bytes"} to`;
    if (address !== undefined) return addressError(doing, address, rc, syscall);
    return peerError(doing, this.fd.number, peerOf(this.socket), rc, syscall);
  }

  /**
   * Send many datagrams, in their order, with few system calls.
   *
   * @param messages What to send, and where to.
   * @param options When to give up.
   * @returns How many went: all, or fewer if one was refused or the rest was given up after the first had gone. Whoever sends
   *   the rest learns why.
   * @throws as {@linkcode DatagramSender.send} does, if none went.
   * @example
   * ```ts
   * import { listenDatagram } from "@vasty/vasty";
   *
   * using server = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
   * using client = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
   * const messages = [1, 2, 3].map((n) => ({ bytes: Uint8Array.of(n), address: server.addr }));
   * console.assert(await client.sendMany(messages) === 3);
   * console.assert((await server.receiveMany()).map(({ bytes }) => bytes[0]).join() === "1,2,3");
   * ```
   * @see sendmmsg(2)
   */
  async sendMany(messages: readonly OutgoingDatagram[], options: WaitOptions = {}): Promise<number> {
    const deadline = new Deadline(options);
    const names = this.#names(messages);
    const buffers = new BufferWait();
    let sent = 0;
    while (sent < messages.length) {
      const rc = this.#sendBatch(messages, names, sent);
      if (rc > 0) {
        sent += rc;
        await turnDue();
        if (deadline.left === 0 || options.signal?.aborted) break;
      }
      if (rc > 0 || rc === -ERRNO.EINTR) continue;
      const { bytes, address } = messages[sent]!;
      try {
        if (rc === -ERRNO.ENOBUFS) await buffers.pause(this.fd, deadline.options, holdingOf(this.socket));
        else if (!wouldWait(rc)) throw this.#failure(bytes, address, rc, "sendmmsg");
        else sent += +(await this.#sendLater(bytes, address, rc, deadline.options) >= 0);
      } catch (error) {
        if (sent > 0) return sent;
        throw error;
      }
    }
    return sent;
  }

  /** The bytes of their addresses, all of which are looked at before anything is sent. */
  #names(messages: readonly OutgoingDatagram[]): (Uint8Array | null)[] {
    let last: SocketAddress | undefined;
    let name: Uint8Array | null = null;
    return messages.map(({ bytes, address }) => {
      if (!(bytes instanceof Uint8Array)) throw new TypeError("What is sent is a Uint8Array");
      if (address === undefined) return null;
      if (address === last) return name;
      name = sockaddrIn(this.socket.family, address);
      requireAddress(address);
      last = address;
      return name;
    });
  }

  #sendBatch(
    messages: readonly OutgoingDatagram[],
    names: readonly (Uint8Array | null)[],
    first: number,
  ): number {
    const batch = this.#batch ??= new OutgoingBatch(BATCH);
    const end = Math.min(first + BATCH, messages.length);
    batch.clear();
    for (let i = first; i < end; i++) batch.add(messages[i]!.bytes, names[i]!);
    const rc = batch.send(this.fd.number);
    batch.clear();
    return rc;
  }
}
