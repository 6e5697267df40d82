/** Where a datagram was sent to, as the kernel tells it: IP_PKTINFO and IPV6_PKTINFO. */
import { IN6_PKTINFO, IN_PKTINFO, NETINET } from "../../ffi/abi/netinet_in.ts";
import type { IncomingBatch } from "../../ffi/message_batch.ts";
import type { ControlMessage } from "./control_messages.ts";
import { inetNtop } from "./inet.ts";
import type { Socket } from "./socket.ts";

/** Room for it among the control messages, and for some others that the user may have asked for. */
export const INFO_ROOM = 256;

type Bytes = Uint8Array<ArrayBuffer>;

/** Have the kernel tell it. A socket of IPv6 may also get datagrams of IPv4, of which it is told in their own way. */
export function askForInfo(socket: Socket): void {
  if (socket.family === "AF_UNIX") return;
  socket.setOption("IP_PKTINFO", true);
  if (socket.family === "AF_INET6") socket.setOption("IPV6_RECVPKTINFO", true);
}

/** What came with datagram `i`; undefined if nothing was asked for when it came. */
export function infoIn(batch: IncomingBatch, i: number): PacketInfo | undefined {
  const { control } = batch;
  const four = batch.controlAt(i, NETINET.IPPROTO_IP, NETINET.IP_PKTINFO, IN_PKTINFO.sizeof);
  if (four !== undefined) {
    return new PacketInfo4(
      control.getInt32(four + IN_PKTINFO.ipi_ifindex, true),
      control.getUint32(four + IN_PKTINFO.ipi_spec_dst),
      control.getUint32(four + IN_PKTINFO.ipi_addr),
    );
  }
  const six = batch.controlAt(i, NETINET.IPPROTO_IPV6, NETINET.IPV6_PKTINFO, IN6_PKTINFO.sizeof);
  if (six === undefined) return undefined;
  const address = new Uint8Array(control.buffer, six + IN6_PKTINFO.ipi6_addr, 16).slice();
  return new PacketInfo6(control.getInt32(six + IN6_PKTINFO.ipi6_ifindex, true), address);
}

/** Where a datagram was sent to. */
export interface PacketInfo {
  /** The index of the interface that it came by; 0 if it is not known. */
  readonly interface: number;
  /** The address that it was sent to. */
  readonly hostname: string;
  /** Whether that counts on its link alone. */
  readonly isLocalToLink: boolean;
  /** What has an answer leave from there; undefined if it was sent to many, and which address is meant is not known. */
  readonly answer: ControlMessage | undefined;
}

function quad(address: number): Bytes {
  return Uint8Array.of(address >>> 24, address >>> 16, address >>> 8, address);
}

/** Of IPv4, in numbers: mostly nobody asks. */
export class PacketInfo4 implements PacketInfo {
  readonly interface: number;
  readonly isLocalToLink = false;
  readonly #source: number;
  readonly #destination: number;

  /** `source` is the address of this machine that `destination` stands for, if that is a group or a broadcast address. */
  constructor(index: number, source: number, destination: number) {
    this.interface = index;
    this.#source = source;
    this.#destination = destination;
  }

  get hostname(): string {
    return inetNtop("AF_INET", quad(this.#destination));
  }

  get answer(): ControlMessage | undefined {
    const source = quad(this.#source || this.#destination);
    if (source[0]! >= 224) return undefined;
    const data = new Uint8Array(IN_PKTINFO.sizeof);
    data.set(source, IN_PKTINFO.ipi_spec_dst);
    return { level: "IPPROTO_IP", type: "IP_PKTINFO", data };
  }
}

/** Of IPv6. */
export class PacketInfo6 implements PacketInfo {
  readonly interface: number;
  readonly #destination: Bytes;

  constructor(index: number, destination: Bytes) {
    this.interface = index;
    this.#destination = destination;
  }

  get hostname(): string {
    return inetNtop("AF_INET6", this.#destination);
  }

  get isLocalToLink(): boolean {
    const [first, second] = this.#destination;
    return (first === 0xfe && (second! & 0xc0) === 0x80) || first === 0xff;
  }

  /** The interface counts where the address alone does not say which it is: else routing is free. */
  get answer(): ControlMessage {
    const { sizeof, ipi6_addr, ipi6_ifindex } = IN6_PKTINFO;
    const data = new Uint8Array(sizeof);
    if (this.#destination[0] !== 0xff) data.set(this.#destination, ipi6_addr);
    if (this.isLocalToLink) new DataView(data.buffer).setInt32(ipi6_ifindex, this.interface, true);
    return { level: "IPPROTO_IPV6", type: "IPV6_PKTINFO", data };
  }
}
