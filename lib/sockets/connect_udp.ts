/** Sockets of UDP for one other end. */
import { SyscallError } from "../core/errors.ts";
import { checkLimit, Deadline, type WaitOptions } from "../core/limit.ts";
import type { InetAddress } from "./address.ts";
import { allFailed, type Tried } from "./connect_error.ts";
import { reachOnly } from "./connect_tcp.ts";
import { DatagramSocket } from "./datagram_socket.ts";
import { addressesOf, familyOf, type InternetPlace, targetOf } from "./internet_target.ts";
import { socket } from "./socket.ts";
import { requireNamed } from "./socket_permissions.ts";

/** Whom a socket of UDP talks to, and when to give up the look-up. */
export interface UdpConnecting extends InternetPlace, WaitOptions {
  /** What tells it from TCP. */
  transport: "udp";
}

async function connectedTo(address: InetAddress): Promise<DatagramSocket> {
  const made = socket(familyOf(address) === "AF_INET6" ? "PF_INET6" : "PF_INET", "SOCK_DGRAM");
  return new DatagramSocket(await reachOnly(made, address, {}));
}

/**
 * A socket for the first address to which there is a way.
 *
 * @throws as {@linkcode connect}.
 */
export async function connectedUdp(options: UdpConnecting): Promise<DatagramSocket> {
  const target = targetOf(options, "127.0.0.1", undefined, "udp");
  const { host, port, address } = target;
  checkLimit(options);
  requireNamed(host, port);
  if (address !== undefined) return await connectedTo(address);
  const tried: Tried[] = [];
  const addresses = await addressesOf(target, new Deadline(options).options);
  for (const address of addresses) {
    try {
      return await connectedTo(address);
    } catch (error) {
      if (!(error instanceof SyscallError) || addresses.length === 1) throw error;
      tried.push({ address, error });
    }
  }
  throw allFailed(`${JSON.stringify(host)} port ${port}`, tried, { address: `${host}:${port}` });
}
