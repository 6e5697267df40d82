import { ClosedError, LockGuard } from "../../mod.ts";
import { ownerOf, regain } from "../../lib/sysv/lock_guard.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

test("LockGuard releases once, and can be held again", () => {
  const owner = {};
  let released = 0;
  const guard = new LockGuard(owner, () => released++, { pid: 5 });
  assertEquals([guard.held, guard.abandoned, ownerOf(guard) === owner], [true, { pid: 5 }, true]);
  {
    using _guard = guard;
    guard.unlock();
  }
  assertEquals([guard.held, released], [false, 1]);
  assertThrows(() => ownerOf(guard), ClosedError, "released");
  regain(guard, undefined);
  assertEquals([guard.held, guard.abandoned, released], [true, undefined, 1]);
  guard[Symbol.dispose]();
  assertEquals([guard.held, released], [false, 2]);
});
