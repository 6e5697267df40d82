/** What servers/phoenix is for. */
import { connect } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertMatch, repository, sample, test, within } from "../support/mod.ts";
import { lives } from "../daemons/started.ts";
import { CodeFolder } from "./changed_code.ts";
import { Running } from "./launched.ts";

const NAME = "servers/phoenix";
const ARGS = ["--bind", "127.0.0.1", "0"];
const STARTED = /^phoenix (\d+): server started on port (\d+) at .*\n/;
const ANSWER = "`generation ${restarter.generation}";

/** A phoenix that runs. */
class Phoenix {
  readonly running: Running;
  pid = 0;
  port = 0;

  private constructor(running: Running) {
    this.running = running;
  }

  static async start(command: string[], options: ConstructorParameters<typeof Running>[1] = {}): Promise<Phoenix> {
    const phoenix = new Phoenix(new Running(command, options));
    const [, pid, port] = STARTED.exec(await phoenix.running.stdout.until(STARTED))!.map(Number);
    Object.assign(phoenix, { pid, port });
    return phoenix;
  }

  async ask(): Promise<string | null> {
    await using client = await connect({ hostname: "127.0.0.1", port: this.port });
    return await client.readLine({ timeout: within(10_000) });
  }

  /** HUP, and wait until it has started for the `times`-th time. */
  async hup(times: number): Promise<void> {
    Deno.kill(this.pid, "SIGHUP");
    await this.running.stdout.until(new RegExp(`(server started[^]*){${times}}`));
  }

  async end(signal: Deno.Signal = "SIGTERM"): Promise<void> {
    Deno.kill(this.pid, signal);
    const { code, stdout } = await this.running.end();
    assertEquals(code, 0);
    const line = `phoenix ${this.pid}: server started on port ${this.port} at .*\n`;
    assertMatch(stdout, new RegExp(`^(${line})+$`));
  }
}

test(`${NAME} goes on as the code that is on disk, by a relative path, and drops nobody`, async () => {
  using folder = new CodeFolder();
  const under = ["env", `--chdir=${folder.path}/examples/servers`];
  const phoenix = await Phoenix.start(folder.command(NAME, ARGS, "phoenix.ts"), { under });
  const { pid } = phoenix;
  assertEquals(await phoenix.ask(), `generation 1 pid ${pid}`);
  folder.change(NAME, ANSWER, "`new code, " + ANSWER.slice(1));
  let asking = true;
  const answers: (string | null)[] = [];
  const load = (async () => {
    while (asking) answers.push(await phoenix.ask());
  })();
  for (const times of [2, 3]) await phoenix.hup(times);
  asking = false;
  await load;
  const wanted = [`generation 1 pid ${pid}`, ...[2, 3].map((one) => `new code, generation ${one} pid ${pid}`)];
  assertEquals(answers.filter((answer) => !wanted.includes(`${answer}`)), []);
  assertEquals(await phoenix.ask(), wanted[2]);
  await phoenix.end("SIGINT");
});

test(`${NAME} started by a URL goes on as the code that is there now`, async () => {
  let change = (text: string) => text;
  const serve = async ({ url }: Request) =>
    new Response(change(await Deno.readTextFile(repository(new URL(url).pathname.slice(1)))), {
      headers: { "content-type": "application/typescript" },
    });
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, serve);
  using folder = new CodeFolder();
  const host = `127.0.0.1:${server.addr.port}`;
  const command = folder.command(NAME, ARGS, `http://${host}/examples/servers/phoenix.ts`, [
    "--no-lock",
    `--allow-import=${host}`,
  ]);
  const phoenix = await Phoenix.start(command, { env: { DENO_DIR: `${folder.path}/cache` } });
  assertEquals(await phoenix.ask(), `generation 1 pid ${phoenix.pid}`);
  change = (text) => text.replace(ANSWER, "`new code, " + ANSWER.slice(1));
  await phoenix.hup(2);
  assertEquals(await phoenix.ask(), `new code, generation 2 pid ${phoenix.pid}`);
  // What is broken there, or not there, is not begun.
  change = (text) => text.replace("restarter.ready();", "restarter.");
  Deno.kill(phoenix.pid, "SIGHUP");
  await phoenix.running.stderr.until(/Cannot restart/);
  assertEquals(await phoenix.ask(), `new code, generation 2 pid ${phoenix.pid}`);
  change = (text) => text;
  await phoenix.hup(3);
  assertEquals(await phoenix.ask(), `generation 3 pid ${phoenix.pid}`);
  await phoenix.end();
}, { skip: sample(false) });

test(`${NAME} ends by TERM while new code is tried, and leaves no process`, async () => {
  using folder = new CodeFolder();
  const phoenix = await Phoenix.start(folder.command(NAME, ARGS));
  folder.change(NAME, "  restarter.ready();", "  await import('../../here/tell.ts');");
  const { promise: tried, resolve } = Promise.withResolvers<string>();
  using told = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  Deno.writeTextFileSync(
    `${folder.here}/tell.ts`,
    `const told = await Deno.connect({ hostname: "127.0.0.1", port: ${told.addr.port} });
    await told.write(new TextEncoder().encode(String(Deno.pid)));
    told.close();
    await new Promise(() => setInterval(() => {}, 99));`,
  );
  told.accept().then(async (connection) => resolve(await new Response(connection.readable).text()));
  Deno.kill(phoenix.pid, "SIGHUP");
  const trial = Number(await tried);
  assert(trial > 1);
  await phoenix.end();
  assert(!lives(trial));
}, { skip: sample(false) });
