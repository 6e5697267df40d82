/** What daemons/server is for; tests/daemons/ has what every daemon is. */
import { PidFile } from "../../lib/daemons/mod.ts";
import { connect, type Connection } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertMatch, type Ended, sample, test, within } from "../support/mod.ts";
import { gone, stateOf } from "../daemons/started.ts";
import { readProc } from "../support/proc.ts";
import { CodeFolder } from "./changed_code.ts";
import { exampleCommand, Folder, launched, Running } from "./launched.ts";
import { onTerminal, until } from "./signalled.ts";

const NAME = "daemons/server";
const BIND = ["--bind", "127.0.0.1"];

/** A folder with the code, and with room for one daemon, which is ended with it. */
class ServerFolder extends CodeFolder implements AsyncDisposable {
  readonly pidFile = `${this.here}/d.pid`;
  readonly log = `${this.here}/d.log`;

  /** What starts it or controls it, named relative to the folder where the user stands. */
  words(port: string | number = 0, ...options: string[]): string[] {
    return ["env", `--chdir=${this.here}`, ...this.command(NAME, [`${port}`, "d.pid", "d.log", ...options])];
  }

  run(port: string | number = 0, ...options: string[]): Promise<Ended> {
    return launched(this.words(port, ...options));
  }

  /** Start it; it serves when this returns. */
  async start(port: string | number = 0): Promise<number> {
    const { code, stdout, stderr } = await this.run(port, ...BIND);
    assertEquals({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "" });
    return this.pid;
  }

  get pid(): number {
    const { running, pid } = PidFile.status(this.pidFile);
    assert(running && pid !== undefined && pid > 1, `No daemon has ${this.pidFile}`);
    return pid;
  }

  get logged(): string {
    return Deno.readTextFileSync(this.log);
  }

  get port(): number {
    return Number(/on port (\d+) at/.exec(this.logged)![1]);
  }

  get own(): string[] {
    return [...Deno.readDirSync(this.here)].map(({ name }) => name).sort();
  }

  async says(text: string | RegExp): Promise<void> {
    await until(`the log has ${text}`, () => this.logged.search(text) >= 0);
  }

