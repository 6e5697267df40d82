// permissions: --allow-ffi={libc} --allow-read={1=catsock} --allow-write={1=catsock} --allow-net=unix:{/1=catsock}
/**
 * `unix_client [PATH]`: connects to the Unix socket PATH (`catsock`) and prints what comes, until the end.
 */
import { connect } from "../../lib/sockets/mod.ts";
import { printBytes, run, UsageError } from "../program.ts";

async function unixClient(args: string[]): Promise<void> {
  if (args.length > 1 || args[0] === "") throw new UsageError();
  using server = await connect({ path: args[0] ?? "catsock" });
  for await (const chunk of server.readable) printBytes(chunk);
}

await run({ name: "unix_client", usage: "[PATH]", main: unixClient });
