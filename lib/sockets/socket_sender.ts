/** Sending on a socket. */
import { checkLimit, type SyncWaitOptions, type WaitOptions } from "../core/limit.ts";
import type { SocketAddress } from "./address.ts";
import { type ControlMessage, rawControl } from "./control_messages.ts";
import { tryWithRoom, tryWithRoomSync } from "./datagram_room.ts";
import { type Outgoing, piecesOf, trySend, trySendmsg } from "./send_calls.ts";
import { holdingOf } from "./socket_base.ts";
import { type SendFlag, sendFlags } from "./socket_flags.ts";
import { requireAddress } from "./socket_permissions.ts";
import { SocketReceiver } from "./socket_receiver.ts";
import { tryUntil, tryUntilSync } from "./socket_wait.ts";

/** How something is sent. */
export interface SocketSending {
  /** Where to, if it is not the connected peer. */
  to?: SocketAddress;
  /** How: `["MSG_OOB"]`. @default {[]} */
  flags?: readonly SendFlag[];
}

/** What goes beside the bytes. */
export interface SocketSendingMessage extends SocketSending {
  /** Control messages. @default {[]} */
  control?: readonly ControlMessage[];
}

/** How to send and when to give up. */
export interface SocketSendOptions extends SocketSending, WaitOptions {}
/** The same for the blocking form. */
export interface SocketSendSyncOptions extends SocketSending, SyncWaitOptions {}
/** How to send a message and when to give up. */
export interface SocketSendmsgOptions extends SocketSendingMessage, WaitOptions {}
/** The same for the blocking form. */
export interface SocketSendmsgSyncOptions extends SocketSendingMessage, SyncWaitOptions {}

/**
 * The half of a socket that sends. Every call waits until there is room, without holding a thread; its twin in `Sync` blocks
 * this thread, and handlers of signals run meanwhile. What was given up has sent nothing. A peer that has gone is an error
 * with `EPIPE`, never a signal.
 *
 * @example
 * ```ts
 * import { socket, type SocketSender } from "@vasty/vasty";
 *
 * async function sendAll(to: SocketSender, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
 *   for (let at = 0; at < bytes.length;) at += await to.send(bytes.subarray(at));
 * }
 * using listener = socket("PF_INET", "SOCK_STREAM");
 * listener.bind({ hostname: "127.0.0.1", port: 0 });
 * listener.listen();
 * using client = socket("PF_INET", "SOCK_STREAM");
 * await client.connect(listener.getsockname());
 * await sendAll(client, new Uint8Array(100));
 * using server = (await listener.accept()).socket;
 * console.assert((await server.recv(200)).length === 100);
 * ```
 */
