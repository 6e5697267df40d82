/** Messages on their way into a System V queue, as msgsnd(2) takes them: the type, 64 bits wide, and the bytes. */
import { IPC } from "../../ffi/abi/sys_ipc.ts";
import { Block } from "../../ffi/memory.ts";
import { msgsndElsewhere, msgsndNow } from "../../ffi/sys_msg.ts";
import { encodeForCall } from "../../ffi/text.ts";
import type { WaitingCall } from "./wait.ts";

/** Where the bytes begin. */
export const HEADER = 8;
/** The longest message, if nobody has changed the limit. */
export const USUAL_LONGEST = 8_192;
const TWO_32 = 2 ** 32;

/** One message for the isolate: the call that sends it returns before anything else may run. */
let image = new Uint8Array(HEADER + USUAL_LONGEST);
let words = new Int32Array(image.buffer, 0, HEADER / 4);
let body = image.subarray(HEADER);

/** Who sends so many texts gains more than loading Deno's encoder costs. */
const OFTEN = 200;
let texts = 0;
let encoder: TextEncoder | undefined;

/**
 * Put a message where {@linkcode sendNow} finds it: its length.
 *
 * @throws {RangeError} if the type is no integer from 1 to 2^53 - 1.
 * @throws {TypeError} if the content has no form in JSON.
 */
export function putMessage(type: number, content: unknown): number {
  // What is sent most takes a short way.
  if (content instanceof Uint8Array && content.length <= body.length && (type | 0) === type && type > 0) {
    image.set(content, HEADER);
    words[0] = type;
    words[1] = 0;
    return content.length;
  }
  return putOther(type, content);
}

function putOther(type: number, content: unknown): number {
  if (!Number.isSafeInteger(type) || type < 1) throw typeError(type);
  const length = content instanceof Uint8Array
    ? putBytes(content)
    : typeof content === "string"
    ? putText(content)
    : putBytes(bytesOf(content));
  words[0] = type;
  words[1] = type / TWO_32;
  return length;
}

function typeError(type: number): Error {
  return new RangeError(`The type of a message is an integer from 1 to 2^53 - 1: ${type}`);
}

function putBytes(bytes: Uint8Array): number {
  const { length } = bytes;
  if (length > body.length) makeRoom(length);
  image.set(bytes, HEADER);
  return length;
}

function putText(text: string): number {
  if (encoder === undefined) {
    if (++texts > OFTEN) encoder = new TextEncoder();
    return putBytes(encodeForCall(text));
  }
  // No character of a string has more than three bytes.
  return 3 * text.length > body.length ? putBytes(encodeForCall(text)) : encoder.encodeInto(text, body).written;
}

function makeRoom(length: number): void {
  image = new Uint8Array(HEADER + length);
  words = new Int32Array(image.buffer, 0, HEADER / 4);
  body = image.subarray(HEADER);
}

/** What is sent of a value that is neither a `Uint8Array` nor a string. */
function bytesOf(content: unknown): Uint8Array {
  if (ArrayBuffer.isView(content)) return new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
  if (content instanceof ArrayBuffer || content instanceof SharedArrayBuffer) return new Uint8Array(content);
  const json: string | undefined = JSON.stringify(content);
  if (json === undefined) throw new TypeError(`There is no JSON of what is to be sent: ${Deno.inspect(content)}`);
  return encodeForCall(json);
}

/** Send what {@linkcode putMessage} has put, if there is room: 0, or -errno. */
export function sendNow(id: number, length: number): number {
  return msgsndNow(id, image, length);
}

/** A message that waits, where a worker can read it. */
export class Outgoing implements WaitingCall {
  readonly fn = msgsndElsewhere as WaitingCall["fn"];
  readonly args: readonly number[];
  readonly #block: Block;

  /** Takes what {@linkcode putMessage} has put. */
  constructor(id: number, length: number) {
    this.#block = new Block(HEADER + length);
    this.#block.put(image.subarray(0, HEADER + length));
    this.args = [id, this.#block.address, length, 0];
  }

  /** Send it if there is room: 0, or -errno. */
  now(): number {
    const [id, address, length] = this.args as [number, number, number];
    return msgsndElsewhere(id, address, length, IPC.IPC_NOWAIT);
  }

  [Symbol.dispose](): void {
    this.#block.free();
  }
}
