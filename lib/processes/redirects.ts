/** From what the caller wants a child's descriptors to be, to descriptors of this program that it gets copies of. */
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { aboveStandard, newPipe, setNonBlocking } from "../../ffi/descriptors.ts";
import { fcntl, open } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { close } from "../../ffi/unistd.ts";
import { syscallError } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import { requireFile } from "../core/permissions.ts";
import type { FileRedirect, Redirect, SpawnOptions } from "./options.ts";

const ACCESS = {
  "read": FCNTL.O_RDONLY,
  "write": FCNTL.O_WRONLY | FCNTL.O_CREAT | FCNTL.O_TRUNC,
  "append": FCNTL.O_WRONLY | FCNTL.O_CREAT | FCNTL.O_APPEND,
  "read-write": FCNTL.O_RDWR | FCNTL.O_CREAT,
} as const;

/** `path` as a string; of a URL, the path of its file. */
export function pathOf(path: string | URL): string {
  if (typeof path === "string") return path;
  if (path.protocol !== "file:") throw new TypeError(`Not the URL of a file: ${path}`);
  return decodeURIComponent(path.pathname);
}

/** The descriptors of one child to be; disposing closes what was opened for it and not taken. */
export class Redirects implements Disposable {
  /** The child's number to ours. */
  readonly map: Map<number, number> = new Map();
  /** Our ends of the pipes, by the child's number. */
  readonly #ends = new Map<number, Fd>();
  /** What is closed here once the child has its copy. */
  readonly #opened: number[] = [];
  readonly #program: string;

  /** `program` is for the messages. */
  constructor(program: string, options: SpawnOptions) {
    this.#program = program;
    try {
      this.#add(0, options.stdin ?? "inherit");
      this.#add(1, options.stdout ?? "inherit");
      this.#add(2, options.stderr ?? "inherit");
      for (const [number, redirect] of Object.entries(options.fds ?? {})) this.#addFurther(number, redirect);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Our end of the pipe at the child's descriptor `number`; the caller owns it then. */
  take(number: number): Fd | undefined {
    const end = this.#ends.get(number);
    this.#ends.delete(number);
    return end;
  }

  #addFurther(key: string, redirect: Redirect): void {
    const number = Number(key);
    if (!Number.isInteger(number) || number < 3 || number > 0xffff) {
      throw new RangeError(
        `fds takes descriptors from 3 to 65535, not ${key}: 0, 1 and 2 are stdin, stdout and stderr`,
      );
    }
    if (redirect === "piped") throw new TypeError(`fds[${key}]: make a pipe() and give one end of it`);
    this.#add(number, redirect);
  }

  #add(number: number, redirect: Redirect): void {
    this.map.set(number, this.#source(number, redirect));
  }

  #source(number: number, redirect: Redirect): number {
    if (redirect === "inherit") return this.#open(number, number);
    if (redirect === "null") return this.#null();
    if (redirect === "piped") return this.#pipe(number);
    if (redirect instanceof Fd) return redirect.number;
    if (typeof redirect === "number") return this.#open(redirect, number);
    if (typeof redirect === "string" || redirect instanceof URL) return this.#file(number, { path: redirect });
    if (typeof redirect === "object" && redirect !== null && "path" in redirect) return this.#file(number, redirect);
    throw new TypeError(`Descriptor ${number} cannot be ${Deno.inspect(redirect)}`);
  }

  /** `fd`, which must be open. One of 0 to 2 that is closed here is /dev/null for the child, as POSIX asks for. */
  #open(fd: number, number: number): number {
    if (!Number.isInteger(fd) || fd < 0) throw new RangeError(`A descriptor is an integer from 0 on, not ${fd}`);
    const rc = fcntl(fd, FCNTL.F_GETFD, 0);
    if (rc >= 0) return fd;
    if (fd === number && fd <= 2) return this.#null();
    throw this.#failed(`give it descriptor ${fd}`, rc, "fcntl", { fd });
  }

  #null(): number {
    return this.#keep(open(cString("/dev/null"), FCNTL.O_RDWR | FCNTL.O_CLOEXEC, 0), `open "/dev/null"`, "open");
  }

  #pipe(number: number): number {
    const ends = newPipe();
    if (typeof ends === "number") throw this.#failed("make a pipe", ends, "pipe2");
    const [ours, its] = number === 0 ? [ends[1], ends[0]] : ends;
    this.#opened.push(its);
    this.#ends.set(number, Fd.adopt(ours));
    return its;
  }

  /** Without O_NONBLOCK an open of a FIFO would wait for its other side, and the whole program with it. */
  #file(number: number, file: FileRedirect): number {
    const { access = number === 1 || number === 2 ? "write" : "read", mode = 0o666 } = file;
    const path = pathOf(file.path);
    if (!(access in ACCESS)) throw new TypeError(`access cannot be ${JSON.stringify(access)}`);
    if (access === "read" || access === "read-write") requireFile("read", path);
    if (access !== "read") requireFile("write", path);
    const flags = ACCESS[access] | FCNTL.O_CLOEXEC | FCNTL.O_NOCTTY | FCNTL.O_NONBLOCK;
    const fd = this.#keep(open(cString(path, "A path"), flags, mode), `open "${path}"`, "open", path);
    setNonBlocking(fd, false);
    return fd;
  }

  /** Remember what was opened, so that it is closed here. */
  #keep(fd: number, doing: string, syscall: string, path?: string): number {
    const kept = aboveStandard(fd);
    if (kept < 0) throw this.#failed(doing, kept, syscall, path === undefined ? {} : { path });
    this.#opened.push(kept);
    return kept;
  }

  #failed(doing: string, rc: number, syscall: string, subject = {}): Error {
    return syscallError(`spawn ${JSON.stringify(this.#program)}: ${doing}`, -rc, syscall, subject);
  }

  /** Close what was opened for the child, and our ends that nobody has taken. */
  [Symbol.dispose](): void {
    for (const fd of this.#opened.splice(0)) close(fd);
    for (const end of this.#ends.values()) end.close();
    this.#ends.clear();
  }
}
