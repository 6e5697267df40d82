/** Where the file of a program is, and whether it may be run. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { eaccess } from "../../ffi/unistd.ts";
import { syscallError } from "../core/errors.ts";
import { requireRun } from "../core/permissions.ts";
import { searchPath } from "./environment.ts";
import type { SpawnOptions } from "./options.ts";

/** What is to be done with a program, for the messages, and the call that does it. */
const SYSCALL = { spawn: "posix_spawn", execute: "execve" } as const;

/**
 * The files that `program` may mean, the first to be tried first, as execvp(3) goes through PATH. Permission is asked for
 * once it is known that there is one: Deno cannot grant a name that it does not find, and its user is to read ENOENT.
 *
 * @throws {SyscallError} `ENOENT`, or `EACCES` if there are only such as may not be executed.
 * @throws {Deno.errors.NotCapable} without `run` permission.
 */
export function locateProgram(program: string, options: SpawnOptions, doing: keyof typeof SYSCALL): string[] {
  const paths = program.includes("/") ? [program] : [];
  let errno: number = ERRNO.ENOENT;
  for (const folder of program === "" || paths.length > 0 ? [] : searchPath(options.env, options.clearEnv ?? false)) {
    const path = folder === "" ? program : `${folder}/${program}`;
    const rc = eaccess(cString(path, "A program"), FCNTL.X_OK);
    if (rc === 0) paths.push(path);
    else if (rc === -ERRNO.EACCES) errno = ERRNO.EACCES;
  }
  if (paths.length > 0 || errno !== ERRNO.ENOENT) requireRun(program);
  if (paths.length === 0) throw notStarted(program, errno, doing);
  return paths;
}

/** Try `paths` in turn until one is neither missing nor forbidden; its result, or -errno of the last one. */
export function firstThatRuns(paths: readonly string[], execute: (path: Uint8Array<ArrayBuffer>) => number): number {
  let result: number = -ERRNO.ENOENT;
  for (const path of paths) {
    result = execute(cString(path, "A program"));
    if (result !== -ERRNO.EACCES && result !== -ERRNO.ENOENT && result !== -ERRNO.ENOTDIR) break;
  }
  return result;
}

/** The error for a program that could not be executed. */
export function notStarted(program: string, errno: number, doing: keyof typeof SYSCALL): Error {
  return syscallError(`${doing} ${JSON.stringify(program)}`, errno, SYSCALL[doing], { path: program });
}
