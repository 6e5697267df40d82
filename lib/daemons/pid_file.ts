/** Files that say which process a daemon is. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { ftruncate, pwrite } from "../../ffi/unistd.ts";
import { check, SyscallError } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import { pathOf } from "../core/path.ts";
import { requireFile } from "../core/permissions.ts";
import { PidFileError } from "./pid_file_error.ts";
import { openLocked } from "./pid_file_open.ts";
import { beginningOf, openToRead, parsePid, type PidFileStatus, statusOfPidFile } from "./pid_file_status.ts";
import { signalDaemon, stopDaemon, type StopOptions, type Stopped } from "./pid_file_stop.ts";
import { Place } from "./place.ts";

/** How a pid file is made. */
export interface PidFileOptions {
  /** The permission bits of a file that is made, whatever the umask is. @default {0o644} */
  mode?: number;
}

/**
 * A file with the process id of a daemon, locked as long as that lives: so it is never stale. What a daemon left behind that
 * was killed is taken over by the next one, and no other process is ever taken for the daemon because it got its number.
 *
 * It has both kinds of locks: that of flock(2), which Perl's `flock`, Proc::PID::File, libbsd's `pidfile_open` and
 * flock(1) look at, and that of fcntl(2), which `lockf` looks at, which can be asked for without being taken, and whose
 * length names this process. A child does not inherit it.
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
   * Its readers see the last id, or this one, or an empty file, and never half an id. A symbolic link is not followed. A file
   * that somebody else owns, but root, or that everybody may write, is replaced by a new one: he could write the id of
   * another process into it later.
   *
   * Needs `read` and `write` permission for it.
   *
   * @param path The file.
   * @param options Its permission bits.
   * @returns Its owner, which removes it in the end.
   * @throws {PidFileError} `"running"` if another process has it, which the message names; `"foreign"` if it is something
   * else than a pid file, or somebody else's that cannot be replaced.
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
   * End the daemon, and wait until it has ended. The signal reaches the process that has the lock or nobody: of a daemon of
   * this library, and of one that has the lock of `lockf`, that is known anywhere. Of another program's with the lock of flock(2), and
   * where somebody else could have locked the file (it is his, or everybody may write it), /proc has to tell that the
   * process has it. That it tells to the daemon's user and to root; to others, with `read` permission for `/proc/locks`, if
   * the process that it names took the lock itself.
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
