/** Connected sockets. */
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { aboveStandard } from "../../ffi/descriptors.ts";
import { put, shutdown, socketpair as newSocketPair } from "../../ffi/sys_socket.ts";
import { close } from "../../ffi/unistd.ts";
import { check, ClosedError } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import { Holding, holdings } from "../core/holding.ts";
import { Input } from "../core/input.ts";
import { Output } from "../core/output.ts";
import { POLLABLE, type PollState, stateOf } from "../core/pollable.ts";
import { type ByteStream, byteStream, writableStream } from "../core/streams.ts";
import { Packets, packetStream } from "./packets.ts";

/**
 * What a socket makes of what is written: `"stream"` one stream of bytes; `"seqpacket"` packets that arrive as they were
 * written, and an end; `"datagram"` packets without an end.
 */
export type SocketType = "stream" | "seqpacket" | "datagram";

const TYPES: Record<SocketType, number> = {
  stream: SOCKET.SOCK_STREAM,
  seqpacket: SOCKET.SOCK_SEQPACKET,
  datagram: SOCKET.SOCK_DGRAM,
};

const HOW = { read: SOCKET.SHUT_RD, write: SOCKET.SHUT_WR, both: SOCKET.SHUT_RDWR } as const;

/**
 * One end of a {@linkcode socketpair}: what is written to the other end is read here, and the other way round. It is owned
 * by whoever has made the pair and closed by {@linkcode SocketEnd.close} or at the end of a `using` block. An end that a
 * child gets stays blocking, as programs expect, as long as its streams are not used here.
 */
export class SocketEnd implements Disposable {
  /** Its type. */
  readonly type: SocketType;
  readonly #fd: Fd;
  /** The halves have descriptors of their own, which they close when they have ended. */
  #input: Input | Packets | undefined;
  #output: Output | undefined;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  #stream: ByteStream | undefined;
  #writable: WritableStream<Uint8Array<ArrayBuffer>> | undefined;
  readonly #holding = new Holding();

  /** @ignore */
  constructor(fd: Fd, type: SocketType) {
    this.#fd = fd;
    holdings.set(this, this.#holding);
    this.type = type;
  }

  /** Its descriptor, for `fds`, `stdin` or `stdout` of `spawn`, or for `openMessages`, which takes it over. */
  get fd(): Fd {
    return this.#fd;
  }

  /**
   * What the other end sends: bytes for a stream (BYOB readers may be used), otherwise one chunk for every packet, whatever
   * its size. Of `"seqpacket"` an empty packet cannot be told from the end. Cancelling it makes the other end's writes
   * fail with `EPIPE`.
   *
   * @throws {ClosedError} if it was closed.
   */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#readable ??= this.type === "stream" ? this.#bytes() : this.#packets();
  }

