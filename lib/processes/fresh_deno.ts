/** A Deno that was started to run an export: it loads the module, then waits for its orders, and tells what went wrong. */
import type { Around } from "../core/around.ts";
import { syscallError } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import { Input } from "../core/input.ts";
import { Limit, type WaitOptions } from "../core/limit.ts";
import { Output } from "../core/output.ts";
import { type Pipe, pipe } from "../core/pipe.ts";
import { readLines } from "../core/records.ts";
import { byteStream } from "../core/streams.ts";
import type { Child } from "./child.ts";
import { ExitError } from "./exit_error.ts";
import type { ExitStatus } from "./exit_status.ts";
import type { SpawnOptions } from "./options.ts";
import type { ErrorReport, Report } from "./self_child.ts";
import { type Channel, selfCommand } from "./self_command.ts";
import type { SelfPermissions } from "./self_permissions.ts";
import { spawn } from "./spawn.ts";

/** What the child is to run, and how it is limited. */
export interface Order {
  readonly name: string;
  /** The name, whose it runs as, and its arguments, as they are sent. */
  readonly encoded: Promise<Uint8Array<ArrayBuffer>>;
  readonly limit: WaitOptions;
  /** Whether an exit code that is not 0 is an error. */
  readonly check: boolean;
}

export class FreshDeno {
  readonly child: Child;
  /** Resolves once it waits for its orders, and also when it ends before. */
  readonly loaded: Promise<void>;
  /** Resolves once the export is called, and also when it ends before. */
  readonly begun: Promise<void>;
  readonly #orders: Output;
  readonly #report: Input;
  readonly #told: Promise<Report>;
  readonly #stop = new AbortController();
  /** Whether it is known to have ended. */
  ended = false;

  /** Starts it; `options` are for its start, and have no time limit. */
  constructor(module: URL, permissions: SelfPermissions, options: SpawnOptions, around?: Around) {
    const numbers = freeNumbers(options.fds ?? {});
    const command = selfCommand(module, permissions, { ...numbers, read: options.stdout === "piped" }, around);
    using unused = new DisposableStack();
    const [orders, report] = [pipeOf(unused), pipeOf(unused)];
    const fds = { ...options.fds, [numbers.orders]: orders.reader, [numbers.report]: report.writer };
    this.child = spawn(command, { ...options, fds, signal: this.#stop.signal, timeout: Infinity });
    this.#orders = new Output(Fd.adopt(orders.writer.release()));
    this.#report = new Input(Fd.adopt(report.reader.release()));
    const [loaded, begun] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    this.loaded = loaded.promise;
    this.begun = begun.promise;
    this.child.status.catch(() => {}).finally(() => this.ended = true);
    this.#told = this.#listen({ loaded: loaded.resolve, begun: begun.resolve });
    // What its outcome tells, which nobody may wait for yet.
    this.#told.catch(() => {});
  }

  /** Everything that it tells, as one. */
  async #listen({ loaded, begun }: { loaded(): void; begun(): void }): Promise<Report> {
    let told: Report = {};
    try {
      for await (const line of readLines(byteStream(this.#report))) {
        const report = JSON.parse(line) as Report;
        if (report.loaded) loaded();
        if (report.begun) begun();
        // The first failure is the one that the others follow from.
        told = { ...report, ...told };
      }
      return told;
    } finally {
      loaded();
      begun();
    }
  }

  /** Have it run an export. */
  order({ encoded, limit }: Order): void {
    const watch = new Limit(limit, (reason) => this.#stop.abort(reason));
    this.child.status.catch(() => {}).finally(() => watch[Symbol.dispose]());
    this.#send(encoded).catch((reason) => this.#stop.abort(reason));
  }

  async #send(encoded: Promise<Uint8Array<ArrayBuffer>>): Promise<void> {
    const bytes = await encoded;
    // One that has ended reads nothing any more (EPIPE); its end says why.
    await this.#orders.write(bytes).catch(() => {});
    this.#orders.close();
  }

  /** It has no orders, and ends. */
  dismiss(): void {
    this.#orders.close();
  }

  /** Whether it keeps this program alive. */
  hold(on: boolean): void {
    on ? this.child.ref() : this.child.unref();
    this.#report.hold(on);
  }

  /** How it ended, or what it failed of; `closing` waits for that, and knows of a broken pipe. */
  async outcome(closing: Promise<ExitStatus>, { name, check }: Order): Promise<ExitStatus> {
    const closed = await closing.then(() => undefined, (reason) => ({ reason }));
    // A time limit is reported as such.
    const status = await this.child.status;
    const { loaded, failure, refused } = await this.#told;
    if (refused && !status.success) throw refusal(refused);
    if (!status.success && (failure || !loaded)) throw failed(name, status, failure, brokenPipe(closed?.reason));
    if (closed === undefined) return status;
    throw check && closed.reason instanceof ExitError ? renamed(name, closed.reason) : closed.reason;
  }
}

/** A pipe whose ends are closed with `stack`, unless they were released. */
function pipeOf(stack: DisposableStack): Pipe {
  const { reader, writer } = pipe();
  return { reader: stack.use(reader), writer: stack.use(writer) };
}

/** Two numbers that the child has no other use for. */
function freeNumbers(fds: object): Channel {
  let next = 3;
  const free = () => {
    while (Object.hasOwn(fds, next)) next++;
    return next++;
  };
  return { orders: free(), report: free() };
}

/** An error of the child as one of ours. */
function revived({ name, message, stack, code, cause }: ErrorReport): Error {
  const error = Object.assign(new Error(message, cause && { cause: revived(cause) }), { name, stack });
  return code === undefined ? error : Object.assign(error, { code });
}

/** The export threw, or was never reached. */
function failed(name: string, status: ExitStatus, report: ErrorReport | undefined, broken?: Error): ExitError {
  const failure = report && revived(report);
  const said = failure ? failure.stack ?? `${failure}` : "It ended while it was being loaded";
  const cause = failure && broken ? new AggregateError([failure, broken], failure.message) : failure ?? broken;
  return Object.assign(new ExitError([name], status, said), { cause });
}

/** What a failing `close` says of what was written and not read. */
function brokenPipe(reason: unknown): Error | undefined {
  const broken = reason instanceof ExitError ? reason.cause : reason;
  return broken instanceof Error ? broken : undefined;
}

/** The command line of a Deno tells nothing; what it ran does. */
function renamed(name: string, { status, cause }: ExitError): ExitError {
  return Object.assign(new ExitError([name], status), cause === undefined ? {} : { cause });
}

/** The child's own words, and the class and fields of an error of this process. */
function refusal({ message, errno, syscall }: NonNullable<Report["refused"]>): Error {
  return Object.assign(syscallError("", errno, syscall), { message });
}
