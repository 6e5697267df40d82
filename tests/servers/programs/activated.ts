/** Says by each socket that it was given what that is, once, and what of the environment is left. Without any it says so. */
import { type InheritedSocket, inheritedSockets } from "../../../lib/servers/mod.ts";

const given = inheritedSockets();
const left = Object.keys(Deno.env.toObject()).filter((name) => /^(LISTEN_|SERVER_STARTER_PORT)/.test(name));

function words({ name, from, kind, address }: InheritedSocket): string {
  const where = address === undefined ? "nowhere" : "path" in address ? "path" : address.hostname;
  return [from, name, kind?.domain, kind?.type, kind?.listening, where, inheritedSockets().length, left].join(" ");
}

async function serve(one: InheritedSocket): Promise<void> {
  const line = words(one);
  if (one.kind?.type === "datagram") {
    using socket = one.socket();
    const { bytes, address } = await socket.recvFrom(512);
    await socket.send(new TextEncoder().encode(`${line} ${new TextDecoder().decode(bytes)}`), { to: address });
    return;
  }
  using listener = one.kind?.listening ? one.listener() : undefined;
  await using client = await listener?.accept() ?? one.connection();
  await client.writeLine(line);
}

if (given.length === 0) console.log("none", Deno.args.join(" "));
await Promise.all(given.map(serve));
