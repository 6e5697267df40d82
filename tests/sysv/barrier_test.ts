import { Barrier, ClosedError, IPC_PRIVATE, SyscallError } from "../../mod.ts";
import { Subject } from "../signals/subject.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertThrows,
  count,
  deno,
  denoSource,
  EMULATED,
  repository,
  test,
  within,
} from "../support/mod.ts";
import { until } from "../pipes/fifo_folder.ts";
import { removing } from "./removing.ts";

const LIMIT = { timeout: 60_000 };

/** Until so many wait. */
async function waiting(barrier: Barrier, number: number): Promise<void> {
  const { parties } = barrier;
  await until(() => {
    const [, one, other] = barrier.semaphores.getAll();
    return 2 * (parties - 1) - one! - other! === number;
  });
}

for (const [parties, tasks] of [[1, 3], [2, 2], [3, 9], [5, 20]] as const) {
  test(`Barrier lets ${tasks} tasks through by ${parties}, and tells one of them`, async () => {
    using owned = removing(Barrier.create(IPC_PRIVATE, parties));
    const rounds = EMULATED ? 10 : 200;
    let [begun, last] = [0, 0];
    // Some get through more often than others, so they share the rounds.
    const task = async () => {
      while (begun++ < parties * rounds) if (await owned.object.wait(LIMIT)) last++;
    };
    await Promise.all(Array.from({ length: tasks }, task));
    assertEquals(last, rounds);
    const [mutex, one, other, first, second] = owned.object.semaphores.getAll();
    assertEquals([mutex, one, other, first! + second!], [1, parties - 1, parties - 1, 1]);
  });
}

test("Barrier lets nobody through before all are there", async () => {
  using owned = removing(Barrier.create(IPC_PRIVATE, 3));
  const barrier = owned.object;
  for (let round = 0; round < (EMULATED ? 3 : 50); round++) {
    let through = 0;
    const waits = [barrier.wait(LIMIT), barrier.wait(LIMIT)].map((wait) => wait.then((last) => (through++, last)));
    await waiting(barrier, 2);
    assertEquals(through, 0);
    assertEquals([barrier.waitSync(LIMIT), await Promise.all(waits)], [true, [false, false]]);
  }
});

const PARTIES = EMULATED ? 3 : 8;
const ROUNDS = Math.ceil(count(10_000) / PARTIES);

test(`Barrier of ${PARTIES} programs, ${ROUNDS} times: one is the last each time`, async () => {
  using owned = removing(Barrier.create(IPC_PRIVATE, PARTIES));
  const started = Array.from({ length: PARTIES }, (_, i) => {
    const args = [`${owned.object.id}`, `${ROUNDS}`, i % 2 ? "sync" : "async"];
    return deno(repository("tests/sysv/programs/barrier_party.ts"), { args });
  });
  const ended = await Promise.all(started);
  assertEquals(ended.map(({ stderr }) => stderr).join(""), "");
  assertEquals(ended.reduce((sum, { stdout }) => sum + Number(stdout), 0), ROUNDS);
});

test("Barrier: who is aborted or late counts no more, within 50 ms", async () => {
  using owned = removing(Barrier.create(IPC_PRIVATE, 3));
  const barrier = owned.object;
  const abort = new AbortController();
  const aborted = barrier.wait({ signal: abort.signal });
  aborted.catch(() => {});
  const other = barrier.wait(LIMIT);
  await waiting(barrier, 2);
  const start = performance.now();
  abort.abort(new Error("mine"));
  await assertRejects(() => aborted, Error, "mine");
  assert(performance.now() - start < within(50));
  await assertRejects(() => barrier.wait({ signal: abort.signal }), Error, "mine");
  await assertRejects(() => barrier.wait({ timeout: 10 }), DOMException, "Timed out after 10 ms");
  assertThrows(() => barrier.waitSync({ timeout: 10 }), DOMException, "Timed out after 10 ms");
  await assertRejects(() => barrier.wait({ timeout: -1 }), RangeError);
  await waiting(barrier, 1);
  assertEquals(await Promise.all([other, barrier.wait(LIMIT), barrier.wait(LIMIT)]), [false, false, true]);
});

