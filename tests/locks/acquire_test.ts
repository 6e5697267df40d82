import { Deadline } from "../../lib/core/limit.ts";
import { acquire, acquireNow, acquireSync } from "../../lib/locks/acquire.ts";
import type { LockCalls } from "../../lib/locks/calls.ts";
import { flockCalls } from "../../lib/locks/flock_calls.ts";
import { onClosing } from "../../lib/core/closing.ts";
import { LockedFile } from "../../lib/locks/locked_file.ts";
import { RangeCalls } from "../../lib/locks/range_calls.ts";
import { ERRNO } from "../../ffi/abi/errno.ts";
import { ClosedError, type FileLock, flock, lockRange, SyscallError } from "../../mod.ts";
import { assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";
import { LockFolder } from "./lock_folder.ts";

const NO_LIMIT = new Deadline({});

/** The same calls, but for some. */
function replaced(calls: LockCalls, others: Partial<LockCalls>): LockCalls {
  const bound = (name: keyof LockCalls) => {
    const member = calls[name];
    return [name, typeof member === "function" ? member.bind(calls) : member];
  };
  const names = ["syscall", "part", "needs", "attempt", "waiting", "unlock", "inTheWay"] as const;
  return { ...Object.fromEntries(names.map(bound)), ...others };
}

/** Let the kernel give the lock to who waits for it: what gives the wait up afterwards comes too late. */
function letGo(folder: LockFolder, holder: FileLock): void {
  holder.unlock();
  // A thread of the kernel's choice takes it now; nothing but /proc/locks tells.
  while (folder.locks.length === 0);
}

for (const [name, calls, take] of [["flock", flockCalls, flock], ["range", new RangeCalls({}), lockRange]] as const) {
  test(`acquire() of a ${name} lock that comes after the abort has released it before it rejects`, async () => {
    using folder = new LockFolder();
    using file = LockedFile.open(folder.path, "shared", {});
    for (const mode of ["shared", "exclusive"] as const) {
      const holder = await take(folder.path, "exclusive");
      const abort = new AbortController();
      abort.signal.addEventListener("abort", () => letGo(folder, holder));
      const waiting = acquire(file, { calls, mode }, NO_LIMIT, abort.signal);
      await folder.awaited();
      const reason = new Error("mine");
      abort.abort(reason);
      assertEquals(await assertRejects(() => waiting), reason);
      assertEquals(folder.locks, []);
    }
  });

  test(`acquire() of a ${name} lock that is converted after all has succeeded, unless it is unlocked`, async () => {
    using folder = new LockFolder();
    using file = LockedFile.open(folder.path, "shared", {});
    for (const end of ["abort", "close"]) {
      const holder = await take(folder.path, "exclusive");
      const abort = new AbortController();
      const wanted = { calls, mode: "exclusive", converting: true } as const;
      abort.signal.addEventListener("abort", () => letGo(folder, holder));
      using _first = onClosing(file.fd, () => letGo(folder, holder));
      const waiting = acquire(file, wanted, NO_LIMIT, abort.signal);
      await folder.awaited();
      if (end === "abort") {
        abort.abort();
        await waiting;
        assertEquals(folder.locks.length, 1);
        calls.unlock(file.fd.number);
      } else {
        file.close();
        await assertRejects(() => waiting, ClosedError);
        assertEquals(folder.locks, []);
      }
    }
  });
}

test("acquire(), acquireNow() and acquireSync() pass on what the system refuses", async () => {
  using folder = new LockFolder();
  using file = LockedFile.open(folder.path, "shared", {});
  const calls = replaced(flockCalls, { attempt: () => -ERRNO.ENOLCK });
  const wanted = { calls, mode: "exclusive" } as const;
  const message = `Cannot lock "${folder.path}" exclusively: no locks available (ENOLCK, flock)`;
  const errors = [
    await assertRejects(() => acquire(file, wanted, NO_LIMIT), SyscallError),
    assertThrows(() => acquireNow(file, wanted), SyscallError),
    assertThrows(() => acquireSync(file, wanted, NO_LIMIT), SyscallError),
  ];
  for (const error of errors) assertEquals([error.message, error.path], [message, folder.path]);
});
