// permissions: --allow-ffi={libc} --allow-net --allow-read=/dev/log --allow-write=/dev/log
/**
 * `backsniff [--bind ADDRESS] [PORT...]`: notes who connects to ports where nobody serves, in the system's log and on standard output: `Connection from NAME [IP]:P to IP:P (SERVICE)`.
 *
 * A PORT is a number or a service; for 0 the kernel chooses. Without one it is inetd's program for a connection (`nowait`), which
 * is its standard input. NAME is looked up backwards and forwards; without one that is true it is the address. Any client's address
 * may have to be looked up, so Deno is asked for the network as a whole.
 */
import { openSyslog, type Syslog } from "../../lib/daemons/mod.ts";
import { type Client, inheritedSockets, serve } from "../../lib/servers/mod.ts";
import { checkedName, type Connection, getservbyport, port } from "../../lib/sockets/mod.ts";
import { optionsIn } from "../options.ts";
import { run, UsageError } from "../program.ts";
import { addressText, nameOf, ServerProgram } from "../server_program.ts";

const program = new ServerProgram("backsniff");

/** What is to be known of a client. */
type Visitor = Pick<Client, "address" | "local" | "name">;

/** Close the connection, and note where it was from. */
async function note(syslog: Syslog, connection: Connection, client: Visitor): Promise<void> {
  const { address, local } = client;
  // Nobody holds it open while the name is looked up.
  connection.close();
  if ("path" in address || "path" in local) throw new Error("the connection is none of the internet");
  const service = getservbyport(local.port, "tcp")?.name ?? local.port;
  const from = `${await nameOf(client)} [${address.hostname}]:${address.port}`;
  const text = `Connection from ${from} to ${addressText(local)} (${service})`;
  syslog.log("notice", text);
  program.log(text);
}

function openSystemLog(): Syslog {
  return openSyslog({ ident: program.name, facility: "daemon" });
}

/** inetd's program for the connection at standard input. */
async function noteGiven(): Promise<void> {
  const [given] = inheritedSockets({ from: ["inetd"] });
  if (given === undefined) throw new UsageError();
  using connection = given.connection();
  // From now on standard error is not the client's, who need not know that there is no syslogd.
  using syslog = openSystemLog();
  const { remoteAddr: address, localAddr: local } = connection;
  await note(syslog, connection, {
    address,
    local,
    name: async (options) => "path" in address ? { name: "", checked: false } : await checkedName(address, options),
  });
}

async function backsniff(args: string[]): Promise<void> {
  const { words, texts: { bind } } = optionsIn(args, [], [], ["bind"]);
  const [hostname, ports] = [bind ?? "0.0.0.0", words.map((word) => port(word))];
  if (hostname === "" || (ports.length === 0 && bind !== undefined)) throw new UsageError();
  if (ports.length === 0) return await noteGiven();
  using syslog = openSystemLog();
  const places = ports.map((port) => ({ hostname, port }));
  const server = await serve(places, (connection, client) => note(syslog, connection, client), program.options());
  await program.run(server);
}

await run({ name: program.name, usage: "[--bind ADDRESS] [PORT...]", main: backsniff });
