// permissions: --allow-ffi={libc} --allow-net={1=localhost:13}
/**
 * `daytime [HOST]`: prints what the `daytime` service of HOST (`localhost`), or HOST:PORT, says of the time.
 */
import { connect } from "../../lib/sockets/mod.ts";
import { hostPort } from "../host_port.ts";
import { knownService } from "../known_service.ts";
import { printBytes, run, UsageError } from "../program.ts";

async function daytime(args: string[]): Promise<void> {
  if (args.length > 1) throw new UsageError();
  const { host, port = knownService("daytime", "daytime(13)") } = hostPort(args[0] ?? "localhost");
  using remote = await connect({ host, port });
  for await (const chunk of remote.readable) printBytes(chunk);
}

await run({ name: "daytime", usage: "[HOST]", main: daytime });
