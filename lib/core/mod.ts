/**
 * What all areas share: errors, descriptors and their owner, readiness, streams, lines.
 *
 * ```ts
 * import { Fd, SyscallError } from "@vasty/vasty/core";
 *
 * try {
 *   Fd.adopt(9_999);
 * } catch (error) {
 *   console.assert(error instanceof SyscallError && error.code === "EBADF");
 * }
 * ```
 *
 * Waiting holds no thread: descriptors go to one epoll(7) instance, what has none to a thread of the library's own that
 * a signal can interrupt. SIGRTMIN+14 is kept for that signal.
 *
 * @module
 */
export { ClosedError, type ErrorSubject, SyscallError } from "./errors.ts";
export { Fd } from "./fd.ts";
export type { SyncWaitOptions, WaitOptions } from "./limit.ts";
export { waitReadable, waitWritable } from "./readiness.ts";
export { type ByteChunks, type LineOptions, readLines, readRecords, type RecordOptions } from "./records.ts";
export type { SignalName } from "./signal_names.ts";
export type { ByteStream } from "./streams.ts";
