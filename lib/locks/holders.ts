/** Who holds a lock on a file, as far as the kernel tells. */
import { textOf } from "../../ffi/proc.ts";
import { identityOf } from "../../ffi/sys_stat.ts";
import type { LockMode } from "./calls.ts";

/** A lock that somebody holds. */
export interface LockHolder {
  /**
   * How it was taken: `"flock"` by flock(2), `"posix"` by fcntl(2) for a process, `"ofd"` by fcntl(2) for an open file
   * description, as {@linkcode lockRange} does. Locks of flock(2) and those of fcntl(2) do not see each other.
   */
  readonly kind: "flock" | "posix" | "ofd";
  /** Whether others may share it. */
  readonly mode: LockMode;
  /**
   * The process that took it. Unknown of `"ofd"`, whose holders are open files (lslocks(8) shows whose), and of a process
   * that this one cannot see. Of `"flock"` it may have ended, if a child of it has the descriptor.
   */
  readonly pid?: number;
  /** The first byte that is locked. */
  readonly start: number;
  /** How many bytes are; `Infinity` for all from `start` on. */
  readonly length: number;
}

const KINDS: Record<string, LockHolder["kind"]> = { FLOCK: "flock", POSIX: "posix", OFDLCK: "ofd" };

/** A line of /proc/locks: a lock that is held, of some process on some file, by device and inode. */
const LINE = /^\d+: (FLOCK|POSIX|OFDLCK) +\w+ +(READ|WRITE) +(-?\d+) ([0-9a-f]+):([0-9a-f]+):(\d+) (\d+) (\d+|EOF)$/;

/** The kernel says 0 or less where it cannot tell, or the process is none of ours. */
export function pidOf(pid: number): number | undefined {
  return pid > 0 ? pid : undefined;
}

/** The locks in the text of /proc/locks on the file whose identity is `id`. */
export function parseLocks(text: string, id: string): LockHolder[] {
  return text.split("\n").flatMap((line) => {
    const [, kind, access, pid, major, minor, inode, start, end] = LINE.exec(line) ?? [];
    if (kind === undefined || [parseInt(major!, 16), parseInt(minor!, 16), inode].join(":") !== id) return [];
    return [{
      kind: KINDS[kind]!,
      mode: access === "READ" ? "shared" : "exclusive",
      pid: pidOf(Number(pid)),
      start: Number(start),
      length: end === "EOF" ? Infinity : Number(end) - Number(start) + 1,
    }];
  });
}

/** The locks on the file behind `fd`; nothing without /proc or the permission to read it. */
export function locksOn(fd: number): LockHolder[] | undefined {
  const path = "/proc/locks";
  if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return undefined;
  const text = textOf(path);
  const file = identityOf(fd);
  return typeof text === "number" || typeof file === "number" ? undefined : parseLocks(text, file.id);
}

/** Who it is, in words; nothing if nothing is known. */
export function holderInWords(holder: LockHolder | undefined): string {
  if (holder === undefined) return "";
  if (holder.pid === Deno.pid) return " by this process";
  if (holder.pid !== undefined) return ` by process ${holder.pid}`;
  return holder.kind === "ofd" ? " by an open file, lslocks shows whose" : "";
}
