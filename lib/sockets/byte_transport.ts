/** What carries the bytes of a connection, and a stream socket that does. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { withTurn } from "../../ffi/reactor.ts";
import { recv, sendto } from "../../ffi/sys_socket.ts";
import type { LimitOptions } from "../core/limit.ts";
import { holdingOf, peerOf, type SocketBase, wouldWait } from "./socket_base.ts";
import { peerError } from "./socket_errors.ts";
import { again, tryUntil } from "./socket_wait.ts";

/** Where the bytes of a connection come from. */
export interface ByteSource {
  /**
   * What has come, at most as much as fits: how many bytes, 0 at the end. A number where no wait was needed. What is given up
   * has taken nothing.
   */
  read(target: Uint8Array<ArrayBuffer>, options: LimitOptions): number | Promise<number>;
  /** What is there now; undefined if nothing is. None where it cannot be told without a wait. */
  receive?(target: Uint8Array<ArrayBuffer>): number | undefined;
}

/** Where the bytes of a connection go. */
export interface ByteSink {
  /** As many of them as there is room for, at least one: how many went. What is given up has sent nothing. */
  write(bytes: Uint8Array<ArrayBuffer>, options: LimitOptions): number | Promise<number>;
  /** As many as there is room for now; undefined if there is none. None where it cannot be told without a wait. */
  send?(bytes: Uint8Array<ArrayBuffer>): number | undefined;
}

const SENDING = SOCKET.MSG_DONTWAIT | SOCKET.MSG_NOSIGNAL;

/** What the kernel forgets about a connection once it has told. */
const LOST = [-ERRNO.ECONNRESET, -ERRNO.ETIMEDOUT, -ERRNO.EHOSTUNREACH, -ERRNO.ENETUNREACH];

/** A stream socket, tried before it is waited for. */
export class SocketTransport implements ByteSource, ByteSink {
  readonly #socket: SocketBase;
  /** What a write has learnt of the connection's end, and the reader has to know. */
  #broken = 0;
  /** Bytes that came off the kernel. */
  bytesRead = 0;
  /** Bytes that went to it. */
  bytesWritten = 0;

  constructor(socket: SocketBase) {
    this.#socket = socket;
  }

  read(target: Uint8Array<ArrayBuffer>, options: LimitOptions): number | Promise<number> {
    const count = this.receive(target);
    return count !== undefined ? withTurn(count, count) : this.#wait("read", () => this.receive(target), options);
  }

  write(bytes: Uint8Array<ArrayBuffer>, options: LimitOptions): number | Promise<number> {
    const count = this.send(bytes);
    return count !== undefined ? withTurn(count, count) : this.#wait("write", () => this.send(bytes), options);
  }

  #wait(direction: "read" | "write", attempt: () => number | undefined, options: LimitOptions): Promise<number> {
    return tryUntil(this.#socket.fd, direction, attempt, options, holdingOf(this.#socket));
  }

  receive(target: Uint8Array<ArrayBuffer>): number | undefined {
    const fd = this.#socket.fd.number;
    // The kernel waits for data even where there is no room for any.
    if (target.length === 0) return 0;
    let count = again(() => recv(fd, target, target.length, SOCKET.MSG_DONTWAIT));
    if (wouldWait(count)) return undefined;
    if (count === 0) count = this.#ending();
    if (count < 0) throw peerError("receive from", fd, peerOf(this.#socket), count, "recv");
    this.bytesRead += count;
    return count;
  }

  /** The kernel tells an error once, to whoever comes first: the reader would take what follows for the peer's end. */
  #ending(): number {
    const broken = this.#broken;
    this.#broken = 0;
    return broken;
  }

  /** Send what there is room for; nothing if there is none. `urgent`: the last byte is. */
  send(bytes: Uint8Array<ArrayBuffer>, urgent = false): number | undefined {
    const fd = this.#socket.fd.number;
    const flags = urgent ? SENDING | SOCKET.MSG_OOB : SENDING;
    let count = again(() => sendto(fd, bytes, bytes.length, flags, null, 0));
    if (wouldWait(count)) return undefined;
    if (LOST.includes(count)) this.#broken = count;
    // The reset is the reader's to report, once; to a writer it is a peer that has gone, before and after that.
    if (count === -ERRNO.ECONNRESET) count = -ERRNO.EPIPE;
    if (count < 0) throw peerError(`send ${counted(bytes.length)} to`, fd, peerOf(this.#socket), count, "sendto");
    this.bytesWritten += count;
    return count;
  }
}

function counted(bytes: number): string {
  return `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
}
