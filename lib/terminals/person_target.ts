/** The person of an interaction: where is typed, and where is shown. */
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { aboveStandard } from "../../ffi/descriptors.ts";
import { open } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { ttyname_r } from "../../ffi/termios.ts";
import { Fd } from "../core/fd.ts";

const LONGEST_PATH = 4_096;

/** What reads into memory: a pty, a connection. */
export interface TypedSource {
  /**
   * Read what was typed, waiting for at least a byte.
   * @param target Where to.
   * @param options When to give up; whoever does not heed it may swallow a key at the end of the interaction.
   * @returns How many bytes; `null` at the end.
   */
  read(target: Uint8Array<ArrayBuffer>, options?: { signal?: AbortSignal }): Promise<number | null>;
}

/** What writes from memory. */
export interface ShownSink {
  /**
   * Show bytes, all of them or as many as there is room for. What it has begun when the interaction ends it is left to finish.
   * @param bytes What to show; at most 4096.
   * @returns How many went.
   */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<number>;
}

/** Where a person types: a descriptor or its number, what reads, or a stream. */
export type PersonInput = Fd | number | TypedSource | ReadableStream<Uint8Array<ArrayBuffer>>;

/** Where a person looks: a descriptor or its number, what writes, or a stream. */
export type PersonOutput = Fd | number | ShownSink | WritableStream<Uint8Array<ArrayBuffer>>;

/** A descriptor to read or to write for a while. */
export interface Borrowed extends Disposable {
  readonly fd: { readonly number: number; readonly closed: boolean };
  /** Whether reads and writes that would block fail instead. */
  readonly own: boolean;
}

/**
 * A descriptor of the same file. What a program was given at 0 and 1 it shares with others, its shell among them, which would be
 * surprised if it did not block any more: O_NONBLOCK belongs to what they share. So a terminal is opened once more, which no
 * permission is needed for, as it is open already. Whatever cannot be opened again is used as it is, and then only once it is ready.
 */
export function borrowed(given: Fd | number, access: "read" | "write"): Borrowed {
  const number = typeof given === "number" ? given : given.number;
  const again = openedAgain(number, access);
  if (again !== undefined) return { fd: again, own: true, [Symbol.dispose]: () => again.close() };
  const fd = typeof given === "number" ? { number, closed: false } : given;
  return { fd, own: false, [Symbol.dispose]() {} };
}

/** By its name, as /proc/self/fd would make a new terminal of a master. */
function openedAgain(number: number, access: "read" | "write"): Fd | undefined {
  const name = new Uint8Array(LONGEST_PATH);
  if (ttyname_r(number, name, name.length) < 0) return undefined;
  const path = new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
  if (path.endsWith("/ptmx")) return undefined;
  const mode = access === "read" ? FCNTL.O_RDONLY : FCNTL.O_WRONLY;
  const flags = mode | FCNTL.O_NONBLOCK | FCNTL.O_NOCTTY | FCNTL.O_CLOEXEC;
  const fd = aboveStandard(open(cString(path, "A path"), flags, 0));
  return fd < 0 ? undefined : Fd.made(fd);
}
