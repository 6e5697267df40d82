/** Process groups: who gets the signals that are meant for several. */
import { getpgrp as ownGroup, setpgid as setGroup } from "../../ffi/unistd.ts";
import { check } from "../core/errors.ts";

/**
 * The process group of this program: Perl's `getpgrp`. Its leader is the process with the same number.
 *
 * @returns Its number.
 * @example
 * ```ts
 * import { getpgrp } from "@vasty/vasty";
 *
 * console.assert(getpgrp() > 0);
 * ```
 * @see getpgrp(2)
 */
export function getpgrp(): number {
  return ownGroup();
}

/**
 * Move a process into a process group of its session: `setpgid()` makes this program the leader of a group of its own, so
 * that a signal to the group (`kill(-Deno.pid, "HUP")`) reaches it and the children that it starts from then on, and
 * nobody else. A child gets its group from the option `processGroup` of `spawn`, without a moment in the old one.
 *
 * A group that is not the terminal's foreground group gets no ^C, and stops when it reads the terminal.
 *
 * @param pid This program, by 0 or by its number, or a child of its that has not executed a program yet. @default {0}
 * @param pgid The group; 0 is the one of which the process itself is the leader. @default {0}
 * @throws {RangeError} if one of them is negative or no integer.
 * @throws {SyscallError} `EPERM` if the process leads a session (it leads a group as well then), or the group is not of
 * this session; `ESRCH` if it is no child; `EACCES` if it has executed a program.
 * @example
 * ```ts
 * import { getpgrp, setpgid } from "@vasty/vasty";
 *
 * if (getpgrp() !== Deno.pid) setpgid();
 * console.assert(getpgrp() === Deno.pid);
 * ```
 * @see setpgid(2)
 */
export function setpgid(pid = 0, pgid = 0): void {
  for (const number of [pid, pgid]) {
    if ((number | 0) !== number || number < 0) throw new RangeError(`${number} is no process or process group`);
  }
  const who = pid === 0 ? "this process" : `process ${pid}`;
  const where = pgid === 0 || pgid === pid ? "a process group of its own" : `process group ${pgid}`;
  check(setGroup(pid, pgid), `put ${who} into ${where}`, "setpgid", { pid: pid || Deno.pid });
}
