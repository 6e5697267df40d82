/**
 * System V shared memory, semaphores and message queues, and what is made of them.
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
export type { IpcCreateOptions, IpcOwnerChange, IpcStat } from "./ipc_object.ts";
export { ftok, IPC_PRIVATE } from "./key.ts";
export { MessageQueue } from "./message_queue.ts";
export type { MessageQueueChange, MessageQueueStat } from "./message_queue_stat.ts";
export {
  type MessageQueueOptions,
  MessageTraffic,
  type ReceiveOptions,
  type ReceiveSyncOptions,
  type TryReceiveOptions,
} from "./message_traffic.ts";
export type { MessagePeek, MessageSelection } from "./queue_incoming.ts";
export { QueueMessage } from "./queue_message.ts";
