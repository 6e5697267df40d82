import { ClosedError, PosixSemaphore, PosixSharedMemory, SyscallError } from "../../mod.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
  denoSource,
  EMULATED,
  test,
  within,
} from "../support/mod.ts";
import { readProc } from "../support/proc.ts";
import { injecting, noPtrace } from "../support/strace.ts";
import { asleep, awaited, freshName, PEER, PosixPeer, said, waiters } from "./posix_peer.ts";

/** So that a mistake fails instead of hanging. */
const LIMIT = { timeout: 30_000 };

function semaphoreOf(initial: number): PosixSemaphore {
  return PosixSemaphore.create(freshName(), { initial, exclusive: true });
}

test("PosixSemaphore counts down to 0 and up", async () => {
  using semaphore = PosixSemaphore.create(freshName());
  semaphore.unlink();
  assertEquals(semaphore.value, 1);
  await semaphore.acquire();
  assertEquals([semaphore.value, semaphore.tryAcquire()], [0, false]);
  for (let i = 0; i < 3; i++) semaphore.release();
  semaphore.acquireSync();
  assertEquals([semaphore.tryAcquire(), semaphore.value], [true, 1]);
});

test("PosixSemaphore.release() says when there is no room above", () => {
  using semaphore = semaphoreOf(2_147_483_647);
  semaphore.unlink();
  const error = assertThrows(() => semaphore.release(), SyscallError);
  assertEquals([error.code, error.syscall, error.path, semaphore.value], [
    "EOVERFLOW",
    "sem_post",
    semaphore.name,
    2_147_483_647,
  ]);
  for (const initial of [-1, 2 ** 31, 1.5, NaN]) {
    assertThrows(() => PosixSemaphore.create("/never", { initial }), RangeError, "initial");
  }
});

test("PosixSemaphore.acquire() sixty-four times at once delays neither timers nor file reads, and all get theirs", async () => {
  using semaphore = semaphoreOf(0);
  const waiting = Array.from({ length: 64 }, () => semaphore.acquire(LIMIT));
  await awaited(semaphore.name, 64);
  let slowest = 0;
  for (let i = 0; i < 20; i++) {
    const start = performance.now();
    await Deno.readTextFile("/etc/hostname");
    await new Promise((resolve) => setTimeout(resolve, 1));
    slowest = Math.max(slowest, performance.now() - start);
  }
  assert(slowest < within(500), `a file read and a timer took ${slowest} ms`);
  semaphore.unlink();
  for (let i = 0; i < 64; i++) semaphore.release();
  await Promise.all(waiting);
  assertEquals(semaphore.value, 0);
});

test("PosixSemaphore.acquire() that is given up ends within 50 ms, and takes nothing", async () => {
  using semaphore = semaphoreOf(0);
  const abort = new AbortController();
  const aborted = assertRejects(() => semaphore.acquire({ signal: abort.signal }));
  const next = semaphore.acquire(LIMIT);
  await awaited(semaphore.name, 2);
  const reason = new Error("mine");
  let start = performance.now();
  abort.abort(reason);
  assertEquals(await aborted as unknown, reason);
  assert(performance.now() - start < within(50), `abort: ${performance.now() - start} ms`);
  assertEquals(waiters(semaphore.name), 1);
  semaphore.release();
  await next;
  start = performance.now();
  const error = await assertRejects(() => semaphore.acquire({ timeout: 30 }), DOMException);
  const took = performance.now() - start;
  assertEquals(error.message, `Timed out after 30 ms: wait for semaphore ${JSON.stringify(semaphore.name)}`);
  assert(error.name === "TimeoutError" && took >= 29 && took < within(80), `${took} ms`);
  await assertRejects(() => semaphore.acquire({ timeout: 0 }), DOMException);
  await assertRejects(() => semaphore.acquire({ timeout: -1 }), RangeError);
  await assertRejects(() => semaphore.acquire({ signal: AbortSignal.abort(reason) }), Error, "mine");
  assertEquals([semaphore.value, waiters(semaphore.name)], [0, 0]);
  semaphore.unlink();
});

