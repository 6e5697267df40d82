/** Files that are written to for ever, and moved away meanwhile. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { aboveStandard, setNonBlocking } from "../../ffi/descriptors.ts";
import { errnoName } from "../../ffi/errno.ts";
import { open } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { identityOf } from "../../ffi/sys_stat.ts";
import { write } from "../../ffi/unistd.ts";
import { check, ClosedError } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import { pathOf } from "../core/path.ts";
import { requireFile } from "../core/permissions.ts";
import { startingDirectory } from "../core/starting_directory.ts";
import type { SignalName } from "../core/signal_names.ts";
import { becomeStream } from "../core/standard_streams.ts";
import { sigaction, type SignalAction } from "../signals/mod.ts";
import { type LogFormat, plainFormat, programName } from "./log_line.ts";
import { Place } from "./place.ts";

/** How a log file is opened and written. */
export interface LogFileOptions {
  /** Who writes it. @default {the name of the program's file} */
  name?: string;
  /** Makes the lines. @default {plainFormat: `NAME PID: TEXT at DATE`} */
  format?: LogFormat;
  /** The permission bits of a file that is made; the umask takes some away. @default {0o640} */
  mode?: number;
  /** A signal, or several, at which it is opened again. @default {none} */
  reopenOn?: SignalName | readonly SignalName[];
  /** Standard streams that it is to be as well, now and after it was opened again. @default {none} */
  streams?: readonly ("stdout" | "stderr")[];
}

/** Permission bits. */
const MODE = 0o640;

/**
 * A log that is appended to. Each entry is one write(2), so those of several processes do not mix, and it is in the file when
 * `print` returns. {@linkcode LogFile.reopen} begins a new file after logrotate(8) has moved the old one away.
 *
 * Once it is open nothing that happens to it is an error of the program. An entry for which there is no room (a full disk, a
 * quota) is lost, and the next one that fits is preceded by how many were. Where it cannot be
 * opened again, since its folder is gone, it stays the file it was.
 *
 * @example
 * ```ts
 * import { LogFile } from "@vasty/vasty";
 *
 * const path = `${Deno.makeTempDirSync()}/example.log`;
 * using log = LogFile.open(path, { name: "example", reopenOn: "SIGUSR1" });
 * log.print("started");
 * Deno.renameSync(path, `${path}.1`);
 * console.assert(log.reopen());
 * log.print("goes on");
 * console.assert(/^example \d+: goes on at .*\n$/.test(Deno.readTextFileSync(path)));
 * ```
 * @see logrotate(8)
 */
export class LogFile implements Disposable {
  /** Its path, as it was given. */
  readonly path: string;
  /** The same from the root, where that is known: the directory may change before it is opened again. */
  readonly #from: string;
  /** Nothing where its folder was gone when its program began anew. */
  readonly #place: Place | undefined;
  readonly #name: string;
  readonly #format: LogFormat;
  readonly #mode: number;
  readonly #streams: Set<"stdout" | "stderr">;
  readonly #actions: SignalAction[] = [];
  #fd: Fd;
  /** What the standard streams are instead, where it is no file: see {@linkcode forStreams}. */
  #streamed: Fd | undefined;
  #lost = 0;
  /** Why the last one was lost. */
  #errno = 0;
  /** Whether the last line has no end. */
  #cut = false;

  private constructor(path: string, place: Place | undefined, fd: Fd, options: LogFileOptions) {
    this.path = path;
    const began = path.startsWith("/") ? undefined : startingDirectory();
    this.#from = began === undefined ? path : `${began}/${path}`;
    this.#place = place;
    this.#fd = fd;
    this.#mode = options.mode ?? MODE;
    this.#name = options.name ?? programName();
    this.#format = options.format ?? plainFormat;
    this.#streams = new Set(options.streams);
  }

  /**
   * Open a log, at its end, and make the file if there is none. A FIFO or a device is written to as well, and `print`
   * does not wait for it.
   *
   * Needs `write` permission for it.
   *
   * @param path The file. It is found again there after a change of the working directory or of the root.
   * @param options Name, format, and when it is opened again.
   * @returns Its owner closes it.
   * @throws {SyscallError} `ENOENT` if there is no such folder, `EACCES`, `EROFS`, `EISDIR`, `ENXIO` for a FIFO that nobody
   * reads, `EMFILE`.
   * @throws {TypeError} if the path has a NUL character, or there is no such signal.
   * @throws {RangeError} if the mode is none.
   * @throws {Deno.errors.NotCapable} without the permission.
   */
  static open(path: string | URL, options: LogFileOptions = {}): LogFile {
    const { mode = MODE } = options;
    if (!Number.isInteger(mode) || mode < 0 || mode > 0o777) {
      throw new RangeError(`mode must be an integer from 0 to 0o777: ${mode}`);
    }
    const name = pathOf(path);
    requireFile("write", name);
    using stack = new DisposableStack();
    const place = stack.use(new Place(name, "open the log"));
    const fd = stack.use(Fd.adopt(check(openAt(place, name, mode), `open the log "${name}"`, "open", { path: name })));
    const log = stack.use(new LogFile(name, place, fd, options));
    log.#streamed = forStreams(fd);
    log.#begin(options);
    stack.move();
    return log;
  }

