/** The sockets that a server listens with. */
import { DatagramSocket, listen, listenDatagram, Listener } from "../sockets/mod.ts";
import type { ServeAddress } from "./serve_options.ts";

/** What takes connections, or datagrams. */
export type ServedSocket = Listener | DatagramSocket;

/** Whether an address is one for datagrams. */
export function takesDatagrams(address: ServeAddress): boolean {
  if (address instanceof Listener) return false;
  if (address instanceof DatagramSocket) return true;
  return address.transport === "udp" || address.transport === "unixpacket";
}

/**
 * Open the addresses. If one cannot be opened those that were are closed, but for the sockets that were given.
 *
 * @throws as {@linkcode listen} and {@linkcode listenDatagram} do.
 */
export async function openAll(addresses: readonly ServeAddress[]): Promise<ServedSocket[]> {
  const opened: ServedSocket[] = [];
  try {
    for (const address of addresses) opened.push(await open(address));
    return opened;
  } catch (error) {
    for (const socket of opened) if (!addresses.includes(socket)) socket.close();
    throw error;
  }
}

async function open(address: ServeAddress): Promise<ServedSocket> {
  if (address instanceof Listener || address instanceof DatagramSocket) return address;
  if (address.transport === "udp") return listenDatagram({ ...address, destination: true });
  if (address.transport === "unixpacket") return listenDatagram(address);
  return await listen(address);
}
