import { ERRNO } from "../../ffi/abi/errno.ts";
import { IPC_PRIVATE, SemaphoreSet } from "../../mod.ts";
import { LockOwner } from "../../lib/sysv/lock_owner.ts";
import { attempt } from "../../lib/sysv/semaphore_calls.ts";
import { assertEquals, test } from "../support/mod.ts";
import { removing } from "./removing.ts";

const owner = new LockOwner(1);

/** What the two semaphores hold for a process. */
function values(pid: number): number[] {
  return [0, 16_384 + pid % 16_384, 1 + Math.floor(pid / 16_384)];
}

test("LockOwner names every process id there can be, or nobody", () => {
  for (const pid of [1, 2, 16_383, 16_384, 16_385, 32_768, 65_535, 4_194_303]) assertEquals(owner.in(values(pid)), pid);
  for (const nobody of [[0, 0, 0], [1, 0, 0], [1, 16_383, 1], [1, 16_384, 0]]) {
    assertEquals(owner.in(nobody), undefined);
  }
});

test("LockOwner: a second one is ERANGE, and only who knows the first one by name takes its place", () => {
  for (const pid of [1, 16_384, 4_194_303]) {
    using owned = removing(SemaphoreSet.create(IPC_PRIVATE, 3, { initial: values(pid) }));
    const set = owned.object;
    assertEquals([attempt(set, owner.enter), owner.in(set.getAll())], [-ERRNO.ERANGE, pid]);
    for (const other of [pid - 1, pid + 1, Deno.pid]) assertEquals(attempt(set, owner.replace(other)), -ERRNO.EAGAIN);
    assertEquals([attempt(set, owner.replace(pid)), owner.in(set.getAll())], [0, Deno.pid]);
    assertEquals([attempt(set, owner.leave), set.getAll()], [0, [0, 0, 0]]);
    assertEquals([attempt(set, owner.enter), owner.in(set.getAll())], [0, Deno.pid]);
    assertEquals(attempt(set, owner.enter), -ERRNO.ERANGE);
  }
});