  /** One that goes on in what is open: where it cannot be opened, or is not to be. @ignore */
  static behind(path: string, fd: Fd, options: LogFileOptions): LogFile {
    using stack = new DisposableStack();
    const log = stack.use(new LogFile(path, undefined, fd, options));
    log.#begin(options);
    stack.move();
    return log;
  }

  /** What it writes to, until it is opened again. @ignore */
  get fd(): Fd {
    return this.#fd;
  }

  /** First what can fail and be undone. */
  #begin({ reopenOn = [] }: LogFileOptions): void {
    const signals = typeof reopenOn === "string" ? [reopenOn] : reopenOn;
    for (const signal of signals) this.#actions.push(sigaction(signal, () => void this.reopen()));
    this.#standBehind();
  }

  #standBehind(): void {
    for (const stream of this.#streams) becomeStream(stream, (this.#streamed ?? this.#fd).number);
  }

  /**
   * Be a standard stream as well, from now on: `console.log`, and the stack of an error that ends the program, come into the
   * log, unformatted. So do children's. Unlike {@linkcode LogFile.print} they wait for room in a FIFO or a device, as for any
   * other reader.
   *
   * @param streams Which ones.
   * @throws {ClosedError} if it is closed.
   * @throws {SyscallError} if the kernel refuses.
   */
  standBehind(...streams: readonly ("stdout" | "stderr")[]): void {
    if (this.#fd.closed) throw new ClosedError("The log is closed");
    for (const stream of streams) this.#streams.add(stream);
    this.#standBehind();
  }

  /**
   * Write an entry. What there is no room for is lost.
   *
   * @param text What to say; the format adds the rest.
   * @returns Whether it was written.
   * @throws {ClosedError} if it is closed.
   */
  print(text: string): boolean {
    if (this.#fd.closed) throw new ClosedError("The log is closed");
    const line = this.#line(text);
    const missed = this.#lost === 0
      ? ""
      : this.#line(`${this.#lost} ${this.#lost === 1 ? "entry" : "entries"} lost (${errnoName(this.#errno)})`);
    if (!this.#write(`${this.#cut ? "\n" : ""}${missed}${line}`)) return false;
    this.#lost = 0;
    return true;
  }

  #line(text: string): string {
    return `${this.#format({ text, name: this.#name, pid: Deno.pid, time: new Date() })}\n`;
  }

  #write(text: string): boolean {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) {
      const rest = bytes.subarray(at);
      const count = write(this.#fd.number, rest, rest.length);
      if (count === -ERRNO.EINTR) continue;
      if (count < 0) {
        this.#lost++;
        this.#errno = -count;
        this.#cut ||= at > 0;
        return false;
      }
      at += count;
    }
    this.#cut = false;
    return true;
  }

  /**
   * Open it again by its path: after somebody has moved the file away, a new one is made. It stands behind the same standard
   * streams.
   *
   * @returns Whether it could be opened. If not it goes on in the file that it had, and says there why.
   * @throws {ClosedError} if it is closed.
   */
  reopen(): boolean {
    if (this.#fd.closed) throw new ClosedError("The log is closed");
    const fd = openAt(this.#place, this.#from, this.#mode);
    if (fd < 0) {
      this.print(`cannot open the log ${JSON.stringify(this.path)} again (${errnoName(-fd)})`);
      return false;
    }
    this.#fd.close();
    this.#fd = Fd.adopt(fd);
    this.#streamed?.close();
    this.#streamed = forStreams(this.#fd);
    this.#cut = false;
    this.#standBehind();
    return true;
  }

  /** Close it; standard streams behind which it stands stay the file. The second time does nothing. */
  close(): void {
    for (const action of this.#actions.splice(0)) action.remove();
    this.#fd.close();
    this.#streamed?.close();
    this.#place?.[Symbol.dispose]();
  }

  /** The same as {@linkcode LogFile.close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** By its place, or, where the folder was replaced by another one, by its path. */
function openAt(place: Place | undefined, path: string, mode: number): number {
  const flags = FCNTL.O_WRONLY | FCNTL.O_APPEND | FCNTL.O_CREAT;
  const fd = place?.open(flags, mode) ?? -ERRNO.ENOENT;
  if (fd !== -ERRNO.ENOENT || !path.startsWith("/")) return fd;
  using again = Place.found(path);
  return again === undefined ? fd : again.open(flags, mode);
}

/**
 * A FIFO or a device opened once more, so that it waits: whether it does belongs to the open file, and who writes to a standard
 * stream is not prepared for EAGAIN. It is opened like the first, since nobody may read it any more. Nothing of a file, or where
 * it cannot be.
 */
function forStreams(fd: Fd): Fd | undefined {
  const file = identityOf(fd.number);
  if (typeof file === "number" || file.kind === "regular file") return undefined;
  const flags = FCNTL.O_WRONLY | FCNTL.O_APPEND | FCNTL.O_CLOEXEC | FCNTL.O_NOCTTY | FCNTL.O_NONBLOCK;
  const again = aboveStandard(open(cString(`/proc/self/fd/${fd.number}`), flags, 0));
  if (again < 0) return undefined;
  setNonBlocking(again, false);
  return Fd.made(again);
}
