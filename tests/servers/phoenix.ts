/** A server that is replaced by its new code, and a client that counts who was not served. */
import type { ByteStream, SignalName } from "../../lib/core/mod.ts";
import { type Child, type ExitStatus, spawn } from "../../lib/processes/mod.ts";
import { activation, type RestarterOptions } from "../../lib/servers/mod.ts";
import { kill } from "../../lib/signals/mod.ts";
import { connect, type Listener } from "../../lib/sockets/mod.ts";
import { assertEquals, denoCommand, type DenoOptions, repository, within } from "../support/mod.ts";
import { numbers, readProc } from "../support/proc.ts";

/** The file that the server imports, whose text a test changes. */
const PART = "part.ts";
/** The server itself. */
const MAIN = "phoenix.ts";

/** How a server is started. */
export interface PhoenixOptions extends DenoOptions {
  /** The options of `restartable`. */
  restarter?: RestarterOptions;
  /** The supervisor that starts it, by a script in the folder `service`. */
  supervisor?: readonly string[];
  /** A socket that it is given, as from a supervisor. */
  given?: Listener;
  /** What `part.ts` is at first. */
  part?: string;
}

/** What it answers: its generation and its process. */
export interface Answer {
  generation: number;
  pid: number;
}

/** A running server. */
export class Phoenix implements AsyncDisposable {
  readonly pid: number;
  readonly port: number;
  readonly folder: string;
  readonly #child: Child;
  readonly #lines: Lines;
  readonly #errors: Lines;

  private constructor(child: Child, folder: string, lines: Lines, pid: number, port: number) {
    this.#child = child;
    this.pid = pid;
    this.folder = folder;
    this.port = port;
    this.#lines = lines;
    this.#errors = new Lines(child.stderr);
  }

  /** Start one, by a relative path; it changes its directory then. */
  static async start(options: PhoenixOptions = {}): Promise<Phoenix> {
    const folder = await Deno.makeTempDir();
    const source = await Deno.readTextFile(repository("tests/servers/programs/phoenix.ts"));
    const root = new URL("../../", import.meta.url).href;
    const text = source.replaceAll("../../../", root);
    await Deno.writeTextFile(`${folder}/${MAIN}`, text);
    await Deno.writeTextFile(`${folder}/${PART}`, options.part ?? "");
    const flags = [
      "--allow-env",
      "--allow-net",
      "--allow-read",
      "--allow-write",
      "--allow-run",
      ...options.flags ?? [],
    ];
    const command = denoCommand(MAIN, {
      ...options,
      flags,
      args: [`${folder}/socket`, JSON.stringify({ timeout: within(10_000), ...options.restarter })],
    });
    if (options.supervisor) await serviceOf(folder, command);
    const words = options.supervisor ? [...options.supervisor, `${folder}/service`] : command;
    const { fds, env: told, pidVariables } = activation(options.given ? { web: options.given } : {});
    const running = spawn(words, {
      fds,
      pidVariables,
      cwd: folder,
      env: { NO_COLOR: "1", ...options.env, ...told },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      tree: true,
    });
    const lines = new Lines(running.stdout);
    const [, , pid, port] = (await lines.next()).split(" ").map(Number);
    return new Phoenix(running, folder, lines, pid!, port!);
  }

  /** Change a part of the code, or take it away. */
  async change(text: string | undefined): Promise<void> {
    if (text === undefined) await Deno.remove(`${this.folder}/${PART}`);
    else await Deno.writeTextFile(`${this.folder}/${PART}`, text);
  }

  /** Its next line: `ready GENERATION PID PORT`. */
  said(): Promise<string> {
    return this.#lines.next();
  }

  /** The next line of its errors. */
  complained(): Promise<string> {
    return this.#errors.next();
  }

  kill(signal: SignalName, pid = this.pid): void {
    kill(pid, signal);
  }

  /** Ask it, by TCP or by its path, perhaps with a line. */
  async ask(by: "tcp" | "unix" = "tcp", line?: string): Promise<Answer> {
    await using client = by === "tcp"
      ? await connect({ hostname: "127.0.0.1", port: this.port })
      : await connect({ path: `${this.folder}/socket` });
    if (line !== undefined) await client.writeLine(line);
    const answer = await client.readLine({ timeout: within(10_000) });
    const [, generation, pid] = /^generation (\d+) pid (\d+)$/.exec(answer ?? "") ?? [];
    // The end, and no reset: its descriptor is closed there.
    await client.readLine({ timeout: within(10_000) });
    if (generation === undefined) throw new Error(`Not served: ${answer}`);
    return { generation: Number(generation), pid: Number(pid) };
  }

  /** How it ended. */
  get status(): Promise<ExitStatus> {
    return this.#child.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await Promise.all([this.#lines.close(), this.#errors.close()]);
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** The folder of a service that runs `command` in `folder`. */
async function serviceOf(folder: string, command: readonly string[]): Promise<void> {
  await Deno.mkdir(`${folder}/service`);
  const script = `#!/bin/sh\ncd ${folder} && exec ${command.map((word) => `'${word}'`).join(" ")}\n`;
  await Deno.writeTextFile(`${folder}/service/run`, script, { mode: 0o755 });
}

/** The lines of a stream. */
export class Lines {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(stream: ByteStream) {
    this.#reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  }

  async next(): Promise<string> {
    while (!this.#text.includes("\n")) {
      const { value, done } = await this.#reader.read();
      if (done) throw new Error(`It has ended, and said ${JSON.stringify(this.#text)}`);
      this.#text += value;
    }
    const at = this.#text.indexOf("\n");
    const line = this.#text.slice(0, at);
    this.#text = this.#text.slice(at + 1);
    return line;
  }

  close(): Promise<void> {
    return this.#reader.cancel();
  }
}

/** A client that opens connections one after another until it is stopped. */
export class Load {
  readonly #running: Promise<void>;
  readonly answers: Answer[] = [];
  readonly failures: string[] = [];
  #stopped = false;

  constructor(phoenix: Phoenix, by: "tcp" | "unix") {
    this.#running = this.#run(phoenix, by);
  }

  async #run(phoenix: Phoenix, by: "tcp" | "unix"): Promise<void> {
    while (!this.#stopped) {
      await phoenix.ask(by).then((answer) => this.answers.push(answer), (error) => this.failures.push(`${error}`));
    }
  }

  /** Everybody was served; by whom. */
  async end(): Promise<Answer[]> {
    this.#stopped = true;
    await this.#running;
    assertEquals(this.failures, []);
    return this.answers;
  }
}

/** How many descriptors process `pid` has. */
export function descriptors(pid: number): number {
  return numbers(`/proc/${pid}/fd`).length;
}

/** Ask until it is so: what is asked for is the state of /proc, which nothing announces. */
export async function until(done: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + within(5_000);
  while (!done()) {
    if (performance.now() > deadline) throw new Error(`Not within 5 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The children of process `pid`. */
export function childrenOf(pid: number): number[] {
  const tasks = numbers(`/proc/${pid}/task`);
  return tasks.flatMap((tid) => (readProc(`/proc/${pid}/task/${tid}/children`).match(/\d+/g) ?? []).map(Number));
}
