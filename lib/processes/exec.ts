/** Replacing this program by another one. */
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { openDescriptors } from "../../ffi/dirent.ts";
import { actionOf, setHandler, SIG_IGN } from "../../ffi/dispositions.ts";
import { fcntl, open } from "../../ffi/fcntl.ts";
import { ignoredAtStart } from "../../ffi/installation.ts";
import { cString } from "../../ffi/memory.ts";
import { sigaction } from "../../ffi/signal.ts";
import { chdir, close, execve, fchdir } from "../../ffi/unistd.ts";
import { check, syscallError } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import { pathOf } from "../core/path.ts";
import { Environment } from "./environment.ts";
import type { Command, SpawnOptions } from "./options.ts";
import { firstThatRuns, isThere, locateProgram, notStarted } from "./program.ts";
import { defaultSigpipe } from "./sigpipe.ts";
import { checkCommand } from "./spawn.ts";
import { argumentList } from "./start.ts";

/** What the new program gets. */
export interface ExecOptions extends Pick<SpawnOptions, "cwd" | "env" | "clearEnv" | "argv0"> {
  /** Descriptors that stay open besides 0, 1 and 2, under their own numbers. @default {none} */
  keep?: readonly (Fd | number)[];
}

/** What has to be undone if the program could not be executed, in reverse. */
type Undo = (() => void)[];

/**
 * Replace this program by another one, which keeps its pid, its parent and its standard streams. Nothing of this program
 * runs any more, no `finally` and no `unload`; its other descriptors are closed, and its other threads end.
 *
 * If the program cannot be executed this throws, and everything is as it was.
 *
 * @param command The program and its arguments, or `shell(...)`.
 * @param options Its directory, environment and descriptors.
 * @returns Never.
 * @throws {SyscallError} `ENOENT`, `EACCES`, `ENOEXEC` or `E2BIG`, as `spawn`; `EBADF` if a descriptor in `keep` is not open.
 * @throws {TypeError} if a string contains a NUL.
 * @throws {Deno.errors.NotCapable} without `run` permission for the program.
 * @example
 * ```ts
 * import { exec } from "@vasty/vasty";
 *
 * try {
 *   exec(["no-such-program"]);
 * } catch (error) {
 *   console.assert(error instanceof Deno.errors.NotFound);
 * }
 * ```
 * @see execve(2)
 */
export function exec(command: Command, options: ExecOptions = {}): never {
  checkCommand(command);
  const program = command[0]!;
  const paths = locateProgram(program, options, "execute");
  const undo: Undo = [];
  try {
    using environment = new Environment(options.env, options.clearEnv ?? false);
    using argv = argumentList(command, options.argv0);
    keepOnly(options.keep ?? [], undo);
    if (options.cwd !== undefined) enter(program, pathOf(options.cwd), undo);
    undo.push(defaultSigpipe());
    for (const signal of ignoredAtStart()) {
      const before = actionOf(signal);
      setHandler(signal, SIG_IGN);
      undo.push(() => sigaction(signal, before, null));
    }
    const rc = firstThatRuns(paths, (path) => execve(path, argv.address, environment.address));
    throw notStarted(program, -rc, "execute", isThere(paths, {}));
  } finally {
    for (const step of undo.reverse()) step();
  }
}

/** Mark every other descriptor close-on-exec, Deno's own among them, and those that are kept as kept. */
function keepOnly(keep: readonly (Fd | number)[], undo: Undo): void {
  const kept = new Set([0, 1, 2, ...keep.map((fd) => typeof fd === "number" ? fd : fd.number)]);
  const numbers = openDescriptors();
  if (typeof numbers === "number") throw syscallError(`list "/proc/self/fd"`, -numbers, "getdents64");
  for (const fd of kept) {
    if (fd > 2 && !numbers.includes(fd)) check(fcntl(fd, FCNTL.F_GETFD, 0), `keep descriptor ${fd}`, "fcntl", { fd });
  }
  for (const fd of numbers) {
    const flags = fcntl(fd, FCNTL.F_GETFD, 0);
    const wanted = kept.has(fd) ? flags & ~FCNTL.FD_CLOEXEC : flags | FCNTL.FD_CLOEXEC;
    if (flags < 0 || wanted === flags) continue;
    fcntl(fd, FCNTL.F_SETFD, wanted);
    undo.push(() => fcntl(fd, FCNTL.F_SETFD, flags));
  }
}

function enter(program: string, path: string, undo: Undo): void {
  const before = open(cString("."), FCNTL.O_PATH | FCNTL.O_DIRECTORY | FCNTL.O_CLOEXEC, 0);
  undo.push(() => {
    fchdir(before);
    close(before);
  });
  const doing = `execute ${JSON.stringify(program)}: enter directory ${JSON.stringify(path)}`;
  check(chdir(cString(path, "cwd")), doing, "chdir", { path });
}
