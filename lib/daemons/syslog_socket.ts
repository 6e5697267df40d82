/** The way to syslogd: its socket, of either type, connected anew when it was started anew. */
import { SyscallError } from "../core/errors.ts";
import { type Socket, socket, type SocketStyle } from "../sockets/mod.ts";

/** Milliseconds that a message may take whose reader is busy; the next one takes none until one went again. */
const PATIENCE = 100;
/** Bytes of a message that is too long for the socket as a whole. */
const SHORT = 2_048;
/** What says that whoever was connected is gone. */
const GONE = ["ECONNREFUSED", "ECONNRESET", "ENOTCONN", "EPIPE", "EDESTADDRREQ"];

export class SyslogSocket implements Disposable {
  readonly #path: string;
  #socket: Socket | undefined;
  /** Whether the last message found no room, or the last connection no place in the queue. */
  #stuck = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** Connect, if it is not connected: as glibc does, with datagrams, or as a stream where the socket is one. */
  connect(): void {
    if (this.#socket !== undefined) return;
    try {
      this.#socket = this.#connected("SOCK_DGRAM");
    } catch (error) {
      if (!isCode(error, "EPROTOTYPE")) throw error;
      this.#socket = this.#connected("SOCK_STREAM");
    }
  }

  #connected(type: SocketStyle): Socket {
    const one = socket("PF_UNIX", type);
    try {
      one.connectSync({ path: this.#path }, { timeout: this.#stuck ? 0 : PATIENCE });
      return one;
    } catch (error) {
      one.close();
      this.#stuck ||= error instanceof DOMException;
      throw error;
    }
  }

  /** Send a message. @throws what keeps it from going. */
  send(line: string): void {
    this.connect();
    try {
      this.#send(line);
    } catch (error) {
      if (!isCode(error, ...GONE)) throw error;
      // It was started anew; a second failure is its end.
      this.close();
      this.connect();
      this.#send(line);
    }
  }

  #send(line: string): void {
    const one = this.#socket!;
    // A stream has no messages: a NUL character ends each.
    const bytes = new TextEncoder().encode(one.type === "SOCK_STREAM" ? `${line}\0` : line);
    try {
      this.#sendAll(one, bytes);
      this.#stuck = false;
    } catch (error) {
      if (isCode(error, "EMSGSIZE") && bytes.length > SHORT) {
        one.sendSync(bytes.subarray(0, SHORT), { flags: ["MSG_DONTWAIT"] });
        return;
      }
      this.#stuck = error instanceof DOMException || isCode(error, "EAGAIN");
      // Half a message would spoil the next one.
      if (one.type === "SOCK_STREAM" || isCode(error, ...GONE)) this.close();
      throw error;
    }
  }

  #sendAll(one: Socket, bytes: Uint8Array<ArrayBuffer>): void {
    const options = this.#stuck ? { flags: ["MSG_DONTWAIT" as const] } : { timeout: PATIENCE };
    for (let at = 0; at < bytes.length;) at += one.sendSync(bytes.subarray(at), options);
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Whether it is a failing system call with one of these codes. */
function isCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof SyscallError && codes.includes(error.code);
}
