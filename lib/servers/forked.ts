/** The children of a forking server: one for each connection, which is its standard input and output. */
import type { Fd } from "../core/fd.ts";
import type { Holding } from "../core/holding.ts";
import { type Child, type ExitStatus, spawn, type SpawnOptions } from "../processes/mod.ts";
import type { ForkedClient } from "./forked_child.ts";
import { type SelfChildChannel, type ServedExport, withServer } from "./self_child_channel.ts";
import { WarmChildren } from "./warm_children.ts";

/** A program that has the connection as its standard input and output. */
export interface ForkedProgram
  extends Pick<SpawnOptions, "cwd" | "env" | "clearEnv" | "stderr" | "user" | "group" | "groups"> {
  /** The program and its arguments; no shell sees them. */
  program: readonly string[];
}

/** An export of a module that has the connection as its standard input and output. */
export interface ForkedExport extends ServedExport {
  /** How many children have loaded the module and wait, so that a connection does not wait for the start of a Deno. @default {1} */
  warm?: number;
}

/** A child that was started, however that was. */
interface Started {
  readonly pid: number;
  readonly ended: Promise<{ status: ExitStatus; error?: Error }>;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
}

/** Milliseconds from SIGTERM to SIGKILL. */
const GRACE = 1_000;

export class ForkedChildren {
  readonly #what: ForkedProgram | ForkedExport;
  readonly #warm: WarmChildren | undefined;
  readonly #children = new Set<Started>();
  #ending: ReturnType<typeof setTimeout> | undefined;

  /** `holding` says whether children that wait for a connection keep this program alive. */
  constructor(what: ForkedProgram | ForkedExport, holding?: Holding) {
    this.#what = what;
    if (!("program" in what)) this.#warm = new WarmChildren(what, what.warm ?? 1, holding);
  }

  /** Resolves once the first connection can be served; rejects if none ever can. */
  get ready(): Promise<void> {
    return this.#warm?.ready ?? Promise.resolve();
  }

  /** Start a child for `connection`, which is closed here. @throws {SyscallError} if it cannot be started. */
  async start(connection: Fd, client: ForkedClient): Promise<Started> {
    using _ours = connection;
    const child = this.#warm ? await this.#warm.give(connection, client) : this.#startProgram(connection);
    const started = "ended" in child ? exportChild(child) : programChild(child);
    this.#children.add(started);
    started.ended.finally(() => this.#children.delete(started));
    if (this.#ending !== undefined) started.kill("SIGTERM");
    return started;
  }

  #startProgram(connection: Fd): Child {
    const { program, ...options } = this.#what as ForkedProgram;
    return spawn(program, { ...options, ...withServer(), stdin: connection, stdout: connection });
  }

  /** End all children; resolves when they are reaped. */
  async end(): Promise<void> {
    for (const child of this.#children) child.kill("SIGTERM");
    this.#ending ??= setTimeout(() => {
      for (const child of this.#children) child.kill("SIGKILL");
    }, GRACE);
    await this.finish();
    clearTimeout(this.#ending);
  }

  /** End those that wait for connections, and resolve when the others have ended by themselves. */
  async finish(): Promise<void> {
    await this.#warm?.end();
    while (this.#children.size > 0) await Promise.all([...this.#children].map(({ ended }) => ended));
  }
}

function exportChild(child: SelfChildChannel): Started {
  return { pid: child.pid, ended: child.ended, kill: (signal) => void child.kill(signal) };
}

function programChild(child: Child): Started {
  return {
    pid: child.pid,
    ended: child.status.then((status) => ({ status })),
    // One that is stopped sees no other signal before it is continued.
    kill: (signal) => void (child.kill(signal) && child.kill("SIGCONT")),
  };
}
