/** The connections that one generation of a program takes. */
import { ClosedError, SyscallError } from "../core/errors.ts";
import type { Connection, Listener } from "../sockets/mod.ts";
import { BROKEN, PAUSE } from "./accepting.ts";
import { DescriptorReserve } from "./descriptor_reserve.ts";
import type { OpenConnections } from "./draining.ts";
import type { Taking } from "./taking.ts";

/**
 * What comes to `listener` for as long as it may be taken, each added to `open`. With too many open descriptors it waits.
 *
 * @throws {SyscallError} if the listener does not listen any more.
 */
export async function* takenConnections(
  listener: Listener,
  taking: Taking,
  open: OpenConnections,
): AsyncIterableIterator<Connection> {
  const reserve = new DescriptorReserve();
  while (await taking.allowed()) {
    const { signal } = taking;
    let connection: Connection | undefined;
    try {
      const full = reserve.refusal(listener.fd) !== undefined;
      if (!full) connection = await listener.accept({ signal });
    } catch (error) {
      if (signal.aborted) continue;
      if (error instanceof ClosedError && listener.closed) return;
      if (!(error instanceof SyscallError) || BROKEN.has(error.code)) throw error;
    }
    if (connection === undefined) await open.less(PAUSE, signal);
    else {
      reserve.taken(connection.fd);
      open.add(connection);
      yield connection;
    }
  }
}