test("PosixSemaphore aborted in the moment of the unit has it, or has left it", async () => {
  using semaphore = semaphoreOf(0);
  for (let round = 0; round < (EMULATED ? 10 : 200); round++) {
    const abort = new AbortController();
    const waiting = semaphore.acquire({ signal: abort.signal }).then(() => 1, () => 0);
    if (round % 2) await awaited(semaphore.name);
    if (round % 4 < 2) semaphore.release();
    abort.abort();
    if (round % 4 >= 2) semaphore.release();
    assertEquals(await waiting + semaphore.value, 1);
    semaphore.tryAcquire();
  }
  semaphore.unlink();
});

test("PosixSemaphore and a C program wait for each other", async () => {
  await using peer = await PosixPeer.compile();
  const name = freshName();
  await peer.run("sem-create", name, 2);
  using semaphore = PosixSemaphore.open(name);
  assertEquals([semaphore.created, semaphore.value], [false, 2]);
  await semaphore.acquire();
  assertEquals(await peer.run("sem-value", name), "1");
  await semaphore.acquire();
  await using theirs = await peer.start("sem-wait", name);
  await awaited(name);
  semaphore.release();
  assertEquals(await said(theirs), ["taken"]);
  const ours = semaphore.acquire(LIMIT);
  await awaited(name);
  await peer.run("sem-post", name);
  await ours;
  await peer.run("sem-post", name);
  semaphore.acquireSync(LIMIT);
  semaphore.unlink();
}, PEER);

test("PosixSemaphore: a killed waiter takes nothing, and a killed holder gives nothing back", async () => {
  await using peer = await PosixPeer.compile();
  using semaphore = semaphoreOf(1);
  await using holder = await peer.start("sem-hold", semaphore.name);
  await using waiter = await peer.start("sem-wait", semaphore.name);
  await awaited(semaphore.name);
  waiter.child.kill("SIGKILL");
  await said(waiter);
  holder.child.kill("SIGKILL");
  await said(holder);
  assertEquals(semaphore.tryAcquire(), false);
  const ours = semaphore.acquire(LIMIT);
  semaphore.release();
  await ours;
  semaphore.unlink();
}, PEER);

test("PosixSemaphore is Python's too", async () => {
  using semaphore = semaphoreOf(0);
  const script = "import sys, _multiprocessing as m\n" +
    "s = m.SemLock._rebuild(0, 1, 2**31 - 1, sys.argv[1])\ns.release()\ns.release()\nprint(s._get_value())";
  const command = new Deno.Command("/usr/bin/python3", { args: ["-c", script, semaphore.name], stdin: "null" });
  const { stdout } = await command.output();
  assertEquals([new TextDecoder().decode(stdout), semaphore.value], ["2\n", 2]);
  semaphore.unlink();
}, { needs: ["python3"] });

test("PosixSemaphore that is unlinked goes on for those who wait, and its name is free", async () => {
  using semaphore = semaphoreOf(0);
  using same = PosixSemaphore.open(semaphore.name);
  const waiting = same.acquire(LIMIT);
  await awaited(semaphore.name);
  semaphore.unlink();
  using other = PosixSemaphore.create(semaphore.name, { initial: 5, exclusive: true });
  other.unlink();
  semaphore.release();
  await waiting;
  assertEquals([semaphore.value, other.value], [0, 5]);
});

test("PosixSemaphore.close() ends what waits before it is unmapped, and what is used then is no crash", async () => {
  const semaphore = semaphoreOf(0);
  // Under another name: glibc makes a semaphore beside its place, and links it there when it is done.
  const mapped = () => readProc("/proc/self/maps").includes(" /dev/shm/");
  const waiting = Promise.allSettled([
    semaphore.acquire(),
    semaphore.acquire(),
    semaphore.acquire({ timeout: 60_000 }),
  ]);
  await awaited(semaphore.name, 3);
  semaphore.close();
  semaphore.close();
  assertEquals([semaphore.closed, mapped()], [true, true]);
  for (const one of await waiting) assert(one.status === "rejected" && one.reason instanceof ClosedError);
  assertEquals([mapped(), waiters(semaphore.name)], [false, 0]);
  const uses = [
    () => semaphore.tryAcquire(),
    () => semaphore.acquireSync(),
    () => semaphore.release(),
    () => semaphore.value,
  ];
  for (const use of uses) assertThrows(use, ClosedError, `semaphore "${semaphore.name}" is closed`);
  await assertRejects(() => semaphore.acquire(), ClosedError);
  semaphore.unlink();
});

