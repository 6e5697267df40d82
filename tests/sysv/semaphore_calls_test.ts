import { ERRNO } from "../../ffi/abi/errno.ts";
import { SIGNAL } from "../../ffi/abi/signal.ts";
import { kill } from "../../ffi/signal.ts";
import { IPC_PRIVATE, SemaphoreSet, sigaction } from "../../mod.ts";
import {
  attempt,
  checkNum,
  checkOperations,
  checkValue,
  nameOf,
  operateNow,
  perform,
  performSync,
  reasonFor,
} from "../../lib/sysv/semaphore_calls.ts";
import { assertEquals, assertRejects, assertThrows, denoSource, EMULATED, test, within } from "../support/mod.ts";
import { says } from "../signals/subject.ts";
import { injecting, noPtrace } from "../support/strace.ts";
import { awaited, NOBODY, notNobody, removing } from "./removing.ts";

test("operations are refused before any call if they cannot be right", () => {
  using owned = removing(SemaphoreSet.create(IPC_PRIVATE, 2, { initial: 1 }));
  const set = owned.object;
  for (const num of [-1, 2, 65_536, 0.5, NaN, "0" as unknown as number, undefined as unknown as number]) {
    assertThrows(() => attempt(set, [{ num, op: 1 }]), RangeError, "The semaphores of this set are 0 to 1");
    assertThrows(() => checkNum(set, num), RangeError);
  }
  for (const op of [32_768, -32_768, 1.5, NaN, 2 ** 32, undefined as unknown as number]) {
    assertThrows(() => attempt(set, [{ num: 0, op: 1 }, { num: 0, op }]), RangeError, "An operation is an integer");
  }
  for (const value of [-1, 32_768, 0.1, NaN]) assertThrows(() => checkValue(value), RangeError);
  assertThrows(() => attempt(set, []), RangeError, "at least one");
  assertEquals([set.getAll(), checkNum(set, 1), checkValue(32_767)], [[1, 1], 1, 32_767]);
});

test("as many operations are done at once as the system takes, one more is E2BIG with the limit, and nothing changes", () => {
  using owned = removing(SemaphoreSet.create(IPC_PRIVATE, 1));
  const set = owned.object;
  const ups = (count: number) => new Array(count).fill({ num: 0, op: 1 });
  assertEquals([operateNow(set, ups(500)), set.getValue(0)], [true, 500]);
  const error = assertThrows(() => operateNow(set, ups(501)), Error);
  assertEquals(
    error.message,
    `Cannot do 501 operations at once on private semaphore set ${set.id}, where the limit is 500: ` +
      "argument list too long (E2BIG, semop)",
  );
  assertEquals([attempt(set, ups(20_000)), attempt(set, ups(1)), set.getValue(0)], [-ERRNO.E2BIG, 0, 501]);
});

test("errors say what libc's words do not", () => {
  const set = { id: 5, key: 0x4d2, count: 1 };
  const text = (errno: number) => assertThrows(() => checkOperations(set, -errno, [{ num: 0, op: 1 }]), Error).message;
  assertEquals(
    text(ERRNO.EIDRM),
    "Cannot operate on semaphore set 0x000004d2, which was removed: identifier removed (EIDRM, semop)",
  );
  assertEquals(
    text(ERRNO.EINVAL),
    "Cannot operate on semaphore set 0x000004d2, which does not exist: invalid argument (EINVAL, semop)",
  );
  assertEquals(
    text(ERRNO.EACCES),
    "Cannot operate on semaphore set 0x000004d2: permission denied (EACCES, semop)",
  );
  assertEquals([reasonFor(ERRNO.EACCES), nameOf({ id: 5, key: 0 })], ["", "private semaphore set 5"]);
});

test("perform() and performSync() give 0 or -errno, at once or later", async () => {
  using owned = removing(SemaphoreSet.create(IPC_PRIVATE, 1));
  const set = owned.object;
  const down = [{ num: 0, op: -1 }];
  const waiting = perform(set, down, {}, set);
  await awaited(set, 0);
  assertEquals([attempt(set, [{ num: 0, op: 1 }]), await waiting], [0, 0]);
  assertEquals(await perform(set, [{ num: 0, op: -1, noWait: true }], {}, set), -ERRNO.EAGAIN);
  assertEquals(performSync(set, [{ num: 0, op: -1, noWait: true }]), -ERRNO.EAGAIN);
  // The first would wait, the second must not: which one it is only the kernel tells.
  assertEquals(await perform(set, [{ num: 0, op: 0 }, { num: 0, op: -1, noWait: true }], {}, set), -ERRNO.EAGAIN);
  const blocked = assertThrows(() => performSync(set, down, { timeout: 10 }), DOMException);
  assertEquals(blocked.message, `Timed out after 10 ms: operate on ${nameOf(set)}`);
  const late = await assertRejects(() => perform(set, down, { timeout: 0 }, set), DOMException);
  assertEquals(late.message, `Timed out after 0 ms: operate on ${nameOf(set)}`);
  assertEquals(set.getValue(0), 0);
});

