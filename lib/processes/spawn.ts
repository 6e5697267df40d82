/** Starting children. */
import { prepareToWait } from "../../ffi/loop.ts";
import { syscallError } from "../core/errors.ts";
import { checkLimit } from "../core/limit.ts";
import { Child } from "./child.ts";
import { checkGrace, withMark } from "./ending.ts";
import { startWatched } from "./exit_watch.ts";
import type { Command, SpawnOptions } from "./options.ts";
import { locateProgram } from "./program.ts";
import { Redirects } from "./redirects.ts";
import { startProgram } from "./start.ts";

/** @throws {TypeError} if `command` is not a program and its arguments. */
export function checkCommand(command: Command): void {
  if (!Array.isArray(command) || command.length === 0 || !command.every((word) => typeof word === "string")) {
    throw new TypeError('A command is an array of strings, the program first: ["ls", "-l"], or shell("ls -l")');
  }
}

/**
 * Start a program and go on while it runs. No shell is involved: every argument arrives as it is.
 *
 * The child gets the descriptors 0, 1 and 2 and those listed in `fds`, every signal at its default and none blocked. When
 * this returns it has executed its program; if that is not possible, this throws. What was opened for it is closed here
 * again; an `Fd` that was given stays the caller's.
 *
 * Needs `run` permission for the program, and `read` or `write` for files by path.
 *
 * @param command The program, looked for in the child's PATH if its name has no slash, and its arguments.
 * @param options Its descriptors, directory, environment and time limit.
 * @returns The running child.
 * @throws {SyscallError} `ENOENT` if there is no such program, directory, or interpreter of a script; `ENOTDIR` if its
 * directory is none; `EACCES` if it may not be executed; `ENOEXEC` if it is neither a program nor a script with a `#!`
 * line; `E2BIG` if arguments and environment are too long; `EBADF` if a listed descriptor is not open; `EMFILE`; `EAGAIN`
 * if there are too many processes. `EPERM`, `EINVAL` or `ENOTTY` if it cannot get an attribute, which the message names.
 * Nothing is left behind then.
 * @throws {TypeError} if a string contains a NUL, there is no such user, group or signal, or an option makes no sense.
 * @throws {RangeError} if a number is out of its range: of `fds`, `umask`, `nice`, `affinity`, `rlimits`, `timeout`, `grace`.
 * @throws {Deno.errors.NotCapable} if a permission is missing.
 * @throws the reason of `signal`, if that is aborted already.
 * @example
 * ```ts
 * import { spawn } from "@vasty/vasty";
 *
 * await using child = spawn(["sort", "-u"], { stdin: "piped", stdout: "piped", timeout: 5_000 });
 * const writer = child.stdin.getWriter();
 * await writer.write(new TextEncoder().encode("b\na\nb\n"));
 * await writer.close();
 * console.assert(await new Response(child.stdout).text() === "a\nb\n");
 * console.assert((await child.status).success);
 * ```
 * @see posix_spawn(3)
 */
export function spawn(command: Command, options: SpawnOptions = {}): Child {
  checkCommand(command);
  checkLimit(options);
  checkGrace(options.grace);
  options = withMark(options);
  // What waiting needs is made first: a child that could not be waited for must not be started.
  const rc = prepareToWait();
  if (rc < 0) throw syscallError(`spawn ${JSON.stringify(command[0])}: prepare to wait`, -rc, "epoll_create1");
  const paths = locateProgram(command[0]!, options, "spawn");
  using redirects = new Redirects(command[0]!, options);
  const started = startWatched(command[0]!, () => startProgram(command, paths, options, redirects.map));
  return new Child(command, started, redirects, options);
}
