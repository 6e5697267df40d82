/** Sending one message. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { sendRights } from "../../ffi/rights.ts";
import { check } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import type { Operation } from "../core/turns.ts";

/** One message on its way. Its bytes are made when its turn has come. */
export class Outgoing implements Operation<true> {
  readonly #socket: Fd;
  readonly #encode: () => Uint8Array<ArrayBuffer>;
  readonly #fds: readonly Fd[];
  readonly #broken: (reason: unknown) => void;
  #frame: Uint8Array<ArrayBuffer> | undefined;
  #at = 0;

  /** `broken` is told if it fails on its way. */
  constructor(
    socket: Fd,
    encode: () => Uint8Array<ArrayBuffer>,
    fds: readonly Fd[],
    broken: (reason: unknown) => void,
  ) {
    [this.#socket, this.#encode, this.#fds, this.#broken] = [socket, encode, fds, broken];
  }

  get begun(): boolean {
    return this.#at > 0;
  }

  attempt(): true | undefined {
    const fd = this.#socket.number;
    const frame = this.#frame ??= this.#encode();
    while (this.#at < frame.length) {
      const fds = this.begun ? [] : this.#fds.map(({ number }) => number);
      const count = sendRights(fd, this.begun ? frame.subarray(this.#at) : frame, fds);
      if (count === -ERRNO.EAGAIN) return undefined;
      if (count !== -ERRNO.EINTR) this.#at += check(count, `send a message to descriptor ${fd}`, "sendmsg", { fd });
    }
    return true;
  }

  failed(reason: unknown): void {
    if (this.begun) this.#broken(reason);
  }
}
