/** Telling the supervisor: sd_notify(3). */
import { encodeText } from "../../ffi/text.ts";
import { Deadline, type SyncWaitOptions, type WaitOptions } from "../core/limit.ts";
import { pipe } from "../core/pipe.ts";
import { waitReadable } from "../core/readiness.ts";
import { type NotifyFields, notifyText } from "./notify_fields.ts";
import { forgetNotifySocket, notifyAddress, notifySocket, rights } from "./notify_socket.ts";

/** How to tell the supervisor, and when to give up. */
export interface NotifyOptions extends WaitOptions {
  /**
   * Whether to remove `NOTIFY_SOCKET` afterwards: this program and its children have no more to say, but for a watchdog that runs.
   * @default {false}
   */
  unsetEnvironment?: boolean;
}

/** The same for the blocking form. */
export interface NotifySyncOptions extends SyncWaitOptions {
  /** Whether to remove `NOTIFY_SOCKET` afterwards. @default {false} */
  unsetEnvironment?: boolean;
}

/**
 * Tell the supervisor about this program: systemd, or whoever has set `NOTIFY_SOCKET` (podman, docker, supervise). Without one
 * nothing is done. It waits while the supervisor has too much to read.
 *
 * Needs `env` permission for `NOTIFY_SOCKET`, and if that is set, those that Deno asks for to reach its path.
 *
 * @param fields What to tell; all of it goes in one message.
 * @param options When to give up.
 * @returns Whether there is a supervisor that was told.
 * @throws {SyscallError} `ENOENT` or `ECONNREFUSED` if it is not there any more, `EACCES`, `EMFILE`.
 * @throws {TypeError} if a text has a line end, or the name of one of `others` is none.
 * @throws {RangeError} if a number is out of its range.
 * @throws {Deno.errors.InvalidData} if `NOTIFY_SOCKET` is neither an absolute path nor an abstract name.
 * @throws {Deno.errors.NotCapable} without the permissions.
 * @throws the signal's reason, or a `DOMException` named "TimeoutError".
 * @example
 * ```ts
 * import { notify } from "@vasty/vasty";
 *
 * await notify({ ready: true, status: "serving" });
 * ```
 * @see sd_notify(3)
 */
export async function notify(fields: NotifyFields, options: NotifyOptions = {}): Promise<boolean> {
  return await tell(notifyText(fields), [], options);
}

/**
 * The blocking twin of {@linkcode notify}, for what is said before the program ends.
 *
 * @param fields What to tell.
 * @param options How long to wait.
 * @returns Whether there is a supervisor that was told.
 * @throws as {@linkcode notify} does.
 * @example
 * ```ts
 * import { notifySync } from "@vasty/vasty";
 *
 * notifySync({ stopping: true });
 * ```
 * @see sd_notify(3)
 */
export function notifySync(fields: NotifyFields, options: NotifySyncOptions = {}): boolean {
  const bytes = encodeText(notifyText(fields));
  const to = notifyAddress();
  if (to === undefined) return false;
  using socket = notifySocket();
  socket.sendmsgSync(bytes, { to, timeout: options.timeout });
  if (options.unsetEnvironment) forgetNotifySocket();
  return true;
}

/**
 * Wait until the supervisor has dealt with all that it was told: `BARRIER=1`. A program that ends, or a child that it has
 * spoken for, may be gone before a message is read, and then nobody knows whose it was.
 *
 * Needs the permissions of {@linkcode notify}.
 *
 * @param options When to give up.
 * @returns Whether there is a supervisor, and it has.
 * @throws as {@linkcode notify} does.
 * @example
 * ```ts
 * import { notify, notifyBarrier } from "@vasty/vasty";
 *
 * await notify({ stopping: true, status: "disk full", errno: 28 });
 * await notifyBarrier({ timeout: 5_000 });
 * ```
 * @see sd_notify_barrier(3)
 */
export async function notifyBarrier(options: WaitOptions = {}): Promise<boolean> {
  const deadline = new Deadline(options);
  const { reader, writer } = pipe();
  using _reader = reader;
  using _writer = writer;
  if (!await tell("BARRIER=1", [writer.number], deadline.options)) return false;
  writer.close();
  // Nothing is ever written: what wakes is that the supervisor has closed its copy.
  await waitReadable(reader, deadline.options);
  return true;
}

/** Send one message, with descriptors. */
export async function tell(text: string, fds: readonly number[], options: NotifyOptions): Promise<boolean> {
  const { signal, timeout, unsetEnvironment } = options;
  const to = notifyAddress();
  if (to === undefined) return false;
  using socket = notifySocket();
  await socket.sendmsg(encodeText(text), { to, signal, timeout, control: rights(fds) });
  if (unsetEnvironment) forgetNotifySocket();
  return true;
}
