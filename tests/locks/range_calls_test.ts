import { ERRNO } from "../../ffi/abi/errno.ts";
import { offload } from "../../ffi/workers.ts";
import type { LockHolder } from "../../mod.ts";
import { LockedFile } from "../../lib/locks/locked_file.ts";
import { RangeCalls } from "../../lib/locks/range_calls.ts";
import { assertEquals, test } from "../support/mod.ts";
import { LockFolder } from "./lock_folder.ts";

test("RangeCalls gives 0 or -errno, of each of its calls", async () => {
  using folder = new LockFolder();
  using one = LockedFile.open(folder.path, "shared", {});
  using other = LockedFile.open(folder.path, "shared", {});
  const calls = new RangeCalls({ start: 2, length: 3 });
  assertEquals(calls.attempt(one.fd.number, "exclusive"), 0);
  assertEquals(calls.attempt(other.fd.number, "shared"), -ERRNO.EAGAIN);
  const holder: LockHolder = { kind: "ofd", mode: "exclusive", pid: undefined, start: 2, length: 3 };
  assertEquals(calls.test(other.fd.number, "shared"), holder);
  assertEquals(calls.test(one.fd.number, "shared"), undefined);
  assertEquals([calls.unlock(one.fd.number), calls.attempt(other.fd.number, "shared")], [0, 0]);
  using waiting = calls.waiting(one.fd.number, "shared");
  assertEquals(await offload(waiting.fn, waiting.args).result, 0);
  assertEquals([calls.attempt(-1, "shared"), calls.test(-1, "shared")], [-ERRNO.EBADF, -ERRNO.EBADF]);
  assertEquals(calls.inTheWay(-1, "shared"), undefined);
});

test("RangeCalls.part names the bytes", () => {
  const parts = [{}, { start: 7 }, { start: 7, length: 1 }, { length: 10 }].map((range) => new RangeCalls(range).part);
  assertEquals(parts, ["all bytes of ", "all bytes from 7 on of ", "byte 7 of ", "bytes 0 to 9 of "]);
});
