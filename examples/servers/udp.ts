// permissions: --allow-ffi={libc} --allow-net
/**
 * `udp [--bind ADDRESS] [PORT]`: answers each datagram with the one before it, whoever sent that; the first with `This is the
 * starting message.`.
 *
 * It logs `HOST said TEXT`. The port is 5151 if none is given.
 */
import { serve } from "../../lib/servers/mod.ts";
import { run } from "../program.ts";
import { nameOf, placeOf, ServerProgram } from "../server_program.ts";

const program = new ServerProgram("udp");

async function udp(args: string[]): Promise<void> {
  let last: Uint8Array<ArrayBuffer> = new TextEncoder().encode("This is the starting message.");
  const server = await serve({ transport: "udp", ...placeOf(args, 5151) }, {
    datagram: async (datagram, client) => {
      const answer = last;
      // The bytes that were received belong to the next datagram, too.
      last = datagram.bytes.slice();
      const text = new TextDecoder().decode(last);
      await datagram.reply(answer);
      program.log(`${await nameOf(client)} said ${text}`);
    },
  }, program.options());
  await program.run(server);
}

await run({ name: program.name, usage: "[--bind ADDRESS] [PORT]", main: udp });
