import { ClosedError, Fd, flock, flockSync, SyscallError, tryFlock } from "../../mod.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { open } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { Peer } from "../pipes/fifo_folder.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
  EMULATED,
  test,
  within,
} from "../support/mod.ts";
import { linkOf, numbers } from "../support/proc.ts";
import { LockFolder } from "./lock_folder.ts";

/** So that a mistake fails instead of hanging. */
const LIMIT = { timeout: 60_000 };

/** A descriptor of a caller's own. */
function opened(path: string, flags = FCNTL.O_RDWR): Fd {
  return Fd.adopt(open(cString(path), flags | FCNTL.O_CLOEXEC, 0));
}

/** The descriptors of this process that are open on `path`. */
function descriptorsOf(path: string): number[] {
  return numbers("/proc/self/fd").filter((fd) => linkOf(`/proc/self/fd/${fd}`) === path);
}

for (const kind of ["flock", "perl", "python3"]) {
  test(`flock() waits for a lock of ${kind}, and gets it when that lets go`, async () => {
    using folder = new LockFolder();
    await using peer = await folder.heldBy(kind);
    assertEquals(tryFlock(folder.path, "exclusive"), undefined);
    assertEquals(tryFlock(folder.path, "shared"), undefined);
    const waiting = flock(folder.path, "exclusive", LIMIT);
    await folder.awaited();
    await peer.write("");
    using lock = await waiting;
    assertEquals([lock.mode, lock.path, lock.fd.closed], ["exclusive", folder.path, false]);
  }, { needs: [kind] });

  test(`flock() of ${kind}'s killed holder is there within 100 ms`, async () => {
    using folder = new LockFolder();
    await using peer = await folder.heldBy(kind);
    const waiting = flock(folder.path, "exclusive", LIMIT);
    await folder.awaited();
    const start = performance.now();
    if (kind === "flock") await peer.write(""); // its command holds the lock as well
    peer.child.kill("SIGKILL");
    using lock = await waiting;
    const took = performance.now() - start;
    assert(lock.mode === "exclusive" && took < within(100), `${took} ms`);
  }, { needs: [kind] });
}

test("flock() keeps others out until it is unlocked, and shares with those who share", async () => {
  using folder = new LockFolder();
  const attempt = async (flag: string) =>
    (await new Deno.Command("flock", { args: [flag, "-n", folder.path, "true"] }).output()).code;
  {
    using _lock = await flock(folder.path, "exclusive");
    assertEquals([await attempt("-x"), await attempt("-s")], [1, 1]);
  }
  using one = await flock(new URL(`file://${folder.path}`), "shared");
  using other = flockSync(folder.path, "shared");
  assertEquals([await attempt("-x"), await attempt("-s")], [1, 0]);
  one.unlock();
  one.unlock();
  other.close();
  other.unlock();
  assertEquals([await attempt("-x"), one.mode, descriptorsOf(folder.path)], [0, undefined, []]);
}, { needs: ["flock"] });

test("flock() makes the file with its mode, or not", async () => {
  using folder = new LockFolder();
  const path = `${folder.folder}/new`;
  const error = await assertRejects(() => flock(path, "exclusive", { create: false }), SyscallError);
  assertEquals([error.code, error.path], ["ENOENT", path]);
  assertThrows(() => tryFlock(path, "shared", { readOnly: true }), Deno.errors.NotFound);
  (await flock(path, "exclusive", { mode: 0o600 })).unlock();
  assertEquals(Deno.statSync(path).mode! & 0o7777, 0o600);
  using lock = flockSync(path, "exclusive", { readOnly: true });
  assertEquals(lock.mode, "exclusive");
});

test("flock() locks a directory, and what is a FIFO, without waiting for another side", async () => {
  using folder = new LockFolder();
  await new Deno.Command("mkfifo", { args: [`${folder.folder}/fifo`] }).output();
  using one = await flock(folder.folder, "exclusive");
  using other = await flock(`${folder.folder}/fifo`, "exclusive", { readOnly: true });
  assertEquals([one.mode, other.mode], ["exclusive", "exclusive"]);
  assertEquals(tryFlock(folder.folder, "shared"), undefined);
});

