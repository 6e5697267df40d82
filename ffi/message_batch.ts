/** recvmmsg(2) and sendmmsg(2): many datagrams at a call, in memory that is used again. */
import { CMSGHDR, IOVEC, MMSGHDR, MSGHDR, SOCKET } from "./abi/sys_socket.ts";
import { libc, type Memory } from "./libc.ts";
import { NAME_ROOM } from "./socket_message.ts";
import { recvmmsg, sendmmsg } from "./sys_socket.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Words of a struct mmsghdr. */
const HEADER = MMSGHDR.sizeof / 4;
const NAME_LENGTH = (MMSGHDR.msg_hdr + MSGHDR.msg_namelen) / 4;
const CONTROL_LENGTH = (MMSGHDR.msg_hdr + MSGHDR.msg_controllen) / 4;
const FLAGS = (MMSGHDR.msg_hdr + MSGHDR.msg_flags) / 4;
const LENGTH = MMSGHDR.msg_len / 4;

/** The headers of `count` messages, each with one piece of bytes and room for a name. */
class Headers {
  readonly count: number;
  readonly memory: Uint8Array<ArrayBuffer>;
  /** The headers alone, as the kernel's calls take them. */
  readonly words: Int32Array<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;
  /** Where the memory lies, and where in it the names begin. */
  readonly base: number;
  readonly names: number;

  constructor(count: number) {
    this.count = count;
    const vectors = count * MMSGHDR.sizeof;
    this.names = vectors + count * IOVEC.sizeof;
    this.memory = new Uint8Array(this.names + count * NAME_ROOM);
    this.words = new Int32Array(this.memory.buffer, 0, vectors / 4);
    this.view = new DataView(this.memory.buffer);
    const at = this.base = libc().address(this.memory);
    for (let i = 0; i < count; i++) {
      const header = i * MMSGHDR.sizeof + MMSGHDR.msg_hdr;
      this.pointer(header + MSGHDR.msg_name, at + this.names + i * NAME_ROOM);
      this.pointer(header + MSGHDR.msg_iov, at + vectors + i * IOVEC.sizeof);
      this.pointer(header + MSGHDR.msg_iovlen, 1);
    }
  }

  /** A word of 64 bits: an address or a size. */
  pointer(offset: number, value: number): void {
    this.view.setUint32(offset, value, true);
    this.view.setUint32(offset + 4, Math.floor(value / 2 ** 32), true);
  }

  /** The bytes of message `i`. */
  piece(i: number, address: number, length: number): void {
    const vector = this.count * MMSGHDR.sizeof + i * IOVEC.sizeof;
    this.pointer(vector + IOVEC.iov_base, address);
    this.pointer(vector + IOVEC.iov_len, length);
  }

  /** Room for the name of message `i`. */
  name(i: number, length: number): Bytes {
    const at = this.names + i * NAME_ROOM;
    return this.memory.subarray(at, at + length);
  }
}

/** Room for datagrams that come. What it brings is overwritten by the next call. */
export class IncomingBatch {
  readonly count: number;
  readonly room: number;
  readonly #headers: Headers;
  readonly #bytes: Bytes;
  /** The control messages of all. */
  readonly control: DataView<ArrayBuffer>;
  readonly #controlRoom: number;
  /** How many headers the kernel has written to. */
  #used: number;

