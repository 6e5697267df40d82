import { IPC_PRIVATE, SemaphoreSet, SyscallError } from "../../mod.ts";
import { Peer } from "../pipes/fifo_folder.ts";
import { Subject } from "../signals/subject.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertThrows,
  deno,
  EMULATED,
  repository,
  test,
  within,
} from "../support/mod.ts";
import { perl, python } from "./foreign.ts";
import { awaited, removing } from "./removing.ts";

/** So that a mistake fails instead of hanging. */
const LIMIT = { timeout: 60_000 };

function created(...initial: number[]): Disposable & { object: SemaphoreSet } {
  return removing(SemaphoreSet.create(IPC_PRIVATE, initial.length, { initial }));
}

test("op(), opSync() and tryOp() do all or nothing, in the order of the operations", async () => {
  using owned = created(1, 0);
  const set = owned.object;
  const both = [{ num: 0, op: -1 }, { num: 1, op: -1 }];
  assertEquals([set.tryOp(both), set.getAll()], [false, [1, 0]]);
  await assertRejects(() => set.op(both, { timeout: 10 }), DOMException, "Timed out after 10 ms");
  assertThrows(() => set.opSync(both, { timeout: 10 }), DOMException, "Timed out after 10 ms");
  const waiting = set.op(both, LIMIT);
  await awaited(set, 1);
  set.release(1);
  await waiting;
  assertEquals(set.getAll(), [0, 0]);
  set.opSync([{ num: 0, op: 0 }, { num: 0, op: 5 }, { num: 1, op: 2 }, { num: 0, op: -1 }]);
  assertEquals(set.getAll(), [4, 2]);
  assertEquals([set.tryOp([{ num: 0, op: -4 }, { num: 0, op: 0 }]), set.getAll()], [true, [0, 2]]);
});

test("acquire(), release() and waitZero() and their twins take one unit of semaphore 0, or what they are told", async () => {
  using owned = created(3, 7);
  const set = owned.object;
  await set.acquire();
  set.acquireSync(1, { count: 2 });
  assertEquals([set.tryAcquire(0, { count: 3 }), set.tryAcquire(0, { count: 2 })], [false, true]);
  assertEquals([set.tryWaitZero(), set.tryWaitZero(1)], [true, false]);
  await set.waitZero();
  set.waitZeroSync(0, LIMIT);
  set.release();
  set.release(1, { count: 10 });
  assertEquals(set.getAll(), [1, 15]);
  assertThrows(() => set.waitZeroSync(1, { timeout: 5 }), DOMException);
  for (const count of [0, -1, 32_768, 1.5, NaN]) {
    await assertRejects(() => set.acquire(0, { count }), RangeError, "count must be");
    for (const use of [() => set.acquireSync(0, { count }), () => set.release(0, { count })]) {
      assertThrows(use, RangeError, "count must be");
    }
    assertThrows(() => set.tryAcquire(0, { count }), RangeError, "count must be");
  }
  await assertRejects(() => set.acquire(0, { timeout: -1 }), RangeError);
  assertThrows(() => set.acquireSync(0, { timeout: NaN }), RangeError);
  await assertRejects(() => set.acquire(2), RangeError);
  assertEquals(set.getAll(), [1, 15]);
});

test("an operation that must not wait is EAGAIN, and a value above 32767 is ERANGE, and nothing changes", async () => {
  using owned = created(0, 32_767);
  const set = owned.object;
  const noWait = [{ num: 0, op: 1 }, { num: 0, op: -2, noWait: true }];
  assertEquals((await assertRejects(() => set.op(noWait), Deno.errors.WouldBlock) as SyscallError).code, "EAGAIN");
  assertThrows(() => set.opSync(noWait), Deno.errors.WouldBlock, "without waiting");
  assertEquals(set.tryOp(noWait), false);
  const error = assertThrows(() => set.release(1), SyscallError);
  assertEquals([error.code, error.syscall], ["ERANGE", "semop"]);
  await assertRejects(() => set.op([{ num: 0, op: 1 }, { num: 1, op: 1 }]), SyscallError, "range up to 32767");
  assertEquals(set.getAll(), [0, 32_767]);
});

test("a wait that is aborted or late ends within 50 ms and takes nothing: the next unit is the next one's", async () => {
  using owned = created(0);
  const set = owned.object;
  const abort = new AbortController();
  const reason = new Error("mine");
  const aborted = set.acquire(0, { signal: abort.signal });
  const next = set.acquire(0, LIMIT);
  aborted.catch(() => {});
  await awaited(set, 0, 2);
  const start = performance.now();
  abort.abort(reason);
  assertEquals(await assertRejects(() => aborted), reason);
  assert(performance.now() - start < within(50), `${performance.now() - start} ms`);
  await awaited(set, 0, 1);
  set.release();
  await next;
  await assertRejects(() => set.acquire(0, { signal: abort.signal }), Error, "mine");
  for (const timeout of [1, 30]) {
    const begun = performance.now();
    await assertRejects(() => set.acquire(0, { timeout }), DOMException);
    assertThrows(() => set.acquireSync(0, { timeout }), DOMException);
    const took = performance.now() - begun;
    assert(took >= 2 * timeout - 2 && took < 2 * timeout + within(50), `${took} ms`);
  }
  set.release();
  assertEquals([set.getAll(), set.waiting(0).increase, set.tryAcquire()], [[1], 0, true]);
});

