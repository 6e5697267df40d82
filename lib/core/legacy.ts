/** What a program that begins anew leaves to its next start: between who has something to leave, and who begins it anew. */
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { cString, readCString } from "../../ffi/memory.ts";
import { getenv, unsetenv } from "../../ffi/stdlib.ts";
import { Fd } from "./fd.ts";

/** How the next start comes: in the place of this one, only to be tried, or beside this one, whose work it takes over. */
export type NextStart = "restarted" | "trial" | "successor";

/** What is left. */
export interface Legacy {
  /** The variable of the environment that tells of it. */
  readonly variable: string;
  /** The directory in which this program began, if it has left that for good. */
  readonly cwd: string | undefined;
  /** What the variable says, which has no use for what is in the environment of another process. */
  text(next: NextStart): string;
  /** Descriptors that the next start in place has, under the same numbers. */
  fds(): readonly Fd[];
}

const legacies = new Set<Legacy>();

/** Leave something, until the result is disposed of. */
export function leave(legacy: Legacy): Disposable {
  legacies.add(legacy);
  return { [Symbol.dispose]: () => void legacies.delete(legacy) };
}

/** The variables for a next start, behind each of which the process id belongs: children of its inherit them. */
export function legacyVariables(next: NextStart): Record<string, string> {
  return Object.fromEntries([...legacies].map((legacy) => [legacy.variable, `${legacy.text(next)} `]));
}

/** The descriptors for a next start in place. */
export function legacyDescriptors(): Fd[] {
  return [...legacies].flatMap((legacy) => legacy.fds());
}

/** Where this program began, if it has left that for good. */
export function legacyDirectory(): string | undefined {
  return [...legacies].find(({ cwd }) => cwd !== undefined)?.cwd;
}

/** What a variable says to this process and not to one before it; the variable is gone then. */
export function takeVariable(variable: string): string | undefined {
  const address = getenv(cString(variable));
  if (address === 0) return undefined;
  const text = readCString(address);
  unsetenv(cString(variable));
  const at = text.lastIndexOf(" ");
  return Number(text.slice(at + 1)) === Deno.pid ? text.slice(0, at) : undefined;
}

/** The owner of an inherited descriptor, which its children do not get. @throws {SyscallError} `EBADF` if it is not open. */
export function takeDescriptor(number: number): Fd {
  const fd = Fd.adopt(number);
  fcntl(number, FCNTL.F_SETFD, FCNTL.FD_CLOEXEC);
  return fd;
}
