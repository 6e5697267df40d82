// permissions: --allow-ffi={libc} --allow-net
/**
 * `tcp [--bind ADDRESS] [PORT]`: greets who connects by name, with the time, and ends the connection. The port is 2345 if none
 * is given; 0 lets the kernel choose.
 *
 * The name is looked up backwards and forwards; without one that is true it is the address. Any client's address may have to be
 * looked up, so Deno is asked for the network as a whole.
 */
import { greetingServer } from "../greeting.ts";
import { run } from "../program.ts";
import { placeOf, ServerProgram } from "../server_program.ts";

const program = new ServerProgram("tcp");

await run({
  name: program.name,
  usage: "[--bind ADDRESS] [PORT]",
  main: async (args) => void await program.run(await greetingServer(program, placeOf(args, 2345))),
});
