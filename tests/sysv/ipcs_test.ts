import { IPC_PRIVATE, ipcrm, MessageQueue, SemaphoreSet, SharedMemory, SyscallError } from "../../mod.ts";
import { assert, assertEquals, assertThrows, denoSource, EMULATED, test } from "../support/mod.ts";
import { readProc } from "../support/proc.ts";
import { perl } from "./foreign.ts";

const KEY = 0x9d5a_0010;

/** The lines of /proc/sysvipc/KIND, by what their columns are called. */
function sysvipc(kind: string): Record<string, number>[] {
  const text = readProc(`/proc/sysvipc/${kind}`).trimEnd();
  const [header, ...lines] = text.split("\n").map((line) => line.trim().split(/\s+/));
  return lines.map((line) => Object.fromEntries(line.map((value, i) => [header![i]!, Number(value)])));
}

/** The seconds of a date in JSON. */
const seconds = (date?: string) => date === undefined ? 0 : Date.parse(date) / 1_000;
type Row = Record<string, number> & Record<string, string>;

/** What was listed, in the columns of /proc/sysvipc. */
const COLUMNS: Record<string, (one: Row) => Record<string, number>> = {
  shm: (one) => ({
    shmid: one.id!,
    size: one.size!,
    cpid: one.creatorPid!,
    lpid: one.lastPid!,
    nattch: one.attached!,
    atime: seconds(one.attachedAt),
    dtime: seconds(one.detachedAt),
  }),
  sem: (one) => ({ semid: one.id!, nsems: one.count!, otime: seconds(one.lastOperation) }),
  msg: (one) => ({
    msqid: one.id!,
    cbytes: one.bytes!,
    qnum: one.messages!,
    lspid: one.lastSendPid!,
    lrpid: one.lastReceivePid!,
    stime: seconds(one.lastSent),
    rtime: seconds(one.lastReceived),
  }),
};

/** What all kinds have. */
function shared(one: Row): Record<string, number> {
  return {
    // A number with a sign there.
    key: one.key! | 0,
    uid: one.uid!,
    gid: one.gid!,
    cuid: one.creatorUid!,
    cgid: one.creatorGid!,
    ctime: seconds(one.changed),
  };
}

test("sharedMemories(), semaphoreSets() and messageQueues() list what /proc/sysvipc does", async () => {
  using memory = SharedMemory.create(KEY, 5_000, { mode: 0o640 });
  using set = SemaphoreSet.create(KEY, 7, { initial: 1 });
  using queue = MessageQueue.create(KEY, { mode: 0o644 });
  const more = [1, 2, 3].map(() => MessageQueue.create(IPC_PRIVATE));
  try {
    // A hole in the kernel's table.
    more[1]!.remove();
    await perl('msgsnd($ARGV[0], pack("l! a*", 1, "seven!!"), 0) or die $!', queue.id);
    const source = `
      import { messageQueues, semaphoreSets, sharedMemories } from "vasty/lib/sysv/mod.ts";
      console.log(JSON.stringify({ shm: sharedMemories(), sem: semaphoreSets(), msg: messageQueues() }));`;
    const { stdout, stderr } = await denoSource(source, { flags: ["--allow-read=/proc/sysvipc"] });
    assertEquals(stderr, "");
    for (const [kind, list] of Object.entries(JSON.parse(stdout) as Record<string, Row[]>)) {
      const ours = list.map((one) => ({ ...shared(one), ...COLUMNS[kind]!(one) }));
      const columns = Object.keys(ours[0]!);
      const theirs = sysvipc(kind).map((line) => Object.fromEntries(columns.map((name) => [name, line[name]])));
      assertEquals(ours, theirs, kind);
      assert(ours.some(({ key }) => key === (KEY | 0)), kind);
    }
  } finally {
    for (const one of [memory, set, queue, ...more]) one.remove();
  }
}, { needs: ["perl"], skip: EMULATED && "qemu-user asks no kernel about what is not its own" });

test("sharedMemories(), semaphoreSets() and messageQueues() ask for leave to read /proc/sysvipc", async () => {
  const source = `
    import { messageQueues, semaphoreSets, sharedMemories } from "vasty/lib/sysv/mod.ts";
    for (const list of [sharedMemories, semaphoreSets, messageQueues]) {
      try { list(); } catch (error) { console.log(error.name, error.message); }
    }`;
  const { stdout, stderr } = await denoSource(source);
  const needs = (kind: string) =>
    `NotCapable Requires read access to "/proc/sysvipc/${kind}", run again with the --allow-read flag\n`;
  assertEquals([stderr, stdout], ["", ["shm", "sem", "msg"].map(needs).join("")]);
});

test("ipcrm() removes each kind, once", () => {
  using memory = SharedMemory.create(KEY, 100);
  using set = SemaphoreSet.create(KEY, 1);
  using queue = MessageQueue.create(KEY);
  const objects = [["shm", memory], ["sem", set], ["msg", queue]] as const;
  for (const [kind, { id }] of objects) {
    ipcrm(kind, id);
    // Memory that is still attached stays until it is detached.
    if (kind !== "shm") assertThrows(() => ipcrm(kind, id), SyscallError, `of id ${id}: `);
  }
  for (const open of [SharedMemory, SemaphoreSet, MessageQueue]) {
    assertThrows(() => open.open(KEY), Deno.errors.NotFound);
  }
});

test("ipcrm() refuses what is no kind and no id", () => {
  for (const kind of ["", "msq", "toString"]) {
    assertThrows(() => ipcrm(kind as "msg", 0), TypeError, 'A kind is "shm", "sem" or "msg"');
  }
  for (const id of [-1, 2 ** 31, 0.5]) assertThrows(() => ipcrm("msg", id), RangeError, "An id is");
});
