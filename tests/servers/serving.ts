/** An echo server in a process of its own. */
import { numbers, readProc } from "../support/proc.ts";
import { denoCommand, repository } from "../support/mod.ts";
import { OtherEnd } from "../sockets/other_end.ts";

export class Serving implements AsyncDisposable {
  readonly end: OtherEnd;
  port = 0;

  private constructor(end: OtherEnd) {
    this.end = end;
  }

  /** `under`: what starts it, such as `["prlimit", "--nofile=64"]`. */
  static async start(under: string[] = [], port = 0): Promise<Serving> {
    const file = repository("tests/servers/programs/serving.ts");
    const serving = new Serving(
      new OtherEnd(denoCommand(file, { under, flags: ["--allow-net=127.0.0.1"], args: [`${port}`] })),
    );
    serving.port = Number(await serving.end.prints("\n"));
    return serving;
  }

  /** The process, which the program that starts it has become. */
  get pid(): number {
    return this.end.child.pid;
  }

  /** Milliseconds of CPU that it has used, without the threads on which the engine compiles what has run often. */
  get #cpu(): number {
    const stats = numbers(`/proc/${this.pid}/task`).map((tid) => readProc(`/proc/${this.pid}/task/${tid}/stat`));
    const fields = stats.filter((stat) => !stat.includes("(V8 ")).map((stat) => stat.replace(/.*\) /, "").split(" "));
    return 10 * fields.reduce((sum, fields) => sum + Number(fields[11] ?? 0) + Number(fields[12] ?? 0), 0);
  }

  /** The share of a processor that it uses in a second. */
  async shareOfCpu(): Promise<number> {
    const before = this.#cpu;
    const begun = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    return (this.#cpu - before) / (performance.now() - begun);
  }

  /** MiB that it has in memory. */
  get memory(): number {
    return Number(/VmRSS:\s+(\d+)/.exec(readProc(`/proc/${this.pid}/status`))![1]) / 1024;
  }

  get descriptors(): number {
    return numbers(`/proc/${this.pid}/fd`).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end[Symbol.asyncDispose]();
  }
}
