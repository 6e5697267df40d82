/** Connections to Unix sockets. */
import { checkLimit, type WaitOptions } from "../core/limit.ts";
import { sockaddrOf } from "./address.ts";
import { reachOnly } from "./connect_tcp.ts";
import { type Socket, socket } from "./socket.ts";
import { requireAddress } from "./socket_permissions.ts";

/** Which Unix socket to connect to, and when to give up. */
export interface UnixConnecting extends WaitOptions {
  /** As Deno has it. */
  transport?: "unix";
  /** The path, of at most 107 bytes; a name in the abstract name space begins with a NUL character. */
  path: string;
}

/** A connected socket. @throws as {@linkcode connect}. */
export async function connectedUnix(options: UnixConnecting, type: "SOCK_STREAM" | "SOCK_SEQPACKET"): Promise<Socket> {
  const address = { path: options.path };
  if (typeof address.path !== "string" || address.path === "") {
    throw new TypeError(`A path is a string that is not empty, not ${Deno.inspect(address.path)}`);
  }
  sockaddrOf(address);
  checkLimit(options);
  requireAddress(address);
  return await reachOnly(socket("PF_UNIX", type), address, options);
}
