/**
 * A child and whoever descends from it. Nobody is ever signalled by a number that may have become another's: a process
 * is known by its number and the moment it began, and that is compared after its pidfd has been opened.
 */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { SIGNAL } from "../../ffi/abi/signal.ts";
import { kill } from "../../ffi/signal.ts";
import { pidfd_open, pidfd_send_signal } from "../../ffi/sys_wait.ts";
import { close } from "../../ffi/unistd.ts";
import { type SyscallError, syscallError } from "../core/errors.ts";
import { hasVariable, type ProcessEntry, processEntry, processTable, ticksIn, ticksNow } from "./process_table.ts";

/** How often a tree is walked that goes on growing, and how often when all that is missing is that it stands still. */
const WALKS = 1_000;
const PATIENCE = 20;

/** What -errno says of a process that cannot be had by a pidfd because there are none: an old kernel, an emulator. */
const WITHOUT_PIDFD: readonly number[] = [-ERRNO.ENOSYS, -ERRNO.EPERM];

/**
 * The process `entry` by a pidfd, which its owner closes: a number that has become another's is noticed. Undefined if it
 * is gone; -ENOSYS or -EPERM where there are no pidfds.
 *
 * @throws {SyscallError} `EMFILE` if there are too many open descriptors.
 */
export function pin(entry: ProcessEntry): number | undefined {
  const { pid, started } = entry;
  const pidfd = pidfd_open(pid, 0);
  if (pidfd === -ERRNO.ESRCH) return undefined;
  if (pidfd < 0 && !WITHOUT_PIDFD.includes(pidfd)) {
    throw syscallError(`signal process ${pid}`, -pidfd, "pidfd_open", { pid });
  }
  if (processEntry(pid)?.started === started) return pidfd;
  if (pidfd >= 0) close(pidfd);
  return undefined;
}

/** Signal the process `entry`, and no other: 0, or -errno. */
function signalOne(entry: ProcessEntry, signal: number): number {
  const pidfd = pin(entry);
  if (pidfd === undefined) return -ERRNO.ESRCH;
  if (pidfd < 0) return kill(entry.pid, signal);
  const rc = pidfd_send_signal(pidfd, signal, 0, 0);
  close(pidfd);
  return rc;
}

/** The child at the top. */
interface TreeRoot {
  readonly pid: number;
  /** When it was reaped, as performance.now() counts: from then on its number may become another's. */
  readonly endedAt?: number;
}

export class ProcessTree {
  readonly #root: TreeRoot;
  readonly #pid: number;
  readonly #mark: string | undefined;
  /** Whoever was seen to descend from the child, and when that one began: a parent that ends leaves no other trace. */
  readonly #seen = new Map<number, number>();

  /** `mark` is a variable that the whole tree has in its environment, and nobody else. */
  constructor(root: TreeRoot, mark?: string) {
    this.#root = root;
    this.#pid = root.pid;
    this.#mark = mark;
  }

  /** Who belongs to the tree and has not ended. */
  walk(): ProcessEntry[] {
    const table = processTable();
    const children = Map.groupBy(table.values(), ({ parent }) => parent);
    const members = new Set([...table.values()].filter(this.#belongs(table)));
    // A set that grows while it is walked.
    for (const { pid } of members) for (const child of children.get(pid) ?? []) members.add(child);
    for (const { pid, started } of members) this.#seen.set(pid, started);
    return [...members].filter(({ pid, state }) => pid !== Deno.pid && state !== "Z" && state !== "X");
  }

  /** Whether a process belongs to the tree by itself, and not by its parent. */
  #belongs(table: ReadonlyMap<number, ProcessEntry>): (entry: ProcessEntry) => boolean {
    const grouped = this.#hasGroup(table);
    return (entry) =>
      (this.#root.endedAt === undefined && entry.pid === this.#pid) || this.#seen.get(entry.pid) === entry.started ||
      (grouped && (entry.group === this.#pid || entry.session === this.#pid)) || this.owns(entry);
  }

  /** Whether an orphan that came to us is of this tree. */
  owns({ pid, parent, started }: ProcessEntry): boolean {
    if (this.#seen.get(pid) === started) return true;
    return this.#mark !== undefined && parent === Deno.pid && pid !== this.#pid && hasVariable(pid, this.#mark);
  }

  /**
   * Whether the group and the session with the child's number are its own. No process gets a number that a group still
   * has, so they are for as long as one is in them that was there before the child was reaped.
   */
  #hasGroup(table: ReadonlyMap<number, ProcessEntry>): boolean {
    if (this.#root.endedAt === undefined) return true;
    const endedAt = ticksNow() - ticksIn(performance.now() - this.#root.endedAt);
    return [...table.values()].some((entry) =>
      (entry.group === this.#pid || entry.session === this.#pid) && entry.started <= endedAt
    );
  }

  /**
   * Signal everybody, and whoever they start meanwhile: who was there.
   *
   * @throws {SyscallError} `EPERM` if one has become another user; the others have got the signal.
   */
  signal(signal: number): ProcessEntry[] {
    const reached = new Map<number, ProcessEntry>();
    let refused: SyscallError | undefined;
    for (let walk = 0; walk < WALKS; walk++) {
      const newcomers = this.walk().filter(({ pid, started }) => reached.get(pid)?.started !== started);
      if (newcomers.length === 0) break;
      for (const entry of newcomers) refused = this.#send(entry, signal) ?? refused;
      for (const entry of newcomers) reached.set(entry.pid, entry);
    }
    if (refused !== undefined) throw refused;
    return [...reached.values()];
  }

  /**
   * Kill everybody. They are stopped first: once a walk finds everybody stopped it has found everybody, since who is
   * stopped starts nobody.
   *
   * @throws {SyscallError} `EPERM` if one has become another user; the others are killed.
   */
  kill(): ProcessEntry[] {
    const stopped = new Set<number>();
    for (let walk = 0, quiet = 0; walk < WALKS && quiet < PATIENCE; walk++, quiet++) {
      const running = this.walk().filter(({ state }) => state !== "T" && state !== "t");
      if (running.length === 0) break;
      // Whoever waits for its vfork(2) child to execute something does not stop before that does.
      if (running.some(({ pid }) => !stopped.has(pid))) quiet = 0;
      this.#signalGroup(SIGNAL.SIGSTOP);
      for (const entry of running) this.#send(entry, SIGNAL.SIGSTOP);
      for (const { pid } of running) stopped.add(pid);
    }
    const killed = this.signal(SIGNAL.SIGKILL);
    this.#signalGroup(SIGNAL.SIGKILL);
    return killed;
  }

  /** The child's group at once, if it leads one: nobody slips from it by forking. Its number is its own until it is reaped. */
  #signalGroup(signal: number): void {
    if (this.#root.endedAt === undefined) kill(-this.#pid, signal);
  }

  #send(entry: ProcessEntry, signal: number): SyscallError | undefined {
    const rc = signalOne(entry, signal);
    if (rc >= 0 || rc === -ERRNO.ESRCH) return undefined;
    return syscallError(`signal process ${entry.pid}`, -rc, "kill", { pid: entry.pid });
  }
}

/** The library's own variable for {@linkcode ProcessTree}'s mark, another for each tree. */
export function newMark(): string {
  return `VASTY_TREE_${crypto.randomUUID().replaceAll("-", "")}`;
}
