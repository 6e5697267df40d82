import { semget } from "../../ffi/sys_sem.ts";
import { Barrier, IPC_PRIVATE, SemaphoreSet, SyscallError } from "../../mod.ts";
import { awaitValues, createSet } from "../../lib/sysv/semaphore_creation.ts";
import {
  assert,
  assertEquals,
  assertThrows,
  count,
  deno,
  denoSource,
  EMULATED,
  type Ended,
  repository,
  test,
  within,
} from "../support/mod.ts";
import { injecting, noPtrace } from "../support/strace.ts";
import { until } from "../pipes/fifo_folder.ts";
import { perl } from "./foreign.ts";
import { removing } from "./removing.ts";

const KEY = 0x8d5a_0100;
const RACERS = EMULATED ? 4 : 20;
const ROUNDS = count(1_000);

test(`create() of ${RACERS} processes at once gives ${ROUNDS} sets their values exactly once each`, async () => {
  using gate = removing(Barrier.create(IPC_PRIVATE, RACERS));
  const sets: SemaphoreSet[] = [];
  const args = [`${KEY}`, `${ROUNDS}`, `${gate.object.id}`];
  try {
    const racers = Array.from(
      { length: RACERS },
      () => deno(repository("tests/sysv/programs/semaphore_racer.ts"), { args }),
    );
    for (const { code, stderr } of await Promise.all(racers)) assertEquals([stderr, code], ["", 0]);
    for (let round = 0; round < ROUNDS; round++) sets.push(SemaphoreSet.open(KEY + round));
    for (const set of sets) assertEquals(set.getAll(), [1, RACERS, 2]);
  } finally {
    for (const set of sets) set.remove();
  }
});

const made = (count: number, values = "") =>
  perl(
    "use IPC::SysV qw(IPC_CREAT IPC_EXCL SETALL);" +
      'my $id = semget(unpack("l", pack("L", $ARGV[0])), $ARGV[1], 0600 | IPC_CREAT | IPC_EXCL); defined $id or die $!;' +
      'semctl($id, 0, SETALL, pack("s*", split /,/, $ARGV[2])) or die if $ARGV[2] ne ""',
    KEY,
    count,
    values,
  );

test("create() takes over from a creator who died before it set the values", async () => {
  await made(2);
  const start = performance.now();
  using owned = removing(SemaphoreSet.create(KEY, 2, { initial: [0, 3] }));
  const took = performance.now() - start;
  assert(took >= 999 && took < within(1_500), `${took} ms`);
  assertEquals(owned.object.getAll(), [0, 3]);
  owned.object.acquireSync(1, { count: 3 });
  const again = performance.now();
  using _same = SemaphoreSet.create(KEY, 2, { initial: [0, 3] });
  assert(performance.now() - again < within(100));
  assertEquals(owned.object.getAll(), [0, 0]);
}, { needs: ["perl"] });

test("create() leaves the values alone that somebody has set without an operation", async () => {
  await made(2, "4,0");
  using owned = removing(SemaphoreSet.create(KEY, 2, { initial: 1 }));
  assertEquals(owned.object.getAll(), [4, 0]);
  assert(owned.object.stat().lastOperation !== undefined, "others would wait, too");
}, { needs: ["perl"] });

/** A program that makes the set, and that strace(1) stops for so long before it sets the values. */
function slow(ms: number): Promise<Ended> {
  return denoSource(creator(100), { under: injecting(`semop,semtimedop:delay_enter=${1_000 * ms}:when=1`) });
}

/** A program that makes the set, and adds to its second semaphore. */
const creator = (count: number) => `
  import { SemaphoreSet } from "vasty/lib/sysv/mod.ts";
  const set = SemaphoreSet.create(${KEY}, 2, { initial: [5, 0] });
  set.tryOp([{ num: 0, op: -1 }, { num: 1, op: ${count} }]);
  console.log(Deno.pid);`;

/** Once somebody has made it. */
async function found(): Promise<SemaphoreSet> {
  await until(() => semget(KEY, 0, 0) >= 0);
  return SemaphoreSet.open(KEY);
}

