/** The examples that serve, each with a client of this program's. */
import { PidFile } from "../../lib/daemons/mod.ts";
import { readLines } from "../../lib/core/mod.ts";
import { capture, run, spawn } from "../../lib/processes/mod.ts";
import { connect, type Connection } from "../../lib/sockets/mod.ts";
import { must } from "./step.ts";

type Command = (name: string, args: string[]) => string[];

const PATIENCE = { timeout: 20_000 };

/** Run the example, `use` the place that its first line names, and end it with INT: it has to exit 0, unless said otherwise. */
async function serving(
  command: string[],
  use: (place: string) => Promise<string>,
  signal: string | null = null,
): Promise<string> {
  await using example = spawn(command, { stdout: "piped", stderr: "null" });
  const first = (await readLines(example.stdout)[Symbol.asyncIterator]().next()).value ?? "";
  const [, place] = /^\w+ \d+: server started on (?:port )?(\S+) at \w{3} \w{3} [ \d]\d [\d:]{8} \d{4}$/.exec(first) ??
    [];
  must(place !== undefined, `it began with ${JSON.stringify(first)}`);
  const found = await use(place!);
  const status = await example.terminate();
  must(signal === null ? status.success : status.signal === signal, `it ended with ${status}`);
  return found;
}

/** What a client of the port is told, and does. */
function asked(use: (connection: Connection) => Promise<string | null>, wanted: RegExp) {
  return async (port: string): Promise<string> => {
    await using connection = await connect({ host: "127.0.0.1", port });
    const said = await use(connection) ?? "nothing";
    must(wanted.test(said), said);
    return said;
  };
}

const greeted = asked((connection) => connection.readLine(PATIENCE), /^Hello there, /);
const HERE = ["--bind", "127.0.0.1", "0"];

async function echoed(connection: Connection): Promise<string | null> {
  await connection.writeLine("the same again");
  return await connection.readLine(PATIENCE);
}

async function commanded(connection: Connection): Promise<string | null> {
  await connection.readUntil("Command? ", PATIENCE);
  await connection.writeLine("what is the DATE?");
  const said = await connection.readLine(PATIENCE);
  await connection.writeLine("quit");
  await connection.readAll(PATIENCE);
  return said;
}

async function datagrams(port: string): Promise<string> {
  using client = await connect({ transport: "udp", host: "127.0.0.1", port });
  const answers: string[] = [];
  for (const text of ["one", "two"]) {
    await client.send(new TextEncoder().encode(text));
    answers.push(new TextDecoder().decode((await client.receive(undefined, PATIENCE))[0]));
  }
  must(answers.join("|") === "This is the starting message.|one", answers.join("|"));
  return answers.join(", then ");
}

/** With the example of a client: this program may not use Unix sockets of a path. */
async function onPath(command: Command, path: string): Promise<string> {
  const { stdout, stderr } = await capture(command("sockets/unix_client", [path]), { check: false, ...PATIENCE });
  must(stdout.startsWith("Hello there, it's now "), stdout + stderr);
  return stdout.split("\n")[0]!;
}

async function inFolder(use: (folder: string) => Promise<string>): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function daemonized(command: Command, folder: string): Promise<string> {
  // Where there is no shell nobody could end it.
  await run(["sh", "-c", "exit 0"]);
  const [pidFile, log] = [`${folder}/pid`, `${folder}/log`];
  const { status, stderr } = await capture(command("daemons/daemonize", [pidFile, log]), { check: false, ...PATIENCE });
  must(status.success, stderr);
  const { running, pid } = PidFile.status(pidFile);
  must(running, "it does not run");
  await run(["sh", "-c", 'kill "$1"; while kill -0 "$1" 2>/dev/null; do :; done', "sh", `${pid}`], PATIENCE);
  must(!PidFile.status(pidFile).running, "it still runs");
  return `process ${pid} went on without its launcher, until it was told to stop`;
}

