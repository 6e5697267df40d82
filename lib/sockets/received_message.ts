/** What recvmsg(2) has brought. */
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { aboveStandard } from "../../ffi/descriptors.ts";
import type { RawMessage } from "../../ffi/socket_message.ts";
import { Fd } from "../core/fd.ts";
import { addressOf, type SocketAddress } from "./address.ts";
import { type ControlMessage, isRights, namedControl, rightsIn } from "./control_messages.ts";

/**
 * A message with all that came beside its bytes. It owns the descriptors among that: disposing of it closes those that were
 * not released.
 *
 * @example
 * ```ts
 * import { socket } from "@vasty/vasty";
 *
 * using server = socket("PF_INET", "SOCK_DGRAM");
 * server.bind({ hostname: "127.0.0.1", port: 0 });
 * server.setOption("IP_RECVTTL", true);
 * using client = socket("PF_INET", "SOCK_DGRAM");
 * await client.send(new Uint8Array(3), { to: server.getsockname() });
 * using message = await server.recvmsg(2);
 * console.assert(message.truncated && message.length === 3);
 * console.assert(message.control[0]?.type === "IP_TTL");
 * ```
 */
export class ReceivedMessage implements Disposable {
  /** Its bytes, as many as there was room for. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How many bytes it had; of a stream, how many came. */
  readonly length: number;
  /** Who has sent it; nothing on a connected stream. */
  readonly address: SocketAddress | undefined;
  /** The control messages but for descriptors. */
  readonly control: ControlMessage[];
  /** The descriptors that came with it, close-on-exec and above 2. */
  readonly fds: Fd[];
  /** Whether bytes were lost, because there were more than there was room for. */
  readonly truncated: boolean;
  /** Whether control messages were lost: no room, or no free descriptors. What did not fit the kernel has closed. */
  readonly controlTruncated: boolean;
  /** Whether it is urgent data: `MSG_OOB`. */
  readonly outOfBand: boolean;

  /** @ignore */
  constructor(raw: RawMessage, target: Uint8Array<ArrayBuffer>, transport: SocketAddress["transport"]) {
    const numbers = rightsIn(raw.control).map(aboveStandard);
    this.fds = numbers.filter((number) => number >= 0).map(Fd.made);
    this.bytes = target.subarray(0, Math.min(raw.count, target.length));
    this.length = raw.count;
    this.address = raw.name.length === 0 ? undefined : addressOf(raw.name, transport);
    this.control = raw.control.filter((one) => !isRights(one)).map(namedControl);
    this.truncated = (raw.flags & SOCKET.MSG_TRUNC) !== 0;
    // One that could not be moved above 2 is lost as well.
    this.controlTruncated = (raw.flags & SOCKET.MSG_CTRUNC) !== 0 || numbers.length > this.fds.length;
    this.outOfBand = (raw.flags & SOCKET.MSG_OOB) !== 0;
  }

  /** Close the descriptors that came with it, but for those that were released. */
  [Symbol.dispose](): void {
    for (const fd of this.fds) fd.close();
  }
}
