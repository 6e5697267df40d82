/** Descendants that have lost their parent, where this program is a subreaper: found, and reaped when they end. */
import { PRCTL } from "../../ffi/abi/sys_prctl.ts";
import { aboveStandard } from "../../ffi/descriptors.ts";
import { prctl } from "../../ffi/sys_prctl.ts";
import { check } from "../core/errors.ts";
import { ExitWatch, reap } from "./exit_watch.ts";
import { type ProcessEntry, processEntry, processTable } from "./process_table.ts";
import { pin, type ProcessTree } from "./process_tree.ts";
import { livingChildren } from "./roll.ts";

/** Those that are watched until they end. */
const watched = new Set<number>();

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
 * alive. `Deno.Command`'s children are ours as well, and never touched: they bear no mark of ours, and are in our session
 * or lead their own. So an orphan that led a session and ended before anybody looked is left, a zombie, to init.
 */
export function adoptOrphans(tree: ProcessTree): void {
  try {
    const session = processEntry(Deno.pid)?.session;
    for (const entry of strangers()) {
      if (tree.owns(entry)) watch(entry, tree);
      // What has ended has no environment any more. Who is not in our session and did not make its own was another's.
      else if (entry.state === "Z" && entry.session !== session && entry.session !== entry.pid) reap(entry.pid, false);
    }
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
