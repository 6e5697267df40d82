/** Datagrams to many: broadcast and multicast. */
import { DatagramBase } from "./datagram_base.ts";
import { MulticastMembership } from "./multicast_membership.ts";

/**
 * A datagram socket that sends to many at once. The options of a Unix socket are an `EOPNOTSUPP` or a `TypeError`.
 *
 * @example
 * ```ts
 * import { listenDatagram } from "@vasty/vasty";
 *
 * using server = listenDatagram({ transport: "udp", port: 0 });
 * using client = listenDatagram({ transport: "udp", port: 0 });
 * await client.send(new TextEncoder().encode("anybody?"), { ...server.addr, hostname: "127.255.255.255" });
 * console.assert((await server.receive())[0].length === 8);
 * ```
 * @see ip(7), ipv6(7)
 */
export class DatagramGroups extends DatagramBase {
  /** Whether it may send to broadcast addresses: `SO_BROADCAST`. Sending there is `EACCES` otherwise. */
  get broadcast(): boolean {
    return this.socket.getOption("SO_BROADCAST");
  }
  set broadcast(on: boolean) {
    this.socket.setOption("SO_BROADCAST", on);
  }

  /** Whether what is sent to groups is also heard on this machine: `IP_MULTICAST_LOOP`, `IPV6_MULTICAST_LOOP`. */
  get multicastLoopback(): boolean {
    return this.socket.getOption(this.#isSix ? "IPV6_MULTICAST_LOOP" : "IP_MULTICAST_LOOP");
  }
  set multicastLoopback(on: boolean) {
    this.socket.setOption(this.#isSix ? "IPV6_MULTICAST_LOOP" : "IP_MULTICAST_LOOP", on);
  }

  /**
   * How many hops what is sent to groups may make, from 0 (this machine) to 255: `IP_MULTICAST_TTL`, `IPV6_MULTICAST_HOPS`. The
   * system has 1: this network.
   */
  get multicastTTL(): number {
    return this.socket.getOption(this.#isSix ? "IPV6_MULTICAST_HOPS" : "IP_MULTICAST_TTL");
  }
  set multicastTTL(hops: number) {
    this.socket.setOption(this.#isSix ? "IPV6_MULTICAST_HOPS" : "IP_MULTICAST_TTL", hops);
  }

  /**
   * The interface that what is sent to groups leaves by: of IPv4 its address or its index, and it is read as an address; of
   * IPv6 its index. `"0.0.0.0"` and 0 leave it to the system.
   */
  get multicastInterface(): string | number {
    return this.socket.getOption(this.#isSix ? "IPV6_MULTICAST_IF" : "IP_MULTICAST_IF");
  }
  set multicastInterface(which: string | number) {
    if (!this.#isSix) this.socket.setOption("IP_MULTICAST_IF", which);
    else if (typeof which === "number") this.socket.setOption("IPV6_MULTICAST_IF", which);
    else throw new TypeError("An interface of IPv6 is given by its index");
  }

  get #isSix(): boolean {
    return this.socket.family === "AF_INET6";
  }

  /**
   * Join a multicast group of IPv4: what is sent to it, at this socket's port, is received.
   *
   * @param group Its address, from `"224.0.0.0"` to `"239.255.255.255"`.
   * @param networkInterface The interface, by the address that it has here or by its index; the system chooses one for
   *   `"0.0.0.0"` and 0.
   * @returns The membership, by which it is left again.
   * @throws {SyscallError} `EINVAL` if it is no group, `ENODEV` if there is no such interface or none at all, `EADDRINUSE` if it
   *   was joined already, `ENOBUFS` if there are too many.
   * @throws {TypeError} if one of them is no address.
   * @throws {RangeError} if the index is none.
   * @throws {ClosedError} if it was closed.
   * @see ip(7), `IP_ADD_MEMBERSHIP`
   */
  // deno-lint-ignore require-await -- Deno's own is awaited, so that what it throws is a rejection.
  async joinMulticastV4(group: string, networkInterface: string | number = 0): Promise<MulticastMembership> {
    const membership = { group, interface: networkInterface };
    this.socket.setOption("IP_ADD_MEMBERSHIP", membership);
    return new MulticastMembership(this.socket, membership, false);
  }

  /**
   * Join a multicast group of IPv6. See {@linkcode DatagramSocket.joinMulticastV4}.
   *
   * @param group Its address, such as `"ff02::1234"`.
   * @param networkInterface The index of the interface; the system chooses one for 0.
   * @returns The membership, by which it is left again.
   * @throws {SyscallError} `EINVAL` if it is no group, `ENODEV` if there is no such interface or none at all, `EADDRINUSE` if it
   *   was joined already.
   * @throws {TypeError} if the group is no address.
   * @throws {RangeError} if the index is none.
   * @throws {ClosedError} if it was closed.
   * @see ipv6(7), `IPV6_JOIN_GROUP`
   */
  // deno-lint-ignore require-await -- as above.
  async joinMulticastV6(group: string, networkInterface = 0): Promise<MulticastMembership> {
    const membership = { group, interface: networkInterface };
    this.socket.setOption("IPV6_JOIN_GROUP", membership);
    return new MulticastMembership(this.socket, membership, true);
  }
}
