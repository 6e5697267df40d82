/** Single attempts to send and to receive a datagram, with as little beside the system call as there can be. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { NamedCalls, peekLength, sendToPeer } from "../../ffi/named_calls.ts";
import { addressOf, isUnixAddress, sockaddrIn, type SocketAddress } from "./address.ts";
import type { Socket } from "./socket.ts";
import { requireAddress } from "./socket_permissions.ts";

/** As long as a datagram of UDP can be. */
export const LONGEST = 65_535;

/** Where datagrams are received whose length nobody knows yet; the bytes are copied before anything else may run. */
let scratch: Uint8Array<ArrayBuffer> | undefined;

/** The calls of one socket: it remembers the last address of either direction, which is mostly the next one too. */
export class DatagramCalls {
  readonly #socket: Socket;
  readonly #isUnix: boolean;
  /** The name that was sent to last, and the address that it stands for. */
  readonly #to = new NamedCalls();
  #address: SocketAddress | undefined;
  readonly #from = new NamedCalls();
  /** The sender's name before the last one, and its address. */
  readonly #known = new Uint8Array(this.#from.name.length);
  #knownLength = -1;
  #sender: SocketAddress | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#isUnix = socket.family === "AF_UNIX";
  }

  /**
   * Send to `address`, or to the connected peer: how many bytes went, or -errno.
   *
   * @throws {TypeError} or {RangeError} if it is no address of such a socket.
   * @throws {Deno.errors.NotCapable}
   */
  send(bytes: Uint8Array<ArrayBuffer>, address: SocketAddress | undefined): number {
    if (!(bytes instanceof Uint8Array)) throw new TypeError("What is sent is a Uint8Array");
    const fd = this.#socket.fd.number;
    if (address !== undefined) {
      if (this.#address === undefined || !isSame(this.#address, address)) this.#direct(address);
      // Each time: it may have been revoked.
      requireAddress(address);
    }
    for (;;) {
      const rc = address === undefined ? sendToPeer(fd, bytes) : this.#to.sendTo(fd, bytes);
      if (rc !== -ERRNO.EINTR) return rc;
    }
  }

  #direct(address: SocketAddress): void {
    this.#address = undefined;
    this.#to.set(sockaddrIn(this.#socket.family, address));
    // The interface of a name may have another index the next time.
    const lasts = isUnixAddress(address) || (typeof address.scope !== "string" && !address.hostname.includes("%"));
    if (lasts) this.#address = { ...address };
  }

  /** Receive into `target`: how long the datagram was, perhaps longer than that, or -errno. */
  receive(target: Uint8Array<ArrayBuffer>): number {
    const fd = this.#socket.fd.number;
    for (;;) {
      const rc = this.#from.receiveFrom(fd, target);
      if (rc !== -ERRNO.EINTR) return rc;
    }
  }

  /** Where the next datagram has room, however long it is. Its bytes are to be copied. */
  room(): Uint8Array<ArrayBuffer> {
    scratch ??= new Uint8Array(LONGEST);
    // Only those of Unix may be longer.
    const length = this.#isUnix ? peekLength(this.#socket.fd.number) : 0;
    return length > LONGEST ? new Uint8Array(length) : scratch;
  }

  /** Who has sent the datagram that was received last. */
  get sender(): SocketAddress {
    const { name, length } = this.#from;
    if (this.#sender === undefined || !this.#isKnown(name, length)) {
      this.#sender = this.addressOf(name.subarray(0, length));
      this.#known.set(name);
      this.#knownLength = length;
    }
    return { ...this.#sender };
  }

  #isKnown(name: Uint8Array, length: number): boolean {
    if (length !== this.#knownLength) return false;
    for (let i = 0; i < length; i++) if (name[i] !== this.#known[i]) return false;
    return true;
  }

  /** The address that a name is. */
  addressOf(name: Uint8Array): SocketAddress {
    return addressOf(name, this.#isUnix ? "unixpacket" : "udp");
  }
}

function isSame(one: SocketAddress, other: SocketAddress): boolean {
  if (typeof other !== "object" || other === null) return false;
  if (isUnixAddress(one) || isUnixAddress(other)) {
    return isUnixAddress(one) && isUnixAddress(other) && one.path === other.path;
  }
  return one.hostname === other.hostname && one.port === other.port && one.scope === other.scope &&
    one.flowInfo === other.flowInfo;
}
