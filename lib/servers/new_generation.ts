/** A process that runs the code as it is now, and says when it is ready. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { setNonBlocking } from "../../ffi/descriptors.ts";
import { blockedForSuccessor } from "../../ffi/transit.ts";
import { read } from "../../ffi/unistd.ts";
import { IN_WORKER } from "../../ffi/web_worker.ts";
import { check } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import { legacyVariables } from "../core/legacy.ts";
import { Deadline, type LimitOptions } from "../core/limit.ts";
import { pipe } from "../core/pipe.ts";
import { waitReadable } from "../core/readiness.ts";
import { nameOfSignal } from "../core/signal_names.ts";
import { type Child, spawn, type SpawnOptions } from "../processes/mod.ts";
import { freshCommand } from "./fresh_command.ts";
import { type GenerationRole, type GenerationState, stateText, VARIABLE } from "./generation_state.ts";
import { RestartError } from "./restart_error.ts";

/** What the new process gets. */
export interface NewGeneration {
  readonly role: Extract<GenerationRole, "trial" | "successor">;
  readonly generation: number;
  readonly sockets: ReadonlyMap<string, Fd>;
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
  readonly cwd?: string;
}

const FIRST = 3;
/** Milliseconds for which the rest of a dead one's words is waited for, if something that it has started has its pipe. */
const LAST_WORDS = 200;
/** Characters of its words that are kept. */
const KEPT = 16_384;

/**
 * Start a process, and wait until it is ready. A trial is ended then, and so is what does not get so far, with all that it has
 * started.
 *
 * @throws {RestartError} if it ended before.
 * @throws {SyscallError} if it could not be started.
 * @throws the signal's reason, or a `DOMException` named "TimeoutError".
 */
export async function startGeneration(plan: NewGeneration, limit: LimitOptions): Promise<Child> {
  const deadline = new Deadline(limit);
  const { reader, writer } = pipe();
  using _reader = reader;
  setNonBlocking(reader.number, true);
  const child = startChild(plan, writer);
  const trial = plan.role === "trial";
  const words = trial ? new LastWords(child) : undefined;
  let ready = false;
  try {
    ready = await becomesReady(child, reader, deadline);
  } finally {
    if (trial || !ready) {
      child.kill("SIGKILL", { tree: true });
      await child.status;
      await words?.end();
    }
  }
  if (ready) return child;
  throw new RestartError(trial ? "restart" : "hand over", await child.status, words?.text ?? "");
}

function startChild(plan: NewGeneration, writer: Fd): Child {
  using _writer = writer;
  const fds: Record<number, Fd> = {};
  const sockets: Record<string, number> = {};
  let next = FIRST;
  for (const [name, fd] of plan.sockets) {
    sockets[name] = next;
    fds[next++] = fd;
  }
  fds[next] = writer;
  const { role, generation, cwd } = plan;
  const state: GenerationState = { role, generation, sockets, report: next, cwd };
  return spawn(freshCommand(plan.args), {
    fds,
    cwd,
    ...role === "trial" ? trial(plan, state) : successor(plan, state),
  });
}

/**
 * It is heard by nobody but us, reads nothing, gets no signals that are meant for our group, speaks to no supervisor, and does
 * not outlive us.
 */
function trial({ env }: NewGeneration, state: GenerationState): SpawnOptions {
  const death = IN_WORKER ? {} : { parentDeathSignal: "SIGKILL" };
  return {
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    processGroup: true,
    env: { ...env, NOTIFY_SOCKET: "" },
    pidVariables: { ...legacyVariables("trial"), [VARIABLE]: stateText(state) },
    ...death,
  };
}

/** It will be what we are. A signal that comes before it has its handlers waits for them. */
function successor({ env }: NewGeneration, state: GenerationState): SpawnOptions {
  const { signals, variable } = blockedForSuccessor();
  return {
    env,
    blockedSignals: signals.map(nameOfSignal),
    pidVariables: { ...legacyVariables("successor"), [VARIABLE]: stateText(state), ...variable },
  };
}

/** Whether it says that it is ready, before it ends. */
async function becomesReady(child: Child, report: Fd, deadline: Deadline): Promise<boolean> {
  const ended = new AbortController();
  child.status.then(() => ended.abort(), () => ended.abort());
  const { signal, ...rest } = deadline.options;
  const either = AbortSignal.any(signal === undefined ? [ended.signal] : [ended.signal, signal]);
  try {
    await waitReadable(report, { ...rest, signal: either });
  } catch (error) {
    if (signal?.aborted || !ended.signal.aborted) throw error;
  }
  const count = read(report.number, new Uint8Array(1), 1);
  // It has ended, and something that it has started still has the pipe.
  if (count === -ERRNO.EAGAIN) return false;
  return check(count, "read whether the new code is ready", "read") === 1;
}

/** The end of what a child writes to its standard error output. */
class LastWords {
  text = "";
  readonly #reading: Promise<void>;
  readonly #stop = new AbortController();

  constructor(child: Child) {
    const decoder = new TextDecoder();
    const sink = new WritableStream<Uint8Array>({
      write: (bytes) => void (this.text = (this.text + decoder.decode(bytes, { stream: true })).slice(-KEPT)),
    });
    this.#reading = child.stderr.pipeTo(sink, { signal: this.#stop.signal }).catch(() => {});
  }

  /** There will be no more: the child has ended. */
  async end(): Promise<void> {
    const timer = setTimeout(() => this.#stop.abort(), LAST_WORDS);
    await this.#reading;
    clearTimeout(timer);
  }
}
