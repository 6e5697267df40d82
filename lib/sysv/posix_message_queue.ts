/** POSIX message queues. */
import {
  createQueue,
  openQueue,
  type PosixQueueCreateOptions,
  type PosixQueueOptions,
  unlinkQueue,
} from "./posix_queue_open.ts";
import { PosixQueueTraffic } from "./posix_queue_traffic.ts";

/**
 * A POSIX message queue: messages of bytes, each with a priority, that any process sends and any process receives, each of
 * them once. It is found by its name, and stays with its messages until it is unlinked; who has it open then goes on using
 * it. The caller closes it, or `using` does.
 *
 * Its descriptor tells when something can be done, so that waiting holds no thread. A pending
 * {@linkcode PosixMessageQueue.send} or {@linkcode PosixMessageQueue.receive} keeps this program alive.
 *
 * @example
 * ```ts
 * import { PosixMessageQueue } from "@vasty/vasty";
 *
 * using queue = PosixMessageQueue.create(`/jobs-${Deno.pid}`, { maxMessages: 4, messageSize: 100 });
 * queue.unlink();
 * await queue.send("later");
 * await queue.send({ job: 7 }, { priority: 1 });
 * console.assert((await queue.receive()).json<{ job: number }>().job === 7);
 * console.assert((await queue.receive()).text() === "later");
 * ```
 * @see mq_overview(7)
 */
export class PosixMessageQueue extends PosixQueueTraffic {
  /**
   * Make the queue, or open the one that is there, which keeps its limits and its mode.
   *
   * @param name A slash and a name without one, up to 255 bytes.
   * @param options Its limits, who may use it, and what it is opened for.
   * @returns The queue, which the caller closes, and unlinks when nobody needs it any more.
   * @throws {SyscallError} `EEXIST` if there is one and `exclusive` is set; `EACCES` if this user may not use it; `EINVAL` if
   * a limit is beyond the system's, `EMFILE` if it is beyond this user's (RLIMIT_MSGQUEUE) or there are too many
   * descriptors, `ENOSPC` if there are too many queues, `ENOMEM` if there is no memory.
   * @throws {TypeError} if it is no name, or it is to be neither read nor written.
   * @throws {RangeError} if the name is too long, or a limit or the mode is out of range.
   * @example Whoever comes first makes it
   * ```ts
   * import { PosixMessageQueue } from "@vasty/vasty";
   *
   * const name = `/example-${Deno.pid}`;
   * using one = PosixMessageQueue.create(name, { mode: 0o622, maxMessages: 2, messageSize: 8 });
   * using other = PosixMessageQueue.create(name, { read: false });
   * console.assert(one.created && !other.created && other.messageSize === 8);
   * PosixMessageQueue.unlink(name);
   * ```
   * @see mq_open(3)
   */
  static create(name: string, options: PosixQueueCreateOptions = {}): PosixMessageQueue {
    return new PosixMessageQueue(createQueue(name, options));
  }

  /**
   * Open the queue that somebody has made.
   *
   * @param name A slash and a name without one, up to 255 bytes.
   * @param options What it is opened for: to send alone takes the permission to write alone.
   * @returns The queue, which the caller closes.
   * @throws {SyscallError} `ENOENT` if there is none; `EACCES` if this user may not use it; `EMFILE` or `ENFILE` if there
   * are too many descriptors.
   * @throws {TypeError} if it is no name, or it is to be neither read nor written.
   * @throws {RangeError} if the name is too long.
   * @example
   * ```ts
   * import { PosixMessageQueue, SyscallError } from "@vasty/vasty";
   *
   * try {
   *   using queue = PosixMessageQueue.open("/nobody-has-made-this", { read: false });
   *   await queue.send("hello");
   * } catch (error) {
   *   console.assert(error instanceof SyscallError && error.code === "ENOENT");
   * }
   * ```
   * @see mq_open(3)
   */
  static open(name: string, options: PosixQueueOptions = {}): PosixMessageQueue {
    return new PosixMessageQueue(openQueue(name, options));
  }

  /**
   * Remove a queue by its name, without opening it. Who has it open goes on using it.
   *
   * @param name A slash and a name without one.
   * @throws {SyscallError} `ENOENT` if there is none; `EACCES` if it is not this user's.
   * @throws {TypeError} if it is no name.
   * @throws {RangeError} if the name is too long.
   * @see mq_unlink(3)
   */
  static unlink(name: string): void {
    unlinkQueue(name);
  }
}
