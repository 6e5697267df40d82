/** Connecting a socket. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { block } from "../../ffi/blocking.ts";
import { setNonBlocking } from "../../ffi/descriptors.ts";
import { Block } from "../../ffi/memory.ts";
import { withTurn } from "../../ffi/reactor.ts";
import { connect, connectElsewhere } from "../../ffi/sys_socket.ts";
import { offload } from "../../ffi/workers.ts";
import { onClosing } from "../core/closing.ts";
import { ClosedError } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import type { Holding } from "../core/holding.ts";
import { checkLimit, Limit, type SyncWaitOptions, timeoutReason, type WaitOptions } from "../core/limit.ts";
import { readOption } from "./options.ts";
import { again, tryUntil, tryUntilSync } from "./socket_wait.ts";

/**
 * Begin to connect, or ask what has become of it: 0, or -errno; -EAGAIN: a Unix socket whose queue is full; undefined while it
 * is under way. To ask in this way, and not by SO_ERROR, ends the attempt for the kernel as well: else it answers the next
 * one with ECONNABORTED.
 */
function attempt(fd: Fd, name: Uint8Array<ArrayBuffer>): number | undefined {
  const rc = again(() => connect(fd.number, name, name.length));
  return rc === -ERRNO.EINPROGRESS || rc === -ERRNO.EALREADY ? undefined : rc;
}

/** End an attempt that is given up, so that the socket can connect again: connect(2) to no family at all. */
function abandon(fd: Fd): void {
  if (fd.closed) return;
  const nowhere = new Uint8Array(16);
  connect(fd.number, nowhere, nowhere.length);
  // The end of the attempt is an error that is pending.
  readOption(fd.number, SOCKET.SOL_SOCKET, SOCKET.SO_ERROR, 4);
}

/** Those that wait for a place in a queue: they block meanwhile, and so would this thread in a second connect(2). */
const queued = new WeakSet<Fd>();

/** Connect to `name`, bytes of a struct sockaddr: 0, or -errno. */
export async function connectTo(
  fd: Fd,
  name: Uint8Array<ArrayBuffer>,
  options: WaitOptions,
  holding: Holding,
): Promise<number> {
  checkLimit(options);
  if (queued.has(fd)) return -ERRNO.EALREADY;
  let rc = attempt(fd, name);
  if (rc === -ERRNO.EAGAIN) return await queue(fd, name, options, holding);
  if (rc !== undefined) return withTurn(rc);
  try {
    return rc = await tryUntil(fd, "write", () => attempt(fd, name), options, holding);
  } finally {
    if (rc === undefined) abandon(fd);
  }
}

/** The same, blocking this thread. */
export function connectToSync(fd: Fd, name: Uint8Array<ArrayBuffer>, options: SyncWaitOptions): number {
  checkLimit({ timeout: options.timeout });
  if (queued.has(fd)) return -ERRNO.EALREADY;
  let rc = attempt(fd, name);
  if (rc === -ERRNO.EAGAIN) return queueSync(fd, name, options);
  if (rc !== undefined) return rc;
  try {
    return rc = tryUntilSync(fd, "write", () => attempt(fd, name), options);
  } finally {
    if (rc === undefined) abandon(fd);
  }
}

/**
 * Wait for a place in the queue of a Unix socket, on a thread of the library's: the kernel wakes nobody for it but who waits
 * in connect(2) itself. The socket is not used for anything else yet, so it may block for as long.
 */
async function queue(
  fd: Fd,
  name: Uint8Array<ArrayBuffer>,
  options: WaitOptions,
  holding: Holding,
): Promise<number> {
  if (options.timeout === 0) throw timeoutReason(0);
  using place = new Place(fd, name);
  const wait = offload(connectElsewhere, place.args);
  let failure: { reason: unknown } | undefined;
  const giveUp = (reason: unknown) => {
    failure ??= { reason };
    wait.cancel();
  };
  using limit = new Limit(options, giveUp);
  using _holding = holding.watch((on) => {
    on ? wait.ref() : wait.unref();
    limit.hold(on);
  });
  using _closing = onClosing(fd, () => giveUp(new ClosedError("The socket was closed while it was connecting")));
  const rc = await wait.result;
  if (failure !== undefined && (fd.closed || rc === -ERRNO.ECANCELED)) throw failure.reason;
  return rc;
}

function queueSync(fd: Fd, name: Uint8Array<ArrayBuffer>, { timeout = Infinity }: SyncWaitOptions): number {
  if (timeout === 0) throw timeoutReason(0);
  using place = new Place(fd, name);
  const rc = block(connectElsewhere, place.args, timeout, () => {}, () => fd.closed);
  if (fd.closed) throw new ClosedError("The socket was closed while it was connecting");
  if (rc === -ERRNO.ETIMEDOUT) throw timeoutReason(timeout);
  return rc;
}

/** What a thread of the library's needs to wait in connect(2), for as long as it does. */
class Place implements Disposable {
  readonly #fd: Fd;
  readonly #copy: Fd;
  readonly #name: Block;

  constructor(fd: Fd, name: Uint8Array<ArrayBuffer>) {
    this.#fd = fd;
    // Closing the socket must not leave the thread with a number that is another file's by then.
    this.#copy = fd.duplicate();
    this.#name = new Block(name.length);
    this.#name.put(name);
    setNonBlocking(this.#copy.number, false);
    queued.add(fd);
  }

  get args(): [fd: number, name: number, length: number] {
    return [this.#copy.number, this.#name.address, this.#name.size];
  }

  [Symbol.dispose](): void {
    queued.delete(this.#fd);
    // What was released meanwhile is somebody else's, and blocks.
    if (!this.#fd.closed) setNonBlocking(this.#copy.number, true);
    this.#copy.close();
    this.#name.free();
  }
}
