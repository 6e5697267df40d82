/** A listener that the kernel refuses to wait for, as where it has no memory for that. */
import { EPOLL, EPOLL_EVENT } from "../../ffi/abi/sys_epoll.ts";
import { epoll_create1, epoll_ctl } from "../../ffi/sys_epoll.ts";
import { Fd } from "../../lib/core/fd.ts";
import type { Listener } from "../../lib/sockets/mod.ts";

export class Unwaitable implements Disposable {
  /** How often it was looked for a connection. */
  looks = 0;
  readonly #listener: Listener;
  readonly #looks: number;
  readonly #nested: Fd[];

  /** After so many looks it is as `listener`. */
  constructor(listener: Listener, looks: number) {
    this.#listener = listener;
    this.#looks = looks;
    this.#nested = deepest();
  }

  /** As a listener. */
  get listener(): Listener {
    return this as unknown as Listener;
  }

  get fd(): Fd {
    return this.looks < this.#looks ? this.#nested.at(-1)! : this.#listener.fd;
  }

  get closed(): boolean {
    return this.#listener.closed;
  }

  tryAccept(): ReturnType<Listener["tryAccept"]> {
    this.looks++;
    return this.looks < this.#looks ? undefined : this.#listener.tryAccept();
  }

  close(): void {
    this.#listener.close();
  }

  [Symbol.dispose](): void {
    for (const fd of this.#nested) fd.close();
  }
}

/** Each waits for the one before it; the last one is too deep to be waited for (ELOOP). */
function deepest(): Fd[] {
  const event = new DataView(new ArrayBuffer(EPOLL_EVENT.sizeof));
  for (const nested = [madeEpoll()];;) {
    const outer = madeEpoll();
    const rc = epoll_ctl(outer.number, EPOLL.EPOLL_CTL_ADD, nested.at(-1)!.number, event);
    if (rc === 0) {
      nested.push(outer);
      continue;
    }
    outer.close();
    return nested;
  }
}

function madeEpoll(): Fd {
  return Fd.adopt(epoll_create1(EPOLL.EPOLL_CLOEXEC));
}
