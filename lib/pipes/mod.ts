/**
 * Pipes between processes.
 *
 * ```ts
 * import { pipe } from "@vasty/vasty/pipes";
 *
 * const { reader, writer } = pipe();
 * reader.close();
 * writer.close();
 * ```
 *
 * Both ends are close-on-exec, so no child holds an end open by accident.
 *
 * @module
 */
export { type FifoOptions, isFifo, isSocket, mkfifo } from "./fifo.ts";
export { FifoReader, type FifoReadOptions, type FifoWriteOptions, FifoWriter, openFifo } from "./fifo_open.ts";
export { type FifoContent, FifoServer, serveFifo, type ServeFifoOptions } from "./fifo_serve.ts";
export { type Pipe, pipe } from "../core/pipe.ts";
export { type Message, Messages, type SendOptions } from "./messages.ts";
export { type MessagesOptions, openMessages } from "./open_messages.ts";
export { SocketEnd, socketpair, type SocketPairOptions, type SocketType } from "./socketpair.ts";
