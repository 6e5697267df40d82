/** Children of the generation before: they are this process's own, but nobody in it has started them. */
import { WAIT } from "../../ffi/abi/sys_wait.ts";
import { aboveStandard } from "../../ffi/descriptors.ts";
import { numbersIn } from "../../ffi/dirent.ts";
import { textOf } from "../../ffi/proc.ts";
import { ended } from "../../ffi/reactor.ts";
import { pidfd_open, wait4 } from "../../ffi/sys_wait.ts";
import { close } from "../../ffi/unistd.ts";
import { offload } from "../../ffi/workers.ts";

/** As many as an environment variable certainly has room for. */
const MOST = 10_000;

/** The children of this process, whoever has started them; none where the kernel has no list of them. */
export function ownChildren(): number[] {
  const threads = numbersIn("/proc/self/task");
  if (typeof threads === "number") return [];
  const all = threads.flatMap((thread) => {
    const text = textOf(`/proc/self/task/${thread}/children`);
    return typeof text === "string" ? (text.match(/\d+/g) ?? []).map(Number) : [];
  });
  return all.slice(0, MOST);
}

/**
 * Reap those of `pids` that are children of this process as soon as they end; that does not keep it alive. A child stays what it
 * is across execve(2), and so does its number until it is reaped, by nobody but this process.
 *
 * @returns Resolves when all have ended.
 */
export async function reapChildren(pids: readonly number[]): Promise<void> {
  await Promise.all(pids.map(reapOne));
}

async function reapOne(pid: number): Promise<void> {
  // Either it has ended, or it is no child of ours (ECHILD), which we would wait for in vain.
  if (wait4(pid, 0, WAIT.WNOHANG, 0) !== 0) return;
  const pidfd = aboveStandard(pidfd_open(pid, 0));
  // Without a descriptor (an emulator, too many of them) a worker waits, and reaps.
  const rc = pidfd < 0 ? pidfd : await ended(pidfd, false).result;
  if (pidfd >= 0) close(pidfd);
  if (rc < 0) await offload(wait4, [pid, 0, 0, 0], false).result;
  else wait4(pid, 0, WAIT.WNOHANG, 0);
}
