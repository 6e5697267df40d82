/** What a datagram socket is besides sending and receiving. */
import { connect } from "../../ffi/sys_socket.ts";
import type { Fd } from "../core/fd.ts";
import type { WaitOptions } from "../core/limit.ts";
import { POLLABLE, type PollState } from "../core/pollable.ts";
import type { SocketAddress } from "./address.ts";
import type { Socket } from "./socket.ts";
import { rememberPeer } from "./socket_base.ts";
import { socketError } from "./socket_errors.ts";
import type { SocketFile } from "./socket_file.ts";
import { again } from "./socket_wait.ts";

/** The file of its name is removed when it is closed. */
export let removeWith: (socket: DatagramBase, file: SocketFile) => void;

/**
 * What a datagram socket is besides sending and receiving: its socket, its names, its end.
 *
 * @example
 * ```ts
 * import { type DatagramBase, listenDatagram } from "@vasty/vasty";
 *
 * function port({ addr }: DatagramBase): number {
 *   return "port" in addr ? addr.port : 0;
 * }
 * using one = listenDatagram({ transport: "udp", port: 0 });
 * console.assert(port(one) > 0);
 * ```
 */
export class DatagramBase implements Disposable {
  /** The socket beneath, for its options and for the calls themselves. It is closed with this one. */
  readonly socket: Socket;
  #file: SocketFile | undefined;
  #addr: SocketAddress;

  static {
    removeWith = (socket, file) => socket.#file = file;
  }

  /** @ignore */
  protected constructor(socket: Socket) {
    if (socket?.type !== "SOCK_DGRAM") {
      throw new TypeError(`A datagram socket is made of one of type "SOCK_DGRAM", not of ${socket?.type ?? "nothing"}`);
    }
    this.socket = socket;
    this.#addr = socket.getsockname();
  }

  /** Its descriptor, which stays the socket's. */
  get fd(): Fd {
    return this.socket.fd;
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.socket.closed;
  }

  /** Its own name, with the port that the kernel chose; `{ path: "" }` of a Unix socket without one. The last of a closed one. */
  get addr(): SocketAddress {
    if (!this.closed) this.#addr = this.socket.getsockname();
    return this.#addr;
  }

  /**
   * Connect it to an address: {@linkcode DatagramSocket.send} goes there if it is given no other, and nothing is received any
   * more but what comes from there. Nobody is asked, and nobody need be there; that nobody is may be told later, once, by
   * an `ECONNREFUSED` of sending or receiving.
   *
   * @param address Whom to. A connected one may be connected elsewhere.
   * @param options When to give up, which a datagram socket never has to.
   * @throws {SyscallError} `ENOENT` or `ECONNREFUSED` if a path has no socket, `EACCES`, `EPROTOTYPE` if it has one of another
   *   type, `ENETUNREACH`.
   * @throws {TypeError} if it is no address, or of another family.
   * @throws {RangeError} if the port is none, or the path longer than 107 bytes.
   * @throws {Deno.errors.NotCapable} without leave for the network there, or for the path.
   * @throws {ClosedError} if it was closed.
   * @see connect(2)
   */
  async connect(address: SocketAddress, options: WaitOptions = {}): Promise<void> {
    await this.socket.connect(address, options);
  }

  /**
   * Be connected to nobody again.
   *
   * @throws {SyscallError} as connect(2) says.
   * @throws {ClosedError} if it was closed.
   * @see connect(2), `AF_UNSPEC`
   */
  disconnect(): void {
    const nobody = new Uint8Array(16);
    const rc = again(() => connect(this.fd.number, nobody, nobody.length));
    if (rc < 0) throw socketError("disconnect", this.fd.number, rc, "connect");
    rememberPeer(this.socket, undefined);
  }

  /** Have what waits for it keep this program alive, as at the beginning. */
  ref(): void {
    this.socket.ref();
  }

  /** Let this program end while something waits for it. */
  unref(): void {
    this.socket.unref();
  }

  /**
   * Close it; the second time does nothing. What waits for it rejects with a {@linkcode ClosedError}, and loops over it end.
   * The file of the path that {@linkcode listenDatagram} bound it to is removed, unless another has taken its place, or the
   * socket was released.
   */
  close(): void {
    if (this.closed) return;
    this.#file?.remove();
    // Asked for now, since nobody knows it afterwards.
    this.#addr = this.addr;
    this.socket.close();
  }

  /** The same as {@linkcode DatagramBase.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** @ignore */
  [POLLABLE](): PollState {
    return this.socket[POLLABLE]();
  }
}
