/** Descendants that have lost their parent, where this program is a subreaper: found, and reaped when they end. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { PRCTL } from "../../ffi/abi/sys_prctl.ts";
import { aboveStandard } from "../../ffi/descriptors.ts";
import { numbersIn } from "../../ffi/dirent.ts";
import { textOf } from "../../ffi/proc.ts";
import { prctl } from "../../ffi/sys_prctl.ts";
import { close } from "../../ffi/unistd.ts";
import { check, syscallError } from "../core/errors.ts";
import { ExitWatch, reap } from "./exit_watch.ts";
import { type ProcessEntry, processTable } from "./process_table.ts";
import { pin, type ProcessTree } from "./process_tree.ts";
import { livingChildren } from "./roll.ts";

/** Those that are watched until they end. */
const watched = new Set<number>();
/** Milliseconds between the two looks at one that has ended. */
const SECOND_LOOK = 50;

/**
 * Have orphaned descendants become children of this program.
 *
 * @throws {SyscallError} `EINVAL` from a kernel that knows no subreapers.
 */
export function becomeSubreaper(): void {
  check(prctl(PRCTL.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "become a subreaper", "prctl");
}

/**
 * Watch the orphans of `tree` that have come to us, so that they are reaped when they end. They do not keep this program
 * alive. `Deno.Command`'s children are ours as well, and never touched: they bear no mark of ours. What has ended bears
 * none any more, and is reaped if nobody waits for it.
 */
export function adoptOrphans(tree: ProcessTree): void {
  try {
    for (const entry of strangers()) if (tree.owns(entry)) watch(entry, tree);
    reapUnwaited(unwaited()).catch(() => {});
  } catch {
    // No descriptor is left to look with; init reaps them when this program has ended.
  }
}

/** The children of this program that it did not start by way of this library, and does not watch yet. */
function strangers(): ProcessEntry[] {
  const ours = new Set([...livingChildren()].map(({ pid }) => pid));
  return [...processTable().values()].filter(({ pid, parent }) =>
    parent === Deno.pid && !ours.has(pid) && !watched.has(pid)
  );
}

function watch(entry: ProcessEntry, tree: ProcessTree): void {
  const pidfd = pin(entry);
  if (pidfd === undefined) return;
  watched.add(entry.pid);
  const watching = new ExitWatch({ pid: entry.pid, pidfd: pidfd < 0 ? pidfd : aboveStandard(pidfd) });
  watching.hold(false);
  watching.exited.catch(() => {}).then(() => {
    watched.delete(entry.pid);
    // Its own children are orphans now.
    adoptOrphans(tree);
  });
}

/**
 * The strangers that have ended and for which nobody waits: whoever waits for a child, `Deno.Command` or this library in
 * another thread, has a pidfd of it.
 */
function unwaited(): ProcessEntry[] {
  const zombies = strangers().filter(({ state }) => state === "Z");
  if (zombies.length === 0) return [];
  const pids = pidfds();
  return zombies.filter(({ pid }) => !pids.has(pid));
}

/** Whom the pidfds of this program mean. Throws where they cannot all be seen. */
function pidfds(): Set<number> {
  const numbers = numbersIn("/proc/self/fdinfo");
  if (typeof numbers === "number") throw syscallError('list "/proc/self/fdinfo"', -numbers, "getdents64");
  const found = new Set<number>();
  for (const number of numbers) {
    const path = `/proc/self/fdinfo/${number}`;
    const text = textOf(path);
    if (typeof text === "string") found.add(Number(/^Pid:\t(\d+)$/m.exec(text)?.[1]));
    // One that was closed meanwhile is no harm.
    else if (text !== -ERRNO.ENOENT) throw syscallError(`read "${path}"`, -text, "read", { path });
  }
  return found;
}

/** Reap those of `zombies` that still are: one that a Worker has just started may get its pidfd a moment later. */
async function reapUnwaited(zombies: readonly ProcessEntry[]): Promise<void> {
  if (zombies.length === 0) return;
  await new Promise((resolve) => Deno.unrefTimer(setTimeout(resolve, SECOND_LOOK)));
  const before = new Map(zombies.map(({ pid, started }) => [pid, started]));
  for (const entry of unwaited()) {
    if (before.get(entry.pid) !== entry.started) continue;
    const pidfd = pin(entry);
    if (pidfd === undefined) continue;
    // Without pidfds there is no telling.
    if (pidfd < 0) return;
    close(pidfd);
    reap(entry.pid, false);
  }
}
