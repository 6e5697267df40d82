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
export { Barrier } from "./barrier.ts";
export { Channel, type ChannelCreateOptions, type ChannelStat } from "./channel.ts";
export {
  ChannelReader,
  type ChannelReceiveOptions,
  type ChannelReceiveSyncOptions,
  type ChannelTryReceiveOptions,
} from "./channel_reader.ts";
export { ChannelWriter } from "./channel_writer.ts";
export { type KeyField, list, map } from "./collection_types.ts";
export { Condition } from "./condition.ts";
export type { Field, FieldType, NamedTypes, ValueOf } from "./field_types.ts";
export type { IpcCreateOptions, IpcOwnerChange, IpcStat } from "./ipc_object.ts";
export { type IpcKind, ipcrm, messageQueues, semaphoreSets, sharedMemories } from "./ipcs.ts";
export { ftok, IPC_PRIVATE } from "./key.ts";
export { LockGuard } from "./lock_guard.ts";
export type { AbandonedLock } from "./lock_owner.ts";
export { MessageBuffer } from "./message_buffer.ts";
export { MessageQueue } from "./message_queue.ts";
export type { MessageQueueChange, MessageQueueStat } from "./message_queue_stat.ts";
export {
  MessageTraffic,
  type QueueMessagesOptions,
  type ReceiveIntoOptions,
  type ReceiveOptions,
  type ReceiveSyncOptions,
  type TryReceiveOptions,
} from "./message_traffic.ts";
export { Mutex } from "./mutex.ts";
export type { PosixSharedMemoryCreateOptions, PosixSharedMemoryOptions } from "./posix_mapping.ts";
export { PosixMessage } from "./posix_message.ts";
export { PosixMessageQueue } from "./posix_message_queue.ts";
export type { PosixCreateOptions, PosixStat } from "./posix_object.ts";
export { PosixQueueHandle, type PosixQueueStat } from "./posix_queue_handle.ts";
export type { PosixQueueCreateOptions, PosixQueueOptions } from "./posix_queue_open.ts";
export { PosixQueueTraffic, type PosixSendOptions } from "./posix_queue_traffic.ts";
export { PosixSemaphore, type PosixSemaphoreCreateOptions } from "./posix_semaphore.ts";
export { PosixSharedMemory, type PosixSharedMemoryStat } from "./posix_shared_memory.ts";
export type { MessagePeek, MessageSelection } from "./queue_incoming.ts";
export { QueueMessage } from "./queue_message.ts";
export { RwLock } from "./rw_lock.ts";
export type { SemaphoreOperation } from "./semaphore_calls.ts";
export type { SemaphoreCreateOptions } from "./semaphore_creation.ts";
export { SemaphoreObject } from "./semaphore_object.ts";
export {
  type SemaphoreAcquireOptions,
  type SemaphoreAcquireSyncOptions,
  SemaphoreOperations,
  type SemaphoreUnits,
} from "./semaphore_operations.ts";
export { SemaphoreSet } from "./semaphore_set.ts";
export type { SemaphoreStat } from "./semaphore_stat.ts";
export { SemaphoreValues, type SemaphoreWaiting } from "./semaphore_values.ts";
export { array, bytes, text } from "./sequence_types.ts";
export { shared, type SharedOptions, sharedSync, type SharedSyncOptions, type SharedValueOptions } from "./shared.ts";
export { type Mapping, SharedBytes } from "./shared_bytes.ts";
export { SharedMemory } from "./shared_memory.ts";
export type { SharedMemoryStat } from "./shared_memory_stat.ts";
export { SharedState } from "./shared_state.ts";
export { SharedWords } from "./shared_words.ts";
export { type CopyOf, type Fields, type Struct, struct, type StructOf, type StructValue } from "./struct.ts";