  /** For `count` datagrams of `room` bytes, each with `controlRoom` bytes of control messages: a multiple of 8, or none. */
  constructor(count: number, room: number, controlRoom: number) {
    const headers = this.#headers = new Headers(count);
    this.count = this.#used = count;
    this.room = room;
    this.#controlRoom = controlRoom;
    this.#bytes = new Uint8Array(count * room);
    this.control = new DataView(new ArrayBuffer(count * controlRoom));
    // A buffer of no bytes lies nowhere.
    const bytes = room === 0 ? 0 : libc().address(this.#bytes);
    const control = controlRoom === 0 ? 0 : libc().address(this.control);
    for (let i = 0; i < count; i++) {
      headers.piece(i, bytes + i * room, room);
      const at = control === 0 ? 0 : control + i * controlRoom;
      headers.pointer(i * MMSGHDR.sizeof + MMSGHDR.msg_hdr + MSGHDR.msg_control, at);
    }
  }

  /** Receive what is there, at most `max` datagrams: how many came, or -errno. */
  receive(fd: number, max: number): number {
    const { words } = this.#headers;
    for (let i = 0; i < this.#used; i++) {
      words[i * HEADER + NAME_LENGTH] = NAME_ROOM;
      words[i * HEADER + CONTROL_LENGTH] = this.#controlRoom;
    }
    const flags = SOCKET.MSG_DONTWAIT | SOCKET.MSG_TRUNC | SOCKET.MSG_CMSG_CLOEXEC;
    const count = recvmmsg(fd, words, max, flags, null);
    this.#used = Math.max(count, 0);
    return count;
  }

  /** How long datagram `i` was, perhaps longer than there is room. */
  length(i: number): number {
    return this.#headers.words[i * HEADER + LENGTH]!;
  }

  /** The bytes of `count` datagrams, as far as there was room: views of one memory of their own, since making one takes long. */
  bytes(count: number): Bytes[] {
    let total = 0;
    for (let i = 0; i < count; i++) total += Math.min(this.length(i), this.room);
    const all = new Uint8Array(total);
    const pieces: Bytes[] = [];
    let end = 0;
    for (let i = 0; i < count; i++) {
      const start = end;
      const from = i * this.room;
      end += Math.min(this.length(i), this.room);
      all.set(this.#bytes.subarray(from, from + end - start), start);
      pieces.push(all.subarray(start, end));
    }
    return pieces;
  }

  /** Whether there were more. */
  truncated(i: number): boolean {
    return (this.#headers.words[i * HEADER + FLAGS]! & SOCKET.MSG_TRUNC) !== 0;
  }

  /** The bytes of its sender's name. */
  name(i: number): Bytes {
    return this.#headers.name(i, this.#headers.words[i * HEADER + NAME_LENGTH]!);
  }

  /** Whether that is the same as the one of the datagram before. */
  sameName(i: number): boolean {
    const { words, memory, names } = this.#headers;
    const length = words[i * HEADER + NAME_LENGTH]!;
    if (i === 0 || words[(i - 1) * HEADER + NAME_LENGTH] !== length) return false;
    const at = names + i * NAME_ROOM;
    for (let j = 0; j < length; j++) if (memory[at + j] !== memory[at - NAME_ROOM + j]) return false;
    return true;
  }

  /** Where in {@linkcode control} the data of its first control message of that kind begin, if they have that length. */
  controlAt(i: number, level: number, type: number, length: number): number | undefined {
    const start = i * this.#controlRoom;
    const end = start + this.#headers.words[i * HEADER + CONTROL_LENGTH]!;
    const view = this.control;
    for (let at = start; at + CMSGHDR.sizeof <= end;) {
      const size = view.getUint32(at + CMSGHDR.cmsg_len, true);
      if (size < CMSGHDR.sizeof) return undefined;
      const found = view.getInt32(at + CMSGHDR.cmsg_level, true) === level &&
        view.getInt32(at + CMSGHDR.cmsg_type, true) === type;
      if (found) return size === CMSGHDR.sizeof + length ? at + CMSGHDR.sizeof : undefined;
      at += Math.ceil(size / 8) * 8;
    }
    return undefined;
  }
}

/** Datagrams that are to go, at most `count`, whose bytes stay where they are. */
export class OutgoingBatch {
  readonly count: number;
  readonly #headers: Headers;
  readonly #held: Memory[] = [];
  /** The last name, and which message it was put down for. */
  #name: Uint8Array | null = null;
  #named = 0;

  constructor(count: number) {
    this.count = count;
    this.#headers = new Headers(count);
  }

  /** How many it has. */
  get size(): number {
    return this.#held.length;
  }

  /** Forget them. */
  clear(): void {
    this.#held.length = 0;
    this.#name = null;
  }

  /** One more; without a name it goes to the connected peer. The same object for the same name spares copying it. */
  add(bytes: Memory, name: Uint8Array | null): void {
    const i = this.#held.push(bytes) - 1;
    const headers = this.#headers;
    headers.piece(i, bytes.byteLength === 0 ? 0 : libc().address(bytes), bytes.byteLength);
    headers.words[i * HEADER + NAME_LENGTH] = name?.length ?? 0;
    if (name !== null && name !== this.#name) {
      headers.name(i, name.length).set(name);
      this.#name = name;
      this.#named = i;
    }
    const address = name === null ? 0 : headers.base + headers.names + this.#named * NAME_ROOM;
    headers.pointer(i * MMSGHDR.sizeof + MMSGHDR.msg_hdr + MSGHDR.msg_name, address);
  }

  /** Send them as far as there is room: how many went, or -errno of the first. */
  send(fd: number): number {
    return sendmmsg(fd, this.#headers.words, this.#held.length, SOCKET.MSG_DONTWAIT | SOCKET.MSG_NOSIGNAL);
  }
}
