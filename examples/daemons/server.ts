// permissions: --allow-ffi={libc} --allow-net --allow-run --allow-read={2=server.pid},server.pid --allow-write={2=server.pid},{3=server.log},server.pid,server.log
/**
 * `server [PORT=2345] [PIDFILE=server.pid] [LOG=server.log] [--bind ADDRESS | --status | --reload | --stop]`: the server that
 * greets (servers/tcp), as a daemon. The command ends when the daemon accepts, or fails with its reason.
 *
 * HUP: it opens LOG again and goes on as the code that is on disk now, in the same process, with the same socket and the pid file
 * locked all the while; code that does not start leaves the old code serving, and the reason in LOG. TERM: it lets its clients finish.
 *
 * - `--status`: whether it runs; exit 0 if it does, 1 if it died and has left PIDFILE, 3 if it does not, 4 if that is not known.
 * - `--reload`: sends it HUP.
 * - `--stop`: sends it TERM, and waits for its end.
 *
 * Any client's address may have to be looked up, and who is signalled is no program: so Deno is asked for the network and for
 * `run` as a whole.
 */
import { type Daemon, daemonize, PidFile } from "../../lib/daemons/mod.ts";
import { restartable, type Restarter, type Server } from "../../lib/servers/mod.ts";
import { SIG } from "../../lib/signals/mod.ts";
import { listen, Listener } from "../../lib/sockets/mod.ts";
import { greetingServer } from "../greeting.ts";
import { optionsIn } from "../options.ts";
import { print, run, UsageError } from "../program.ts";
import { type Place, placeOf, ServerProgram } from "../server_program.ts";

/** Milliseconds that clients have to finish. */
const PATIENCE = 10_000;
const program = new ServerProgram("server");

/** Greets who comes to a socket that outlives it: each time by a descriptor of its own, which is closed when it stops. */
class Greeting {
  #web: Listener | undefined;
  #server: Server | undefined;

  async start(web: Listener): Promise<void> {
    this.#web = web;
    this.#server = await greetingServer(program, Listener.fromFd(web.fd.duplicate()), { stopTimeout: PATIENCE });
  }

  /** Who has come is served; others wait in the socket's queue. */
  async stop(): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
  }

  /** The program is not replaced: whether it had stopped for that or not. */
  async goOn(): Promise<void> {
    await this.stop();
    if (this.#web !== undefined) await this.start(this.#web);
  }
}

/** Serve, in the daemon, until it is to end. */
async function serveAs(daemon: Daemon, restarter: Restarter, greeting: Greeting, place: Place): Promise<void> {
  const ending = new AbortController();
  const stopped = daemon.stopped();
  SIG.HUP = () =>
    restarter.restart({ signal: ending.signal }).catch(async (error) => {
      if (ending.signal.aborted) return;
      program.log(error.message);
      await greeting.goOn();
    });
  using web = await restarter.inherited("web", () => listen(place));
  // First, since what a trial takes nobody serves.
  restarter.ready();
  await greeting.start(web);
  const what = restarter.generation === 1 ? "server started" : `server restarted as generation ${restarter.generation}`;
  program.log(`${what} on port ${(web.addr as Deno.NetAddr).port}`);
  await daemon.ready();
  const { signal } = await stopped;
  ending.abort();
  await greeting.stop();
  program.log(`server stopped by ${signal}`);
}

async function serve(place: Place, pidFile: string, log: string): Promise<void> {
  const greeting = new Greeting();
  const restarter = restartable({ drain: () => greeting.stop() });
  using daemon = await daemonize({ pidFile, log: { path: log, reopenOn: "SIGHUP" }, timeout: 30_000 });
  await serveAs(daemon, restarter, greeting, place).catch((error) => daemon.fail(error));
}

/** As the Linux Standard Base has it. */
function tellStatus(pidFile: string): number {
  try {
    const { running, pid } = PidFile.status(pidFile);
    if (running) print(`running, process ${pid ?? "unknown"}`);
    else print(pid === undefined ? "not running" : `not running, process ${pid} has left ${pidFile}`);
    return running ? 0 : pid === undefined ? 3 : 1;
  } catch (error) {
    console.error(`${program.name}: ${(error as Error).message}`);
    return 4;
  }
}

/** What is done with a daemon that is there. */
const CONTROLS: Record<string, (pidFile: string) => number | Promise<number>> = {
  status: tellStatus,
  reload(pidFile) {
    print(`sent SIGHUP to process ${PidFile.reload(pidFile)}`);
    return 0;
  },
  async stop(pidFile) {
    const { pid, killed } = await PidFile.stop(pidFile, { killAfter: 2 * PATIENCE });
    print(`${killed ? "killed" : "stopped"} process ${pid}`);
    return 0;
  },
};

async function main(args: string[]): Promise<number> {
  const { words, flags, texts } = optionsIn(args, [], Object.keys(CONTROLS), ["bind"]);
  const [port, pidFile = "server.pid", log = "server.log", ...more] = words;
  const [control, ...others] = Object.keys(CONTROLS).filter((name) => flags.has(name));
  if (!pidFile || !log || more.length > 0 || others.length > 0) throw new UsageError();
  if (control !== undefined) return await CONTROLS[control]!(pidFile);
  const bind = texts.bind === undefined ? [] : ["--bind", texts.bind];
  await serve(placeOf([...bind, ...port === undefined ? [] : [port]], 2345), pidFile, log);
  return 0;
}

await run({
  name: program.name,
  usage: "[PORT=2345] [PIDFILE=server.pid] [LOG=server.log] [--bind ADDRESS | --status | --reload | --stop]",
  main,
});
