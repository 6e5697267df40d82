import { type ByteRange, ClosedError, Fd, flock, lockHolders, lockRange, lockRangeSync } from "../../mod.ts";
import { SyscallError, testLock, tryLockRange } from "../../mod.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { open } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { assert, assertEquals, assertRejects, assertThrows, EMULATED, test, within } from "../support/mod.ts";
import { LockFolder } from "./lock_folder.ts";

/** So that a mistake fails instead of hanging. */
const LIMIT = { timeout: 60_000 };

function opened(path: string, flags: number): Fd {
  return Fd.adopt(open(cString(path), flags | FCNTL.O_CLOEXEC, 0));
}

test("lockRange() locks these bytes and no others", async () => {
  using folder = new LockFolder();
  using lock = await lockRange(folder.path, "exclusive", { start: 10, length: 5 });
  assertEquals([lock.start, lock.length, lock.mode], [10, 5, "exclusive"]);
  const free = (range: ByteRange) => {
    const other = tryLockRange(folder.path, "shared", range);
    other?.unlock();
    return other !== undefined;
  };
  const ranges = [{ length: 10 }, { length: 11 }, { start: 14, length: 1 }, { start: 15 }, { start: 12 }, {}];
  assertEquals(ranges.map(free), [true, false, false, true, false, false]);
  lock.unlock();
  assertEquals(ranges.map(free), ranges.map(() => true));
});

test(
  "lockRange() waits for Python's lockf, gets the bytes when it lets go, and at once when it is killed",
  async () => {
    using folder = new LockFolder();
    for (const end of ["unlocks", "dies"]) {
      await using peer = await folder.heldBy("lockf");
      assertEquals(tryLockRange(folder.path, "shared", { start: 100, length: 10 }), undefined);
      tryLockRange(folder.path, "exclusive", { start: 110 })!.unlock();
      const waiting = lockRange(folder.path, "exclusive", LIMIT);
      await folder.awaited();
      const start = performance.now();
      if (end === "dies") peer.child.kill("SIGKILL");
      else await peer.tells("fcntl.lockf(f, fcntl.LOCK_UN)");
      using lock = await waiting;
      const took = performance.now() - start;
      assert(lock.length === Infinity && took < within(100), `${end}: ${took} ms`);
    }
  },
  { needs: ["python3"] },
);

test("lockRange() keeps Python's lockf out, until it is unlocked", async () => {
  using folder = new LockFolder();
  await using peer = await folder.heldBy("python3");
  const attempt = (sign: string) =>
    peer.tells(`
exec("try:\\n  fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB)\\n  fcntl.lockf(f, fcntl.LOCK_UN)\\n  print('free ${sign}', flush=True)\\nexcept OSError as e:\\n  print(e.errno in (11, 13), '${sign}', flush=True)")`
      .trim());
  {
    using _lock = await lockRange(folder.path, "shared", { start: 3, length: 1 });
    await attempt("A");
    await peer.says("True A");
  }
  await attempt("B");
  await peer.says("free B");
}, { needs: ["python3"] });

test("lockRange() stays when another descriptor for the file is closed, where lockf's is dropped", async () => {
  using folder = new LockFolder();
  {
    using _lock = await lockRange(folder.path, "exclusive");
    Deno.readTextFileSync(folder.path);
    opened(folder.path, FCNTL.O_RDWR).close();
    assertEquals([tryLockRange(folder.path, "shared"), folder.locks.length], [undefined, 1]);
  }
  await using peer = await folder.heldBy("lockf");
  assertEquals(folder.locks.length, 1);
  await peer.tells("open(sys.argv[1]).close(); print('CLOSED', flush=True)");
  await peer.says("CLOSED");
  assertEquals(folder.locks, []);
}, { needs: ["python3"] });

test("lockRange() that is aborted or times out ends within 100 ms, names the holder, and takes nothing", async () => {
  using folder = new LockFolder();
  await using peer = await folder.heldBy("lockf");
  const abort = new AbortController();
  const aborted = lockRange(folder.path, "exclusive", { signal: abort.signal });
  aborted.catch(() => {});
  await folder.awaited();
  const reason = new Error("mine");
  const start = performance.now();
  abort.abort(reason);
  assertEquals(await assertRejects(() => aborted), reason);
  assert(performance.now() - start < within(100), `${performance.now() - start} ms`);
  const wait = { start: 50, length: 60, timeout: 30 };
  const held =
    `Timed out after 30 ms: the lock of bytes 50 to 109 of "${folder.path}" is held by process ${peer.child.pid}`;
  assertEquals((await assertRejects(() => lockRange(folder.path, "shared", wait), DOMException)).message, held);
  assertEquals(assertThrows(() => lockRangeSync(folder.path, "shared", wait), DOMException).message, held);
  assertEquals([folder.waiters, folder.locks.map(({ pid }) => pid)], [0, [peer.child.pid]]);
  await peer.write("");
  await peer.text();
  assertEquals(folder.locks, []);
  using _other = lockRangeSync(folder.path, "exclusive", LIMIT);
  const open = await assertRejects(() => lockRange(folder.path, "shared", { timeout: 1 }), DOMException);
  assert(
    open.message.endsWith(`all bytes of "${folder.path}" is held by an open file, lslocks shows whose`),
    open.message,
  );
}, { needs: ["python3"] });

