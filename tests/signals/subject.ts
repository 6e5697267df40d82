/** Programs whose signals are their own: a test process shares its dispositions with all other tests. */
import { unmask } from "../../ffi/transit.ts";
import { assertEquals, denoCommand, type DenoOptions, repository, within } from "../support/mod.ts";

const EVERY_SIGNAL = 0xffff_ffff_ffff_ffffn;

/** What every program below can use. `settled()` waits until Deno has put its own handlers in place. */
const PRELUDE = `
  import {
    alarm, alive, beforeDefault, block, blockedSignals, dispatchSignals, getitimer, inheritedSignal, kill, localSignal,
    pendingSignals, Pidfd, raise, setitimer, SIG, sigaction, signalName, signalNames, signalNumber, signals, sigprocmask,
    sigqueue, sigsuspend, sigsuspendSync, sleepSync, timeout, trap, unblock, waitSignal, waitSignalSync,
  } from "vasty/lib/signals/mod.ts";
  import { numbers, readProc } from "vasty/tests/support/proc.ts";
  const say = (...what) => console.log(what.map((one) => typeof one === "string" ? one : JSON.stringify(one)).join(" "));
  const turn = (ms = 2) => new Promise((resolve) => setTimeout(resolve, ms));
  async function until(done) { while (!done()) await turn(); }
  const field = (name, task = "") => {
    const found = new RegExp("^" + name + ":\\\\s*(\\\\w+)", "m").exec(readProc("/proc/self/" + task + "status"));
    return found === null ? 0n : BigInt("0x" + found[1]);
  };
  const has = (name, signal) => (field(name) >> BigInt(signalNumber(signal) - 1) & 1n) === 1n;
  async function settled() {
    await until(() => has("SigCgt", "USR1"));
    await until(() => performance.now() > 1_000);
  }
  // Deno's thread for signals takes them in the order of their numbers: what came before is dealt with.
  async function denoHasDealt() {
    let told = false;
    const listener = () => told = true;
    Deno.addSignalListener("SIGWINCH", listener);
    Deno.kill(Deno.pid, "SIGWINCH");
    await until(() => told);
    Deno.removeSignalListener("SIGWINCH", listener);
  }
  function young() { if (has("SigCgt", "USR1")) Deno.exit(99); }
  const input = Deno.stdin.readable.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  const told = async () => (await input.next()).value?.trim();
`;

/** Another copy of the library in the same process: the same files by another URL. */
export async function withCopy(body: (url: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.symlink(repository("."), `${folder}/copy`);
    await body(`file://${folder}/copy/lib/signals/mod.ts`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What a program that was too old when it was to be young exits with: another one is tried. */
const TOO_OLD = 99;
const ATTEMPTS = 20;

/** The whole text of a program. */
export function program(source: string): string {
  return PRELUDE + source;
}

async function run(source: string, options: DenoOptions): Promise<End> {
  await using subject = await Subject.start(source, options);
  return await subject.end();
}

/** Run a program to its end: it says `expected`, nothing on standard error, and exits with 0 or dies of `signal`. */
export async function says(
  source: string,
  expected: readonly string[],
  options: DenoOptions & { signal?: string } = {},
): Promise<void> {
  const { signal = null, ...others } = options;
  let ended = await run(source, others);
  for (let i = 0; i < ATTEMPTS && ended.code === TOO_OLD; i++) ended = await run(source, others);
  const said = ended.rest === "" ? [] : ended.rest.trimEnd().split("\n");
  assertEquals([ended.stderr, said, ended.signal, signal === null ? ended.code : 0], ["", [...expected], signal, 0]);
}

/** How a {@linkcode Subject} has ended. */
export interface End {
  code: number;
  signal: string | null;
  /** What it said and was not read. */
  rest: string;
  stderr: string;
}

/** A running program that is signalled from outside. */
export class Subject implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #stderr: Promise<string>;
  readonly #file: string;
  readonly #watchdog: ReturnType<typeof setTimeout>;
  #text = "";
  #ended: Promise<End> | undefined;

  private constructor(child: Deno.ChildProcess, file: string) {
    this.#child = child;
    this.#file = file;
    this.#reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.#input = child.stdin.getWriter();
    this.#stderr = new Response(child.stderr).text();
    this.#watchdog = setTimeout(() => this.kill("SIGKILL"), within(30_000));
  }

  /** Start the program `source`, or, if it is too old when it says so, another one. */
  static async start(source: string, options: DenoOptions = {}): Promise<Subject> {
    const file = await Deno.makeTempFile({ suffix: ".ts" });
    const root = new URL("../../", import.meta.url).href;
    await Deno.writeTextFile(file, program(source).replaceAll(/(["'])vasty\//g, `$1${root}`));
    await Deno.chmod(file, 0o644);
    const [command, ...args] = denoCommand(file, options);
    const { cwd, env = {} } = options;
    // A thread from which the library has kept signals may run this test file, and what Deno starts inherits its mask.
    unmask(EVERY_SIGNAL);
    const child = new Deno.Command(command!, {
      args,
      cwd,
      env: { NO_COLOR: "1", ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return new Subject(child, file);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Its next line. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#text.indexOf("\n");
      if (end >= 0) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 1);
        return line;
      }
      const { value, done } = await this.#reader.read();
      if (done) throw new Error(`It ended after ${JSON.stringify(this.#text)}: ${await this.#stderr}`);
      this.#text += value;
    }
  }

  async tell(line: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
  }

  kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch {
      // It has ended.
    }
  }

  /** Wait for its end. */
  end(): Promise<End> {
    return this.#ended ??= this.#end();
  }

  async #end(): Promise<End> {
    await this.#input.close().catch(() => {});
    for (let chunk; !(chunk = await this.#reader.read()).done;) this.#text += chunk.value;
    const { code, signal } = await this.#child.status;
    const stderr = await this.#stderr;
    clearTimeout(this.#watchdog);
    await Deno.remove(this.#file);
    return { code, signal, rest: this.#text, stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended === undefined) this.kill("SIGKILL");
    await this.end();
  }
}

/** A C program of programs/, compiled; deleted at the end of a `using` block. */
export async function compiled(name: string): Promise<AsyncDisposable & { path: string }> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/${name}`;
  const args = ["-O1", "-Wall", "-Werror", "-o", path, repository(`tests/signals/programs/${name}.c`)];
  const { success, stderr } = await new Deno.Command("gcc", { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return { path, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

/** Run a program to its end; what it wrote. */
export async function output(program: string, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(program, { args, stdin: "null" }).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}
