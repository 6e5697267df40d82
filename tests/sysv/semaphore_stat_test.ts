import { SEMID_DS } from "../../ffi/abi/sys_sem.ts";
import { setStat } from "../../lib/sysv/semaphore_stat.ts";
import { assertEquals, test } from "../support/mod.ts";

test("setStat() reads every field of a struct semid_ds", () => {
  const ds = new DataView(new ArrayBuffer(SEMID_DS.sizeof));
  ds.setBigInt64(SEMID_DS.sem_ctime, 1_700_000_000n, true);
  ds.setBigUint64(SEMID_DS.sem_nsems, 32_000n, true);
  const { id, count, lastOperation, changed } = setStat(ds, 9);
  assertEquals([id, count, lastOperation, changed.getTime()], [9, 32_000, undefined, 1_700_000_000_000]);
  ds.setBigInt64(SEMID_DS.sem_otime, 1_700_000_001n, true);
  assertEquals(setStat(ds, 9).lastOperation, new Date(1_700_000_001_000));
});
