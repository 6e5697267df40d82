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
  const four = batch.control(i, NETINET.IPPROTO_IP, NETINET.IP_PKTINFO);
  if (four?.length === IN_PKTINFO.sizeof) return new PacketInfo("AF_INET", four);
  const six = batch.control(i, NETINET.IPPROTO_IPV6, NETINET.IPV6_PKTINFO);
  return six?.length === IN6_PKTINFO.sizeof ? new PacketInfo("AF_INET6", six) : undefined;
}

/** One of either kind. */
export class PacketInfo {
  readonly #family: "AF_INET" | "AF_INET6";
  readonly #data: Bytes;

  constructor(family: "AF_INET" | "AF_INET6", data: Bytes) {
    this.#family = family;
    this.#data = data;
  }

  get #isFour(): boolean {
    return this.#family === "AF_INET";
  }

  /** The index of the interface that it came by; 0 if it is not known. */
  get interface(): number {
    const at = this.#isFour ? IN_PKTINFO.ipi_ifindex : IN6_PKTINFO.ipi6_ifindex;
    return new DataView(this.#data.buffer, this.#data.byteOffset).getInt32(at, true);
  }

  /** The address that it was sent to. */
  get hostname(): string {
    return inetNtop(this.#family, this.#destination);
  }

  get #destination(): Bytes {
    const [at, length] = this.#isFour ? [IN_PKTINFO.ipi_addr, 4] : [IN6_PKTINFO.ipi6_addr, 16];
    return this.#data.subarray(at, at + length);
  }

  /** Whether the destination counts on its link alone. */
  get isLocalToLink(): boolean {
    const [first, second] = this.#destination;
    return !this.#isFour && first === 0xfe && (second! & 0xc0) === 0x80;
  }

  /** What has an answer leave from there; undefined if it was sent to many, and which address is meant is not known. */
  get answer(): ControlMessage | undefined {
    return this.#isFour ? this.#answer4() : this.#answer6();
  }

  #answer4(): ControlMessage | undefined {
    const { sizeof, ipi_spec_dst } = IN_PKTINFO;
    // The kernel tells the address of this machine that a group or a broadcast address stands for.
    let source = this.#data.subarray(ipi_spec_dst, ipi_spec_dst + 4);
    if (source.every((byte) => byte === 0)) source = this.#destination;
    if (source[0]! >= 224) return undefined;
    const data = new Uint8Array(sizeof);
    data.set(source, ipi_spec_dst);
    return { level: "IPPROTO_IP", type: "IP_PKTINFO", data };
  }

  /** The interface counts where the address alone does not say which it is: else routing is free. */
  #answer6(): ControlMessage | undefined {
    const { sizeof, ipi6_addr, ipi6_ifindex } = IN6_PKTINFO;
    const isGroup = this.#destination[0] === 0xff;
    const data = new Uint8Array(sizeof);
    if (!isGroup) data.set(this.#destination, ipi6_addr);
    if (isGroup || this.isLocalToLink) data.set(this.#data.subarray(ipi6_ifindex, ipi6_ifindex + 4), ipi6_ifindex);
    return { level: "IPPROTO_IPV6", type: "IPV6_PKTINFO", data };
  }
}
