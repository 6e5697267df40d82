/** Programs that get their sockets from the supervisors that there are. */
import { type Child, spawn } from "../../lib/processes/mod.ts";
import { connect, type ConnectOptions, socket } from "../../lib/sockets/mod.ts";
import { assertEquals, denoCommand, EMULATED, repository, test, within } from "../support/mod.ts";
import { Lines } from "./phoenix.ts";

const ACTIVATED = repository("tests/servers/programs/activated.ts");
const SKIP = EMULATED && "the supervisors are other processes, the same on every architecture";
const FLAGS = ["--allow-env", "--allow-net"];
const PROGRAM = denoCommand(ACTIVATED, { flags: FLAGS });

/** A port that nobody has, for a program that cannot say which one the kernel chose. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

/** The line that a client is told. */
async function told(place: ConnectOptions): Promise<string | undefined> {
  await using client = await connect(place);
  return await client.readLine({ timeout: within(10_000) }) ?? undefined;
}

/** A supervisor that says `line` on its standard error output when it listens, and is ended with the block. */
async function supervisor(command: readonly string[], line: RegExp): Promise<AsyncDisposable & { child: Child }> {
  const child = spawn(command, { stdin: "null", stderr: "piped", processGroup: true, tree: true });
  const lines = new Lines(child.stderr);
  while (!line.test(await lines.next())) continue;
  return {
    child,
    [Symbol.asyncDispose]: async () => {
      await child.terminate({ grace: 500 });
      await lines.close();
    },
  };
}

const ENVIRONMENT = ["HOME", "PATH", "DENO_DIR", "NO_COLOR", "DENO_NO_UPDATE_CHECK"].flatMap((name) => ["-E", name]);

function activate(...args: string[]): Promise<AsyncDisposable> {
  return supervisor(["systemd-socket-activate", ...ENVIRONMENT, ...args, ...PROGRAM], /^Listening on/);
}

test("inheritedSockets() takes listeners from systemd-socket-activate, by their names", async () => {
  const folder = await Deno.makeTempDir();
  const port = freePort();
  const places = ["-l", `127.0.0.1:${port}`, "-l", `${folder}/socket`];
  {
    await using _systemd = await activate(...places, "--fdname=web:local");
    const lines = await Promise.all([told({ port }), told({ path: `${folder}/socket` })]);
    assertEquals(lines, ["systemd web inet stream true 127.0.0.1 0 ", "systemd local unix stream true path 0 "]);
  }
  await Deno.remove(folder, { recursive: true });
}, { needs: ["systemd-socket-activate"], skip: SKIP });

test("inheritedSockets() takes a connection from systemd-socket-activate, also as inetd gives it", async () => {
  for (const [flag, line] of [["--accept", "systemd unknown"], ["--inetd", "inetd inetd"]]) {
    const port = freePort();
    await using _systemd = await activate("-l", `127.0.0.1:${port}`, "--accept", flag!);
    assertEquals(await told({ port }), `${line} inet stream false 127.0.0.1 0 `);
  }
}, { needs: ["systemd-socket-activate"], skip: SKIP });

/** What the datagram socket at `port` answers. */
async function answered(port: number): Promise<string> {
  using client = socket("PF_INET", "SOCK_DGRAM");
  await client.connect({ hostname: "127.0.0.1", port });
  await client.send(new TextEncoder().encode("hello"));
  return new TextDecoder().decode(await client.recv(512, { timeout: within(10_000) }));
}

test("inheritedSockets() takes a datagram socket from systemd-socket-activate", async () => {
  const port = freePort();
  await using _systemd = await activate("-d", "-l", `127.0.0.1:${port}`);
  assertEquals(await answered(port), "systemd unknown inet datagram false 127.0.0.1 0  hello");
}, { needs: ["systemd-socket-activate"], skip: SKIP });

test("inheritedSockets() takes what inetd gives: a connection, a listener, a datagram socket", async () => {
  const folder = await Deno.makeTempDir();
  const [connection, listener, datagrams] = [freePort(), freePort(), freePort()];
  const script = `${folder}/activated`;
  await Deno.writeTextFile(script, `#!/bin/sh\nexec ${PROGRAM.join(" ")}\n`, { mode: 0o755 });
  await Deno.writeTextFile(
    `${folder}/inetd.conf`,
    [[connection, "stream tcp nowait"], [listener, "stream tcp wait"], [datagrams, "dgram udp wait"]]
      .map(([port, kind]) => `127.0.0.1:${port} ${kind} root ${script} activated\n`).join(""),
  );
  {
    await using _inetd = await supervisor(["inetd", "-d", `${folder}/inetd.conf`], /registered.*udp|ADD.*udp/);
    assertEquals(await told({ port: connection }), "inetd inetd inet stream false 127.0.0.1 0 ");
    assertEquals(await told({ port: listener }), "inetd inetd inet stream true 127.0.0.1 0 ");
    assertEquals(await answered(datagrams), "inetd inetd inet datagram false 127.0.0.1 0  hello");
  }
  await Deno.remove(folder, { recursive: true });
}, { needs: ["inetd"], skip: SKIP || (Deno.uid() !== 0 && "inetd is root's") });

test("inheritedSockets() takes a connection from tcpserver", async () => {
  const port = freePort();
  await using _tcpserver = await supervisor(
    ["tcpserver", "-v", "-H", "-R", "-l0", "127.0.0.1", `${port}`, ...PROGRAM],
    /status: 0/,
  );
  assertEquals(await told({ port }), "inetd inetd inet stream false 127.0.0.1 0 ");
}, { needs: ["tcpserver"], skip: SKIP });

test("inheritedSockets() takes listeners from Server::Starter, by port and by path", async () => {
  const folder = await Deno.makeTempDir();
  const port = freePort();
  const places = [`--port=127.0.0.1:${port}`, `--path=${folder}/socket`];
  {
    await using _starter = await supervisor(["start_server", ...places, "--", ...PROGRAM], /starting new worker/);
    const lines = [await told({ port }), await told({ path: `${folder}/socket` })];
    assertEquals(lines, [
      `server-starter 127.0.0.1:${port} inet stream true 127.0.0.1 0 `,
      `server-starter ${folder}/socket unix stream true path 0 `,
    ]);
  }
  await Deno.remove(folder, { recursive: true });
}, { needs: ["start_server"], skip: SKIP });
