/** What a call about a terminal is given. */
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { open } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { check, ClosedError } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import { requireFile } from "../core/permissions.ts";

/**
 * A terminal: a descriptor that this program owns; the number of one that is open, such as 0; a pty, which stands for its
 * terminal; or the path of a terminal, which is opened for the call and needs `read` permission, and `write` permission if
 * it is changed.
 */
export type TerminalTarget = Fd | number | { readonly master: Fd } | string;

/** A descriptor of a terminal, and what to call it. */
export interface Terminal {
  readonly fd: number;
  readonly name: string;
}

/** A terminal that was opened, or that is somebody else's. */
export interface OpenTerminal extends Terminal, Disposable {
  /** Its owner, if there is one. */
  readonly owner: Fd | undefined;
  /** Whether it was opened here. */
  readonly opened: boolean;
}

/**
 * The terminal that `target` means. Disposing closes what was opened for it.
 *
 * @throws {TypeError} if it is no target.
 * @throws {RangeError} if it is a number that no descriptor has.
 * @throws {ClosedError} if it is closed.
 * @throws {SyscallError} if it cannot be opened.
 * @throws {Deno.errors.NotCapable} without permission.
 */
export function openTerminal(target: TerminalTarget, access: "read" | "write"): OpenTerminal {
  if (typeof target === "string") return openPath(target, access);
  if (typeof target === "number") {
    if (!Number.isInteger(target) || target < 0 || target > 0x7fffffff) {
      throw new RangeError(`A descriptor is an integer from 0 on, not ${target}`);
    }
    return { fd: target, name: standardName(target), owner: undefined, opened: false, [Symbol.dispose]() {} };
  }
  const owner = ownerOf(target);
  if (owner === undefined) {
    throw new TypeError(`A terminal is a descriptor, a pty or a path, not ${Deno.inspect(target, { depth: 0 })}`);
  }
  if (owner.closed) throw new ClosedError("The terminal was closed");
  const { number } = owner;
  return { fd: number, name: standardName(number), owner, opened: false, [Symbol.dispose]() {} };
}

function ownerOf(target: unknown): Fd | undefined {
  if (target instanceof Fd) return target;
  const master = typeof target === "object" && target !== null ? (target as { master?: unknown }).master : undefined;
  return master instanceof Fd ? master : undefined;
}

function standardName(fd: number): string {
  return ["standard input", "standard output", "standard error"][fd] ?? `terminal ${fd}`;
}

/** Without waiting for a carrier, and without making it the controlling terminal, as stty(1) does. */
function openPath(path: string, access: "read" | "write"): OpenTerminal {
  requireFile("read", path);
  if (access === "write") requireFile("write", path);
  const flags = FCNTL.O_RDONLY | FCNTL.O_NONBLOCK | FCNTL.O_NOCTTY | FCNTL.O_CLOEXEC;
  const name = JSON.stringify(path);
  const owner = Fd.made(check(open(cString(path, "A path"), flags, 0), `open ${name}`, "open", { path }));
  return { fd: owner.number, name, owner, opened: true, [Symbol.dispose]: () => owner.close() };
}
