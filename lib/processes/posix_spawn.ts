/** Starting a program with posix_spawn(3). */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { SIGSET_SIZE } from "../../ffi/abi/signal.ts";
import { SPAWN, SPAWN_SIZE } from "../../ffi/abi/spawn.ts";
import { openDescriptors } from "../../ffi/dirent.ts";
import { Block } from "../../ffi/memory.ts";
import {
  posix_spawn,
  posix_spawn_file_actions_addclose,
  posix_spawn_file_actions_addclosefrom_np,
  posix_spawn_file_actions_adddup2,
  posix_spawn_file_actions_addfchdir_np,
  posix_spawn_file_actions_destroy,
  posix_spawn_file_actions_init,
  posix_spawnattr_destroy,
  posix_spawnattr_init,
  posix_spawnattr_setflags,
  posix_spawnattr_setpgroup,
  posix_spawnattr_setsigdefault,
  posix_spawnattr_setsigmask,
} from "../../ffi/spawn.ts";
import { check, syscallError } from "../core/errors.ts";
import { type Attributes, PLAIN } from "./attributes.ts";
import { type Moves, planMoves } from "./moves.ts";
import type { Plan } from "./start.ts";

/** Those that every child gets of which nothing else was said: each signal at its default, none blocked. Made once. */
let plain: SpawnAttributes | undefined;

/** What a child is, as posix_spawn(3) takes it; `using` frees it. */
class SpawnAttributes implements Disposable {
  readonly #block = new Block(SPAWN_SIZE.posix_spawnattr_t);

  constructor({ session, processGroup, blocked }: Attributes) {
    const { POSIX_SPAWN_SETSIGDEF, POSIX_SPAWN_SETSIGMASK, POSIX_SPAWN_SETSID, POSIX_SPAWN_SETPGROUP } = SPAWN;
    const mask = new Uint8Array(SIGSET_SIZE);
    new DataView(mask.buffer).setBigUint64(0, blocked, true);
    posix_spawnattr_init(this.address);
    posix_spawnattr_setflags(
      this.address,
      POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | (session ? POSIX_SPAWN_SETSID : 0) |
        (processGroup === undefined ? 0 : POSIX_SPAWN_SETPGROUP),
    );
    posix_spawnattr_setsigdefault(this.address, new Uint8Array(SIGSET_SIZE).fill(0xff));
    posix_spawnattr_setsigmask(this.address, mask);
    if (processGroup !== undefined) posix_spawnattr_setpgroup(this.address, processGroup);
  }

  get address(): number {
    return this.#block.address;
  }

  [Symbol.dispose](): void {
    posix_spawnattr_destroy(this.address);
    this.#block.free();
  }
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

/** The last child's side, and what it is good for: one without a directory of its own often comes again. */
let kept: { map: ReadonlyMap<number, number> | undefined; actions: FileActions } | undefined;

/** Whether `one` and `other` give the child the same. */
function isSame(one: ReadonlyMap<number, number>, other: ReadonlyMap<number, number>): boolean {
  for (const [to, from] of one) if (other.get(to) !== from) return false;
  return one.size === other.size;
}

/** The child's side for the descriptors of `map`, to be used before the next one is asked for. */
function fileActions({ map, folder }: Plan): FileActions {
  if (kept?.map !== undefined && folder === undefined && isSame(map, kept.map)) return kept.actions;
  kept?.actions[Symbol.dispose]();
  kept = undefined;
  const actions = new FileActions();
  if (folder !== undefined) actions.enter(folder);
  actions.add(planMoves(map));
  // Where descriptors are closed one by one, they are others the next time.
  const lasts = folder === undefined && posix_spawn_file_actions_addclosefrom_np.address() !== 0;
  kept = { map: lasts ? map : undefined, actions };
  return actions;
}

/** Where a pid is put. */
const pid = new Int32Array(1);

/** Start the program at `path` as planned: its pid, or -errno. */
export function posixSpawn(plan: Plan, path: Uint8Array<ArrayBuffer>): number {
  const { address } = fileActions(plan);
  using own = plan.attributes === PLAIN ? undefined : new SpawnAttributes(plan.attributes);
  const attributes = own ?? (plain ??= new SpawnAttributes(PLAIN));
  const rc = posix_spawn(pid, path, address, attributes.address, plan.argv, plan.environment);
  return rc < 0 ? rc : pid[0]!;
}
