/** From what the caller wants a child's descriptors to be, to descriptors of this program that it gets copies of. */
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { aboveStandard, newPipe, setNonBlocking } from "../../ffi/descriptors.ts";
import { fcntl, open } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { close } from "../../ffi/unistd.ts";
import { syscallError } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import { pathOf } from "../core/path.ts";
import { requireFile } from "../core/permissions.ts";
import type { FileRedirect, OpenFlag, Redirect, SpawnOptions } from "./options.ts";

/** The access itself, and the flags that come with it where no others are given. */
const ACCESS: Record<string, readonly [access: number, flags: readonly OpenFlag[]]> = {
  "read": [FCNTL.O_RDONLY, []],
  "write": [FCNTL.O_WRONLY, ["O_CREAT", "O_TRUNC"]],
  "append": [FCNTL.O_WRONLY, ["O_CREAT", "O_APPEND"]],
  "read-write": [FCNTL.O_RDWR, ["O_CREAT"]],
};
const FLAGS: Record<OpenFlag, number> = {
  O_APPEND: FCNTL.O_APPEND,
  O_CREAT: FCNTL.O_CREAT,
  O_DIRECTORY: FCNTL.O_DIRECTORY,
  O_EXCL: FCNTL.O_EXCL,
  O_NOFOLLOW: FCNTL.O_NOFOLLOW,
  O_SYNC: FCNTL.O_SYNC,
  O_TRUNC: FCNTL.O_TRUNC,
};

/** What other libraries call what a stream can be, and what it is called here. As a path each would be a file, made silently. */
const ELSEWHERE: Record<string, string> = {
  pipe: "piped",
  overlapped: "piped",
  ignore: "null",
  inherited: "inherit",
};

function notOne(option: string, value: unknown): never {
  throw new TypeError(`${option} cannot be ${JSON.stringify(value)}`);
}

/**
 * @throws {TypeError} if one of the streams `names` is to be a pipe, which nobody could use. The types cannot tell: a path
 * is a string as well.
 */
export function refusePipes(
  options: Pick<SpawnOptions, "stdin" | "stdout" | "stderr">,
  ...names: ("stdin" | "stdout" | "stderr" | false)[]
): void {
  const name = names.find((name) => name && options[name] === "piped");
  if (name) {
    throw new TypeError(`${name} must not be "piped" here: nobody could ${name === "stdin" ? "write" : "read"} it`);
  }
}

function refuseForeign(path: string): string {
  if (!Object.hasOwn(ELSEWHERE, path)) return path;
  throw new TypeError(`"${path}" is "${ELSEWHERE[path]}" here; a file of that name is "./${path}"`);
}

/** The descriptors of one child to be; disposing closes what was opened for it and not taken. */
export class Redirects implements Disposable {
  /** The child's number to ours. */
  readonly map: Map<number, number> = new Map();
  /** Our ends of the pipes, by the child's number. */
  readonly #ends = new Map<number, Fd>();
  /** What is closed here once the child has its copy. */
  readonly #opened: number[] = [];
  /** The child's descriptors that are what another one is. */
  readonly #dups = new Map<number, number>();
  readonly #program: string;

  /** `program` is for the messages. */
  constructor(program: string, options: SpawnOptions) {
    this.#program = program;
    try {
      this.#add(0, options.stdin ?? "inherit");
      this.#add(1, options.stdout ?? "inherit");
      this.#add(2, options.stderr ?? "inherit");
      for (const [number, redirect] of Object.entries(options.fds ?? {})) this.#addFurther(number, redirect);
      for (const number of this.#dups.keys()) this.map.set(number, this.#original(number));
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
    if (redirect === "close") return;
    if (typeof redirect === "object" && redirect !== null && "dup" in redirect) this.#dups.set(number, redirect.dup);
    else this.map.set(number, this.#source(number, redirect));
  }

  /** What the child's descriptor `number` is in the end a copy of: the order in which they were listed does not matter. */
  #original(number: number): number {
    const seen = new Set<number>();
    let at = number;
    for (let next; (next = this.#dups.get(at)) !== undefined; at = next) {
      if (seen.has(at)) throw new TypeError(`Descriptor ${number} would be a copy of itself`);
      seen.add(at);
    }
    const original = this.map.get(at);
    if (original === undefined) {
      throw new TypeError(`Descriptor ${number} cannot be a copy of ${at}, which is not listed`);
    }
    return original;
  }

  #source(number: number, redirect: Redirect): number {
    if (redirect === "inherit") return this.#open(number, number);
    if (redirect === "null") return this.#null();
    if (redirect === "piped") return this.#pipe(number);
    if (redirect instanceof Fd) return redirect.number;
    if (typeof redirect === "number") return this.#open(redirect, number);
    if (typeof redirect === "string") return this.#file(number, { path: refuseForeign(redirect) });
    if (redirect instanceof URL) return this.#file(number, { path: redirect });
    if (typeof redirect === "object" && redirect !== null && "path" in redirect) return this.#file(number, redirect);
    throw new TypeError(`Descriptor ${number} cannot be ${Deno.inspect(redirect)}`);
  }

  /** `fd`, which must be open. One of 0 to 2 that is closed here is /dev/null for the child, as POSIX asks for. */
  #open(fd: number, number: number): number {
    if (!Number.isInteger(fd) || fd < 0 || fd > 0x7fffffff) {
      throw new RangeError(`A descriptor is an integer from 0 on, not ${fd}`);
    }
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
    this.#ends.set(number, Fd.made(ours));
    return its;
  }

  /** Without O_NONBLOCK an open of a FIFO would wait for its other side, and the whole program with it. */
  #file(number: number, file: FileRedirect): number {
    const { access = number === 1 || number === 2 ? "write" : "read", mode = 0o666 } = file;
    const path = pathOf(file.path);
    const [way, usual] = ACCESS[access] ?? notOne("access", access);
    const further = file.flags ?? usual;
    if (access === "read" || access === "read-write") requireFile("read", path);
    if (access !== "read" || further.includes("O_CREAT") || further.includes("O_TRUNC")) requireFile("write", path);
    const always = FCNTL.O_CLOEXEC | FCNTL.O_NOCTTY | FCNTL.O_NONBLOCK;
    const flags = further.reduce((all, flag) => all | (FLAGS[flag] ?? notOne("flags", flag)), way | always);
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
