import { ftok, IPC_PRIVATE, SemaphoreSet, SyscallError } from "../../mod.ts";
import { says } from "../signals/subject.ts";
import { assert, assertEquals, assertMatch, assertThrows, test } from "../support/mod.ts";
import { readProc } from "../support/proc.ts";
import { perl, python } from "./foreign.ts";
import { NOBODY, notNobody, removing } from "./removing.ts";

/** A key with the highest bit, which is a negative one in C. */
const KEY = 0x8d5a_0021;
const NAME = "semaphore set 0x8d5a0021";

test("SemaphoreSet.create() makes a set or finds it, open() and fromId() find it", () => {
  using owned = removing(SemaphoreSet.create(KEY, 3, { mode: 0o640 }));
  const set = owned.object;
  assertEquals([set.key, set.count, set.getAll()], [KEY, 3, [0, 0, 0]]);
  set.setValue(1, 7);
  for (const found of [SemaphoreSet.open(KEY), SemaphoreSet.fromId(set.id), SemaphoreSet.create(KEY, 2)]) {
    using _found = found;
    assertEquals([found.id, found.key, found.count, found.getAll()], [set.id, KEY, 3, [0, 7, 0]]);
  }
  using same = SemaphoreSet.open(KEY | 0);
  assertEquals([same.id, same.key], [set.id, KEY]);
  const error = assertThrows(() => SemaphoreSet.create(KEY, 1, { exclusive: true }), Deno.errors.AlreadyExists);
  assertEquals(error.message, `Cannot create ${NAME}: file exists (EEXIST, semget)`);
  assertEquals((error as unknown as SyscallError).key, KEY);
  assertThrows(() => SemaphoreSet.create(KEY, 1, { exclusive: true, initial: 1 }), Deno.errors.AlreadyExists);
});

test("SemaphoreSet refuses wrong arguments before any call, and says what the system refuses", () => {
  const code = (use: () => unknown) => {
    const { message, code } = assertThrows(use, SyscallError);
    return [code, message];
  };
  for (const key of [-(2 ** 31) - 1, 2 ** 32, 1.5, NaN]) {
    assertThrows(() => SemaphoreSet.create(key, 1), RangeError);
    assertThrows(() => SemaphoreSet.open(key), RangeError);
  }
  assertThrows(() => SemaphoreSet.open(IPC_PRIVATE), RangeError);
  for (const id of [-1, 2 ** 31, 0.5, NaN]) assertThrows(() => SemaphoreSet.fromId(id), RangeError);
  for (const count of [0, -1, 65_536, 1.5, NaN]) assertThrows(() => SemaphoreSet.create(KEY, count), RangeError);
  for (const mode of [-1, 0o1000, NaN]) assertThrows(() => SemaphoreSet.create(KEY, 1, { mode }), RangeError);
  assertEquals(code(() => SemaphoreSet.open(KEY)), [
    "ENOENT",
    `Cannot open ${NAME}: no such file or directory (ENOENT, semget)`,
  ]);
  assertEquals(code(() => SemaphoreSet.create(KEY, 40_000)), [
    "EINVAL",
    `Cannot create ${NAME} of 40000 semaphores: invalid argument (EINVAL, semget)`,
  ]);
  assertEquals(code(() => SemaphoreSet.fromId(2 ** 31 - 1))[0], "EINVAL");
  using owned = removing(SemaphoreSet.create(KEY, 1));
  assertEquals(code(() => SemaphoreSet.create(KEY, 2)), [
    "EINVAL",
    `Cannot create ${NAME}, since the existing one has fewer than 2 semaphores: invalid argument (EINVAL, semget)`,
  ]);
  owned.object.remove();
  assertEquals(code(() => SemaphoreSet.fromId(owned.object.id))[0], "EINVAL");
});

test("private sets are new ones, and ids grow beyond 32767", () => {
  // The kernel counts up with each place of its table that it gives away again.
  for (let highest = 0, round = 0; highest <= 32_767; round++) {
    assert(round < 10_000, `${highest}`);
    using one = removing(SemaphoreSet.create(IPC_PRIVATE, 1, { exclusive: true, initial: 1 }));
    using other = removing(SemaphoreSet.create(IPC_PRIVATE, 1));
    using found = SemaphoreSet.fromId(one.object.id);
    assert(one.object.id !== other.object.id);
    assertEquals([one.object.key, found.key, found.getAll(), other.object.getAll()], [0, 0, [1], [0]]);
    highest = Math.max(highest, one.object.id);
  }
});