test("create() whose creator dies has the values set once by those who wait for it", async () => {
  await made(2);
  const ended = await Promise.all(Array.from({ length: EMULATED ? 2 : 4 }, () => denoSource(creator(1))));
  using owned = removing(SemaphoreSet.open(KEY));
  for (const { code, stderr } of ended) assertEquals([stderr, code], ["", 0]);
  assertEquals(owned.object.getAll(), EMULATED ? [3, 2] : [1, 4]);
}, { needs: ["perl"] });

test(
  "create() of a process that is stopped in between, for longer than others wait: the values are set once",
  async () => {
    const late = slow(1_600);
    using owned = removing(await found());
    assertEquals([owned.object.getAll(), owned.object.stat().lastOperation], [[0, 0], undefined]);
    const ended = await Promise.all([denoSource(creator(1)), denoSource(creator(1)), late]);
    for (const { code, stderr } of ended) assertEquals([stderr, code], ["", 0]);
    assertEquals(owned.object.getAll(), [2, 102]);
  },
  { needs: ["strace"], skip: noPtrace() },
);

test("create() gives values to sets of one and of very many semaphores, and to none if it must not", () => {
  for (const initial of [[0], [32_767], new Array(250).fill(7), new Array(251).fill(7), new Array(2_000).fill(9)]) {
    using owned = removing(SemaphoreSet.create(KEY, initial.length, { initial }));
    using found = SemaphoreSet.create(KEY, initial.length, { initial });
    assertEquals([found.id, found.getAll()], [owned.object.id, initial]);
    assert(found.stat().lastOperation !== undefined);
  }
  using blank = removing(SemaphoreSet.create(KEY, 700));
  // As of a creator who died. Who takes over sees no operation for a second.
  using owned = SemaphoreSet.create(KEY, 700, { initial: 2 });
  assertEquals(blank.object.getAll(), owned.getAll());
  assertEquals(owned.getValue(699), 2);
});

test("create() refuses initial values that are none, and sets of another size", () => {
  for (const initial of [[1], [1, 2, 3], [1, -1], [1, 32_768], [0.5, 1], [NaN, 0], -1, 40_000]) {
    assertThrows(() => SemaphoreSet.create(KEY, 2, { initial }), RangeError);
  }
  assertThrows(() => SemaphoreSet.open(KEY), Deno.errors.NotFound);
  using _owned = removing(SemaphoreSet.create(KEY, 3));
  assertThrows(() => SemaphoreSet.create(KEY, 2, { initial: 1 }), RangeError, "has 3 semaphores, not 2");
});

test("awaitValues() says that a set is gone, and createSet() makes a new one then", () => {
  const id = createSet(KEY, 1, { initial: 1 });
  using owned = removing(SemaphoreSet.fromId(id));
  assertEquals(awaitValues(id, KEY, [1]), true);
  owned.object.remove();
  assertEquals(awaitValues(id, KEY, [1]), false);
  using other = removing(SemaphoreSet.create(KEY, 1, { initial: 4 }));
  assertEquals([other.object.id !== id, other.object.getAll()], [true, [4]]);
});

test("create() of a set that its mode does not let it use makes none", async () => {
  const folder = await Deno.makeTempDir();
  const source = `
    import { SemaphoreSet } from "vasty/lib/sysv/mod.ts";
    try { SemaphoreSet.create(${KEY}, 1, { mode: 0o400, initial: 1 }); } catch (error) { console.log(error.message); }`;
  await Deno.chmod(folder, 0o777);
  const env = { DENO_DIR: folder };
  // As root, but without the right to do what the mode forbids.
  const under = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"];
  const { stdout, stderr } = await denoSource(source, { env, under });
  await Deno.remove(folder, { recursive: true });
  const text = "Cannot set the first values of semaphore set 0x8d5a0100: permission denied (EACCES, semop)\n";
  assertEquals([stderr, stdout], ["", text]);
  assertEquals(assertThrows(() => SemaphoreSet.open(KEY), SyscallError).code, "ENOENT");
}, { needs: ["setpriv"], skip: EMULATED && "emulation starts programs too slowly" });
