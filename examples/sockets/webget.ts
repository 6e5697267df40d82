// permissions: --allow-ffi={libc} --allow-net={1}
/**
 * `webget HOST DOC...`: gets each DOC from the web server of HOST, or HOST:PORT, by HTTP/1.0 over a connection of its own, and prints the answers as they are.
 */
import { connect } from "../../lib/sockets/mod.ts";
import { hostPort } from "../host_port.ts";
import { knownService } from "../known_service.ts";
import { printBytes, run, UsageError } from "../program.ts";

async function webget([server, ...documents]: string[]): Promise<void> {
  if (server === undefined || documents.length === 0) throw new UsageError();
  const { host, port = knownService("webget", "http(80)") } = hostPort(server);
  for (const document of documents) {
    using remote = await connect({ host, port, autoflush: false });
    await remote.writeLine(`GET ${document} HTTP/1.0`);
    await remote.writeLine("");
    await remote.flush();
    for await (const chunk of remote.readable) printBytes(chunk);
  }
}

await run({ name: "webget", usage: "HOST DOC...", main: webget });
