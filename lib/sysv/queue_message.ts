/** Messages that have come out of a System V queue. */
import { decodeText } from "../../ffi/text.ts";

/**
 * A message that was received from a {@linkcode MessageQueue}.
 *
 * Small messages share an `ArrayBuffer` of 64 KiB, which goes when the last of them does. Who keeps one of them for long
 * copies its bytes: `message.bytes.slice()`. Transferring `bytes.buffer` takes the other messages' bytes along.
 *
 * @example
 * ```ts
 * import { IPC_PRIVATE, MessageQueue } from "@vasty/vasty";
 *
 * using queue = MessageQueue.create(IPC_PRIVATE);
 * await queue.send(3, { answer: 42 });
 * const message = await queue.receive();
 * console.assert(message.type === 3 && message.text() === '{"answer":42}');
 * console.assert(message.json<{ answer: number }>().answer === 42);
 * queue.remove();
 * ```
 */
export class QueueMessage {
  /**
   * The number that its sender gave it, from 1 on. One above 2^53 - 1, which no program that uses this library gives, is
   * rounded.
   */
  readonly type: number;
  readonly #buffer: ArrayBuffer;
  readonly #offset: number;
  readonly #length: number;
  #bytes: Uint8Array<ArrayBuffer> | undefined;

  /** @ignore */
  constructor(type: number, buffer: ArrayBuffer, offset: number, length: number) {
    this.type = type;
    this.#buffer = buffer;
    this.#offset = offset;
    this.#length = length;
  }

  /** What was sent; of a text, its UTF-8. The receiver's own, nothing else writes to it. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes ??= new Uint8Array(this.#buffer, this.#offset, this.#length);
  }

  /** Its bytes as text; what is not UTF-8 becomes U+FFFD. */
  text(): string {
    return decodeText(this.bytes);
  }

  /**
   * The value that was sent as JSON.
   *
   * @returns What `JSON.parse` makes of its text.
   * @throws {SyntaxError} if that is no JSON, such as a text that was sent as it is.
   */
  json<T = unknown>(): T {
    return JSON.parse(this.text());
  }
}
