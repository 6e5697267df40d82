/** Messages on their way out of a System V queue: what is wanted, and where the kernel writes it. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { MSG } from "../../ffi/abi/sys_msg.ts";
import { libc } from "../../ffi/libc.ts";
import { Block } from "../../ffi/memory.ts";
import { msgrcvElsewhere, msgrcvNow } from "../../ffi/sys_msg.ts";
import { QueueMessage } from "./queue_message.ts";
import { HEADER, USUAL_LONGEST } from "./queue_outgoing.ts";
import type { WaitingCall } from "./wait.ts";

/** Which message is wanted. */
export interface MessageSelection {
  /**
   * 0: the first message, whatever its type. Above 0: the first of this type. Below 0: the first of the lowest type that
   * is not above `-type`.
   * @default {0}
   */
  type?: number;
  /**
   * The first message of any other type than `type`, which has to be above 0.
   * @default {false}
   */
  except?: boolean;
  /**
   * Cut off what is longer than `maxSize`; the rest is lost. Otherwise such a message stays, and the call fails with
   * `E2BIG`.
   * @default {false}
   */
  truncate?: boolean;
  /**
   * How many bytes are taken at most.
   * @default {Infinity}
   */
  maxSize?: number;
}

/** A message that is looked at and not taken. */
export interface MessagePeek {
  /**
   * Copy the message at this place, from 0 on, whatever its type, and leave it in the queue. Nothing waits. Needs a kernel
   * with `CONFIG_CHECKPOINT_RESTORE`.
   */
  peek?: number;
}

/** The same as msgrcv(2) takes it. */
export interface Wanted {
  readonly type: number;
  readonly flags: number;
  /** As long as it is not known how long the message is. */
  readonly room: number;
  /** Whether a longer message is wanted, too. */
  readonly any: boolean;
}

const FIRST: Wanted = { type: 0, flags: 0, room: USUAL_LONGEST, any: true };
const LARGEST_ROOM = 2 ** 31 - 1 - HEADER;

/** @throws {RangeError} if something is out of range. @throws {TypeError} if options exclude each other. */
export function wantedOf(options?: MessageSelection & MessagePeek): Wanted {
  if (options === undefined) return FIRST;
  const { type = 0, except = false, truncate = false, maxSize = Infinity, peek } = options;
  if (!Number.isSafeInteger(type)) throw new RangeError(`type is an integer, of 53 bits at most: ${type}`);
  if (except && type <= 0) throw new RangeError(`Every type except one is wanted, so it must be above 0: ${type}`);
  const limited = maxSize !== Infinity;
  if (limited && (!Number.isInteger(maxSize) || maxSize < 0 || maxSize > LARGEST_ROOM)) {
    throw new RangeError(`maxSize is an integer from 0 to ${LARGEST_ROOM}: ${maxSize}`);
  }
  const room = limited ? maxSize : USUAL_LONGEST;
  if (peek !== undefined) {
    if (!Number.isSafeInteger(peek) || peek < 0) throw new RangeError(`peek is an integer from 0 on: ${peek}`);
    if (type !== 0 || except || truncate) throw new TypeError("peek goes with neither type nor except nor truncate");
    return { type: peek, flags: MSG.MSG_COPY, room, any: !limited };
  }
  // Without a limit there is nothing to cut off.
  const flags = (except ? MSG.MSG_EXCEPT : 0) | (truncate && limited ? MSG.MSG_NOERROR : 0);
  return { type, flags, room, any: !limited };
}

/** What the kernel writes messages into, from the front to the back, and receivers share. */
class Slab {
  static readonly SIZE = 65_536;
  readonly buffer = new ArrayBuffer(Slab.SIZE);
  readonly words = new Int32Array(this.buffer);
  readonly address = libc().address(this.words);
  /** Where the next message goes: where a 64-bit number may lie. */
  offset = 0;
}

/** Longer messages get a buffer of their own. */
const SMALL = 1_024;
const TWO_32 = 2 ** 32;

let slab: Slab | undefined;

/** The slab, with so much room in it. A receiver may have transferred it away: then what lies at the address is not its any more. */
function slabFor(room: number): Slab {
  if (slab !== undefined && slab.offset + HEADER + room <= Slab.SIZE && slab.words.length > 0) return slab;
  return slab = new Slab();
}

/** The message if it is there, or -errno. */
export function receiveNow(id: number, wanted: Wanted): QueueMessage | number {
  const { room, type: wantedType, flags } = wanted;
  if (room > USUAL_LONGEST) return receiveLong(id, wanted, room);
  const { offset, words, buffer, address } = slabFor(room);
  const length = msgrcvNow(id, address + offset, room, wantedType, flags);
  if (length < 0) return length === -ERRNO.E2BIG && wanted.any ? receiveLong(id, wanted, 2 * room) : length;
  const type = words[(offset >> 2) + 1]! * TWO_32 + (words[offset >> 2]! >>> 0);
  const start = offset + HEADER;
  if (length > SMALL) return new QueueMessage(type, buffer.slice(start, start + length), 0, length);
  slab!.offset = (start + length + 7) & ~7;
  return new QueueMessage(type, buffer, start, length);
}

/** A message that may be longer than usual, in a buffer of its own. */
function receiveLong(id: number, wanted: Wanted, first: number): QueueMessage | number {
  for (let room = first;; room = Math.min(2 * room, LARGEST_ROOM)) {
    using incoming = new Incoming(id, { ...wanted, room });
    const length = msgrcvNow(id, incoming.address, room, wanted.type, wanted.flags);
    if (length >= 0) return incoming.message(length);
    if (length !== -ERRNO.E2BIG || !wanted.any || room === LARGEST_ROOM) return length;
  }
}

/** Memory that a worker, or a call for a long message, writes to. */
export class Incoming implements WaitingCall {
  readonly fn = msgrcvElsewhere as WaitingCall["fn"];
  readonly args: readonly number[];
  readonly #block: Block;

  constructor(id: number, { type, flags, room }: Wanted) {
    this.#block = new Block(HEADER + room);
    this.args = [id, this.#block.address, room, type, flags];
  }

  get address(): number {
    return this.#block.address;
  }

  /** Copy what has come, its type in front. */
  copy(image: Uint8Array<ArrayBuffer>): void {
    this.#block.get(image);
  }

  /** What has come, of `length` bytes. */
  message(length: number): QueueMessage {
    const bytes = this.#block.get(new Uint8Array(length), HEADER);
    const [low, high] = this.#block.get(new Int32Array(2)) as unknown as [number, number];
    return new QueueMessage(high * TWO_32 + (low >>> 0), bytes.buffer, 0, length);
  }

  [Symbol.dispose](): void {
    this.#block.free();
  }
}
