/**
 * System V shared memory, semaphores and message queues, what is made of them, and their POSIX kin.
 *
 * ```ts
 * import { ftok } from "@vasty/vasty/sysv";
 *
 * const path = await Deno.makeTempFile();
 * console.assert(ftok(path, 1) !== ftok(path, 2));
 * await Deno.remove(path);
 * ```
 *
 * @module
 */
export type { SharedMemoryCreateOptions, SharedMemoryOptions } from "./attachment.ts";
export type { IpcCreateOptions, IpcOwnerChange, IpcStat } from "./ipc_object.ts";
export { ftok, IPC_PRIVATE } from "./key.ts";
export type { PosixSharedMemoryCreateOptions, PosixSharedMemoryOptions } from "./posix_mapping.ts";
export { PosixMessage } from "./posix_message.ts";
export { PosixMessageQueue } from "./posix_message_queue.ts";
export type { PosixCreateOptions, PosixStat } from "./posix_object.ts";
export { PosixQueueHandle, type PosixQueueStat } from "./posix_queue_handle.ts";
export type { PosixQueueCreateOptions, PosixQueueOptions } from "./posix_queue_open.ts";
export { PosixQueueTraffic, type PosixSendOptions } from "./posix_queue_traffic.ts";
export { PosixSemaphore, type PosixSemaphoreCreateOptions } from "./posix_semaphore.ts";
export { PosixSharedMemory, type PosixSharedMemoryStat } from "./posix_shared_memory.ts";
export { type Mapping, SharedBytes } from "./shared_bytes.ts";
export { SharedMemory } from "./shared_memory.ts";
export type { SharedMemoryStat } from "./shared_memory_stat.ts";
export { SharedWords } from "./shared_words.ts";
