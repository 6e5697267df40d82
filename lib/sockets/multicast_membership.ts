/** Being a member of a multicast group. */
import type { MulticastGroup, MulticastGroup6 } from "./memberships.ts";
import type { Socket } from "./socket.ts";

/**
 * A multicast group that a datagram socket has joined, as `Deno.MulticastV4Membership` and `Deno.MulticastV6Membership`. What it
 * sets is the socket's, and so of all the groups that this sends to. Closing the socket leaves the group as well.
 *
 * @example
 * ```ts
 * import { listenDatagram } from "@vasty/vasty";
 *
 * using one = listenDatagram({ transport: "udp", port: 0, loopback: true });
 * one.multicastInterface = "127.0.0.1";
 * const membership = await one.joinMulticastV4("239.255.0.1", "127.0.0.1");
 * await one.send(new TextEncoder().encode("all"), { ...one.addr, hostname: "239.255.0.1" });
 * console.assert((await one.receive())[0].length === 3);
 * await membership.leave();
 * ```
 * @see ip(7), ipv6(7)
 */
export class MulticastMembership {
  readonly #socket: Socket;
  readonly #group: MulticastGroup | MulticastGroup6;
  readonly #isSix: boolean;

  /** Made by {@linkcode DatagramSocket.joinMulticastV4} and its kin. @ignore */
  constructor(socket: Socket, group: MulticastGroup | MulticastGroup6, isSix: boolean) {
    this.#socket = socket;
    this.#group = group;
    this.#isSix = isSix;
  }

  /**
   * Leave the group.
   *
   * @throws {SyscallError} `EADDRNOTAVAIL` if it was left already.
   * @throws {ClosedError} if the socket was closed.
   */
  // deno-lint-ignore require-await -- Deno's own is awaited, so that what it throws is a rejection.
  async leave(): Promise<void> {
    if (this.#isSix) this.#socket.setOption("IPV6_LEAVE_GROUP", this.#group as MulticastGroup6);
    else this.#socket.setOption("IP_DROP_MEMBERSHIP", this.#group);
  }

  /**
   * Have what is sent to groups heard on this machine, or not.
   *
   * @param on Whether it is.
   * @throws {TypeError} if it is neither true nor false.
   * @throws {ClosedError} if the socket was closed.
   */
  // deno-lint-ignore require-await -- as above.
  async setLoopback(on: boolean): Promise<void> {
    this.#socket.setOption(this.#isSix ? "IPV6_MULTICAST_LOOP" : "IP_MULTICAST_LOOP", on);
  }

  /**
   * How far what is sent to groups goes.
   *
   * @param ttl How many hops, from 0 (this machine) to 255.
   * @throws {TypeError} if it is no number.
   * @throws {RangeError} if it is no integer.
   * @throws {SyscallError} `EINVAL` if it is beyond 255.
   * @throws {ClosedError} if the socket was closed.
   */
  // deno-lint-ignore require-await -- as above.
  async setTTL(ttl: number): Promise<void> {
    this.#socket.setOption(this.#isSix ? "IPV6_MULTICAST_HOPS" : "IP_MULTICAST_TTL", ttl);
  }
}
