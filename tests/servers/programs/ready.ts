/** Tells its supervisor by the descriptor of its argument that it is ready, and stays. */
import { notifyDescriptor } from "../../../lib/servers/mod.ts";

notifyDescriptor(Number(Deno.args[0]));
console.log("told");
setInterval(() => {}, 60_000);