test("flock() that is aborted or times out ends within 100 ms, and never takes the lock later", async () => {
  using folder = new LockFolder();
  await using peer = await folder.heldBy("perl");
  const abort = new AbortController();
  const aborted = flock(folder.path, "exclusive", { signal: abort.signal });
  aborted.catch(() => {});
  await folder.awaited();
  const reason = new Error("mine");
  let start = performance.now();
  abort.abort(reason);
  assertEquals(await assertRejects(() => aborted), reason);
  assert(performance.now() - start < within(100), `abort: ${performance.now() - start} ms`);
  start = performance.now();
  const error = await assertRejects(() => flock(folder.path, "shared", { timeout: 50 }), DOMException);
  const took = performance.now() - start;
  assert(took >= 49 && took < within(150), `timeout: ${took} ms`);
  assertEquals(error.name, "TimeoutError");
  assertMatch(
    error.message,
    new RegExp(`^Timed out after 50 ms: the lock of ".*/lock" is held by process ${peer.child.pid}$`),
  );
  assertEquals([folder.waiters, folder.locks.map(({ pid }) => pid), descriptorsOf(folder.path)], [
    0,
    [peer.child.pid],
    [],
  ]);
  await peer.write("");
  await peer.text();
  assertEquals(folder.locks, []);
  using other = tryFlock(folder.path, "exclusive");
  assert(other !== undefined);
}, { needs: ["perl"] });

test("flock() that is aborted in the moment in which it gets the lock has it, or has left nothing", async () => {
  using folder = new LockFolder();
  for (let round = 0; round < (EMULATED ? 10 : 200); round++) {
    const holder = flockSync(folder.path, "exclusive");
    const abort = new AbortController();
    const waiting = flock(folder.path, "exclusive", { signal: abort.signal }).then((lock) => lock, () => undefined);
    if (round % 2) await folder.awaited();
    if (round % 4 < 2) holder.unlock();
    abort.abort();
    holder.unlock();
    const lock = await waiting;
    assertEquals(folder.locks.length, lock === undefined ? 0 : 1);
    const other = tryFlock(folder.path, "exclusive");
    assertEquals(other === undefined, lock !== undefined);
    other?.unlock();
    lock?.unlock();
  }
});

test("flock() with a signal that is aborted, or no time, does not begin to wait", async () => {
  using folder = new LockFolder();
  const signal = AbortSignal.abort(new Error("before"));
  await assertRejects(() => flock(folder.path, "shared", { signal }), Error, "before");
  using _held = await flock(folder.path, "exclusive");
  await assertRejects(() => flock(folder.path, "shared", { timeout: 0 }), DOMException, "held by this process");
  assertThrows(() => flockSync(folder.path, "shared", { timeout: 0 }), DOMException, "held by this process");
});

test("flock() of a descriptor leaves it open, and the end of its wait when it is closed is a ClosedError", async () => {
  using folder = new LockFolder();
  using fd = opened(folder.path, FCNTL.O_RDONLY);
  {
    using lock = await flock(fd, "exclusive");
    assertEquals([lock.path, lock.fd === fd, folder.locks.length], [undefined, true, 1]);
  }
  assertEquals([fd.closed, folder.locks.length], [false, 0]);
  using holder = await flock(folder.path, "exclusive");
  const waiting = flock(fd, "shared");
  await folder.awaited();
  fd.close();
  await assertRejects(() => waiting, ClosedError);
  assertEquals(folder.waiters, 0);
  holder.unlock();
  assertEquals(folder.locks, []);
  await assertRejects(() => flock(fd, "shared"), ClosedError);
});

test("flock() of a file that is removed or replaced meanwhile locks the one that is there then", async () => {
  using folder = new LockFolder();
  for (const replace of [false, true]) {
    const holder = await flock(folder.path, "exclusive");
    const waiting = flock(folder.path, "exclusive", LIMIT);
    await folder.awaited();
    if (replace) Deno.writeTextFileSync(`${folder.folder}/new`, "new");
    if (replace) Deno.renameSync(`${folder.folder}/new`, folder.path);
    else Deno.removeSync(folder.path);
    holder.unlock();
    using _lock = await waiting;
    // Who comes now must not get it as well.
    assertEquals([tryFlock(folder.path, "shared"), folder.locks.length], [undefined, 1]);
  }
  const waiting = (async () => {
    using _holder = await flock(folder.path, "exclusive");
    const vain = flock(folder.path, "exclusive", { create: false });
    vain.catch(() => {});
    await folder.awaited();
    Deno.removeSync(folder.path);
    return vain;
  })();
  assertEquals((await assertRejects(() => waiting, SyscallError)).code, "ENOENT");
});

