/** The launcher's side: start the daemon, and wait until it is ready or will never be. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { setNonBlocking } from "../../ffi/descriptors.ts";
import { getcwd, read, write } from "../../ffi/unistd.ts";
import { SyscallError } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import { Limit } from "../core/limit.ts";
import { type Pipe, pipe } from "../core/pipe.ts";
import { waitReadable } from "../core/readiness.ts";
import { type Child, type ExitStatus, ownCommand, spawn } from "../processes/mod.ts";
import { ANSWER, type DaemonReport, identityWord, REPORT, VARIABLE } from "./daemon_channel.ts";
import type { DaemonizeOptions } from "./daemon_options.ts";

/** Milliseconds that a daemon has to end that has told why it failed. */
const MOMENT = 1_000;
/** Longer paths than this are none. */
const LONGEST_PATH = 4_096;

/**
 * A daemon that did not become ready: it told why, or ended before.
 *
 * @example
 * ```ts
 * import { DaemonError } from "@vasty/vasty";
 *
 * const error = new DaemonError("The daemon ended before it was ready: exit 3");
 * console.assert(error.name === "DaemonError" && error.status === undefined);
 * ```
 */
export class DaemonError extends Error {
  /** `"DaemonError"`. */
  override name = "DaemonError";
  /** How it ended, if it ended by itself. */
  readonly status?: ExitStatus;

  /** @ignore */
  constructor(message: string, status?: ExitStatus) {
    super(message);
    this.status = status;
  }
}

/** Start it. Returns when it is ready, and has been told that this is known. */
export async function launchDaemon(options: DaemonizeOptions): Promise<void> {
  const command = ownCommand();
  using stack = new DisposableStack();
  const [report, answer] = [pipeOf(stack), pipeOf(stack)];
  setNonBlocking(report.reader.number, true);
  const child = spawn(command, {
    session: "member",
    umask: options.umask ?? 0o022,
    // Deno's own flags may have relative paths; the daemon itself goes to its directory. Deno does not start in a deleted one.
    cwd: isDeleted() ? "/" : undefined,
    env: { ...options.env, [VARIABLE]: identityWord(report.reader.number) },
    stdin: "null",
    stdout: "null",
    fds: { [REPORT]: report.writer, [ANSWER]: answer.reader },
  });
  report.writer.close();
  answer.reader.close();
  try {
    const told = await firstWord(child, report.reader, options);
    if (told.failed !== undefined) throw await failure(child, told.failed);
    if (write(answer.writer.number, Uint8Array.of(1), 1) < 0) endedBefore(await child.status);
  } catch (error) {
    await child.terminate({ grace: 50 }).catch(ignoreDropped);
    throw error;
  }
  child.unref();
}

/** It ends by itself, having cleaned up; it has a moment for that. */
async function failure(child: Child, reason: string): Promise<DaemonError> {
  const { promise, resolve } = Promise.withResolvers<void>();
  using _limit = new Limit({ timeout: MOMENT }, () => resolve());
  await Promise.race([promise, child.status]);
  return new DaemonError(reason, child.poll());
}

function pipeOf(stack: DisposableStack): Pipe {
  const ends = pipe();
  stack.use(ends.reader);
  stack.use(ends.writer);
  return ends;
}

/** One that has become another user cannot be ended by us; it sees that we are gone. */
function ignoreDropped(error: unknown): void {
  if (!(error instanceof SyscallError)) throw error;
}

function isDeleted(): boolean {
  const room = new Uint8Array(LONGEST_PATH);
  return getcwd(room, room.length) === -ERRNO.ENOENT;
}

/**
 * What the daemon tells first. Its end is seen by itself, not by that of the pipe: a child of its may have that.
 *
 * @throws {DaemonError} if it ended before.
 */
async function firstWord(child: Child, reader: Fd, options: DaemonizeOptions): Promise<DaemonReport> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  using _limit = new Limit({ signal: options.signal, timeout: options.timeout }, reject);
  const over = new AbortController();
  const ended = child.status.then(() => over.abort(), reject);
  const words = new Words(reader);
  try {
    for (;;) {
      const word = words.take();
      if (word !== undefined) return word;
      const status = child.poll();
      // What it wrote at last is there by now.
      if (status !== undefined) return words.take() ?? endedBefore(status);
      const more = words.over ? ended : waitReadable(reader, { signal: over.signal }).catch(() => {});
      await Promise.race([more, promise]);
    }
  } finally {
    over.abort();
  }
}

function endedBefore(status: ExitStatus): never {
  throw new DaemonError(`The daemon ended before it was ready: ${status}`, status);
}

/** What comes through the pipe. */
class Words {
  readonly #reader: Fd;
  #text = "";
  /** Whether nothing comes any more. */
  over = false;

  constructor(reader: Fd) {
    this.#reader = reader;
  }

  /** A report, if one has come as a whole. */
  take(): DaemonReport | undefined {
    const chunk = new Uint8Array(65_536);
    for (let count; (count = read(this.#reader.number, chunk, chunk.length)) !== -ERRNO.EAGAIN;) {
      if (count === -ERRNO.EINTR) continue;
      this.over = count <= 0;
      if (this.over) break;
      this.#text += new TextDecoder().decode(chunk.subarray(0, count));
    }
    const end = this.#text.indexOf("\n");
    return end < 0 ? undefined : JSON.parse(this.#text.slice(0, end));
  }
}