/** A daemon that is restarted in place, and ended by its pid file. */
async function daemonServed(command: Command, folder: string): Promise<string> {
  await run(["sh", "-c", "exit 0"]);
  const [pidFile, log] = [`${folder}/server.pid`, `${folder}/server.log`];
  const told = async (...args: string[]) => {
    const words = command("daemons/server", ["0", pidFile, ...args]);
    const { status, stdout, stderr } = await capture(words, { check: false, ...PATIENCE });
    must(status.success, stdout + stderr);
  };
  await told(log, "--bind", "127.0.0.1");
  try {
    const port = /server started on port (\d+)/.exec(await Deno.readTextFile(log))?.[1];
    must(port !== undefined, "its log does not name its port");
    const { pid } = PidFile.status(pidFile);
    await greeted(port!);
    await told("--reload");
    await greeted(port!);
    must(PidFile.status(pidFile).pid === pid, "it is another process");
  } finally {
    await told("--stop");
  }
  must(!PidFile.status(pidFile).running, "it still runs");
  return "a daemon greeted, was told to begin anew, greeted, and was stopped by its pid file";
}

/** HUP, and the same process answers as the next generation. */
function risen(command: Command): Promise<string> {
  return serving(command("servers/phoenix", HERE), async (port) => {
    const first = await asked((one) => one.readLine(PATIENCE), /^generation 1 pid \d+$/)(port);
    const pid = first.replace(/.* /, "");
    await run(["sh", "-c", 'kill -HUP "$1"', "sh", pid], PATIENCE);
    const deadline = Date.now() + PATIENCE.timeout;
    for (let said = first; Date.now() < deadline;) {
      said = await asked((one) => one.readLine(PATIENCE), new RegExp(`^generation \\d+ pid ${pid}$`))(port);
      if (said !== first) return `${first}, after HUP ${said}`;
    }
    throw new Error("HUP changed nothing");
  });
}

/** Each by name. */
export const SERVER_CHECKS: Record<string, (command: Command) => Promise<string>> = {
  "daemons/daemonize": (command) => inFolder((folder) => daemonized(command, folder)),
  "daemons/server": (command) => inFolder((folder) => daemonServed(command, folder)),
  "servers/backsniff": (command) =>
    serving(
      command("servers/backsniff", HERE),
      asked(async (one) => `${(await one.readAll(PATIENCE)).length} bytes`, /^0 bytes$/),
    ),
  "servers/command": (command) => serving(command("servers/command", HERE), asked(commanded, /^\w{3} \w{3} /)),
  "servers/fwdport": (command) =>
    serving(
      command("servers/tcp", HERE),
      (port) => serving(command("servers/fwdport", ["-l", "127.0.0.1:0", "-r", `127.0.0.1:${port}`]), greeted),
    ),
  "servers/hardened": (command) => serving(command("servers/hardened", HERE), greeted, "SIGTERM"),
  "servers/multihomed": (command) =>
    serving(
      command("servers/multihomed", ["127.0.0.1:0"]),
      (place) => asked((one) => one.readLine(PATIENCE), /^you came to 127\.0\.0\.1:/)(place.replace(/^.*:/, "")),
    ),
  "servers/nonforking": (command) => serving(command("servers/nonforking", HERE), asked(echoed, /^the same again$/)),
  "servers/phoenix": risen,
  "servers/preforking": (command) => serving(command("servers/preforking", [...HERE, "2", "1"]), greeted),
  "servers/tcp": (command) => serving(command("servers/tcp", HERE), greeted),
  "servers/tcp_forking": (command) => serving(command("servers/tcp_forking", [...HERE, "cat"]), greeted),
  "servers/udp": (command) => serving(command("servers/udp", HERE), datagrams),
  "servers/unix": (command) =>
    inFolder((folder) => serving(command("servers/unix", [`${folder}/socket`]), (path) => onPath(command, path))),
};
