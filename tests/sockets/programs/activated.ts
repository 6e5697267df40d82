/**
 * A program that a supervisor has given a socket as descriptor 3: tells what it is, and answers one client in capitals. A
 * datagram socket answers whom it has heard.
 */
import { Socket, socketType } from "../../../mod.ts";

const LIMIT = { timeout: 10_000 };

async function answer(one: Socket): Promise<void> {
  const { bytes, address } = await one.recvFrom(1_000, LIMIT);
  const to = one.type === "SOCK_DGRAM" ? address : undefined;
  await one.send(new TextEncoder().encode(new TextDecoder().decode(bytes).toUpperCase()), { to });
}

const { domain, type, listening } = socketType(3);
console.log(Deno.env.get("LISTEN_FDS"), Deno.env.get("LISTEN_PID") === `${Deno.pid}`, domain, type, listening);
using one = Socket.fromFd(3);
if (listening) {
  using client = (await one.accept(LIMIT)).socket;
  await answer(client);
} else {
  await answer(one);
}