export class SocketSender extends SocketReceiver {
  #outgoing(data: unknown, { to, flags = [], control = [] }: SocketSendingMessage): Outgoing {
    const outgoing = {
      socket: this,
      pieces: piecesOf(data),
      control: control.map(rawControl),
      to: to && { address: to, name: this.nameOf(to) },
      names: flags,
      flags: sendFlags(flags),
    };
    if (to) requireAddress(to);
    return outgoing;
  }

  async #send(outgoing: Outgoing, attempt: typeof trySend, options: WaitOptions): Promise<number> {
    const name = this.#crowded(outgoing);
    if (name === undefined) return await tryUntil(this.fd, "write", () => attempt(outgoing), options, holdingOf(this));
    return await tryWithRoom(this.fd, name, () => attempt(outgoing), options, holdingOf(this));
  }

  #sendSync(outgoing: Outgoing, attempt: typeof trySend, options: SyncWaitOptions): number {
    checkLimit({ timeout: options.timeout });
    const name = this.#crowded(outgoing);
    if (name === undefined) return tryUntilSync(this.fd, "write", () => attempt(outgoing), options);
    return tryWithRoomSync(this.fd, name, () => attempt(outgoing), options);
  }

  /** The peer of a Unix datagram that has its address with it: whether it is full polling does not tell. */
  #crowded({ to }: Outgoing): Uint8Array<ArrayBuffer> | undefined {
    return this.family === "AF_UNIX" && this.type === "SOCK_DGRAM" ? to?.name : undefined;
  }

  /**
   * Send bytes: on a stream as many as there is room for, otherwise all as one message, which may be empty.
   *
   * @param bytes What to send.
   * @param options Where to, how, and when to give up.
   * @returns How many bytes the kernel has taken, on a stream perhaps fewer than there are.
   * @throws {SyscallError} `EPIPE` or `ECONNRESET` if the peer has gone, `ENOTCONN` or `EDESTADDRREQ` if there is none,
   *   `EMSGSIZE` if it is too long for one message (65,507 bytes fit UDP over IPv4), `ECONNREFUSED`, `ENOENT`, `EACCES`,
   *   `ENETUNREACH`, `EAGAIN` with `MSG_DONTWAIT`.
   * @throws {TypeError} if it is not bytes, a flag is none, or the address is of another family.
   * @throws {RangeError} if `timeout` is none.
   * @throws {Deno.errors.NotCapable} without leave for the network at `to`, or for its path.
   * @throws {ClosedError} if it was closed, or is closed meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @see send(2)
   */
  async send(bytes: Uint8Array<ArrayBuffer>, options: SocketSendOptions = {}): Promise<number> {
    return await this.#send(this.#outgoing(bytes, { to: options.to, flags: options.flags }), trySend, options);
  }

  /** The same as {@linkcode SocketSender.send}, blocking this thread. @returns The same. */
  sendSync(bytes: Uint8Array<ArrayBuffer>, options: SocketSendSyncOptions = {}): number {
    return this.#sendSync(this.#outgoing(bytes, { to: options.to, flags: options.flags }), trySend, options);
  }

  /**
   * Send bytes in one piece or several, as one message, with control messages beside them. Of a stream the control messages
   * go with the first byte, so there has to be one.
   *
   * @param data The pieces.
   * @param options Where to, what beside, how, and when to give up.
   * @returns How many bytes the kernel has taken.
   * @throws as {@linkcode SocketSender.send} does; `EPERM` for credentials that are not this process's.
   * @throws {TypeError} if a control message is none.
   * @example
   * ```ts
   * import { socket } from "@vasty/vasty";
   *
   * using server = socket("PF_INET", "SOCK_DGRAM");
   * server.bind({ hostname: "127.0.0.1", port: 0 });
   * using client = socket("PF_INET", "SOCK_DGRAM");
   * await client.sendmsg([Uint8Array.of(1), Uint8Array.of(2, 3)], { to: server.getsockname() });
   * console.assert((await server.recv(9)).join() === "1,2,3");
   * ```
   * @see sendmsg(2), cmsg(3)
   */
  async sendmsg(
    data: Uint8Array<ArrayBuffer> | readonly Uint8Array<ArrayBuffer>[],
    options: SocketSendmsgOptions = {},
  ): Promise<number> {
    return await this.#send(this.#outgoing(data, options), trySendmsg, options);
  }

  /** The same as {@linkcode SocketSender.sendmsg}, blocking this thread. @returns The same. */
  sendmsgSync(
    data: Uint8Array<ArrayBuffer> | readonly Uint8Array<ArrayBuffer>[],
    options: SocketSendmsgSyncOptions = {},
  ): number {
    return this.#sendSync(this.#outgoing(data, options), trySendmsg, options);
  }

  /**
   * Perl's `syswrite`: send what there is room for.
   *
   * @param bytes What to send.
   * @param options When to give up.
   * @returns How many bytes the kernel has taken, perhaps fewer than there are.
   * @throws as {@linkcode SocketSender.send} does.
   * @see write(2)
   */
  syswrite(bytes: Uint8Array<ArrayBuffer>, options: WaitOptions = {}): Promise<number> {
    return this.send(bytes, { signal: options.signal, timeout: options.timeout });
  }

  /** The same as {@linkcode SocketSender.syswrite}, blocking this thread. @returns The same. */
  syswriteSync(bytes: Uint8Array<ArrayBuffer>, options: SyncWaitOptions = {}): number {
    return this.sendSync(bytes, { timeout: options.timeout });
  }
}
