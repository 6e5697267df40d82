/** A child that this thread waits for with poll(2), reading and writing its pipes meanwhile. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { SIGNAL } from "../../ffi/abi/signal.ts";
import { setNonBlocking } from "../../ffi/descriptors.ts";
import { isInterruptible } from "../../ffi/interruption.ts";
import { POLL_READ, POLL_WRITE, pollAny } from "../../ffi/poll.ts";
import { kill } from "../../ffi/signal.ts";
import { pidfd_open } from "../../ffi/sys_wait.ts";
import { encodeText } from "../../ffi/text.ts";
import { close, read, write } from "../../ffi/unistd.ts";
import { check, syscallError } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import { checkLimit, timeoutReason } from "../core/limit.ts";
import { grown } from "./capture.ts";
import { checkGrace, GRACE_AT_LIMIT } from "./ending.ts";
import { displayCommand } from "./exit_error.ts";
import type { ExitStatus } from "./exit_status.ts";
import { reap, startWatched } from "./exit_watch.ts";
import type { Command } from "./options.ts";
import { startProgram } from "./start.ts";
import { ProcessTree } from "./process_tree.ts";
import { locateProgram } from "./program.ts";
import { Redirects } from "./redirects.ts";
import { checkCommand } from "./spawn.ts";
import type { SyncOptions } from "./sync.ts";
import { checkWaitDelay, IN_PIPE } from "./wait_delay.ts";

/** What has come through one pipe and was not taken yet. */
class Collected {
  readonly fd: Fd;
  #buffer = new Uint8Array(16 * 1024);
  #length = 0;

  constructor(fd: Fd) {
    this.fd = fd;
    setNonBlocking(fd.number, true);
  }

  get length(): number {
    return this.#length;
  }

