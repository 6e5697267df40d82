/** Starting a program: one plan, and the two ways to carry it out. */
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { open } from "../../ffi/fcntl.ts";
import { type Block, cString, stringArray } from "../../ffi/memory.ts";
import { close } from "../../ffi/unistd.ts";
import { check } from "../core/errors.ts";
import { pathOf } from "../core/path.ts";
import { type Attributes, attributesOf, needExecute } from "./attributes.ts";
import { Environment } from "./environment.ts";
import { executeProgram } from "./execute.ts";
import type { Command, SpawnOptions } from "./options.ts";
import { posixSpawn } from "./posix_spawn.ts";
import { firstThatRuns, isThere, notStarted } from "./program.ts";

/** A child to be. */
export interface Plan {
  /** The program, for the messages. */
  readonly program: string;
  /** Where the lists lie that execve(2) takes. */
  readonly argv: number;
  readonly environment: number;
  /** Where the child's process id belongs as text. */
  readonly pids: readonly number[];
  /** The child's descriptors to ours. */
  readonly map: ReadonlyMap<number, number>;
  /** Its directory, opened; as a path where its root is another one. */
  readonly folder?: number;
  readonly cwd?: string | URL;
  readonly attributes: Attributes;
}

/** A working directory, opened here so that an error names it and the child enters the one that was meant. */
function openFolder(program: string, path: string): number {
  const flags = FCNTL.O_PATH | FCNTL.O_DIRECTORY | FCNTL.O_CLOEXEC;
  const doing = `spawn ${JSON.stringify(program)}: enter directory ${JSON.stringify(path)}`;
  return check(open(cString(path, "cwd"), flags, 0), doing, "open", { path });
}

/**
 * Start `command`, whose program is the first of `paths` that runs, with the descriptors of `map`: the pid of a child that
 * has executed its program.
 *
 * @throws {SyscallError} naming the program, the directory it was to run in, or the attribute that it could not get.
 */
export function startProgram(
  command: Command,
  paths: readonly string[],
  options: SpawnOptions,
  map: ReadonlyMap<number, number>,
): number {
  const program = command[0]!;
  const attributes = attributesOf(options);
  using environment = new Environment(options.env, options.clearEnv ?? false, options.pidVariables);
  using argv = argumentList(command, options.argv0);
  const { cwd } = options;
  const folder = cwd === undefined || attributes.chroot !== undefined ? undefined : openFolder(program, pathOf(cwd));
  const [start, syscall] = needExecute(attributes)
    ? [executeProgram, "execve"] as const
    : [posixSpawn, "posix_spawn"] as const;
  const lists = { argv: argv.address, environment: environment.address, pids: environment.pids };
  const plan: Plan = { program, ...lists, map, folder, cwd, attributes };
  try {
    const rc = firstThatRuns(paths, (path) => start(plan, path));
    if (rc < 0) throw notStarted(program, -rc, "spawn", isThere(paths, options), syscall);
    return rc;
  } finally {
    if (folder !== undefined) close(folder);
  }
}

/** The arguments as execve(2) takes them. */
export function argumentList(command: Command, argv0: string | undefined): Block {
  return stringArray([argv0 ?? command[0]!, ...command.slice(1)].map((word) => cString(word, "An argument")));
}
