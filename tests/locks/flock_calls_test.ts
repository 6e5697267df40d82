import { ERRNO } from "../../ffi/abi/errno.ts";
import { offload } from "../../ffi/workers.ts";
import { flockCalls } from "../../lib/locks/flock_calls.ts";
import { LockedFile } from "../../lib/locks/locked_file.ts";
import { assertEquals, test } from "../support/mod.ts";
import { LockFolder } from "./lock_folder.ts";

test("flockCalls gives 0 or -errno, of each of its calls", async () => {
  using folder = new LockFolder();
  using one = LockedFile.open(folder.path, "shared", {});
  using other = LockedFile.open(folder.path, "shared", {});
  assertEquals(flockCalls.attempt(one.fd.number, "exclusive"), 0);
  assertEquals(flockCalls.attempt(other.fd.number, "shared"), -ERRNO.EAGAIN);
  assertEquals(flockCalls.inTheWay(other.fd.number, "shared")?.pid, Deno.pid);
  assertEquals(flockCalls.unlock(one.fd.number), 0);
  assertEquals(flockCalls.inTheWay(other.fd.number, "shared"), undefined);
  assertEquals(flockCalls.attempt(other.fd.number, "shared"), 0);
  using waiting = flockCalls.waiting(one.fd.number, "shared");
  assertEquals(await offload(waiting.fn, waiting.args).result, 0);
  assertEquals(flockCalls.attempt(-1, "shared"), -ERRNO.EBADF);
});
