/** Where the file of a program is, and whether it may be run. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { eaccess } from "../../ffi/unistd.ts";
import { check, syscallError } from "../core/errors.ts";
import { pathOf } from "../core/path.ts";
import { LOADER, requireChildEnvironment, requireProgram } from "../core/permissions.ts";
import { searchPath, variablesOf } from "./environment.ts";
import type { SpawnOptions } from "./options.ts";

/** What is to be done with a program, for the messages, and the call that does it where no other is named. */
const SYSCALL = { spawn: "posix_spawn", execute: "execve" } as const;
type Doing = keyof typeof SYSCALL;

/** What of the options decides where a program is. */
type Surroundings = Pick<SpawnOptions, "cwd" | "env" | "clearEnv" | "chroot" | "pidVariables">;

/**
 * The files that `program` may mean, the first to be tried first, as execvp(3) goes through PATH; they are relative to the
 * directory that it will run in. Permission is asked for once it is known that there is one: Deno cannot grant a name that
 * it does not find, and its user is to read ENOENT.
 *
 * @throws {SyscallError} `ENOENT`, or `EACCES` if there are only such as may not be executed.
 * @throws {Deno.errors.NotCapable} without `run` permission.
 */
export function locateProgram(program: string, options: Surroundings, doing: Doing): string[] {
  const { env, clearEnv = false, pidVariables } = options;
  requireChildEnvironment(() => variablesOf({ ...env, ...pidVariables }, clearEnv, LOADER));
  if (options.chroot !== undefined) checkRoot(program, pathOf(options.chroot));
  const here = (path: string) => relocated(path, options);
  if (program.includes("/")) {
    requireProgram(program, here(program));
    return [program];
  }
  const paths: string[] = [];
  let errno: number = ERRNO.ENOENT;
  for (const folder of program === "" ? [] : searchPath(env, clearEnv)) {
    const path = folder === "" ? `./${program}` : `${folder}/${program}`;
    const rc = eaccess(cString(here(path), "A program"), FCNTL.X_OK);
    if (rc === 0) paths.push(path);
    else if (rc === -ERRNO.EACCES) errno = ERRNO.EACCES;
  }
  if (paths.length > 0) requireProgram(program, here(paths[0]!));
  else throw notStarted(program, errno, doing);
  return paths;
}

/** Else every program under it would be what is missing. */
function checkRoot(program: string, path: string): void {
  const doing = `spawn ${JSON.stringify(program)}: change its root to ${JSON.stringify(path)}`;
  check(eaccess(cString(path, "chroot"), FCNTL.X_OK), doing, "eaccess", { path });
}

/** A `path` of a program that runs in another directory, or under another root, as it is called here. */
function relocated(path: string, { cwd, chroot }: Surroundings): string {
  const folder = cwd ?? (chroot === undefined ? undefined : "/");
  const within = path.startsWith("/") || folder === undefined ? path : `${pathOf(folder)}/${path}`;
  return chroot === undefined ? within : `${pathOf(chroot)}/${within}`;
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

/** The error for a program that could not be executed; one that was found and is "missing" lacks its interpreter. */
export function notStarted(
  program: string,
  errno: number,
  doing: Doing,
  found = false,
  syscall: string = SYSCALL[doing],
): Error {
  const step = found && errno === ERRNO.ENOENT ? ": find its interpreter" : "";
  return syscallError(`${doing} ${JSON.stringify(program)}${step}`, errno, syscall, { path: program });
}

/** Whether one of the files is there. */
export function isThere(paths: readonly string[], options: Surroundings): boolean {
  return paths.some((path) => eaccess(cString(relocated(path, options)), FCNTL.X_OK) === 0);
}