  async greeted(port = this.port): Promise<void> {
    await using client = await connect({ hostname: "127.0.0.1", port });
    assertMatch(`${await client.readLine({ timeout: within(10_000) })}`, /^Hello there, \S+, it's now /);
  }

  /** HUP, and wait until this generation serves. */
  async hup(generation: number): Promise<void> {
    Deno.kill(this.pid, "SIGHUP");
    await this.says(`as generation ${generation} on port`);
  }

  /** TERM: its file is gone then. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<void> {
    const { pid } = this;
    Deno.kill(pid, signal);
    await gone(pid);
    assertMatch(this.logged, new RegExp(`server ${pid}: server stopped by ${signal} at [^\\n]*\\n$`));
    assertEquals(this.own.filter((name) => name.endsWith(".pid")), []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { running, pid } = PidFile.status(this.pidFile);
    if (running && pid !== undefined) {
      Deno.kill(pid, "SIGKILL");
      await gone(pid);
    }
    this[Symbol.dispose]();
  }
}

const MANY = 'for i in $(seq 10 109); do eval "exec $i< /etc/passwd"; done; exec "$@"';

const STARTS: { title: string; under?: string[]; terminal?: boolean; needs?: string[] }[] = [
  { title: "directly" },
  { title: "as the leader of a session", under: ["setsid", "--wait"], needs: ["setsid"] },
  { title: "with HUP ignored", under: ["env", "--ignore-signal=HUP,TERM", "--block-signal=HUP"] },
  { title: "with 100 inherited descriptors", under: ["bash", "-c", MANY, "-"], needs: ["bash"] },
  { title: "on a terminal that hangs up", terminal: true, needs: ["script"] },
];

for (const { title, under, terminal, needs } of STARTS) {
  test(`${NAME} is the same daemon started ${title}, and once it has begun anew`, async () => {
    await using folder = new ServerFolder();
    const words = folder.words(0, ...BIND);
    const { code, stdout, stderr } = await launched(terminal ? onTerminal(words) : words, { under });
    assertEquals({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "" });
    const { pid, here, pidFile, log } = folder;
    for (const generation of [1, 2]) {
      if (generation > 1) await folder.hup(generation);
      await folder.greeted();
      await until("it hears signals", () => /^0+$/.test(stateOf(pid).blocked));
      const { others, ...state } = stateOf(pid);
      const same = { leader: false, ownSession: true, terminal: "0", umask: "0022", cwd: "/" };
      const streams = ["/dev/null", log, log];
      assertEquals(state, { ...same, ignored: "0000000000001000", blocked: "0000000000000000", streams });
      assertEquals(others.sort(), [here, here, pidFile, log, log, log].sort());
    }
    assertEquals(folder.pid, pid);
    await folder.stop();
  }, { needs, skip: sample(title === "directly") });
}

test(`${NAME} reopens its log and goes on as the code on disk; broken code leaves the old serving`, async () => {
  await using folder = new ServerFolder();
  const pid = await folder.start();
  const { port } = folder;
  folder.change("greeting", "Hello there", "Hello there, you ${");
  Deno.renameSync(folder.log, `${folder.log}.1`);
  const reload = exampleCommand(NAME, "0", "d.pid", "--reload");
  const { code, stdout } = await launched(reload, { cwd: folder.here });
  assertEquals([code, stdout], [0, `sent SIGHUP to process ${pid}\n`]);
  await until("the log is there again", () => folder.own.includes("d.log"));
  await folder.says(/Cannot restart: the new code did not get ready: exit 1\n/);
  await folder.greeted(port);
  folder.change("greeting", "Hello there, you ${", "Hello there, new");
  Deno.kill(pid, "SIGHUP");
  await folder.says(`restarted as generation 2 on port ${port} at`);
  await using client = await connect({ hostname: "127.0.0.1", port });
  assertMatch(`${await client.readLine()}`, /^Hello there, new, /);
  assertEquals(folder.pid, pid);
  await folder.stop("SIGINT");
}, { skip: sample(false) });

test(`${NAME} refuses and drops nobody while it begins anew`, async () => {
  await using folder = new ServerFolder();
  await folder.start();
  const { port } = folder;
  let [asking, answers] = [true, 0];
  const load = (async () => {
    for (; asking; answers++) await folder.greeted(port);
  })();
  for (const generation of [2, 3, 4]) await folder.hup(generation);
  asking = false;
  await load;
  assert(answers > 10, `${answers} answers`);
  await folder.stop();
}, { skip: sample(false) });

test(`${NAME} finishes its answer before it begins anew or ends, and serves who waits meanwhile`, async () => {
  await using folder = new ServerFolder();
  // Its look-up of the client's name takes as long as the client likes.
  folder.change("greeting", "await nameOf(client);", "(await connection.readLine())!;");
  const pid = await folder.start();
  const { port } = folder;
  const place = { hostname: "127.0.0.1", port };
  const ask = async (from: Connection, name: string) => {
    await using client = from;
    await client.writeLine(name);
    assertMatch(`${await client.readLine({ timeout: within(10_000) })}`, new RegExp(`^Hello there, ${name}, `));
  };
  const first = await connect(place);
  await ask(await connect(place), "who came later");
  Deno.kill(pid, "SIGHUP");
  Deno.kill(pid, "SIGHUP");
  const second = await connect(place);
  await ask(first, "first");
  await ask(second, "second");
  await folder.says("as generation 2");
  await ask(await connect(place), "third");
  const last = await connect(place);
  await ask(await connect(place), "who came later");
  Deno.kill(pid, "SIGTERM");
  await ask(last, "last");
  await gone(pid);
  assertEquals(folder.own, ["d.log"]);
}, { skip: sample(false) });

test(`${NAME} ends by TERM while it is about to begin anew`, async () => {
  await using folder = new ServerFolder();
  const pid = await folder.start();
  Deno.kill(pid, "SIGHUP");
  Deno.kill(pid, "SIGTERM");
  await gone(pid);
  assertEquals(folder.own, ["d.log"]);
  assertMatch(folder.logged, /server stopped by SIGTERM at .*\n$/);
}, { skip: sample(false) });

test(`${NAME} hears a HUP as soon as its pid file can be had`, async () => {
  await using folder = new ServerFolder();
  const running = new Running(folder.words(0, ...BIND));
  const ended = running.end("");
  const pid = await until("a daemon has the file", () => {
    const { running, pid } = PidFile.status(folder.pidFile);
    return running && pid;
  });
  await until("it has a handler", () => folder.own.includes("d.log"));
  await until("it writes to its log", () => stateOf(pid).streams[1] === folder.log);
  Deno.kill(pid, "SIGHUP");
  assertEquals((await ended).code, 0);
  await folder.greeted();
  await folder.stop();
}, { skip: sample(false) });

test(`${NAME} goes on where its folder is gone, and begins anew where there is one again`, async () => {
  await using folder = new ServerFolder();
  const pid = await folder.start();
  const { port } = folder;
  Deno.removeSync(folder.here, { recursive: true });
  Deno.kill(pid, "SIGHUP");
  const logged = () => readProc(`/proc/${pid}/fd/1`);
  await until("it says why it does not", () => /Cannot spawn .*ENOENT/.test(logged()));
  assertMatch(logged(), /cannot open the log "d\.log" again \(ENOENT\)/);
  await folder.greeted(port);
  Deno.mkdirSync(folder.here);
  Deno.kill(pid, "SIGHUP");
  await until("it has a log", () => folder.own.includes("d.log"));
  await folder.says(`as generation 2 on port ${port}`);
  assertEquals(folder.pid, pid);
  await folder.stop();
}, { skip: sample(false) });

test(`${NAME} fails with the daemon's reason, and starts again after kill -9`, async () => {
  await using folder = new ServerFolder();
  const pid = await folder.start();
  const { port } = folder;
  const second = await folder.run(0, ...BIND);
  assertEquals([second.code, second.stderr], [1, `server: process ${pid} is running already: it has "d.pid" locked\n`]);
  using other = new Folder();
  const args = [`${port}`, `${other.path}/o.pid`, `${other.path}/o.log`, ...BIND];
  const taken = await launched(folder.command(NAME, args));
  assertEquals(taken.code, 1);
  assertMatch(taken.stderr, /^server: Cannot listen at 127\.0\.0\.1:\d+: .*\(EADDRINUSE, \w+\)\n$/);
  assertEquals(other.files.includes("o.pid"), false);
  Deno.kill(pid, "SIGKILL");
  await gone(pid);
  assertEquals([(await folder.run(0, "--status")).code, folder.own], [1, ["d.log", "d.pid"]]);
  assert(await folder.start(port) !== pid);
  await folder.greeted();
  await folder.stop();
}, { skip: sample(false) });

test(`${NAME} tells its status, and stops, as services do`, async () => {
  using folder = new Folder();
  const run = (...args: string[]) => launched(exampleCommand(NAME, ...args), { cwd: folder.path });
  const told = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(...args);
    return [code, stdout + stderr];
  };
  assertEquals(await told("--status"), [3, "not running\n"]);
  assertEquals(await told("--stop"), [1, 'server: Cannot stop the daemon: no daemon has "server.pid"\n']);
  assertEquals(await told("--reload"), [1, 'server: Cannot reload the daemon: no daemon has "server.pid"\n']);
  assertEquals(await told("0", ...BIND), [0, ""]);
  const { pid } = PidFile.status(`${folder.path}/server.pid`);
  assertEquals(await told("--status"), [0, `running, process ${pid}\n`]);
  assertEquals(await told("0", "--stop"), [0, `stopped process ${pid}\n`]);
  assertEquals(folder.files, ["lines.txt", "server.log"]);
  Deno.writeTextFileSync(`${folder.path}/server.pid`, `${pid}\n`);
  assertEquals(await told("--status"), [1, `not running, process ${pid} has left server.pid\n`]);
  assertEquals((await told("--status", "--stop"))[0], 2);
}, { skip: sample(false) });
