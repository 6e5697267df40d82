/** A ProxyCommand of ssh(1): connects to the address and the port that are its arguments, and hands the connection over. */
import { sendFds, socket } from "../../../mod.ts";

const [hostname, port] = Deno.args;
using client = socket("PF_INET", "SOCK_STREAM");
await client.connect({ hostname: hostname!, port: Number(port) }, { timeout: 10_000 });
await sendFds(1, [client]);
