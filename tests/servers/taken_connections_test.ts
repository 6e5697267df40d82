import { OpenConnections } from "../../lib/servers/draining.ts";
import { takenConnections } from "../../lib/servers/taken_connections.ts";
import { Taking } from "../../lib/servers/taking.ts";
import { connect, listen } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertRejects, test } from "../support/mod.ts";

test("takenConnections() takes what may be taken, ends with its listener, and tells of one that is broken", async () => {
  for (const how of ["close", "shutdown", "end"] as const) {
    using listener = await listen({ hostname: "127.0.0.1" });
    const [taking, open] = [new Taking(), new OpenConnections()];
    const connections = takenConnections(listener, taking, open);
    const first = connections.next();
    using client = await connect({ port: (listener.addr as Deno.NetAddr).port });
    assert(!client.closed);
    taking.open();
    const { value } = await first;
    assert(value !== undefined);
    value.close();
    await open.none();
    const next = connections.next();
    if (how === "close") listener.close();
    else if (how === "end") taking.end();
    else listener.socket.shutdown("both");
    if (how === "shutdown") await assertRejects(() => next, Error, "EINVAL");
    else assertEquals((await next).done, true);
  }
});