test("interrupted operations are done again, at once and on a thread", async () => {
  const source = `
    import { IPC_PRIVATE, SemaphoreSet } from "vasty/lib/sysv/mod.ts";
    const set = SemaphoreSet.create(IPC_PRIVATE, 1);
    set.release(); set.release();
    console.log(set.tryAcquire(), set.getValue(0));
    await set.acquire();
    const waiting = set.acquire(0, { timeout: 60_000 });
    set.release();
    await waiting;
    try { set.acquireSync(0, { timeout: 20 }); } catch (error) { console.log(error.name); }
    console.log(set.getValue(0));
    set.remove();`;
  const log = await Deno.makeTempFile();
  const under = injecting("semop,semtimedop:error=EINTR:when=1+2", { log });
  const { stdout, stderr } = await denoSource(source, { under });
  const injected = Deno.readTextFileSync(log).split("(INJECTED)").length - 1;
  await Deno.remove(log);
  assertEquals([stderr, stdout, injected > 4], ["", "true 1\nTimeoutError\n0\n", true]);
}, { needs: ["strace"], skip: noPtrace() });

test("a handler that throws ends a blocked operation, which has changed nothing", async () => {
  const source = `
    import { IPC_PRIVATE, SemaphoreSet } from "vasty/lib/sysv/mod.ts";
    import { alarm, SIG } from "vasty/lib/signals/mod.ts";
    const set = SemaphoreSet.create(IPC_PRIVATE, 1);
    let seen = 0;
    SIG.ALRM = () => { if (++seen === 2) throw new Error("enough"); alarm(0.02); };
    alarm(0.02);
    try { set.acquireSync(); } catch (error) { console.log(error.message, seen); }
    console.log(set.getValue(0), set.waiting(0).increase);
    set.remove();`;
  const { stdout, stderr } = await denoSource(source);
  assertEquals([stderr, stdout], ["", "enough 2\n0 0\n"]);
});

test("a handler that throws gives back what was taken, also where somebody has what was given", () => {
  const set = SemaphoreSet.create(IPC_PRIVATE, 2);
  try {
    using _action = sigaction("SIGUSR2", () => {
      set.release(0);
      // The operation has been done by then.
      while (!set.tryAcquire(1));
      throw new Error("enough");
    });
    kill(Deno.pid, SIGNAL.SIGUSR2);
    const ops = [{ num: 0, op: -1 }, { num: 1, op: 1 }];
    assertThrows(() => set.opSync(ops, { timeout: within(30_000) }), Error, "enough");
    assertEquals([...set.getAll()], [1, 0]);
  } finally {
    set.remove();
    set.close();
  }
});

test("what blocks says EMFILE without descriptors to wait with", async () => {
  const source = `
    import { IPC_PRIVATE, SemaphoreSet } from "vasty/lib/sysv/mod.ts";
    import { newPipe } from "vasty/ffi/descriptors.ts";
    using set = SemaphoreSet.create(IPC_PRIVATE, 1);
    while (typeof newPipe() !== "number");
    try { set.acquireSync(0, { timeout: 20 }); } catch (error) { console.log(error.code, error.syscall); }
    set.remove();`;
  const { stdout, stderr } = await denoSource(source, { under: ["prlimit", "--nofile=64"] });
  assertEquals([stderr, stdout], ["", "EMFILE semop\n"]);
}, { needs: ["prlimit"], skip: EMULATED && "qemu needs descriptors itself" });

test("what blocks says EAGAIN if no thread can be started, whatever others wait for", async () => {
  const source = `
    import { IPC_PRIVATE, SemaphoreSet } from "vasty/lib/sysv/mod.ts";
    import { bind } from "vasty/ffi/bind.ts";
    const set = SemaphoreSet.create(IPC_PRIVATE, 1);
    const waiting = [0, 1].map(() => set.acquire().catch((error) => error.code));
    while (set.waiting(0).increase < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    // RLIMIT_NPROC
    if (bind("setrlimit", ["int", "buffer"], "int")(6, BigUint64Array.of(1n, 1n)) < 0) throw new Error("setrlimit");
    try { set.acquireSync(0, { timeout: 30_000 }); } catch (error) { console.log(error.code, error.syscall); }
    console.log(await set.acquire(0, { timeout: 30_000 }).catch((error) => error.code));
    set.remove();
    console.log(...await Promise.all(waiting));`;
  const folder = await Deno.makeTempDir();
  await Deno.chmod(folder, 0o777);
  try {
    const said = ["EAGAIN semop", "EAGAIN", "EIDRM EIDRM"];
    await says(source, said, { env: { DENO_DIR: folder }, under: NOBODY });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}, { needs: ["setpriv"], skip: notNobody() });
