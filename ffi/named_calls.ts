/** sendto(2) and recvfrom(2) with a name that lies in memory which stays: nothing is made anew for a call. */
import { SOCKET } from "./abi/sys_socket.ts";
import { libc, type Memory } from "./libc.ts";
import { NAME_ROOM } from "./socket_message.ts";
import { recvfromNamed, sendtoNamed } from "./sys_socket.ts";

const SEND = SOCKET.MSG_DONTWAIT | SOCKET.MSG_NOSIGNAL;
/** The whole length of a datagram is told, even where there is less room. */
const RECEIVE = SOCKET.MSG_DONTWAIT | SOCKET.MSG_TRUNC;

/** A name, and the calls that send to it or fill it. */
export class NamedCalls {
  readonly #memory = new Uint8Array(NAME_ROOM + 4);
  /** The bytes of the name; {@linkcode length} of them count. */
  readonly name: Uint8Array<ArrayBuffer> = this.#memory.subarray(0, NAME_ROOM);
  readonly #length = new Uint32Array(this.#memory.buffer, NAME_ROOM, 1);
  #address = 0;

  /** How long the name is. */
  get length(): number {
    return this.#length[0]!;
  }

  /** Have another name. */
  set(bytes: Uint8Array): void {
    this.name.set(bytes);
    this.#length[0] = bytes.length;
  }

  /** Where the name lies, to whom this object is reachable. */
  get address(): number {
    return this.#address === 0 ? this.#address = libc().address(this.#memory) : this.#address;
  }

  /** Send to the name: how many bytes went, or -errno. */
  sendTo(fd: number, bytes: Memory): number {
    return sendtoNamed(fd, bytes, bytes.byteLength, SEND, this.address, this.#length[0]!);
  }

  /** Receive a datagram and its sender's name: how long it was, perhaps longer than `target`, or -errno. */
  receiveFrom(fd: number, target: Memory): number {
    this.#length[0] = NAME_ROOM;
    const at = this.address;
    return recvfromNamed(fd, target, target.byteLength, RECEIVE, at, at + NAME_ROOM);
  }
}

/** Send to the peer that the socket is connected to: how many bytes went, or -errno. */
export function sendToPeer(fd: number, bytes: Memory): number {
  return sendtoNamed(fd, bytes, bytes.byteLength, SEND, 0, 0);
}

const NOTHING = new Uint8Array(1);

/** How long the next datagram is, which stays there; or -errno. */
export function peekLength(fd: number): number {
  return recvfromNamed(fd, NOTHING, 0, RECEIVE | SOCKET.MSG_PEEK, 0, 0);
}