  #bytes(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const input = this.#input = new Input(this.#fd.duplicate());
    input.hold(this.#holding.on);
    const close = () => {
      this.#shut("read");
      input.close();
    };
    return this.#stream = byteStream({
      read: (target) => input.read(target),
      readChunk: (most) => input.readChunk(most),
      close,
      get state() {
        return input.state;
      },
    });
  }

  #packets(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const packets = this.#input = new Packets(this.#fd, this.type === "seqpacket");
    packets.hold(this.#holding.on);
    return packetStream(packets, () => this.#shut("read"));
  }

  /**
   * Bytes to the other end; a write waits while that does not read, and is one packet where there are packets (`EMSGSIZE`
   * if it is too large for one, `RangeError` if it is empty). Closing it is how the other end sees the end, and leaves
   * reading alone. Writing fails with `EPIPE` or `ECONNRESET` when the other end is closed, `ECONNREFUSED` with datagrams,
   * and never raises `SIGPIPE`.
   *
   * @throws {ClosedError} if it was closed.
   */
  get writable(): WritableStream<Uint8Array<ArrayBuffer>> {
    return this.#writable ??= this.#writing();
  }

  #writing(): WritableStream<Uint8Array<ArrayBuffer>> {
    const output = this.#output = new Output(this.#fd.duplicate(), undefined, put);
    output.hold(this.#holding.on);
    const write = async (bytes: Uint8Array<ArrayBuffer>) => {
      const empty = bytes.byteLength === 0 && this.type !== "stream";
      if (empty) throw new RangeError("An empty packet cannot be told from the end");
      await output.write(bytes);
    };
    const close = (reason?: unknown) => {
      this.#shut("write");
      output.close(reason);
    };
    return writableStream({ write, close });
  }

  /**
   * Shut down a direction, for all who have this end: nothing is read any more (the other end's writes fail with `EPIPE`),
   * nothing is written any more (the other end sees the end), or both.
   *
   * @param how Which direction. @default {"write"}
   * @throws {ClosedError} if it was closed.
   * @throws {TypeError} if `how` is none of the three.
   * @example
   * ```ts
   * import { socketpair } from "@vasty/vasty";
   *
   * const [left, right] = socketpair();
   * using _left = left;
   * using _right = right;
   * left.shutdown("write");
   * console.assert(await new Response(right.readable).text() === "");
   * ```
   * @see shutdown(2)
   */
  shutdown(how: "read" | "write" | "both" = "write"): void {
    if (!Object.hasOwn(HOW, how)) throw new TypeError(`how is "read", "write" or "both", not ${JSON.stringify(how)}`);
    const fd = this.#fd.number;
    check(shutdown(fd, HOW[how]), `shut down descriptor ${fd}`, "shutdown", { fd });
  }

  /** @ignore */
  [POLLABLE](): PollState {
    const fd = this.#fd.number;
    return this.#stream === undefined ? { fd, ready: false } : { ready: false, ...stateOf(this.#stream), fd };
  }

  #shut(how: "read" | "write"): void {
    if (!this.#fd.closed) shutdown(this.#fd.number, HOW[how]);
  }

  /** Have reading and writing keep this program alive, as at the beginning. */
  ref(): void {
    this.#hold(true);
  }

  /** Let this program end while it is read or written. */
  unref(): void {
    this.#hold(false);
  }

  #hold(on: boolean): void {
    this.#holding.hold(on);
    this.#input?.hold(on);
    this.#output?.hold(on);
  }

  /**
   * Close it; the second time does nothing. The other end gets what was written, and then the end, once no child has a copy
   * of this one. Pending reads and writes reject with a {@linkcode ClosedError}.
   */
  close(): void {
    const reason = new ClosedError("The socket was closed");
    if (this.#input instanceof Input) this.#input.close(reason);
    this.#output?.close(reason);
    this.#fd.close();
  }

  /** The same as {@linkcode SocketEnd.close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** What kind of sockets {@linkcode socketpair} makes. */
export interface SocketPairOptions {
  /** Bytes or packets. @default {"stream"} */
  type?: SocketType;
}

/**
 * Make two connected Unix sockets: a pipe for both directions. Both are close-on-exec, so a child has an end only where
 * its `spawn` lists it.
 *
 * @param options Whether they carry bytes or packets.
 * @returns The two ends, which are alike; the caller closes both.
 * @throws {SyscallError} `EMFILE` or `ENFILE` if there are too many open descriptors.
 * @throws {TypeError} if there is no such type.
 * @example Talk to a child whose standard input and output are one socket
 * ```ts
 * import { socketpair, spawn } from "@vasty/vasty";
 *
 * const [ours, theirs] = socketpair();
 * using _ours = ours;
 * await using child = spawn(["tr", "a-z", "A-Z"], { stdin: theirs.fd, stdout: theirs.fd });
 * theirs.close();
 * const writer = ours.writable.getWriter();
 * await writer.write(new TextEncoder().encode("hello"));
 * await writer.close();
 * console.assert(await new Response(ours.readable).text() === "HELLO");
 * console.assert((await child.status).success);
 * ```
 * @see socketpair(2), unix(7)
 */
export function socketpair(options: SocketPairOptions = {}): [SocketEnd, SocketEnd] {
  const { type = "stream" } = options;
  if (!Object.hasOwn(TYPES, type)) {
    throw new TypeError(`type is "stream", "seqpacket" or "datagram", not ${JSON.stringify(type)}`);
  }
  const ends = new Int32Array(2);
  check(
    newSocketPair(SOCKET.AF_UNIX, TYPES[type] | SOCKET.SOCK_CLOEXEC, 0, ends),
    "make a pair of sockets",
    "socketpair",
  );
  const [left, right] = [aboveStandard(ends[0]!), aboveStandard(ends[1]!)];
  const failed = Math.min(left, right);
  if (failed < 0) { for (const fd of [left, right]) if (fd >= 0) close(fd); }
  check(failed, "make a pair of sockets", "fcntl");
  return [new SocketEnd(Fd.made(left), type), new SocketEnd(Fd.made(right), type)];
}
