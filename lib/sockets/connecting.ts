/** Connecting a socket. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { block } from "../../ffi/blocking.ts";
import { setNonBlocking } from "../../ffi/descriptors.ts";
import { Block } from "../../ffi/memory.ts";
import { POLL_WRITE, pollAny } from "../../ffi/poll.ts";
import { connect, connectElsewhere } from "../../ffi/sys_socket.ts";
import { offload } from "../../ffi/workers.ts";
import { onClosing } from "../core/closing.ts";
import { ClosedError } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import { checkLimit, Limit, type SyncWaitOptions, timeoutReason, type WaitOptions } from "../core/limit.ts";
import { intOf } from "./option_codecs.ts";
import { readOption } from "./options.ts";
import { again, tryUntil, tryUntilSync } from "./socket_wait.ts";

/** Begin to connect: 0, -EINPROGRESS, or what is wrong; -EAGAIN: a Unix socket whose queue is full. */
function begin(fd: Fd, name: Uint8Array<ArrayBuffer>): number {
  const rc = again(() => connect(fd.number, name, name.length));
  // A signal has interrupted a call that had begun.
  return rc === -ERRNO.EALREADY ? -ERRNO.EINPROGRESS : rc;
}

/** What has become of the attempt, 0 or -errno: the kernel tells it once. Undefined while it is under way. */
function outcome(fd: Fd): number | undefined {
  const ready = pollAny([[fd.number, POLL_WRITE]], 0, false);
  if (typeof ready !== "number" && ready.length === 0) return undefined;
  const value = readOption(fd.number, SOCKET.SOL_SOCKET, SOCKET.SO_ERROR, 4);
  return typeof value === "number" ? value : -intOf(value);
}

/** End an attempt that is given up, so that the socket can connect again: connect(2) to no family at all. */
function abandon(fd: Fd): void {
  if (fd.closed) return;
  const nowhere = new Uint8Array(16);
  connect(fd.number, nowhere, nowhere.length);
  readOption(fd.number, SOCKET.SOL_SOCKET, SOCKET.SO_ERROR, 4);
}

/** Connect to `name`, bytes of a struct sockaddr: 0, or -errno. */
export async function connectTo(fd: Fd, name: Uint8Array<ArrayBuffer>, options: WaitOptions): Promise<number> {
  checkLimit(options);
  const rc = begin(fd, name);
  if (rc === -ERRNO.EAGAIN) return await queue(fd, name, options);
  if (rc !== -ERRNO.EINPROGRESS) return rc;
  try {
    return await tryUntil(fd, "write", () => outcome(fd), options);
  } catch (error) {
    abandon(fd);
    throw error;
  }
}

/** The same, blocking this thread. */
export function connectToSync(fd: Fd, name: Uint8Array<ArrayBuffer>, options: SyncWaitOptions): number {
  checkLimit({ timeout: options.timeout });
  const rc = begin(fd, name);
  if (rc === -ERRNO.EAGAIN) return queueSync(fd, name, options);
  if (rc !== -ERRNO.EINPROGRESS) return rc;
  try {
    return tryUntilSync(fd, "write", () => outcome(fd), options);
  } catch (error) {
    abandon(fd);
    throw error;
  }
}

/**
 * Wait for a place in the queue of a Unix socket, on a thread of the library's: the kernel wakes nobody for it but who waits
 * in connect(2) itself. The socket is not used for anything else yet, so it may block for as long.
 */
async function queue(fd: Fd, name: Uint8Array<ArrayBuffer>, options: WaitOptions): Promise<number> {
  if (options.timeout === 0) throw timeoutReason(0);
  using place = new Block(name.length);
  place.put(name);
  setNonBlocking(fd.number, false);
  const wait = offload(connectElsewhere, [fd.number, place.address, name.length]);
  let failure: { reason: unknown } | undefined;
  const giveUp = (reason: unknown) => {
    failure ??= { reason };
    wait.cancel();
  };
  using _limit = new Limit(options, giveUp);
  using _closing = onClosing(fd, () => giveUp(new ClosedError("The socket was closed while it was connecting")));
  const rc = await wait.result;
  if (!fd.closed) setNonBlocking(fd.number, true);
  if (failure !== undefined && (fd.closed || rc === -ERRNO.ECANCELED)) throw failure.reason;
  return rc;
}

function queueSync(fd: Fd, name: Uint8Array<ArrayBuffer>, { timeout = Infinity }: SyncWaitOptions): number {
  using place = new Block(name.length);
  place.put(name);
  setNonBlocking(fd.number, false);
  let rc = -ERRNO.ETIMEDOUT;
  try {
    if (timeout > 0) rc = block(connectElsewhere, [fd.number, place.address, name.length], timeout, () => {});
  } finally {
    if (!fd.closed) setNonBlocking(fd.number, true);
  }
  if (rc === -ERRNO.ETIMEDOUT) throw timeoutReason(timeout);
  return rc;
}
