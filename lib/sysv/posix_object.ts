/** What POSIX queues, semaphores and shared memory have in common: how they are made, and whose they are. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";

/** How an object with a name is made. */
export interface PosixCreateOptions {
  /**
   * Who may read and write it, exactly: the umask takes nothing away.
   * @default {0o600}
   */
  mode?: number;
  /**
   * Fail with `EEXIST` if there is one of this name.
   * @default {false}
   */
  exclusive?: boolean;
}

/** Whose an object is, and who may use it. */
export interface PosixStat {
  /** The owner's user id. */
  readonly uid: number;
  /** The owner's group id. */
  readonly gid: number;
  /** Who may read and write it: the lowest nine bits of a file's mode. */
  readonly mode: number;
}

/**
 * Make an object, or open the one that is there: only who has made it initialises it.
 *
 * O_CREAT alone would not tell which, and where many may write (a sticky folder) Linux refuses it for what is another
 * user's (fs.protected_regular, proc(5)).
 *
 * @param exclusive Not if there is one already.
 * @param open Opens with these flags: its result or -errno.
 * @returns That result, and whether the object is new.
 */
export function createOrOpen(exclusive: boolean, open: (flags: number) => number): { rc: number; made: boolean } {
  for (;;) {
    const rc = open(FCNTL.O_CREAT | FCNTL.O_EXCL);
    if (rc !== -ERRNO.EEXIST || exclusive) return { rc, made: rc >= 0 };
    const found = open(0);
    // It was removed in between.
    if (found !== -ERRNO.ENOENT) return { rc: found, made: false };
  }
}
