/**
 * Unix datagrams to a peer that is full. An unconnected socket polls as writable all the same, so to wait for it would spin.
 * A socket that is connected to the peer polls as it should: one of our own waits in its place.
 */
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { aboveStandard } from "../../ffi/descriptors.ts";
import { POLL_WRITE, pollAny } from "../../ffi/poll.ts";
import { withTurn } from "../../ffi/reactor.ts";
import { connect, socket } from "../../ffi/sys_socket.ts";
import { onClosing } from "../core/closing.ts";
import { check } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import type { Holding } from "../core/holding.ts";
import { Deadline, type SyncWaitOptions, type WaitOptions } from "../core/limit.ts";
import { again, tryUntil, tryUntilSync } from "./socket_wait.ts";

/** Who waits for room at `name`; undefined if there is nobody any more, which the next attempt to send will tell. */
function sentinel(name: Uint8Array<ArrayBuffer>): Fd | undefined {
  const type = SOCKET.SOCK_DGRAM | SOCKET.SOCK_NONBLOCK | SOCKET.SOCK_CLOEXEC;
  const number = aboveStandard(socket(SOCKET.AF_UNIX, type, 0));
  const fd = Fd.adopt(check(number, "wait for room for a datagram", "socket"));
  if (again(() => connect(fd.number, name, name.length)) === 0) return fd;
  fd.close();
}

/** Try until `attempt`, which sends to `name`, gives something. See `tryUntil`. */
export async function tryWithRoom<T>(
  fd: Fd,
  name: Uint8Array<ArrayBuffer>,
  attempt: () => T | undefined,
  options: WaitOptions,
  holding: Holding,
): Promise<T> {
  const deadline = new Deadline(options);
  const writable = (one: Fd) => tryUntil(one, "write", () => isWritable(one), deadline.options, holding);
  for (;;) {
    const result = attempt();
    if (result !== undefined) return withTurn(result);
    // Its own buffer may be what is full.
    await writable(fd);
    // Closed in the meantime: nobody would be told of it any more, but the attempt tells.
    if (fd.closed) continue;
    using other = sentinel(name);
    using _closing = onClosing(fd, () => other?.close());
    if (other !== undefined) await writable(other);
  }
}

/** The same, blocking this thread. */
export function tryWithRoomSync<T>(
  fd: Fd,
  name: Uint8Array<ArrayBuffer>,
  attempt: () => T | undefined,
  options: SyncWaitOptions,
): T {
  const deadline = new Deadline(options);
  const writable = (one: Fd) =>
    tryUntilSync(one, "write", () => isWritable(one), { timeout: deadline.left, total: deadline.timeout });
  for (;;) {
    const result = attempt();
    if (result !== undefined) return result;
    writable(fd);
    using other = sentinel(name);
    if (other !== undefined) writable(other);
  }
}

function isWritable(fd: Fd): true | undefined {
  const ready = pollAny([[fd.number, POLL_WRITE]], 0, false);
  return typeof ready === "number" || ready.length > 0 ? true : undefined;
}