test("stat() tells everything, set() changes owner and mode, and the list of the system agrees", () => {
  const before = Date.now() - 1_000;
  using owned = removing(SemaphoreSet.create(KEY, 5, { mode: 0o604 }));
  const set = owned.object;
  const { changed, sequence, ...fixed } = set.stat();
  const [uid, gid] = [Deno.uid()!, Deno.gid()!];
  assertEquals(fixed, {
    id: set.id,
    key: KEY,
    uid,
    gid,
    creatorUid: uid,
    creatorGid: gid,
    mode: 0o604,
    count: 5,
    lastOperation: undefined,
  });
  assert(changed.getTime() >= before && changed.getTime() <= Date.now());
  assertEquals(sequence, set.id >> 15);
  set.release();
  assert(set.stat().lastOperation!.getTime() >= before);
  set.set({ mode: 0o666 });
  assertEquals([set.stat().mode, set.stat().uid], [0o666, uid]);
  set.set({ uid: 65_534, gid: 12 });
  assertEquals([set.stat().mode, set.stat().uid, set.stat().gid, set.stat().creatorUid], [0o666, 65_534, 12, uid]);
  for (const change of [{ mode: 0o1000 }, { uid: -1 }, { gid: 2 ** 32 }]) {
    assertThrows(() => set.set(change), RangeError);
  }
  const line = readProc("/proc/sysvipc/sem").split("\n").find((line) => line.includes(` ${set.id} `))!;
  assertMatch(line, new RegExp(`^ *${KEY | 0} +${set.id} +666 +5 +65534 +12 `));
});

test("ipcs shows a set as it is, by key, id, mode and count", async () => {
  using owned = removing(SemaphoreSet.create(KEY, 4, { mode: 0o620 }));
  const { stdout } = await new Deno.Command("ipcs", { args: ["-s"] }).output();
  assertMatch(new TextDecoder().decode(stdout), new RegExp(`^0x8d5a0021 ${owned.object.id} +\\w+ +620 +4 `, "m"));
}, { needs: ["ipcs"] });

test("sets of Perl and Python are found here, and ours there", async () => {
  const path = await Deno.makeTempFile();
  const key = ftok(path, 7);
  const id = await perl(
    "use IPC::SysV qw(ftok IPC_CREAT); use IPC::Semaphore;" +
      "my $s = IPC::Semaphore->new(ftok($ARGV[0], 7), 3, 0600 | IPC_CREAT) or die $!; $s->setall(4, 5, 6); print $s->id",
    path,
  );
  using found = removing(SemaphoreSet.open(key));
  assertEquals([`${found.object.id}`, found.object.count, found.object.getAll()], [id, 3, [4, 5, 6]]);
  const back =
    "use IPC::SysV qw(ftok); use IPC::Semaphore; my $s = IPC::Semaphore->new(ftok($ARGV[0], 7), 3, 0) or die $!;" +
    "print join(' ', $s->getall, $s->stat->nsems); $s->remove";
  assertEquals(await perl(back, path), "4 5 6 3");
  assertThrows(() => SemaphoreSet.open(key), Deno.errors.NotFound);
  const made = await python(
    "s = sysv_ipc.Semaphore(int(a[0]), sysv_ipc.IPC_CREX, initial_value=9); print(s.id)",
    key | 0,
  );
  using other = removing(SemaphoreSet.open(key));
  assertEquals([`${other.object.id}\n`, other.object.getAll()], [made, [9]]);
  await Deno.remove(path);
}, { needs: ["perl", "sysv_ipc"] });

test("another user does with a set what its mode lets him, and is told what it does not", async () => {
  using _owned = removing(SemaphoreSet.create(KEY, 1, { mode: 0o604, initial: 1 }));
  using _other = removing(SemaphoreSet.create(KEY + 1, 1, { mode: 0o602, initial: 1 }));
  const folder = await Deno.makeTempDir();
  await Deno.chmod(folder, 0o777);
  try {
    await says(
      `
      import { SemaphoreSet } from "vasty/lib/sysv/mod.ts";
      const attempt = (f) => { try { return f(); } catch (error) { return error.message; } };
      say(attempt(() => SemaphoreSet.create(${KEY}, 1)));
      using set = SemaphoreSet.open(${KEY});
      say(set.getAll(), attempt(() => set.tryAcquire()));
      say(attempt(() => set.setValue(0, 1)));
      say(attempt(() => set.set({ mode: 0o666 })));
      say(attempt(() => set.remove()));
      using blind = SemaphoreSet.open(${KEY + 1});
      say(blind.count, blind.tryAcquire(), attempt(() => blind.getAll()));`,
      [
        `Cannot create ${NAME}: permission denied (EACCES, semget)`,
        `[1] Cannot operate on ${NAME}: permission denied (EACCES, semop)`,
        `Cannot set the value of semaphore 0 of ${NAME}: permission denied (EACCES, semctl)`,
        `Cannot change the owner or mode of ${NAME}: operation not permitted (EPERM, semctl)`,
        `Cannot remove ${NAME}: operation not permitted (EPERM, semctl)`,
        `1 true Cannot read the values of semaphore set 0x8d5a0022: permission denied (EACCES, semctl)`,
      ],
      { env: { DENO_DIR: folder }, under: NOBODY },
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}, { needs: ["setpriv"], skip: notNobody() });