test("Barrier: who is aborted in the moment in which all are there is through, or counts no more", async () => {
  using owned = removing(Barrier.create(IPC_PRIVATE, 2));
  const barrier = owned.object;
  for (let round = 0; round < (EMULATED ? 5 : 200); round++) {
    const abort = new AbortController();
    const one = barrier.wait({ signal: abort.signal }).then(() => true, () => false);
    if (round % 2) await waiting(barrier, 1);
    const other = round % 4 < 2 ? barrier.wait(LIMIT) : undefined;
    abort.abort();
    const last = other ?? barrier.wait(LIMIT);
    if (!await one) await barrier.wait(LIMIT);
    await last;
    assertEquals(barrier.semaphores.getAll().slice(0, 3), [1, 1, 1]);
  }
});

test("Barrier: who is killed while it waits counts no more", async () => {
  using owned = removing(Barrier.create(IPC_PRIVATE, 2));
  const barrier = owned.object;
  for (const way of ["wait", "waitSync"]) {
    await using subject = await Subject.start(`
      import { Barrier } from "vasty/lib/sysv/mod.ts";
      await Barrier.fromId(${barrier.id}).${way}();`);
    await waiting(barrier, 1);
    subject.kill("SIGKILL");
    await subject.end();
    await waiting(barrier, 0);
    const first = barrier.wait(LIMIT);
    await waiting(barrier, 1);
    assertEquals([await barrier.wait(LIMIT), await first], [true, false]);
  }
});

test("Barrier that is removed or closed ends the waits for it", async () => {
  using owned = removing(Barrier.create(IPC_PRIVATE, 3));
  const barrier = owned.object;
  const other = Barrier.fromId(barrier.id);
  const [closed, removed] = [other.wait(), barrier.wait()];
  for (const wait of [closed, removed]) wait.catch(() => {});
  await waiting(barrier, 2);
  other.close();
  await assertRejects(() => closed, ClosedError);
  assertThrows(() => other.waitSync(), ClosedError);
  await waiting(barrier, 1);
  barrier.remove();
  assertEquals((await assertRejects(() => removed, SyscallError)).code, "EIDRM");
  await assertRejects(() => barrier.wait(), SyscallError, "EINVAL");
});

test("Barrier is for the same number for all", () => {
  for (const parties of [0, -1, 1.5, NaN, 32_768]) assertThrows(() => Barrier.create(IPC_PRIVATE, parties), RangeError);
  using owned = removing(Barrier.create(0x8d5a_0300, 4));
  assertThrows(() => Barrier.create(0x8d5a_0300, 5), RangeError, "for 4 parties, not for 5");
  assertEquals([Barrier.create(0x8d5a_0300, 4).parties, Barrier.fromId(owned.object.id).parties], [4, 4]);
  using most = removing(Barrier.create(IPC_PRIVATE, 32_767));
  assertEquals(most.object.parties, 32_767);
});

test("Barrier.waitSync() is ended by a handler that throws, and counts no more", async () => {
  const { stdout, stderr } = await denoSource(`
    import { Barrier, IPC_PRIVATE } from "vasty/lib/sysv/mod.ts";
    import { alarm, SIG } from "vasty/lib/signals/mod.ts";
    using barrier = Barrier.create(IPC_PRIVATE, 2);
    SIG.ALRM = () => { throw new Error("enough"); };
    alarm(0.02);
    try { barrier.waitSync(); } catch (error) { console.log(error.message, barrier.semaphores.getAll().join()); }
    barrier.remove();`);
  assertEquals([stderr, stdout], ["", "enough 1,1,1,1,0,2\n"]);
});
