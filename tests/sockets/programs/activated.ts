/**
 * A program that a supervisor has given a socket as descriptor 3: tells what it is, and answers one client in capitals. A
 * datagram socket answers whom it has heard.
 */
import { setNonBlocking } from "../../../ffi/descriptors.ts";
import { Fd, Socket, type SocketDescription, socketType } from "../../../mod.ts";

const FAMILIES = { inet: "AF_INET", inet6: "AF_INET6", unix: "AF_UNIX" } as const;
const STYLES = { stream: "SOCK_STREAM", datagram: "SOCK_DGRAM", seqpacket: "SOCK_SEQPACKET" } as const;
const LIMIT = { timeout: 10_000 };

function inherited(number: number): Socket {
  const { domain, type, protocol } = socketType(number);
  const family = FAMILIES[domain as keyof typeof FAMILIES];
  const kind: SocketDescription = { family, type: STYLES[type as keyof typeof STYLES], protocol };
  setNonBlocking(number, true);
  return new Socket(Fd.adopt(number), kind);
}

async function answer(one: Socket): Promise<void> {
  const { bytes, address } = await one.recvFrom(1_000, LIMIT);
  const to = one.type === "SOCK_DGRAM" ? address : undefined;
  await one.send(new TextEncoder().encode(new TextDecoder().decode(bytes).toUpperCase()), { to });
}

const { domain, type, listening } = socketType(3);
console.log(Deno.env.get("LISTEN_FDS"), Deno.env.get("LISTEN_PID") === `${Deno.pid}`, domain, type, listening);
using one = inherited(3);
if (listening) {
  using client = (await one.accept(LIMIT)).socket;
  await answer(client);
} else {
  await answer(one);
}
