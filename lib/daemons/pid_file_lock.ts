/**
 * The lock of a pid file by fcntl(2), whose length names the process that has it. The kernel names none: the lock belongs to an
 * open file (OFD), since one that belongs to a process is lost when that closes any descriptor for the file. And what
 * the file says is older than the lock until it is written anew.
 */
import { identityBehind } from "../../ffi/sys_stat.ts";
import type { ByteRange, LockHolder } from "../locks/mod.ts";

/** Process ids are lower: the kernel's PID_MAX_LIMIT. */
const PIDS = 2 ** 22;
/** As many namespaces are told apart; their inodes are counted from one number on. */
const SPACES = 2 ** 30;
/** No lock is as long by chance, and a number of JavaScript holds twice as much. */
const LEAST = SPACES * PIDS;

/** A process as a lock names it. */
export interface Named {
  readonly pid: number;
  /** Whether its number is one of this process's namespace, as far as there is a /proc to tell. */
  readonly here: boolean;
}

/** Which bytes this process locks. */
export function ownRange(): ByteRange {
  return { start: 0, length: LEAST + space() * PIDS + Deno.pid };
}

/** Whom a lock names; nothing if it is no daemon's of this library. */
export function namedBy({ kind, mode, start, length }: LockHolder): Named | undefined {
  if (kind !== "ofd" || mode !== "exclusive" || start !== 0 || length < LEAST || length >= 2 * LEAST) return undefined;
  const [there, here] = [Math.floor(length / PIDS) - SPACES, space()];
  return { pid: length % PIDS, here: there === here || there === 0 || here === 0 };
}

/** The namespace of this process's id, 0 if it is not known. A /proc of another namespace tells as well. */
function space(): number {
  const found = identityBehind("/proc/self/ns/pid");
  return typeof found === "number" ? 0 : Number(found.id.split(":").at(-1)) % SPACES;
}
