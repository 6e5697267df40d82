import { flockCalls } from "../../lib/locks/flock_calls.ts";
import type { LockCalls } from "../../lib/locks/calls.ts";
import { take, takeNow, takeSync } from "../../lib/locks/take.ts";
import { identityBehind, identityOf } from "../../ffi/sys_stat.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";
import { linkOf, numbers } from "../support/proc.ts";
import { LockFolder } from "./lock_folder.ts";

/** Calls before whose first attempt the file is replaced, or removed. */
function replacing(path: string, replace: () => void): LockCalls {
  let first = true;
  return new Proxy(flockCalls, {
    get(target, name) {
      if (name === "attempt" && first) {
        first = false;
        Deno.removeSync(path);
        replace();
      }
      return Reflect.get(target, name);
    },
  });
}

test("take(), takeSync() and takeNow() lock the file that is at the path, not one that was there", async () => {
  using folder = new LockFolder();
  for (const replace of [() => {}, () => Deno.writeTextFileSync(folder.path, "new")]) {
    for (const way of [take, takeSync, takeNow]) {
      const wanted = { calls: replacing(folder.path, replace), mode: "exclusive" } as const;
      using taken = await way(folder.path, wanted, {});
      assertEquals(identityOf(taken!.fd.number), identityBehind(folder.path));
      assertEquals(folder.locks.length, 1);
    }
  }
});

test("takeNow() that gets nothing, and takeSync() that fails, leave no descriptor open", () => {
  using folder = new LockFolder();
  using _held = takeNow(folder.path, { calls: flockCalls, mode: "exclusive" }, {});
  assertEquals(takeNow(folder.path, { calls: flockCalls, mode: "shared" }, {}), undefined);
  assertThrows(() => takeSync(folder.path, { calls: flockCalls, mode: "shared" }, { timeout: 1 }), DOMException);
  const open = numbers("/proc/self/fd").filter((fd) => linkOf(`/proc/self/fd/${fd}`) === folder.path);
  assertEquals(open.length, 1);
});
