/** What one generation of a program tells the next one, by a variable of its environment. */
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { cString, readCString } from "../../ffi/memory.ts";
import { getenv, unsetenv } from "../../ffi/stdlib.ts";
import { Fd } from "../core/fd.ts";

/** The variable: the state as JSON, and the process that it is for, since children inherit it. */
export const VARIABLE = "VASTY_RESTART";

/** What a generation is: the first one; one that is only tried; one in the place of, or one beside the one before. */
export type GenerationRole = "first" | "trial" | "restarted" | "successor";

/** What the next generation is told. */
export interface GenerationState {
  readonly generation: number;
  readonly role: GenerationRole;
  /** The sockets by their names. */
  readonly sockets: Readonly<Record<string, number>>;
  /** Where it says that it is ready, if anybody waits for that. */
  readonly report?: number;
  /** The children of the one in whose place it is: they are its own now. */
  readonly children?: readonly number[];
  /** The directory in which the first one began. */
  readonly cwd?: string;
}

/** As text, behind which the process id belongs. */
export function stateText(state: GenerationState): string {
  return `${JSON.stringify(state)} `;
}

/** What this program has been told, if it is the next generation of another; the variable is gone then. */
export function takeState(): GenerationState | undefined {
  const address = getenv(cString(VARIABLE));
  if (address === 0) return undefined;
  const text = readCString(address);
  unsetenv(cString(VARIABLE));
  const at = text.lastIndexOf(" ");
  return Number(text.slice(at + 1)) === Deno.pid ? JSON.parse(text.slice(0, at)) : undefined;
}

/** The owner of an inherited descriptor, which its children do not get. @throws {SyscallError} `EBADF` if it is not open. */
export function takeDescriptor(number: number): Fd {
  const fd = Fd.adopt(number);
  fcntl(number, FCNTL.F_SETFD, FCNTL.FD_CLOEXEC);
  return fd;
}
