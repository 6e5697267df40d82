/** Opening a file and locking it: once more if it was removed or replaced in the meantime. */
import type { Fd } from "../core/fd.ts";
import { Deadline, type WaitOptions } from "../core/limit.ts";
import { acquire, acquireNow, acquireSync, type Wanted } from "./acquire.ts";
import { checkLockMode } from "./calls.ts";
import { LockedFile, type LockFileOptions } from "./locked_file.ts";

/** What may be locked. */
export type Lockable = string | URL | Fd;

/** The file, locked; the caller closes it. */
export async function take(
  file: Lockable,
  wanted: Wanted,
  options: LockFileOptions & WaitOptions,
): Promise<LockedFile> {
  checkLockMode(wanted.mode);
  const deadline = new Deadline(options);
  options.signal?.throwIfAborted();
  for (;;) {
    const opened = LockedFile.open(file, wanted.mode, options);
    if (await kept(opened, acquire(opened, wanted, deadline, options.signal))) return opened;
  }
}

/** The file, locked, and this thread was blocked until it was. */
export function takeSync(file: Lockable, wanted: Wanted, options: LockFileOptions & { timeout?: number }): LockedFile {
  checkLockMode(wanted.mode);
  const deadline = new Deadline(options);
  for (;;) {
    const opened = LockedFile.open(file, wanted.mode, options);
    const taken = keptNow(opened, () => {
      acquireSync(opened, wanted, deadline);
      return true;
    });
    if (taken !== "elsewhere") return opened;
  }
}

/** The file, locked; nothing if somebody has it. */
export function takeNow(file: Lockable, wanted: Wanted, options: LockFileOptions): LockedFile | undefined {
  checkLockMode(wanted.mode);
  for (;;) {
    const opened = LockedFile.open(file, wanted.mode, options);
    const taken = keptNow(opened, () => acquireNow(opened, wanted));
    if (taken !== "elsewhere") return taken ? opened : undefined;
  }
}

/** Whether what was locked is still the file at its path; it is closed otherwise, and if locking fails. */
async function kept(opened: LockedFile, locking: Promise<void>): Promise<boolean> {
  let done = false;
  try {
    await locking;
    return done = opened.inPlace;
  } finally {
    if (!done) opened.close();
  }
}

function keptNow(opened: LockedFile, lock: () => boolean): boolean | "elsewhere" {
  let done = false;
  try {
    if (!lock()) return false;
    done = opened.inPlace;
    return done || "elsewhere";
  } finally {
    if (!done) opened.close();
  }
}
