/** Single attempts to send. Each gives undefined where it would have to wait. */
import { type RawControl, sendMessage } from "../../ffi/socket_message.ts";
import { sendto } from "../../ffi/sys_socket.ts";
import type { SocketAddress } from "./address.ts";
import { peerOf, type SocketBase, wouldWait } from "./socket_base.ts";
import { addressError, peerError } from "./socket_errors.ts";
import { again } from "./socket_wait.ts";

/** What to send, and where to. */
export interface Outgoing {
  socket: SocketBase;
  pieces: readonly Uint8Array<ArrayBuffer>[];
  control: readonly RawControl[];
  to: { address: SocketAddress; name: Uint8Array<ArrayBuffer> } | undefined;
  /** The flags' names, by which it is known whether it may wait, and their number. */
  names: readonly string[];
  flags: number;
}

/** The pieces. @throws {TypeError} if they are no bytes. */
export function piecesOf(data: unknown): Uint8Array<ArrayBuffer>[] {
  const pieces: Uint8Array<ArrayBuffer>[] = Array.isArray(data) ? data : [data];
  if (pieces.every((piece) => piece instanceof Uint8Array)) return pieces;
  throw new TypeError("What is sent is a Uint8Array");
}

function failure({ socket, pieces, to }: Outgoing, rc: number, syscall: string): Error {
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  const doing = `send ${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
  if (to === undefined) return peerError(`${doing} to`, socket.fd.number, peerOf(socket), rc, syscall);
  return addressError(`${doing} to`, to.address, rc, syscall);
}

function judge(outgoing: Outgoing, count: number, syscall: string): number | undefined {
  if (count >= 0) return count;
  if (wouldWait(count) && !outgoing.names.includes("MSG_DONTWAIT")) return undefined;
  throw failure(outgoing, count, syscall);
}

/** sendto(2) of one piece: how many bytes went. */
export function trySend(outgoing: Outgoing): number | undefined {
  const { socket, pieces: [piece], to, flags } = outgoing;
  const name = to?.name ?? null;
  const fd = socket.fd.number;
  return judge(outgoing, again(() => sendto(fd, piece!, piece!.length, flags, name, name?.length ?? 0)), "sendto");
}

/** sendmsg(2): how many bytes went. */
export function trySendmsg(outgoing: Outgoing): number | undefined {
  const { socket, pieces, control, to, flags } = outgoing;
  const count = again(() => sendMessage(socket.fd.number, pieces, to?.name ?? null, control, flags));
  return judge(outgoing, count, "sendmsg");
}
