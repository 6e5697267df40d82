import { ClosedError, FileLock, flock, lockRange, sigaction, spawn, tryFlock, tryLockRange } from "../../mod.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { SIGNAL } from "../../ffi/abi/signal.ts";
import { Fd } from "../../mod.ts";
import { open } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { kill } from "../../ffi/signal.ts";
import { assert, assertEquals, assertRejects, assertThrows, test, within } from "../support/mod.ts";
import { LockFolder } from "./lock_folder.ts";

const LIMIT = { timeout: 60_000 };

for (const [name, take] of [["flock", flock], ["lockRange", lockRange]] as const) {
  test(`FileLock.convert() of ${name}() lets others share, waits for them, and keeps them out`, async () => {
    using folder = new LockFolder();
    using lock: FileLock = await take(folder.path, "exclusive");
    await lock.convert("shared");
    assertEquals(lock.mode, "shared");
    const other = await take(folder.path, "shared", LIMIT);
    const converting = lock.convert("exclusive", LIMIT);
    await folder.awaited();
    assertThrows(() => lock.tryConvert("shared"), TypeError, "converted already");
    await assertRejects(() => lock.convert("shared"), TypeError, "converted already");
    other.unlock();
    await converting;
    assertEquals([lock.mode, folder.locks.map(({ mode }) => mode)], ["exclusive", ["exclusive"]]);
    assert(lock.tryConvert("shared"));
    lock.convertSync("exclusive", LIMIT);
    assertEquals(folder.locks.map(({ mode }) => mode), ["exclusive"]);
  });

  test(`FileLock.unlock() ends a conversion of ${name}() that waits, and nothing is taken`, async () => {
    using folder = new LockFolder();
    using fd = Fd.adopt(open(cString(folder.path), FCNTL.O_RDWR | FCNTL.O_CLOEXEC, 0));
    for (const file of [folder.path, fd]) {
      const other = await take(folder.path, "shared");
      const lock: FileLock = await take(file, "shared");
      const converting = lock.convert("exclusive");
      await folder.awaited();
      lock.unlock();
      await assertRejects(() => converting, ClosedError);
      assertEquals([folder.waiters, folder.locks.length, lock.mode], [0, 1, undefined]);
      other.unlock();
      assertEquals(folder.locks, []);
      await assertRejects(() => lock.convert("shared"), ClosedError);
      assertThrows(() => lock.tryConvert("shared"), ClosedError);
    }
    assertEquals(fd.closed, false);
  });
}

test("FileLock.convert() of flock() that fails has lost the lock, and can be tried again", async () => {
  using folder = new LockFolder();
  using other = await flock(folder.path, "shared");
  using lock = await flock(folder.path, "shared");
  assertEquals([lock.tryConvert("exclusive"), lock.mode, folder.locks.length], [false, undefined, 1]);
  await lock.convert("shared");
  await assertRejects(() => lock.convert("exclusive", { timeout: 10 }), DOMException, "held by this process");
  assertEquals([lock.mode, folder.locks.length], [undefined, 1]);
  assertThrows(() => lock.convertSync("exclusive", { timeout: 10 }), DOMException, "held by this process");
  other.unlock();
  assert(lock.tryConvert("exclusive"));
  assertEquals([lock.mode, tryFlock(folder.path, "shared")], ["exclusive", undefined]);
});

test("FileLock.convert() of lockRange() that fails has kept the lock", async () => {
  using folder = new LockFolder();
  using other = await lockRange(folder.path, "shared");
  using lock = await lockRange(folder.path, "shared", { length: 5 });
  assertEquals([lock.tryConvert("exclusive"), lock.mode], [false, "shared"]);
  await assertRejects(() => lock.convert("exclusive", { timeout: 10 }), DOMException, "by an open file");
  await assertRejects(() => lock.convert("exclusive", { signal: AbortSignal.timeout(10) }), DOMException);
  assertThrows(() => lock.convertSync("exclusive", { timeout: 10 }), DOMException, "by an open file");
  assertEquals([lock.mode, folder.locks.length, folder.waiters], ["shared", 2, 0]);
  other.unlock();
  assertEquals(tryLockRange(folder.path, "exclusive", { length: 1 }), undefined);
});

test("FileLock of a closed descriptor has no mode, and unlocking it touches no other file", async () => {
  using folder = new LockFolder();
  const lock = await flock(folder.path, "exclusive");
  const number = lock.fd.number;
  lock.fd.close();
  assertEquals([lock.mode, folder.locks], [undefined, []]);
  using next = await flock(folder.path, "exclusive");
  assertEquals(next.fd.number, number);
  lock.unlock();
  lock[Symbol.dispose]();
  assertEquals([next.mode, folder.locks.length], ["exclusive", 1]);
  assert(next instanceof FileLock);
});

test("FileLock is no other child's, and lasts in one that has its descriptor", async () => {
  using folder = new LockFolder();
  const lock = await flock(folder.path, "exclusive");
  await using stranger = spawn(["cat"], { stdin: "piped", stdout: "null" });
  await using heir = spawn(["cat"], { stdin: "piped", stdout: "null", fds: { 7: lock.fd } });
  lock.close();
  assertEquals([tryFlock(folder.path, "shared"), lock.mode], [undefined, undefined]);
  await heir.stdin.close();
  await heir.status;
  tryFlock(folder.path, "shared")!.unlock();
  await stranger.stdin.close();
  await stranger.status;
});

test("FileLock.unlock() releases it in a child that has its descriptor as well", async () => {
  using folder = new LockFolder();
  const lock = await flock(folder.path, "exclusive");
  await using heir = spawn(["cat"], { stdin: "piped", stdout: "null", fds: { 7: lock.fd } });
  lock.unlock();
  tryFlock(folder.path, "exclusive")!.unlock();
  await heir.stdin.close();
  await heir.status;
});

for (const own of [false, true]) {
  test(`convertSync() during which a handler unlocks ends, and nothing stays locked: ${own ? "a descriptor" : "a path"}`, () => {
    using folder = new LockFolder();
    const { path } = folder;
    using holder = tryFlock(path, "shared")!;
    using file = tryFlock(path, "shared")!;
    const lock = own ? tryFlock(file.fd, "shared")! : file;
    using _action = sigaction("SIGUSR2", () => lock.unlock());
    kill(Deno.pid, SIGNAL.SIGUSR2);
    const error = assertThrows(() => lock.convertSync("exclusive", { timeout: within(30_000) }), ClosedError);
    assertEquals([error.message, lock.mode], ["The lock was released while it was converted", undefined]);
    holder.unlock();
    using free = tryFlock(path, "exclusive");
    assert(free !== undefined);
  });
}
