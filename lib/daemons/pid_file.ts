/** Files that say which process a daemon is. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { fchmod, statusOf } from "../../ffi/sys_stat.ts";
import { ftruncate, pwrite } from "../../ffi/unistd.ts";
import { check, SyscallError } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import { pathOf } from "../core/path.ts";
import { requireFile } from "../core/permissions.ts";
import { flockSync, tryLockRange } from "../locks/mod.ts";
import { PidFileError } from "./pid_file_error.ts";
import { beginningOf, openToRead, parsePid, type PidFileStatus, statusOfPidFile } from "./pid_file_status.ts";
import { signalDaemon, stopDaemon, type StopOptions, type Stopped } from "./pid_file_stop.ts";
import { Place } from "./place.ts";

/** How a pid file is made. */
export interface PidFileOptions {
  /** The permission bits of a file that is made, whatever the umask is. @default {0o644} */
  mode?: number;
}

/** Milliseconds that somebody may have the lock who only asks whether it is free. */
const PROBE = 300;

/**
 * A file with the process id of a daemon, locked as long as that lives: so it is never stale. What a daemon left behind that
 * was killed is taken over by the next one, and no other process is ever taken for the daemon because it got its number.
 *
 * It has both kinds of locks: that of flock(2), which Perl's `flock`, Proc::PID::File, libbsd's `pidfile_open` and
 * flock(1) look at, and that of fcntl(2) on all its bytes, which `lockf` looks at and which can be asked for without
 * being taken. A child does not inherit it.
 *
 * @example
 * ```ts
 * import { PidFile } from "@vasty/vasty";
 *
 * const path = `${Deno.makeTempDirSync()}/example.pid`;
 * {
 *   using _mine = PidFile.create(path);
 *   console.assert(PidFile.status(path).pid === Deno.pid);
 * }
 * console.assert(!PidFile.status(path).running);
 * ```
 * @see pidfile(3bsd), flock(2)
 */
export class PidFile implements Disposable {
  /** Its path, as it was given. */
  readonly path: string;
  /** What it says: this process. */
  readonly pid: number = Deno.pid;
  /** Nothing of one that lost its place while its program began anew. */
  readonly #place: Place | undefined;
  readonly #fd: Fd;

  private constructor(path: string, place: Place | undefined, fd: Fd) {
    this.path = path;
    this.#place = place;
    this.#fd = fd;
  }

  /**
   * The file that this process had locked before it began anew: both locks belong to the open file, and are there still. If it
   * is not at `path` (any more) another one is made there, and it is removed from `before`, where it was; if that cannot be it
   * stays what is locked.
   *
   * @ignore
   */
  static resume(path: string, fd: Fd, before: string, complain: (text: string) => void): PidFile {
    using stack = new DisposableStack();
    try {
      const place = stack.use(new Place(path, "make"));
      if (place.isAt(fd.number)) {
        stack.move();
        return new PidFile(path, place, fd);
      }
      const file = PidFile.create(path);
      PidFile.removeAt(before, fd);
      return file;
    } catch (error) {
      if (!(error instanceof SyscallError) && !(error instanceof PidFileError)) throw error;
      complain(error.message);
      return new PidFile(path, undefined, fd);
    }
  }

  /** Remove the file behind `fd` if it is at `path`. @ignore */
  static removeAt(path: string, fd: Fd): void {
    try {
      new PidFile(path, new Place(path, "remove"), fd).remove();
    } catch {
      // Its folder is gone.
      fd.close();
    }
  }

  /** What has it locked. @ignore */
  get fd(): Fd {
    return this.#fd;
  }

  /**
   * Make the file, or take over one that nobody has, lock it and write this process's id into it. It blocks for 0.3 s at
   * most, if another program has the lock.
   *
   * Its readers see the last id, or this one, or an empty file, and never half an id. A symbolic link is not followed.
   *
   * Needs `read` and `write` permission for it.
   *
   * @param path The file.
   * @param options Its permission bits.
   * @returns Its owner, which removes it in the end.
   * @throws {PidFileError} `"running"` if another process has it, which the message names; `"foreign"` if it is something
   * else than a pid file.
   * @throws {SyscallError} `ENOENT` if there is no such folder, `EACCES` or `EROFS` if it may not be written, `ELOOP` for a
   * symbolic link, `EISDIR`, `ENOSPC`.
   * @throws {TypeError} if the path has a NUL character.
   * @throws {RangeError} if the mode is none.
   * @throws {Deno.errors.NotCapable} without the permission.
   */
  static create(path: string | URL, options: PidFileOptions = {}): PidFile {
    const { mode = 0o644 } = options;
    if (!Number.isInteger(mode) || mode < 0 || mode > 0o777) {
      throw new RangeError(`mode must be an integer from 0 to 0o777: ${mode}`);
    }
    const name = pathOf(path);
    for (const access of ["read", "write"] as const) requireFile(access, name);
    using stack = new DisposableStack();
    const place = stack.use(new Place(name, "make"));
    const file = new PidFile(name, place, stack.use(openLocked(place, mode)));
    file.#write();
    stack.move();
    return file;
  }

  /**
   * The process id in a pid file, whether that process lives or not.
   *
   * @param path The file, which asks for `read` permission.
   * @returns The number; undefined if there is no file or no number in it.
   * @throws {SyscallError} `EACCES` if it may not be read.
   * @throws {Deno.errors.NotCapable} without the permission.
   */
  static read(path: string | URL): number | undefined {
    using fd = openToRead(pathOf(path));
    return fd && parsePid(beginningOf(fd.number));
  }

