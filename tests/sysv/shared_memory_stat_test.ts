import { IPC_PRIVATE, SharedMemory } from "../../mod.ts";
import { memoryStat } from "../../lib/sysv/shared_memory_stat.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";
import { perl } from "./foreign.ts";

test("stat() tells what the kernel knows, as Perl's IPC::SharedMem sees it", async () => {
  const start = Math.floor(Date.now() / 1_000) - 1;
  using memory = SharedMemory.create(IPC_PRIVATE, 12_345, { mode: 0o642 });
  const script = `
    use IPC::SysV "IPC_STAT"; shmctl($ARGV[0], IPC_STAT, my $d) || die $!;
    shmread($ARGV[0], my $b, 0, 1) || die $!; print "$$ ", unpack("x[48]Q", $d);`;
  const [pid, size] = (await perl(script, memory.id)).split(" ").map(Number);
  const stat = memory.stat();
  const { changed, attachedAt, detachedAt, ...rest } = stat;
  const [uid, gid] = [Deno.uid()!, Deno.gid()!];
  assertEquals([size, rest], [12_345, {
    id: memory.id,
    key: 0,
    uid,
    gid,
    creatorUid: uid,
    creatorGid: gid,
    mode: 0o642,
    sequence: stat.sequence,
    size: 12_345,
    attached: 1,
    creatorPid: Deno.pid,
    lastPid: pid!,
    destroyed: false,
    locked: false,
  }]);
  for (const time of [changed, attachedAt!, detachedAt!]) assert(time.getTime() / 1_000 >= start, `${time}`);
  memory.remove();
  assertEquals([memory.stat().destroyed, memory.stat().mode], [true, 0o642]);
}, { needs: ["perl"] });

test("stat() of memory that was never detached has no such time; set() changes what it is told", () => {
  using memory = SharedMemory.create(IPC_PRIVATE, 1);
  assertEquals(memory.stat().detachedAt, undefined);
  memory.set({ mode: 0o444 });
  assertEquals([memory.stat().mode, memory.stat().uid], [0o444, Deno.uid()]);
  if (Deno.uid() === 0) memory.set({ uid: 12, gid: 34 });
  if (Deno.uid() === 0) assertEquals([memory.stat().uid, memory.stat().gid, memory.stat().mode], [12, 34, 0o444]);
  assertThrows(() => memory.set({ uid: -1 }), RangeError, "uid must be");
  assertThrows(() => memory.set({ mode: 0o7777 }), RangeError, "mode must be");
  memory.remove();
});

test("lockPages() and unlockPages() are seen in stat()", () => {
  using memory = SharedMemory.create(IPC_PRIVATE, 1);
  memory.lockPages();
  assertEquals(memory.stat().locked, true);
  memory.unlockPages();
  assertEquals(memory.stat().locked, false);
  memory.remove();
});

test("memoryStat() reads counts and process ids of every size", () => {
  const ds = new DataView(new ArrayBuffer(112));
  ds.setBigUint64(48, 2n ** 40n, true);
  ds.setBigUint64(88, 70_000n, true);
  ds.setInt32(80, 4_194_303, true);
  ds.setUint32(20, 0o3777, true);
  const { size, attached, creatorPid, mode, destroyed, locked } = memoryStat(ds, 1);
  assertEquals([size, attached, creatorPid, mode, destroyed, locked], [2 ** 40, 70_000, 4_194_303, 0o777, true, true]);
});