  /** Read once: whether something came. The descriptor is closed at the end. */
  read(): boolean {
    if (this.#length === this.#buffer.length) this.#buffer = grown(this.#buffer);
    const room = this.#buffer.subarray(this.#length);
    const count = read(this.fd.number, room, room.length);
    if (count === -ERRNO.EAGAIN || count === -ERRNO.EINTR) return false;
    if (check(count, `read descriptor ${this.fd.number}`, "read") === 0) this.fd.close();
    this.#length += count;
    return count > 0;
  }

  /** What has come since the last time. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#buffer.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }
}

/** What is left until `time`, as poll(2) takes it. */
function timeUntil(time: number): number {
  return time === Infinity ? -1 : Math.min(Math.ceil(Math.max(0, time - performance.now())), 2 ** 31 - 1);
}

/** Disposing it ends a child that still runs, and leaves nothing of it. */
export class Conversation implements Disposable {
  readonly #pid: number;
  readonly #pidfd: Fd | undefined;
  readonly #outputs = new Map<number, Collected>();
  readonly #stdin: Fd | undefined;
  readonly #deadline: number;
  readonly #waitDelay: number;
  readonly #command: Command;
  readonly #options: SyncOptions;
  #input: Uint8Array<ArrayBuffer>;
  #status: ExitStatus | undefined;
  #endedAt: number | undefined;
  #finished = false;
  /** When the pipes are cut: `waitDelay` after the child's end. */
  #cutAt = Infinity;
  /** Whether they were. */
  incomplete = false;

  constructor(command: Command, options: SyncOptions) {
    checkCommand(command);
    checkLimit(options);
    checkGrace(options.grace);
    if (options.input !== undefined && options.stdin !== undefined) {
      throw new TypeError("input and stdin exclude each other");
    }
    const { input = "", timeout = Infinity, waitDelay = Infinity } = options;
    checkWaitDelay(waitDelay);
    this.#command = command;
    this.#options = options;
    this.#waitDelay = waitDelay;
    this.#input = typeof input === "string" ? encodeText(input) : input;
    const paths = locateProgram(command[0]!, options, "spawn");
    using redirects = new Redirects(
      command[0]!,
      options.input === undefined ? options : { ...options, stdin: "piped" },
    );
    const start = () => startProgram(command, paths, options, redirects.map);
    // Without a limit the kernel's own wait is all that is needed.
    const piped = options.input !== undefined || [options.stdin, options.stdout, options.stderr].includes("piped");
    const watched = timeout < Infinity || (piped && this.#waitDelay < Infinity) || isInterruptible();
    const { pid, pidfd } = watched ? startWatched(command[0]!, start) : { pid: start(), pidfd: -1 };
    this.#pid = pid;
    this.#deadline = performance.now() + timeout;
    if (pidfd >= 0) this.#pidfd = Fd.made(pidfd);
    else if (timeout < Infinity) this.#refuse(-pidfd);
    this.#stdin = redirects.take(0);
    if (this.#stdin) setNonBlocking(this.#stdin.number, true);
    for (const number of [1, 2]) {
      const end = redirects.take(number);
      if (end) this.#outputs.set(number, new Collected(end));
    }
  }

  /** A child that cannot be waited for with a time limit is ended at once. */
  #refuse(errno: number): never {
    const pid = this.#pid;
    kill(pid, SIGNAL.SIGKILL);
    reap(pid, true);
    throw syscallError(`wait for process ${pid} with a time limit`, errno, "pidfd_open", { pid });
  }

  /** What the child has written to its descriptor `number` since the last time. */
  read(number: number): Uint8Array<ArrayBuffer> {
    return this.#outputs.get(number)?.take() ?? new Uint8Array(0);
  }

  /** Carry bytes until some have come, or the end, from the child's descriptor `number`; false at the end. */
  step(number: number): boolean {
    const { fd } = this.#outputs.get(number)!;
    if (fd.closed) return false;
    const ours = fd.number;
    while (!this.#exchange().includes(ours) && !fd.closed);
    return !fd.closed;
  }

  /** Carry bytes until all pipes have ended, then wait for the child. */
  finish(): ExitStatus {
    while (this.#stdin?.closed === false || [...this.#outputs.values()].some(({ fd }) => !fd.closed)) this.#exchange();
    while (this.#status === undefined && this.#pidfd && !this.#poll([[this.#pidfd.number, POLL_READ]]).length);
    this.#finished = true;
    return this.#status ??= reap(this.#pid, true)!;
  }

  /** The child has ended: its pipes have `waitDelay` to end as well. */
  #childEnded(): void {
    this.#status ??= reap(this.#pid, true);
    this.#endedAt = performance.now();
    this.#cutAt = this.#endedAt + this.#waitDelay;
  }

  /** Read what is in the pipes, and wait for no more. */
  #cut(): void {
    for (const output of this.#outputs.values()) {
      const limit = output.length + IN_PIPE;
      while (!output.fd.closed && output.read() && output.length < limit);
      this.incomplete ||= !output.fd.closed;
      output.fd.close();
    }
    this.#stdin?.close();
  }

  /** Wait until something can be read or written, and do it: which descriptors were ready. */
  #exchange(): number[] {
    if (performance.now() >= this.#cutAt) {
      this.#cut();
      return [];
    }
    const wanted: [number, number][] = [];
    const pidfd = this.#pidfd !== undefined && this.#status === undefined ? this.#pidfd.number : -1;
    if (pidfd >= 0 && this.#waitDelay < Infinity) wanted.push([pidfd, POLL_READ]);
    for (const { fd } of this.#outputs.values()) if (!fd.closed) wanted.push([fd.number, POLL_READ]);
    if (this.#stdin?.closed === false) wanted.push([this.#stdin.number, POLL_WRITE]);
    const ready = this.#poll(wanted);
    if (ready.includes(pidfd)) this.#childEnded();
    for (const output of this.#outputs.values()) {
      if (!output.fd.closed && ready.includes(output.fd.number)) output.read();
    }
    if (this.#stdin?.closed === false && ready.includes(this.#stdin.number)) this.#feed(this.#stdin);
    return ready;
  }

  #feed(stdin: Fd): void {
    const count = this.#input.length === 0 ? 0 : write(stdin.number, this.#input, this.#input.length);
    if (count === -ERRNO.EAGAIN || count === -ERRNO.EINTR) return;
    this.#input = this.#input.subarray(Math.max(0, count));
    // A child that does not read it all (EPIPE) tells by its status whether that was right.
    if (count < 0 || this.#input.length === 0) stdin.close();
  }

  /** poll(2) within the time limit. */
  #poll(wanted: [number, number][]): number[] {
    if (performance.now() >= this.#deadline) throw timeoutReason(this.#options.timeout!, displayCommand(this.#command));
    const ready = pollAny(wanted, timeUntil(Math.min(this.#deadline, this.#cutAt)));
    if (typeof ready !== "number") return ready;
    if (ready === -ERRNO.EINTR) return [];
    throw syscallError("wait for a child's output", -ready, "poll");
  }

  [Symbol.dispose](): void {
    this.#stdin?.close();
    for (const { fd } of this.#outputs.values()) fd.close();
    if (this.#status === undefined || (this.#options.tree && !this.#finished)) this.#terminate();
    this.#pidfd?.close();
  }

  #terminate(): void {
    const tree = this.#options.tree ? new ProcessTree({ pid: this.#pid, endedAt: this.#endedAt }) : undefined;
    tree ? tree.signal(SIGNAL.SIGTERM) : kill(this.#pid, SIGNAL.SIGTERM);
    if (!tree) kill(this.#pid, SIGNAL.SIGCONT);
    const pidfd = this.#pidfd?.number ?? pidfd_open(this.#pid, 0);
    const killAt = performance.now() + (this.#options.grace ?? GRACE_AT_LIMIT);
    while (pidfd >= 0 && pollAny([[pidfd, POLL_READ]], timeUntil(killAt), false) === -ERRNO.EINTR);
    if (!this.#pidfd && pidfd >= 0) close(pidfd);
    tree ? tree.kill() : kill(this.#pid, SIGNAL.SIGKILL);
    this.#status ??= reap(this.#pid, true);
  }
}
