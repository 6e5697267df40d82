/** Programs started by the launcher, with the flags that `deno task example` gives it. */
import { unmask } from "../../ffi/transit.ts";
import { type Ended, repository } from "../support/mod.ts";

const EVERY_SIGNAL = 0xffff_ffff_ffff_ffffn;

/** How a program is launched. */
export interface LaunchOptions {
  /** The folder where the user stands. @default {the repository} */
  cwd?: string;
  env?: Record<string, string>;
  /** What starts the launcher, such as `["setsid"]`. */
  under?: string[];
  /** All that comes on its standard input. */
  input?: string;
}

/** The command line of a task of deno.json: `deno` is this one. */
function taskCommand(name: string): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(repository("deno.json")));
  const [, ...words] = (tasks[name] as string).split(" ");
  return [Deno.execPath(), ...words];
}

/** The launcher, given an example's name and arguments. */
export function exampleCommand(name: string, ...args: string[]): string[] {
  return [...taskCommand("example"), name, ...args];
}

/** The launcher, given any program and its arguments. */
export function launchCommand(file: string, ...args: string[]): string[] {
  return [...taskCommand("example").slice(0, -1), file, ...args];
}

/** `deno task example`, the whole way. */
export function exampleTask(name: string, ...args: string[]): string[] {
  return [Deno.execPath(), "task", "--quiet", "example", name, ...args];
}

/** What a program writes to one of its streams. */
class Written {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  readonly #decoder = new TextDecoder();
  text = "";

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#reader = stream.getReader();
  }

  /** Read more; false at the end. */
  async #more(): Promise<boolean> {
    const { value, done } = await this.#reader.read();
    if (!done) this.text += this.#decoder.decode(value, { stream: true });
    return !done;
  }

  /** Read until `text` has come; all that has come so far. */
  async until(text: RegExp): Promise<string> {
    while (!text.test(this.text)) {
      if (!await this.#more()) throw new Error(`It ended without ${text}: ${this.text}`);
    }
    return this.text;
  }

  /** Stop reading: who goes on writing gets EPIPE. */
  async close(): Promise<void> {
    await this.#reader.cancel();
  }

  /** Read to the end. */
  async rest(): Promise<string> {
    while (await this.#more());
    return this.text;
  }
}

/** A program that runs. */
export class Running {
  readonly child: Deno.ChildProcess;
  readonly stdout: Written;
  readonly stderr: Written;

  constructor(command: string[], options: LaunchOptions = {}) {
    const { cwd = repository(""), env = {}, under = [] } = options;
    const [program, ...args] = [...under, ...command];
    // A thread from which the library has kept signals may run this test file, and what Deno starts inherits its mask.
    unmask(EVERY_SIGNAL);
    this.child = new Deno.Command(program!, {
      args,
      cwd: repository(""),
      // The folder of whoever runs the tests by a task must not count.
      env: { NO_COLOR: "1", ...env, INIT_CWD: cwd },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.stdout = new Written(this.child.stdout);
    this.stderr = new Written(this.child.stderr);
  }

  /**
   * Write `input`, close its standard input, and wait for its end. Without `input` that stays open until the end has come,
   * which then has another cause.
   */
  async end(input?: string): Promise<Ended> {
    if (input === undefined) await this.child.status;
    const writer = this.child.stdin.getWriter();
    // It may have ended without reading.
    await writer.write(new TextEncoder().encode(input ?? "")).catch(() => {});
    await writer.close().catch(() => {});
    const [{ code, signal }, stdout, stderr] = await Promise.all([
      this.child.status,
      this.stdout.rest(),
      this.stderr.rest(),
    ]);
    return { code, signal, stdout, stderr };
  }
}

/** Run a command to its end. */
export async function launched(command: string[], options: LaunchOptions = {}): Promise<Ended> {
  return await new Running(command, options).end(options.input ?? "");
}

/** A folder with one file, "lines.txt", gone at the end of the block. */
export class Folder implements Disposable {
  readonly path: string = Deno.makeTempDirSync();

  constructor() {
    Deno.writeTextFileSync(`${this.path}/lines.txt`, "tcp one\nsecond\n");
  }

  /** The names of the files in it. */
  get files(): string[] {
    return [...Deno.readDirSync(this.path)].map(({ name }) => name).sort();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** What a shell prints. Deno itself lets only programs with all permissions read /proc. */
function shell(script: string): string {
  const { stdout } = new Deno.Command("sh", { args: ["-c", script], stderr: "null" }).outputSync();
  return new TextDecoder().decode(stdout);
}

/** The children of process `pid`. */
export function childrenOf(pid: number): number[] {
  return shell(`cat /proc/${pid}/task/*/children`).split(" ").filter((word) => word.trim() !== "").map(Number);
}

/** Whether there is a process `pid`. */
export function alive(pid: number): boolean {
  return shell(`test -d /proc/${pid} && echo yes`) !== "";
}
