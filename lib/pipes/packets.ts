/** Sockets that keep the limits of what was written: one read brings one packet. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { readingIsShut } from "../../ffi/poll.ts";
import { recv } from "../../ffi/sys_socket.ts";
import { check } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import { DescriptorWaiter } from "../core/readiness.ts";

/** The reading half of a packet socket. The descriptor stays its owner's; closing that ends the reading. */
export class Packets {
  readonly #fd: Fd;
  readonly #waiter: DescriptorWaiter;
  /** Whether a read of nothing is the end: a datagram may be empty, and has no end. */
  readonly #ends: boolean;

  constructor(fd: Fd, ends: boolean) {
    this.#fd = fd;
    this.#waiter = new DescriptorWaiter(fd);
    this.#ends = ends;
  }

  /** The next packet, in a buffer of its own; `null` at the end. */
  async next(): Promise<Uint8Array<ArrayBuffer> | null> {
    for (let waited = false;; waited = true) {
      const size = this.#receive(null, SOCKET.MSG_PEEK | SOCKET.MSG_TRUNC);
      if (size === 0 && this.#ends) return null;
      if (size >= 0) return this.#take(size);
      if (waited && readingIsShut(this.#fd.number)) return null;
      await this.#waiter.readable();
    }
  }

  /** The size is known, and nobody else reads: nothing of it can be cut off. */
  #take(size: number): Uint8Array<ArrayBuffer> {
    const packet = new Uint8Array(size);
    this.#receive(packet, 0);
    return packet;
  }

  /** A length, or -EAGAIN. */
  #receive(target: Uint8Array<ArrayBuffer> | null, flags: number): number {
    for (;;) {
      const fd = this.#fd.number;
      const count = recv(fd, target, target?.length ?? 0, flags | SOCKET.MSG_DONTWAIT);
      if (count === -ERRNO.EAGAIN) return count;
      if (count !== -ERRNO.EINTR) return check(count, `read descriptor ${fd}`, "recv", { fd });
    }
  }

  /** Whether waits keep the process alive. */
  hold(on: boolean): void {
    this.#waiter.hold(on);
  }
}

/** The packets as a stream; `cancelled` is told when its reader wants no more. */
export function packetStream(packets: Packets, cancelled: () => void): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    pull: async (controller) => {
      const packet = await packets.next();
      packet === null ? controller.close() : controller.enqueue(packet);
    },
    cancel: cancelled,
  }, { highWaterMark: 0 });
}
