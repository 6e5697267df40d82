/** The flags of sending and receiving, by name. */
import { SOCKET } from "../../ffi/abi/sys_socket.ts";

/** How something is sent; `MSG_DONTWAIT`: fail with `EAGAIN` where it would wait. `MSG_NOSIGNAL` is always set. */
export type SendFlag = "MSG_OOB" | "MSG_DONTROUTE" | "MSG_DONTWAIT" | "MSG_EOR" | "MSG_CONFIRM" | "MSG_MORE";

/** How something is received; `MSG_DONTWAIT`: fail with `EAGAIN` where it would wait; `MSG_PEEK`: leave it there. */
export type ReceiveFlag = "MSG_OOB" | "MSG_PEEK" | "MSG_DONTWAIT";

const SEND: readonly SendFlag[] = ["MSG_OOB", "MSG_DONTROUTE", "MSG_DONTWAIT", "MSG_EOR", "MSG_CONFIRM", "MSG_MORE"];
const RECEIVE: readonly ReceiveFlag[] = ["MSG_OOB", "MSG_PEEK", "MSG_DONTWAIT"];

function numberOf(flags: readonly string[], known: readonly string[]): number {
  let number = SOCKET.MSG_DONTWAIT;
  for (const flag of flags) {
    if (!known.includes(flag)) throw new TypeError(`A flag is one of ${known.join(", ")}, not ${JSON.stringify(flag)}`);
    number |= SOCKET[flag as SendFlag | ReceiveFlag];
  }
  return number;
}

/** The number for send(2). @throws {TypeError} if one is none. */
export function sendFlags(flags: readonly SendFlag[] = []): number {
  return numberOf(flags, SEND) | SOCKET.MSG_NOSIGNAL;
}

/** The number for recv(2). @throws {TypeError} if one is none. */
export function receiveFlags(flags: readonly ReceiveFlag[] = []): number {
  return numberOf(flags, RECEIVE);
}
