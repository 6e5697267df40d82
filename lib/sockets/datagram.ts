/** A datagram with what is known about it. */
import type { WaitOptions } from "../core/limit.ts";
import { type InetAddress, isUnixAddress, type SocketAddress } from "./address.ts";
import type { PacketInfo } from "./packet_info.ts";
import type { Socket } from "./socket.ts";

/** What a {@linkcode Datagram} is made of. */
export interface DatagramParts {
  bytes: Uint8Array<ArrayBuffer>;
  length: number;
  truncated: boolean;
  address: SocketAddress;
  info: PacketInfo | undefined;
  socket: Socket;
  /** The port that the socket has. */
  port: number;
}

/**
 * A datagram that was received: its bytes, who has sent it, and where it was sent to, from where it can be answered.
 *
 * @example
 * ```ts
 * import { listenDatagram } from "@vasty/vasty";
 *
 * using server = listenDatagram({ transport: "udp", port: 0 }); // all addresses of this machine
 * using client = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
 * await client.connect({ ...server.addr, hostname: "127.0.0.2" });
 * await client.send(new TextEncoder().encode("time?"));
 * const question = await server.receiveDatagram();
 * console.assert(question.localAddress?.hostname === "127.0.0.2");
 * await question.reply(new TextEncoder().encode("late")); // the client hears 127.0.0.2 alone
 * console.assert((await client.receive())[0].length === 4);
 * ```
 * @see ip(7), `IP_PKTINFO`
 */
export class Datagram {
  /** Its bytes, as many as there was room for; none may be a datagram without any. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How many bytes it had. */
  readonly length: number;
  /** Whether bytes were lost, because there were more than there was room for. */
  readonly truncated: boolean;
  /** Who has sent it: `{ path: "" }` of a Unix socket without a name. */
  readonly address: SocketAddress;
  readonly #parts: DatagramParts;

  /** Made by {@linkcode DatagramSocket.receiveDatagram}. @ignore */
  constructor(parts: DatagramParts) {
    this.#parts = parts;
    this.bytes = parts.bytes;
    this.length = parts.length;
    this.truncated = parts.truncated;
    this.address = parts.address;
  }

  /**
   * The address that it was sent to: one of this machine, a multicast group, or a broadcast address. Nothing of a Unix
   * datagram, nor of one that had come before it was asked for: see `destination` of {@linkcode listenDatagram}.
   */
  get localAddress(): InetAddress | undefined {
    const { info, port, socket } = this.#parts;
    if (info === undefined) return undefined;
    const mapped = socket.family === "AF_INET6" && !info.hostname.includes(":");
    const hostname = mapped ? `::ffff:${info.hostname}` : info.hostname;
    return { transport: "udp", hostname, port, ...info.isLocalToLink && { scope: info.interface } };
  }

  /** The index of the interface that it came by, if it is known. */
  get interface(): number | undefined {
    return this.#parts.info?.interface || undefined;
  }

  /**
   * Send a datagram back, from the address that this one was sent to, as far as that is known; the one that the system
   * chooses need not be that, and a client that is connected hears no other. To one that was sent to many, by multicast or
   * broadcast, the answer leaves from the interface's own address.
   *
   * @param bytes What to send.
   * @param options When to give up.
   * @returns How many bytes the kernel has taken: all.
   * @throws {TypeError} if the sender has no name to answer to.
   * @throws as {@linkcode DatagramSocket.send} does.
   */
  async reply(bytes: Uint8Array<ArrayBuffer>, options: WaitOptions = {}): Promise<number> {
    const { address, info, socket } = this.#parts;
    if (isUnixAddress(address) && address.path === "") {
      throw new TypeError("The sender of this datagram has no name that could be answered");
    }
    const { signal, timeout } = options;
    const answer = info?.answer;
    return await socket.sendmsg(bytes, { to: address, control: answer && [answer], signal, timeout });
  }
}
