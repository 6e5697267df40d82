/** Starting a program with posix_spawn(3). */
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { ERRNO } from "../../ffi/abi/errno.ts";
import { SIGSET_SIZE } from "../../ffi/abi/signal.ts";
import { SPAWN, SPAWN_SIZE } from "../../ffi/abi/spawn.ts";
import { openDescriptors } from "../../ffi/dirent.ts";
import { open } from "../../ffi/fcntl.ts";
import { Block, cString, stringArray } from "../../ffi/memory.ts";
import {
  posix_spawn,
  posix_spawn_file_actions_addclose,
  posix_spawn_file_actions_addclosefrom_np,
  posix_spawn_file_actions_adddup2,
  posix_spawn_file_actions_addfchdir_np,
  posix_spawn_file_actions_destroy,
  posix_spawn_file_actions_init,
  posix_spawnattr_init,
  posix_spawnattr_setflags,
  posix_spawnattr_setsigdefault,
  posix_spawnattr_setsigmask,
} from "../../ffi/spawn.ts";
import { close } from "../../ffi/unistd.ts";
import { check, syscallError } from "../core/errors.ts";
import { Environment } from "./environment.ts";
import type { Command, SpawnOptions } from "./options.ts";
import { firstThatRuns, isThere, notStarted } from "./program.ts";
import { pathOf } from "./redirects.ts";

/** What to do with the descriptors in the child, in this order, whichever numbers stand on either side. */
export interface Moves {
  /** dup2(2) of each pair. Equal numbers clear close-on-exec. */
  readonly copies: readonly (readonly [from: number, to: number])[];
  /** Close these. */
  readonly gaps: readonly number[];
  /** And everything from here on. */
  readonly closeFrom: number;
}

/** Plan a child's descriptors: `map` has the child's numbers and ours. */
export function planMoves(map: ReadonlyMap<number, number>): Moves {
  const copies: [number, number][] = [];
  const taken = new Set([...map.keys(), ...map.values()]);
  const safe = new Map<number, number>();
  let spare = 3;
  // A source that some other copy overwrites is put aside first, to a number that nobody needs.
  for (const [to, from] of map) {
    if (to === from || safe.has(from) || !map.has(from)) continue;
    while (taken.has(spare)) spare++;
    safe.set(from, spare);
    copies.push([from, spare++]);
  }
  for (const [to, from] of map) copies.push([to === from ? from : safe.get(from) ?? from, to]);
  const last = Math.max(...map.keys());
  const gaps = Array.from({ length: last }, (_, number) => number).filter((number) => !map.has(number));
  return { copies, gaps, closeFrom: last + 1 };
}

/** Attributes that every child gets: each signal at its default, none blocked. Made once. */
let attributes: Block | undefined;

function defaultAttributes(): Block {
  if (attributes !== undefined) return attributes;
  attributes = new Block(SPAWN_SIZE.posix_spawnattr_t);
  posix_spawnattr_init(attributes.address);
  posix_spawnattr_setflags(attributes.address, SPAWN.POSIX_SPAWN_SETSIGDEF | SPAWN.POSIX_SPAWN_SETSIGMASK);
  posix_spawnattr_setsigdefault(attributes.address, new Uint8Array(SIGSET_SIZE).fill(0xff));
  posix_spawnattr_setsigmask(attributes.address, new Uint8Array(SIGSET_SIZE));
  return attributes;
}

/** The child's side of a spawn as data; `using` frees it. */
class FileActions implements Disposable {
  readonly #block = new Block(SPAWN_SIZE.posix_spawn_file_actions_t);

  constructor() {
    this.#check(posix_spawn_file_actions_init(this.address));
  }

  get address(): number {
    return this.#block.address;
  }

  /** Enter the directory behind `folder`: to come first, as that is not among the descriptors which the child keeps. */
  enter(folder: number): void {
    this.#check(posix_spawn_file_actions_addfchdir_np(this.address, folder));
  }

  add(moves: Moves): void {
    for (const [from, to] of moves.copies) this.#check(posix_spawn_file_actions_adddup2(this.address, from, to));
    for (const fd of moves.gaps) this.#check(posix_spawn_file_actions_addclose(this.address, fd));
    const rc = posix_spawn_file_actions_addclosefrom_np(this.address, moves.closeFrom);
    rc === -ERRNO.ENOSYS ? this.#closeEach(moves.closeFrom) : this.#check(rc);
  }

  /** glibc before 2.34: what is open now is closed one by one. */
  #closeEach(from: number): void {
    const open = openDescriptors();
    if (typeof open === "number") throw syscallError(`list "/proc/self/fd"`, -open, "getdents64");
    for (const fd of open) if (fd >= from) this.#check(posix_spawn_file_actions_addclose(this.address, fd));
  }

  #check(rc: number): void {
    check(rc, "prepare a spawn", "posix_spawn_file_actions");
  }

  [Symbol.dispose](): void {
    posix_spawn_file_actions_destroy(this.address);
    this.#block.free();
  }
}

/** A child's side without a directory of its own, kept from the last spawn: it often comes again. */
let kept: { key: string; actions: FileActions } | undefined;

/** The child's side for the descriptors of `map`, to be used before the next one is asked for. */
function fileActions(map: ReadonlyMap<number, number>, folder: number | undefined): FileActions {
  const key = folder === undefined && posix_spawn_file_actions_addclosefrom_np.address() !== 0 ? [...map].join() : "";
  if (kept?.key === key && key !== "") return kept.actions;
  kept?.actions[Symbol.dispose]();
  kept = undefined;
  const actions = new FileActions();
  if (folder !== undefined) actions.enter(folder);
  actions.add(planMoves(map));
  kept = { key, actions };
  return actions;
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
 * @throws {SyscallError} naming the program, or the directory it was to run in.
 */
export function startProgram(
  command: Command,
  paths: readonly string[],
  options: SpawnOptions,
  map: ReadonlyMap<number, number>,
): number {
  const program = command[0]!;
  using environment = new Environment(options.env, options.clearEnv ?? false);
  using argv = argumentList(command, options.argv0);
  const folder = options.cwd === undefined ? undefined : openFolder(program, pathOf(options.cwd));
  try {
    const { address } = fileActions(map, folder);
    const pid = new Int32Array(1);
    const start = (path: Uint8Array<ArrayBuffer>) =>
      posix_spawn(pid, path, address, defaultAttributes().address, argv.address, environment.address);
    const rc = firstThatRuns(paths, start);
    if (rc < 0) throw notStarted(program, -rc, "spawn", isThere(paths, options));
    return pid[0]!;
  } finally {
    if (folder !== undefined) close(folder);
  }
}

/** The arguments as execve(2) takes them. */
export function argumentList(command: Command, argv0: string | undefined): Block {
  return stringArray([argv0 ?? command[0]!, ...command.slice(1)].map((word) => cString(word, "An argument")));
}