test("PosixSemaphore.close() of one object leaves the others of this process theirs", async () => {
  using semaphore = semaphoreOf(0);
  const same = PosixSemaphore.open(semaphore.name);
  const theirs = assertRejects(() => same.acquire(), ClosedError);
  const ours = semaphore.acquire(LIMIT);
  await awaited(semaphore.name, 2);
  same.close();
  await theirs;
  semaphore.release();
  await ours;
  semaphore.unlink();
});

test("PosixSemaphore closed in the moment of the unit gives it to others", async () => {
  using semaphore = semaphoreOf(0);
  for (let round = 0; round < (EMULATED ? 5 : 50); round++) {
    const same = PosixSemaphore.open(semaphore.name);
    const waiting = same.acquire().then(() => 1, (error) => error instanceof ClosedError ? 0 : 2);
    await awaited(semaphore.name);
    semaphore.release();
    same.close();
    // Whether it was acquired before the closing or not, nobody can release it but who closes.
    assertEquals([await waiting, semaphore.tryAcquire()], [0, true]);
  }
  semaphore.unlink();
});

test("PosixSemaphore.acquireSync() blocks until a C program posts, and gives up after its time", async () => {
  await using peer = await PosixPeer.compile();
  using semaphore = semaphoreOf(1);
  await using holder = await peer.start("sem-hold", semaphore.name);
  for (const timeout of [0, 1, 40]) {
    const start = performance.now();
    assertEquals(assertThrows(() => semaphore.acquireSync({ timeout }), DOMException).name, "TimeoutError");
    const took = performance.now() - start;
    assert(took >= timeout - 1 && took < within(timeout + 50), `${took} ms of ${timeout}`);
  }
  await asleep(holder);
  await holder.write("\n");
  semaphore.acquireSync(LIMIT);
  assertEquals([await said(holder), semaphore.value], [[], 0]);
  semaphore.unlink();
}, PEER);

test("PosixSemaphore.acquireSync() runs handlers, and one that throws ends it without a unit", async () => {
  const { stdout, stderr } = await denoSource(`
    import { alarm, PosixSemaphore, SIG } from "vasty/mod.ts";
    using semaphore = PosixSemaphore.create("${freshName()}", { initial: 0 });
    semaphore.unlink();
    SIG.ALRM = () => { semaphore.release(); };
    alarm(0.02);
    semaphore.acquireSync();
    console.log(semaphore.value);
    SIG.ALRM = () => { throw new Error("enough"); };
    alarm(0.02);
    try { semaphore.acquireSync(); } catch (error) { console.log(error.message, semaphore.value); }
    SIG.ALRM = () => { semaphore.release(); throw new Error("enough"); };
    alarm(0.02);
    try { semaphore.acquireSync(); } catch (error) { console.log(error.message, semaphore.value); }`);
  assertEquals([stderr, stdout], ["", "0\nenough 0\nenough 1\n"]);
});

test("PosixSemaphore keeps twenty processes' rounds apart", async () => {
  await using peer = await PosixPeer.compile();
  const memory = freshName();
  await peer.run("shm-create", memory, 4);
  using semaphore = semaphoreOf(0);
  const rounds = 500;
  const peers = await Promise.all(
    Array.from({ length: 20 }, () => peer.start("sem-add", semaphore.name, memory, rounds)),
  );
  await awaited(semaphore.name, 20);
  semaphore.release();
  for (const one of peers) await said(one);
  assertEquals(await peer.run("sem-value", semaphore.name), "1");
  using shared = PosixSharedMemory.open(memory);
  assertEquals(shared.load(0), 20 * rounds);
  shared.unlink();
  semaphore.unlink();
}, PEER);

for (
  const [error, expected] of [
    ["EIO", /^Cannot set the mode of semaphore ".*": .*\(EIO, chmod\)\n/],
    ["ENOENT", /^made\n/], // somebody has unlinked it in between
  ] as const
) {
  test(`PosixSemaphore.create() where its mode cannot be set, ${error}`, async () => {
    const name = freshName();
    const { stdout } = await denoSource(
      `import { PosixSemaphore } from "vasty/mod.ts";
      try { PosixSemaphore.create("${name}").unlink(); console.log("made"); } catch (error) { console.log(error.message); }`,
      { under: injecting(`?chmod,fchmodat:error=${error}`) },
    );
    assertMatch(stdout, expected);
    assertThrows(() => PosixSemaphore.open(name), Deno.errors.NotFound);
  }, { needs: ["strace"], skip: noPtrace() });
}
