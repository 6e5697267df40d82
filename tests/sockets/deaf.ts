/** A server that answers nobody. */
import { type Socket, socket } from "../../lib/sockets/mod.ts";
import type { SocketFolder } from "./loopback.ts";

/** A listener of TCP whose queue is so full that the kernel answers nobody any more. */
export async function deaf(folder: SocketFolder): Promise<{ listener: Socket; queued: Socket[] }> {
  const listener = folder.listener("PF_INET", "SOCK_STREAM", 0);
  const queued: Socket[] = [];
  for (;;) {
    const one = socket("PF_INET", "SOCK_STREAM");
    queued.push(one);
    try {
      await one.connect(listener.getsockname(), { timeout: 100 });
    } catch {
      return { listener, queued };
    }
  }
}
