import { IPC, IPC_PERM } from "../../ffi/abi/sys_ipc.ts";
import { changeOwner, checkId, createFlags, dateAt, ipcStat } from "../../lib/sysv/ipc_object.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

const TIME = IPC_PERM.sizeof;

/** A structure with a different number in each field. */
function structure(): DataView {
  const ds = new DataView(new ArrayBuffer(IPC_PERM.sizeof + 8));
  const fields = { __key: 0xfeed_f00d, uid: 0xffff_fffe, gid: 2, cuid: 3, cgid: 4, mode: 0o1640, __seq: 0xffff };
  for (const [name, value] of Object.entries(fields)) ds.setUint32(IPC_PERM[name as "uid"], value, true);
  ds.setBigInt64(TIME, 1_700_000_000n, true);
  return ds;
}

test("createFlags() makes an object for its owner, and exclusively on demand", () => {
  assertEquals(createFlags({}), IPC.IPC_CREAT | 0o600);
  assertEquals(createFlags({ mode: 0o666, exclusive: true }), IPC.IPC_CREAT | IPC.IPC_EXCL | 0o666);
  assertEquals(createFlags({ mode: 0 }), IPC.IPC_CREAT);
});

test("createFlags() and changeOwner() refuse a mode with more than permissions, which would be other flags", () => {
  for (const mode of [0o1000, 0o2666, -1, 1.5, NaN]) {
    assertThrows(() => createFlags({ mode }), RangeError, `mode must be an integer from 0 to 0o777: ${mode}`);
    assertThrows(() => changeOwner(structure(), { mode }), RangeError, "mode must be an integer");
  }
});

test("checkId() lets ids above 32767 through, and nothing that is none", () => {
  for (const id of [0, 32_768, 2 ** 31 - 1]) assertEquals(checkId(id), id);
  for (const id of [-1, 2 ** 31, 0.5, NaN]) {
    assertThrows(() => checkId(id), RangeError, `An id is an integer from 0 on: ${id}`);
  }
});

test("ipcStat() reads every field, without a sign, and of the mode its permissions", () => {
  assertEquals(ipcStat(structure(), 7, TIME), {
    id: 7,
    key: 0xfeed_f00d,
    uid: 0xffff_fffe,
    gid: 2,
    creatorUid: 3,
    creatorGid: 4,
    mode: 0o640,
    sequence: 0xffff,
    changed: new Date(1_700_000_000_000),
  });
});

test("dateAt() has no date for what never happened", () => {
  const ds = structure();
  assertEquals(dateAt(ds, TIME), new Date(1_700_000_000_000));
  ds.setBigInt64(TIME, 0n, true);
  assertEquals(dateAt(ds, TIME), undefined);
});

test("changeOwner() changes what is named and nothing else", () => {
  const ds = structure();
  changeOwner(ds, {});
  assertEquals(ds.buffer, structure().buffer);
  changeOwner(ds, { uid: 0, gid: 2 ** 32 - 2, mode: 0 });
  const { uid, gid, mode, ...others } = ipcStat(ds, 7, TIME);
  const { uid: _uid, gid: _gid, mode: _mode, ...before } = ipcStat(structure(), 7, TIME);
  assertEquals([uid, gid, mode, others], [0, 2 ** 32 - 2, 0, before]);
});

test("changeOwner() refuses ids that are none: -1 means somebody's own elsewhere", () => {
  for (const id of [-1, 2 ** 32 - 1, 1.5, NaN]) {
    assertThrows(() => changeOwner(structure(), { uid: id }), RangeError, "uid must be an integer");
    assertThrows(() => changeOwner(structure(), { gid: id }), RangeError, "gid must be an integer");
  }
});
