/** Waiting until a descriptor is ready, for everything that epoll(7) knows: no thread is held while it lasts. */
import { ERRNO } from "./abi/errno.ts";
import { EPOLL } from "./abi/sys_epoll.ts";
import type { EpollSet, Interest } from "./epoll_set.ts";
import { loop, prepareToWait, started } from "./loop.ts";
import { loopTurn } from "./loop_turn.ts";
import { over, Pending, type Wait } from "./pending.ts";

/** What to wait for. An error or a hang-up ends every wait; it is the following call that tells. */
export const READABLE: number = EPOLL.EPOLLIN;
export const WRITABLE: number = EPOLL.EPOLLOUT;
export const PRIORITY: number = EPOLL.EPOLLPRI;
/** A stream socket's peer sends no more. */
export const PEER_DONE: number = EPOLL.EPOLLRDHUP;
/**
 * Of several processes that wait for one socket the kernel wakes one, not all. Beside READABLE alone, by the only waiter of its
 * descriptor here: the kernel does not change such a wait. Who was woken and does not take what came has to see to it that
 * another is.
 */
export const EXCLUSIVE: number = EPOLL.EPOLLEXCLUSIVE;

/**
 * Wait until `fd` is ready for `events`; the result is the events that came. It may come for nothing: try, and wait
 * again on EAGAIN. What cannot be waited for because it never blocks, such as a regular file, is ready at once.
 */
export function ready(fd: number, events: number, held = true): Wait {
  const rc = prepareToWait();
  if (rc < 0) return over(rc);
  const came = loop().shortly(fd, events);
  return came === 0 ? wait(loop().epoll, fd, events, held) : over(came);
}

/** Whether `fd` is ready for `events` within a moment, which is waited for on this thread; false where that is not tried. */
export function isSoonReady(fd: number, events: number): boolean {
  return (started()?.shortly(fd, events) ?? 0) !== 0;
}

/** Wait until the child behind `pidfd` has ended. Of a process that is no child of ours no SIGCHLD would tell. */
export function ended(pidfd: number, held = true): Wait {
  // That a child still runs is no reason to have what it writes later.
  return wait(loop().children, pidfd, READABLE, held, true);
}

function wait(
  set: Pick<EpollSet, "add" | "remove">,
  fd: number,
  events: number,
  held: boolean,
  patient = false,
): Wait {
  const pending = new Pending(held, patient);
  const interest: Interest = { fd, events, fired: (came) => pending.settle(came) };
  const rc = set.add(interest);
  if (rc < 0) pending.settle(rc === -ERRNO.EPERM ? events : rc);
  return {
    result: pending.result,
    cancel: () => {
      if (!pending.done) set.remove(interest);
      pending.settle(-ERRNO.ECANCELED);
    },
    ref: () => pending.hold(true),
    unref: () => pending.hold(false),
  };
}

/**
 * To be awaited by an operation that did not have to wait, once it is done, so that the event loop has its turns; nothing
 * while it has them. `bytes` are what it has carried.
 */
export function turnDue(bytes?: number): Promise<void> | undefined {
  return loopTurn.isDue(bytes) ? goRound() : undefined;
}

/** Until the event loop has had its turn, and with it all that was due before; at once without a descriptor to wait with. */
export function goRound(): Promise<void> {
  return prepareToWait() === 0 ? loop().goRound() : Promise.resolve();
}

/** What an operation has come to that did not have to wait, after the event loop's turn if that is due. */
export function withTurn<T>(result: T, bytes?: number): T | Promise<T> {
  const turn = turnDue(bytes);
  return turn === undefined ? result : turn.then(() => result);
}

/** `fd` is about to be closed: waits for it end with -EBADF, as nothing else would ever end them. */
export function forget(fd: number): void {
  started()?.forget(fd);
}
