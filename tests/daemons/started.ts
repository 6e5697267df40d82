/** Daemons that tests start, and what the kernel says of them. */
import { type DaemonizeOptions, PidFile } from "../../lib/daemons/mod.ts";
import { denoCommand, type Ended, repository, within } from "../support/mod.ts";
import { linkOf, numbers, readProc } from "../support/proc.ts";
import { Running } from "../examples/launched.ts";
import { until } from "../examples/signalled.ts";

/** What a daemon is started with. */
export interface StartOptions {
  /** The options of daemonize(), but for the files. */
  options?: DaemonizeOptions;
  /** What the program does; see programs/subject.ts. */
  what?: string[];
  /** What it is started by. */
  under?: string[];
  flags?: string[];
}

/** A folder for a daemon's files, whose daemon is ended with it. */
export class DaemonFolder implements AsyncDisposable {
  readonly path: string = Deno.makeTempDirSync();
  readonly pidFile = `${this.path}/d.pid`;
  readonly log = `${this.path}/d.log`;

  /** The command that starts the daemon. */
  command(
    { options = {}, what = [], flags = ["--allow-run", "--allow-read", "--allow-write"] }: StartOptions = {},
  ): string[] {
    const json = JSON.stringify({ pidFile: this.pidFile, log: this.log, ...options });
    return denoCommand(repository("tests/daemons/programs/subject.ts"), { flags, args: [json, ...what] });
  }

  /** The launcher, as it runs. */
  launch(start: StartOptions = {}): Running {
    return new Running(this.command(start), { under: start.under });
  }

  /** The launcher's end: standard error to its end, which a daemon that holds it would put off. */
  start(start: StartOptions = {}): Promise<Ended> {
    return this.launch(start).end("");
  }

  /** The same, given its command line. */
  launched(command: string[], under?: string[]): Promise<Ended> {
    return new Running(command, { under }).end("");
  }

  /** The daemon's process id. */
  get pid(): number {
    const { running, pid } = PidFile.status(this.pidFile);
    if (!running || pid === undefined) throw new Error(`No daemon has ${this.pidFile}`);
    return pid;
  }

  /** The names of the files in it. */
  get files(): string[] {
    return [...Deno.readDirSync(this.path)].map(({ name }) => name).sort();
  }

  get logged(): string {
    return Deno.readTextFileSync(this.log);
  }

  /** End the daemon, and wait for that. */
  async stop(): Promise<void> {
    const { pid } = this;
    Deno.kill(pid, "SIGTERM");
    await gone(pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { running, pid } = PidFile.status(this.pidFile);
    if (running && pid !== undefined) {
      Deno.kill(pid, "SIGKILL");
      await gone(pid);
    }
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** Whether a process is there and no zombie. */
export function lives(pid: number): boolean {
  return /\) [^ZX] /.test(readProc(`/proc/${pid}/stat`));
}

/** Wait until process `pid` has ended, whoever reaps it. */
export async function gone(pid: number): Promise<void> {
  await until(`process ${pid} has ended`, () => !lives(pid));
}

/** What is the same of every daemon. */
export interface DaemonState {
  leader: boolean;
  ownSession: boolean;
  terminal: string;
  umask: string;
  ignored: string;
  blocked: string;
  cwd: string;
  streams: string[];
  /** Other descriptors that are no machinery of Deno's. */
  others: string[];
}

/** What the kernel says of process `pid`. */
export function stateOf(pid: number): DaemonState {
  const fields = readProc(`/proc/${pid}/stat`).replace(/^.*\) /s, "").split(" ");
  const [, , group, session, terminal] = fields;
  const status = readProc(`/proc/${pid}/status`);
  const field = (name: string) => new RegExp(`^${name}:\\s*(\\w+)`, "m").exec(status)?.[1] ?? "";
  const own = readProc("/proc/self/stat").replace(/^.*\) /s, "").split(" ")[3];
  const links = numbers(`/proc/${pid}/fd`).map((fd) => [fd, linkOf(`/proc/${pid}/fd/${fd}`)] as const)
    // One that was closed meanwhile is none.
    .filter(([, link]) => link !== "");
  return {
    leader: Number(session) === pid || Number(group) === pid,
    ownSession: session !== own,
    terminal: terminal!,
    umask: field("Umask"),
    ignored: field("SigIgn"),
    blocked: field("SigBlk"),
    cwd: linkOf(`/proc/${pid}/cwd`),
    streams: links.filter(([fd]) => fd <= 2).map(([, link]) => link),
    others: links.filter(([fd]) => fd > 2).map(([, link]) => link).filter((link) =>
      !/^(socket|pipe|anon_inode):|\/(deno|[\w-]+_cache_v\d+(-\w+)?)(\/|$)/.test(link)
    ),
  };
}

/** Milliseconds in which a daemon starts on a busy machine. */
export const START = within(20_000);