  /**
   * Whether the daemon runs: by the lock, and not by whether there is a process of that number.
   *
   * @param path The file, which asks for `read` permission.
   * @returns Whether it runs, and its process id. A daemon that has just locked its file may not have written that yet.
   * @throws {SyscallError} `EACCES` if it may not be read.
   * @throws {Deno.errors.NotCapable} without the permission.
   */
  static status(path: string | URL): PidFileStatus {
    return statusOfPidFile(pathOf(path));
  }

  /**
   * End the daemon, and wait until it has ended. The signal reaches the process that has the lock or nobody.
   *
   * Needs `read` permission for the file, and `run` permission.
   *
   * @param path The file.
   * @param options The signal, when it is followed by SIGKILL, and when to give up: then the daemon may still run.
   * @returns Which process it was, and whether it took SIGKILL.
   * @throws {PidFileError} `"not running"`, or `"foreign"` if who has the lock cannot be known.
   * @throws {SyscallError} `EPERM` if the daemon is not yours.
   * @throws {TypeError} if there is no such signal.
   * @throws {RangeError} if `killAfter` or `timeout` is negative.
   * @throws {Deno.errors.NotCapable} without a permission.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @example
   * ```ts
   * import { PidFile, PidFileError } from "@vasty/vasty";
   *
   * try {
   *   await PidFile.stop("/tmp/no-such.pid", { killAfter: 5_000 });
   * } catch (error) {
   *   console.assert(error instanceof PidFileError && error.reason === "not running");
   * }
   * ```
   * @see pidfd_send_signal(2)
   */
  static stop(path: string | URL, options: StopOptions = {}): Promise<Stopped> {
    return stopDaemon(pathOf(path), options);
  }

  /**
   * Have the daemon read its configuration again: send it SIGHUP.
   *
   * Needs `read` permission for the file, and `run` permission.
   *
   * @param path The file.
   * @param send Another signal. @default {"SIGHUP"}
   * @returns The process that got it.
   * @throws {PidFileError} `"not running"`, or `"foreign"` if who has the lock cannot be known.
   * @throws {SyscallError} `EPERM` if the daemon is not yours.
   * @throws {TypeError} if there is no such signal.
   * @throws {Deno.errors.NotCapable} without a permission.
   */
  static reload(path: string | URL, send: string = "SIGHUP"): number {
    return signalDaemon(pathOf(path), send, "reload the daemon");
  }

  /** One write(2) over what was there, and then an end to it: who reads meanwhile finds one or the other on the first line. */
  #write(): void {
    const text = new TextEncoder().encode(`${this.pid}\n`);
    const rc = pwrite(this.#fd.number, text, text.length, 0);
    const done = rc < 0 ? rc : rc < text.length ? -ERRNO.ENOSPC : ftruncate(this.#fd.number, text.length);
    if (done < 0) this.remove();
    check(done, `write ${JSON.stringify(this.path)}`, rc < 0 ? "pwrite" : "ftruncate", { path: this.path });
  }

  /**
   * Remove the file if it still is this one, and unlock it. Where it may not be removed, since this process has become
   * another user, it is emptied. The second time does nothing.
   */
  remove(): void {
    if (this.#fd.closed) return;
    if (this.#place?.isAt(this.#fd.number) && this.#place.remove() < 0) ftruncate(this.#fd.number, 0);
    this.#fd.close();
    this.#place?.[Symbol.dispose]();
  }

  /** The same as {@linkcode PidFile.remove}. */
  [Symbol.dispose](): void {
    this.remove();
  }
}

/** The file at `place`, locked, and still there then. */
function openLocked(place: Place, mode: number): Fd {
  for (;;) {
    using stack = new DisposableStack();
    const fd = stack.use(openOrMake(place, mode));
    lock(place.path, fd);
    if (!place.isAt(fd.number)) continue;
    const found = beginningOf(fd.number);
    if (found.trim() !== "" && parsePid(found) === undefined) {
      const text = `Cannot make ${JSON.stringify(place.path)}: there is something else than a process id in it`;
      throw new PidFileError(text, "foreign", place.path);
    }
    stack.move();
    return fd;
  }
}

function openOrMake(place: Place, mode: number): Fd {
  const { path } = place;
  const flags = FCNTL.O_RDWR | FCNTL.O_NOFOLLOW;
  for (;;) {
    // Not at first: in a folder for everybody O_CREAT is refused for files of others (fs.protected_regular).
    let fd = place.open(flags, 0);
    const made = fd === -ERRNO.ENOENT;
    if (made) fd = place.open(flags | FCNTL.O_CREAT | FCNTL.O_EXCL, mode);
    if (fd === -ERRNO.EEXIST) continue;
    const owner = Fd.adopt(check(fd, `make ${JSON.stringify(path)}`, "open", { path }));
    if (made) fchmod(fd, mode);
    const status = statusOf(fd);
    if (typeof status === "number" || status.kind === "regular file") return owner;
    owner.close();
    throw new PidFileError(`Cannot make ${JSON.stringify(path)}: a ${status.kind} is there`, "foreign", path);
  }
}

/** First the one that nobody takes for a look. */
function lock(path: string, fd: Fd): void {
  if (tryLockRange(fd, "exclusive") === undefined) throw taken(path);
  try {
    flockSync(fd, "exclusive", { timeout: PROBE });
  } catch (error) {
    throw error instanceof DOMException ? taken(path) : error;
  }
}

function taken(path: string): PidFileError {
  const { pid } = statusOfPidFile(path);
  const who = pid === undefined ? "another process" : `process ${pid}`;
  return new PidFileError(`${who} is running already: it has ${JSON.stringify(path)} locked`, "running", path, pid);
}