test("a wait that is aborted in the moment in which it gets its unit has it, or has left it", async () => {
  using owned = created(0);
  const set = owned.object;
  for (let round = 0; round < (EMULATED ? 10 : 300); round++) {
    const abort = new AbortController();
    const waiting = set.acquire(0, { signal: abort.signal }).then(() => 1, () => 0);
    if (round % 2) await awaited(set, 0);
    if (round % 4 < 2) set.release();
    abort.abort();
    if (round % 4 >= 2) set.release();
    assertEquals(await waiting + set.getValue(0), 1);
    set.setValue(0, 0);
  }
});

test("64 who wait for a set that is removed all reject with EIDRM within a second", async () => {
  using owned = created(0, 1);
  const set = owned.object;
  const waits = Array.from({ length: 64 }, (_, i) => i % 2 ? set.acquire(0, LIMIT) : set.waitZero(1, LIMIT));
  for (const wait of waits) wait.catch(() => {});
  await awaited(set, 0, 32);
  await awaited(set, 1, 32);
  const start = performance.now();
  set.remove();
  for (const wait of waits) {
    const error = await assertRejects(() => wait, SyscallError);
    assertEquals([error.code, error.syscall], ["EIDRM", "semop"]);
  }
  assert(performance.now() - start < within(1_000), `${performance.now() - start} ms`);
});

test("units go to other languages and come from them", async () => {
  using owned = created(0, 0);
  const set = owned.object;
  const script = 'use IPC::SysV qw(SEM_UNDO); $| = 1; semop($ARGV[0], pack("s3", 0, -2, 0)) or die; print "TAKEN";' +
    'semop($ARGV[0], pack("s3", 1, 3, 0)) or die';
  await using peer = new Peer("perl", ["-e", script, `${set.id}`]);
  await awaited(set, 0);
  const waiting = set.acquire(1, { count: 3, ...LIMIT });
  set.release(0, { count: 2 });
  await peer.says("TAKEN");
  await waiting;
  assertEquals(set.getAll(), [0, 0]);
  set.setAll([5, 5]);
  const perlSays = "use IPC::Semaphore; my $s = bless \\(my $id = $ARGV[0]), 'IPC::Semaphore'; " +
    "print join(' ', $s->getall), ' ', $s->op(0, -2, 0, 1, 1, 0) ? 'done' : $!, ' ', $s->getval(1)";
  assertEquals([await perl(perlSays, set.id), set.getAll()], ["5 5 done 6", [3, 6]]);
}, { needs: ["perl"] });

test("Python's semaphore of the same key is the same", async () => {
  using owned = removing(SemaphoreSet.create(0x8d5a_0020, 1, { initial: 2 }));
  const script = [
    "s = sysv_ipc.Semaphore(int(a[0]) - 2**32)",
    "s.acquire()",
    "print(s.value, s.id)",
    "s.release(); s.release()",
  ].join("\n");
  assertEquals(await python(script, owned.object.key), `1 ${owned.object.id}\n`);
  assertEquals(owned.object.getAll(), [3]);
}, { needs: ["sysv_ipc"] });

test("what a killed process has taken with undo is there for the next within 100 ms, without undo never", async () => {
  using owned = created(2, 2);
  const set = owned.object;
  await using subject = await Subject.start(`
    import { SemaphoreSet } from "vasty/lib/sysv/mod.ts";
    const set = SemaphoreSet.fromId(${set.id});
    await set.acquire(0, { undo: true });
    set.acquireSync(0, { undo: true });
    set.tryOp([{ num: 1, op: -1, undo: true }, { num: 1, op: -1 }]);
    say("READY");
    await told();`);
  assertEquals(await subject.line(), "READY");
  assertEquals(set.getAll(), [0, 0]);
  const waiting = set.acquire(0, { count: 2, ...LIMIT });
  await awaited(set, 0);
  const start = performance.now();
  subject.kill("SIGKILL");
  await waiting;
  assert(performance.now() - start < within(100), `${performance.now() - start} ms`);
  assertEquals(set.getAll(), [0, 1]);
});

test("undo survives exec: what was taken is given back when the new program ends", async () => {
  using owned = created(1);
  const set = owned.object;
  await using subject = await Subject.start(
    `
    import { SemaphoreSet } from "vasty/lib/sysv/mod.ts";
    import { exec } from "vasty/lib/processes/mod.ts";
    SemaphoreSet.fromId(${set.id}).acquireSync(0, { undo: true });
    exec(["sh", "-c", "echo READY; read line; exec true"]);`,
    { flags: ["--allow-run"] },
  );
  assertEquals(await subject.line(), "READY");
  const waiting = set.acquire(0, LIMIT);
  await awaited(set, 0);
  assertEquals(set.getValue(0), 0);
  await subject.tell("end");
  await waiting;
  assertEquals((await subject.end()).stderr, "");
});

test("a set is used in a Web Worker, and waited for there", async () => {
  const program = repository("tests/sysv/programs/semaphore_worker.ts");
  const { stdout, stderr } = await deno(program, { flags: [`--allow-read=${repository("")}`] });
  assertEquals([stderr, stdout], ["", "[1,1] TimeoutError\n"]);
});