test("flock() sixty-four times at once delays neither timers nor file reads, and all end", async () => {
  using folder = new LockFolder();
  using holder = await flock(folder.path, "exclusive");
  const waiting = Array.from({ length: 64 }, () => flock(folder.path, "shared", LIMIT));
  await folder.awaited(64);
  let slowest = 0;
  for (let i = 0; i < 20; i++) {
    const start = performance.now();
    await Deno.readTextFile("/etc/hostname");
    await new Promise((resolve) => setTimeout(resolve, 1));
    slowest = Math.max(slowest, performance.now() - start);
  }
  assert(slowest < within(500), `a file read and a timer took ${slowest} ms`);
  holder.unlock();
  const locks = await Promise.all(waiting);
  // The kernel's list is read in pieces, and a line comes twice where others' locks have moved it meanwhile.
  let held = 0;
  for (let tries = 0; tries < 100 && (held = folder.locks.length) !== 64; tries++);
  assertEquals(held, 64);
  for (const lock of locks) lock.unlock();
});

test("flockSync() blocks until the holder has let go", async () => {
  using folder = new LockFolder();
  // It lets go once /proc/locks shows that somebody waits.
  const script = '$| = 1; open(F, "+<", shift) or die; flock(F, 2) or die; print "READY\n"; my $i = (stat F)[1];' +
    'for (;;) { open(L, "<", "/proc/locks") or die; last if grep { /->.*:$i / } <L> } flock(F, 8); print "FREE\n"';
  await using peer = new Peer("perl", ["-e", script, folder.path]);
  await peer.says("READY");
  using lock = flockSync(folder.path, "exclusive", LIMIT);
  assertEquals([lock.mode, folder.locks.map(({ pid }) => pid)], ["exclusive", [Deno.pid]]);
  await peer.says("FREE");
}, { needs: ["perl"] });

test("flockSync() gives up after its time, and names the holder", async () => {
  using folder = new LockFolder();
  await using peer = await folder.heldBy("perl");
  for (const timeout of [1, 40, 80]) {
    const start = performance.now();
    const error = assertThrows(() => flockSync(folder.path, "shared", { timeout }), DOMException);
    const took = performance.now() - start;
    assert(took >= timeout - 1 && took < within(timeout + 50), `${took} ms of ${timeout}`);
    assertEquals([error.name, error.message.endsWith(` by process ${peer.child.pid}`)], ["TimeoutError", true]);
  }
  assertEquals([folder.waiters, folder.locks.length], [0, 1]);
}, { needs: ["perl"] });

test("flock() refuses wrong arguments before it opens anything", async () => {
  using folder = new LockFolder();
  const path = `${folder.folder}/never`;
  const wrong: [args: unknown[], kind: typeof TypeError | typeof RangeError][] = [
    [[path, "write"], TypeError],
    [[path, undefined], TypeError],
    [[path + "\0", "shared"], TypeError],
    [[7, "shared"], TypeError],
    [[new URL("https://example.com/lock"), "shared"], TypeError],
    [[path, "shared", { timeout: -1 }], RangeError],
    [[path, "shared", { timeout: NaN }], RangeError],
    [[path, "shared", { mode: 0o10000 }], RangeError],
    [[path, "shared", { mode: 1.5 }], RangeError],
  ];
  for (const [args, kind] of wrong) {
    const [file, mode, options] = args as Parameters<typeof flock>;
    await assertRejects(() => flock(file, mode, options), kind);
    assertThrows(() => flockSync(file, mode, options), kind);
    if (options?.timeout === undefined) assertThrows(() => tryFlock(file, mode, options), kind);
  }
  assertEquals([...Deno.readDirSync(folder.folder)].map(({ name }) => name), ["lock"]);
});
