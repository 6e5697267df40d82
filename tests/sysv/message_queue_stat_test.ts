import { ERRNO } from "../../ffi/abi/errno.ts";
import { MSQID_DS } from "../../ffi/abi/sys_msg.ts";
import { changeQueue, queueKey, queueLimits, queueStat, readQueueStat } from "../../lib/sysv/message_queue_stat.ts";
import { MessageQueue } from "../../mod.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";
import { readProc } from "../support/proc.ts";

const KEY = 0x9d5a_0003;

test("queueStat() reads every field", () => {
  const ds = new DataView(new ArrayBuffer(MSQID_DS.sizeof));
  const times = [MSQID_DS.msg_stime, MSQID_DS.msg_rtime, MSQID_DS.msg_ctime];
  times.forEach((at, i) => ds.setBigInt64(at, BigInt(1_700_000_000 + i), true));
  const counts = [MSQID_DS.__msg_cbytes, MSQID_DS.msg_qnum, MSQID_DS.msg_qbytes];
  counts.forEach((at, i) => ds.setBigUint64(at, BigInt(2 ** 40 + i), true));
  ds.setInt32(MSQID_DS.msg_lspid, 11, true);
  ds.setInt32(MSQID_DS.msg_lrpid, 12, true);
  const { bytes, messages, maxBytes, lastSent, lastReceived, changed, lastSendPid, lastReceivePid } = queueStat(ds, 5);
  assertEquals([bytes, messages, maxBytes, lastSendPid, lastReceivePid], [2 ** 40, 2 ** 40 + 1, 2 ** 40 + 2, 11, 12]);
  assertEquals([lastSent, lastReceived, changed].map((date) => date!.getTime() / 1_000 - 1_700_000_000), [0, 1, 2]);
});

test("readQueueStat(), changeQueue() and queueKey() ask and tell the kernel, or give -errno", () => {
  using queue = MessageQueue.create(KEY, { mode: 0o200 });
  assertEquals([queueKey(queue.id), readQueueStat(queue.id)], [KEY, queue.stat()]);
  assertEquals(changeQueue(queue.id, { maxBytes: 77, uid: 5, mode: 0o640 }), 0);
  const { maxBytes, uid, mode, lastSent, lastReceived, lastSendPid, key } = queue.stat();
  assertEquals([maxBytes, uid, mode, lastSent, lastReceived, lastSendPid, key], [
    77,
    5,
    0o640,
    undefined,
    undefined,
    0,
    KEY,
  ]);
  queue.remove();
  const refused = [queueKey(queue.id), readQueueStat(queue.id), changeQueue(queue.id, {})];
  for (const rc of refused) assert(rc === -ERRNO.EINVAL || rc === -ERRNO.EIDRM, `${rc}`);
});

test("changeQueue() refuses what is out of range before it asks the system", () => {
  for (const maxBytes of [-1, 1.5, NaN, Infinity]) {
    assertThrows(() => changeQueue(-1, { maxBytes }), RangeError, `maxBytes must be an integer from 0 on: ${maxBytes}`);
  }
  assertThrows(() => changeQueue(-1, { mode: 0o1000 }), RangeError, "mode must be");
});

test("queueLimits() are those of /proc/sys/kernel", () => {
  const { msgmax, msgmni } = queueLimits();
  assertEquals(
    [msgmax, msgmni],
    [readProc("/proc/sys/kernel/msgmax"), readProc("/proc/sys/kernel/msgmni")].map(Number),
  );
});
