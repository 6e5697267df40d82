/** Where a file is: its folder, kept open, and its name. A change of directory or of root does not lose it. */
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { aboveStandard } from "../../ffi/descriptors.ts";
import { open, openat } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { type FileStatus, statusOf, statusWithin } from "../../ffi/sys_stat.ts";
import { unlinkat } from "../../ffi/unistd.ts";
import { check } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";

export class Place implements Disposable {
  /** As it was given. */
  readonly path: string;
  readonly #folder: Fd;
  readonly #name: Uint8Array<ArrayBuffer>;

  /**
   * Open the folder. The caller closes this.
   *
   * @throws {SyscallError} `ENOENT`, `ENOTDIR` or `EACCES`, which name the path; `doing` begins the message.
   */
  constructor(path: string, doing: string) {
    const slash = path.lastIndexOf("/");
    const folder = slash < 0 ? "." : path.slice(0, slash + 1);
    this.path = path;
    this.#name = cString(path.slice(slash + 1), "A path");
    const flags = FCNTL.O_PATH | FCNTL.O_DIRECTORY | FCNTL.O_CLOEXEC;
    const rc = aboveStandard(open(cString(folder), flags, 0));
    this.#folder = Fd.adopt(check(rc, `${doing} ${JSON.stringify(path)}`, "open", { path }));
  }

  /** Open the file: its number, or -errno. Nothing waits, no terminal becomes ours, and it is close-on-exec. */
  open(flags: number, mode: number): number {
    const always = FCNTL.O_CLOEXEC | FCNTL.O_NOCTTY | FCNTL.O_NONBLOCK;
    return aboveStandard(openat(this.#folder.number, this.#name, flags | always, mode));
  }

  /** What a path leads to now; undefined if its folder is not there. The caller closes it. */
  static found(path: string): Place | undefined {
    try {
      return new Place(path, "open");
    } catch {
      return undefined;
    }
  }

  /** Whether `fd` is the file that is there now. */
  isAt(fd: number): boolean {
    const [here, there] = [statusOf(fd), this.status()];
    return typeof here !== "number" && typeof there !== "number" && here.id === there.id;
  }

  /** Of what is there now; or -errno. */
  status(): FileStatus | number {
    return statusWithin(this.#folder.number, this.#name);
  }

  /** Remove the file: 0 or -errno. */
  remove(): number {
    return unlinkat(this.#folder.number, this.#name, 0);
  }

  [Symbol.dispose](): void {
    this.#folder.close();
  }
}