test("lockRange() that is aborted in the moment in which it gets the lock has it, or has left nothing", async () => {
  using folder = new LockFolder();
  for (let round = 0; round < (EMULATED ? 10 : 200); round++) {
    const holder = lockRangeSync(folder.path, "exclusive");
    const abort = new AbortController();
    const waiting = lockRange(folder.path, "exclusive", { signal: abort.signal }).catch(() => undefined);
    if (round % 2) await folder.awaited();
    if (round % 4 < 2) holder.unlock();
    abort.abort();
    holder.unlock();
    const lock = await waiting;
    assertEquals(folder.locks.length, lock === undefined ? 0 : 1);
    lock?.unlock();
  }
});

test("lockRange() of one descriptor converts what its ranges share, and closing that is a ClosedError for waits", async () => {
  using folder = new LockFolder();
  using fd = opened(folder.path, FCNTL.O_RDWR);
  using _one = await lockRange(fd, "exclusive", { length: 10 });
  using other = await lockRange(fd, "shared", { start: 5, length: 10 });
  const found = () => folder.locks.map(({ mode, start, length }) => [mode, start, length]).sort();
  assertEquals(found(), [["exclusive", 0, 5], ["shared", 5, 10]]);
  other.unlock();
  assertEquals(found(), [["exclusive", 0, 5]]);
  using holder = await lockRange(folder.path, "shared", { start: 20 });
  const waiting = lockRange(fd, "exclusive", { start: 30, length: 1 });
  await folder.awaited();
  fd.close();
  await assertRejects(() => waiting, ClosedError);
  holder.unlock();
  assertEquals(folder.locks, []);
});

test("lockRange() of a descriptor that is open for something else fails with EBADF and says why", async () => {
  using folder = new LockFolder();
  using reader = opened(folder.path, FCNTL.O_RDONLY);
  using writer = opened(folder.path, FCNTL.O_WRONLY);
  using path = opened(folder.path, FCNTL.O_PATH);
  const cases = [[reader, "exclusive", "writing"], [writer, "shared", "reading"], [path, "shared", "reading"]] as const;
  for (const [fd, mode, missing] of cases) {
    const error = await assertRejects(() => lockRange(fd, mode), SyscallError);
    assertEquals([error.code, error.syscall, error.fd], ["EBADF", "fcntl", fd.number]);
    assert(error.message.includes(`descriptor ${fd.number}`), error.message);
    assert(error.message.includes(`, since it is not open for ${missing}: `), error.message);
    assert(tryError(fd, mode) instanceof SyscallError);
  }
  (await lockRange(reader, "shared")).unlock();
  (await lockRange(writer, "exclusive")).unlock();
});

function tryError(fd: Fd, mode: "shared" | "exclusive"): unknown {
  try {
    tryLockRange(fd, mode);
  } catch (error) {
    return error;
  }
}

test("lockRange() and flock() do not see each other", async () => {
  using folder = new LockFolder();
  using _one = await flock(folder.path, "exclusive");
  using _other = await lockRange(folder.path, "exclusive", { start: 1 });
  assertEquals(lockHolders(folder.path)?.map(({ kind, pid, start }) => [kind, pid, start]).sort(), [
    ["flock", Deno.pid, 0],
    ["ofd", undefined, 1],
  ]);
  assertEquals(testLock(folder.path, "exclusive"), {
    kind: "ofd",
    mode: "exclusive",
    pid: undefined,
    start: 1,
    length: Infinity,
  });
});

test("lockRange() refuses wrong arguments before it opens anything", async () => {
  using folder = new LockFolder();
  const path = `${folder.folder}/never`;
  const wrong: [options: object, kind: typeof TypeError | typeof RangeError][] = [
    [{ start: -1 }, RangeError],
    [{ start: 0.5 }, RangeError],
    [{ start: 2 ** 53 }, RangeError],
    [{ start: Infinity }, RangeError],
    [{ length: 0 }, RangeError],
    [{ length: -1 }, RangeError],
    [{ length: 1.5 }, RangeError],
    [{ length: NaN }, RangeError],
    [{ readOnly: true }, TypeError],
  ];
  for (const [options, kind] of wrong) {
    await assertRejects(() => lockRange(path, "exclusive", options), kind);
    assertThrows(() => lockRangeSync(path, "exclusive", options), kind);
    assertThrows(() => tryLockRange(path, "exclusive", options), kind);
  }
  await assertRejects(() => lockRange(path, "read" as "shared"), TypeError);
  await assertRejects(() => lockRange(path + "\0", "shared"), TypeError);
  assertEquals([...Deno.readDirSync(folder.folder)].map(({ name }) => name), ["lock"]);
});

test("lockRange() takes bytes as far as numbers go", async () => {
  using folder = new LockFolder();
  const last = Number.MAX_SAFE_INTEGER;
  using _one = await lockRange(folder.path, "exclusive", { start: last, length: 1 });
  assertEquals(tryLockRange(folder.path, "shared", { start: last, length: last }), undefined);
  using before = tryLockRange(folder.path, "exclusive", { length: last });
  assertEquals(before?.length, last);
});
