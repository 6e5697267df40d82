/** Memory into which messages are received, one after the other. */
import { libc } from "../../ffi/libc.ts";
import { HEADER } from "./queue_outgoing.ts";

const TWO_32 = 2 ** 32;
const LARGEST = 2 ** 31 - 1 - HEADER;

/**
 * Memory for one message of a {@linkcode MessageQueue} at a time: the next one that is received into it takes the place of the
 * last. Nothing is allocated for a message, so it costs less than one that has memory of its own.
 *
 * @example
 * ```ts
 * import { IPC_PRIVATE, MessageBuffer, MessageQueue } from "@vasty/vasty";
 *
 * using queue = MessageQueue.create(IPC_PRIVATE);
 * for (let i = 1; i <= 3; i++) await queue.send(i, Uint8Array.of(i));
 * const buffer = new MessageBuffer(64);
 * let sum = 0;
 * while (queue.tryReceiveInto(buffer)) sum += buffer.type * buffer.bytes[0]!;
 * console.assert(sum === 14);
 * queue.remove();
 * ```
 */
export class MessageBuffer {
  /** The longest message that it holds, in bytes. */
  readonly size: number;
  /** The type of the message that was received last; 0 before the first. */
  type = 0;
  /** Its length in bytes. */
  length = 0;
  /** What msgrcv(2) is asked for where nothing else is wanted. @ignore */
  readonly first: { readonly type: number; readonly flags: number; readonly room: number; readonly any: boolean };
  readonly #image: Uint8Array<ArrayBuffer>;
  readonly #words: Int32Array<ArrayBuffer>;
  readonly #address: number;
  #bytes: Uint8Array<ArrayBuffer>;

  /**
   * Memory for messages of so many bytes.
   *
   * @param size The longest message that it is to hold, in bytes.
   * @throws {RangeError} if it is no size, or there is no memory.
   */
  constructor(size: number) {
    if (!Number.isInteger(size) || size < 0 || size > LARGEST) {
      throw new RangeError(`size is an integer from 0 to ${LARGEST}: ${size}`);
    }
    this.size = size;
    this.first = { type: 0, flags: 0, room: size, any: false };
    this.#image = new Uint8Array(HEADER + size);
    this.#words = new Int32Array(this.#image.buffer, 0, HEADER / 4);
    this.#address = libc().address(this.#image);
    this.#bytes = this.#image.subarray(HEADER, HEADER);
  }

  /** What was received last. The next message changes it. */
  get bytes(): Uint8Array<ArrayBuffer> {
    if (this.#bytes.length === this.length) return this.#bytes;
    return this.#bytes = this.#image.subarray(HEADER, HEADER + this.length);
  }

  /** Where the kernel writes. @ignore @throws {TypeError} if the memory was transferred: then it is somebody else's. */
  get address(): number {
    if (this.#words.length === 0) throw new TypeError("The memory of this buffer was transferred");
    return this.#address;
  }

  /** A message of `length` bytes has come. @ignore */
  filled(length: number): void {
    this.type = this.#words[1]! * TWO_32 + (this.#words[0]! >>> 0);
    this.length = length;
  }

  /** A message of `length` bytes has come to where a worker can write; `copy` copies it from there. @ignore */
  copied(copy: (image: Uint8Array<ArrayBuffer>) => void, length: number): void {
    void this.address;
    copy(this.#image.subarray(0, HEADER + length));
    this.filled(length);
  }
}
