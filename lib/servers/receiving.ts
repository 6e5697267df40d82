/** Taking the datagrams of a socket. */
import { ClosedError } from "../core/errors.ts";
import type { Datagram, DatagramSocket } from "../sockets/mod.ts";
import type { Room } from "./room.ts";
import { type Journal, reason } from "./server_log.ts";

/** What a {@linkcode Receiving} needs. */
export interface ReceivingParts {
  readonly socket: DatagramSocket;
  readonly room: Room;
  readonly journal: Journal;
  /** Ends it; what was not received yet stays in the kernel's queue. */
  readonly signal: AbortSignal;
  /** Gets a datagram, for which room was taken; it must not throw. */
  readonly taken: (datagram: Datagram, socket: DatagramSocket) => void;
}

/** Milliseconds until the next attempt after an error. */
const PAUSE = 20;

/**
 * Take datagrams while there is room, until the signal is aborted or the socket is closed. It settles when none is in its hands
 * any more: one that was received gets its room after the signal as well, unless the socket is closed before.
 */
export async function receiveAll(parts: ReceivingParts): Promise<void> {
  const { socket, room, journal, signal, taken } = parts;
  while (!signal.aborted && !socket.closed) {
    try {
      if (room.full) {
        await room.changed();
        continue;
      }
      const datagram = await socket.receiveDatagram({ signal });
      // What other addresses have taken meanwhile comes first.
      while (room.full) await room.changed();
      if (socket.closed) return;
      room.take();
      taken(datagram, socket);
    } catch (error) {
      if (signal.aborted || error instanceof ClosedError) return;
      // One that was sent before may have met nobody (ECONNREFUSED), which is nothing to the next one.
      journal.tell({ kind: "failed", message: `A datagram was not received: ${reason(error)}`, error });
      await room.changedWithin(PAUSE, true);
    }
  }
}
