import { ClosedError, IPC_PRIVATE, LockGuard, Mutex, SharedMemory, SyscallError } from "../../mod.ts";
import { lockAgain, lockAgainSync } from "../../lib/sysv/mutex.ts";
import { Holder } from "../locks/lock_folder.ts";
import { Subject } from "../signals/subject.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertThrows,
  count,
  denoCommand,
  EMULATED,
  repository,
  test,
  within,
} from "../support/mod.ts";
import { awaited, removing } from "./removing.ts";

const LIMIT = { timeout: 60_000 };
const CONTENDERS = EMULATED ? 4 : 20;
const ROUNDS = Math.ceil(count(20_000) / CONTENDERS);

/** Another process that holds it. */
async function holder(mutex: Mutex, then = "await told();", flags: string[] = []): Promise<Subject> {
  const subject = await Subject.start(
    `
    import { Mutex } from "vasty/lib/sysv/mod.ts";
    import { exec } from "vasty/lib/processes/mod.ts";
    const guard = Mutex.fromId(${mutex.id}).lockSync();
    say("READY");
    ${then}`,
    { flags },
  );
  assertEquals(await subject.line(), "READY");
  return subject;
}

test("Mutex excludes the tasks of a process from each other, and names its holder", async () => {
  using owned = removing(Mutex.create(IPC_PRIVATE));
  const mutex = owned.object;
  assertEquals(mutex.holder(), undefined);
  const guard = await mutex.lock();
  assertEquals([guard.held, guard.abandoned, mutex.holder(), mutex.tryLock()], [true, undefined, Deno.pid, undefined]);
  const waiting = mutex.lock(LIMIT);
  await awaited(mutex.semaphores, 0);
  await assertRejects(() => mutex.lock({ timeout: 10 }), DOMException, "Timed out after 10 ms");
  assertThrows(() => mutex.lockSync({ timeout: 10 }), DOMException, "Timed out after 10 ms");
  guard.unlock();
  guard.unlock();
  using next = await waiting;
  assertEquals([guard.held, next.held, mutex.tryLock()], [false, true, undefined]);
  next.unlock();
  assertEquals([mutex.holder(), mutex.lockSync() instanceof LockGuard], [undefined, true]);
});

test("Mutex that is waited for in vain goes to the next", async () => {
  using owned = removing(Mutex.create(IPC_PRIVATE));
  const mutex = owned.object;
  const guard = mutex.lockSync();
  const abort = new AbortController();
  const aborted = mutex.lock({ signal: abort.signal });
  const next = mutex.lock(LIMIT);
  await awaited(mutex.semaphores, 0, 2);
  const start = performance.now();
  abort.abort(new Error("mine"));
  await assertRejects(() => aborted, Error, "mine");
  assert(performance.now() - start < within(50));
  guard.unlock();
  (await next).unlock();
  for (let round = 0; round < (EMULATED ? 5 : 100); round++) {
    const held = mutex.lockSync();
    const abort = new AbortController();
    const waiting = mutex.lock({ signal: abort.signal }).then((guard) => guard.unlock(), () => {});
    if (round % 2) held.unlock();
    abort.abort();
    held.unlock();
    await waiting;
    assertEquals(mutex.semaphores.getAll(), [1, 0, 0]);
  }
});

test("Mutex of a killed holder is the next one's within 100 ms, who is told whose it was", async () => {
  using owned = removing(Mutex.create(IPC_PRIVATE));
  const mutex = owned.object;
  for (const lock of [() => mutex.lock(LIMIT), () => mutex.lockSync(LIMIT), () => mutex.tryLock()!]) {
    await using subject = await holder(mutex);
    assertEquals([mutex.holder(), mutex.tryLock()], [subject.pid, undefined]);
    const waiting = mutex.lock(LIMIT);
    await awaited(mutex.semaphores, 0);
    const start = performance.now();
    subject.kill("SIGKILL");
    const guard = await waiting;
    assert(performance.now() - start < within(100), `${performance.now() - start} ms`);
    assertEquals([guard.abandoned, mutex.holder()], [{ pid: subject.pid }, Deno.pid]);
    guard.unlock();
    using after = await lock();
    assertEquals(after.abandoned, undefined);
  }
});

test("Mutex whose holders die one after the other tells of each, and who ends without unlocking has died", async () => {
  using owned = removing(Mutex.create(IPC_PRIVATE));
  const mutex = owned.object;
  await using first = await holder(mutex);
  first.kill("SIGKILL");
  await first.end();
  await using second = await holder(mutex, "say(guard.abandoned.pid); Deno.exit(0);");
  assertEquals(await second.line(), `${first.pid}`);
  await second.end();
  assertEquals(mutex.holder(), undefined);
  using guard = mutex.lockSync();
  assertEquals(guard.abandoned, { pid: second.pid });
});

test("Mutex stays with a process that replaces itself by exec", async () => {
  using owned = removing(Mutex.create(IPC_PRIVATE));
  const mutex = owned.object;
  const replaced = 'exec(["sh", "-c", "echo REPLACED; read line"]);';
  await using subject = await holder(mutex, replaced, ["--allow-run"]);
  assertEquals(await subject.line(), "REPLACED");
  assertEquals([mutex.holder(), mutex.tryLock()], [subject.pid, undefined]);
  const waiting = mutex.lock(LIMIT);
  await awaited(mutex.semaphores, 0);
  await subject.tell("end");
  using guard = await waiting;
  assertEquals(guard.abandoned, { pid: subject.pid });
});

/** So many programs that count under the mutex, once they are told to. */
async function contenders(mutex: Mutex, memory: SharedMemory, number: number, rounds: number): Promise<Holder[]> {
  const started = Array.from({ length: number }, (_, i) => {
    const args = [`${mutex.id}`, `${memory.id}`, `${rounds}`, i % 2 ? "sync" : "async"];
    const [program, ...rest] = denoCommand(repository("tests/sysv/programs/mutex_contender.ts"), { args });
    return new Holder(program!, rest, "piped");
  });
  for (const contender of started) await contender.says("READY");
  await Promise.all(started.map((contender) => contender.write("\n")));
  return started;
}

test(`Mutex of ${CONTENDERS} programs that count ${ROUNDS} times each: nothing is lost`, async () => {
  using owned = removing(Mutex.create(IPC_PRIVATE));
  using memory = removing(SharedMemory.create(IPC_PRIVATE, 8));
  const started = await contenders(owned.object, memory.object, CONTENDERS, ROUNDS);
  await Promise.all(started.map((contender) => contender.text()));
  for (const contender of started) assertEquals((await contender.child.status).code, 0);
  const total = new DataView(memory.object.read(8).buffer).getFloat64(0);
  assertEquals([total, owned.object.semaphores.getAll()], [CONTENDERS * ROUNDS, [1, 0, 0]]);
});

test("Mutex is there within 100 ms once all who held it or waited for it are killed", async () => {
  using owned = removing(Mutex.create(IPC_PRIVATE));
  using memory = removing(SharedMemory.create(IPC_PRIVATE, 8));
  const mutex = owned.object;
  for (let round = 0; round < (EMULATED ? 1 : 5); round++) {
    const started = await contenders(mutex, memory.object, 4, 1e9);
    const waiting = mutex.lock(LIMIT);
    for (const contender of started) contender.child.kill("SIGKILL");
    const start = performance.now();
    const guard = await waiting;
    assert(performance.now() - start < within(100), `${performance.now() - start} ms`);
    const pids = started.map(({ child }) => child.pid);
    assert(guard.abandoned === undefined || pids.includes(guard.abandoned.pid), `${guard.abandoned?.pid}`);
    guard.unlock();
    await Promise.all(started.map((contender) => contender.text()));
    mutex.lockSync().unlock();
    assertEquals(mutex.semaphores.getAll(), [1, 0, 0]);
  }
});

test("Mutex that is removed or closed ends the waits for it, and unlocking it is still right", async () => {
  using owned = removing(Mutex.create(IPC_PRIVATE));
  const mutex = owned.object;
  const other = Mutex.fromId(mutex.id);
  const guard = mutex.lockSync();
  const [closed, removed] = [other.lock(), mutex.lock()];
  for (const wait of [closed, removed]) wait.catch(() => {});
  await awaited(mutex.semaphores, 0, 2);
  other.close();
  await assertRejects(() => closed, ClosedError);
  await assertRejects(() => other.lock(), ClosedError);
  for (const use of [() => other.tryLock(), () => other.lockSync(), () => other.holder()]) {
    assertThrows(use, ClosedError);
  }
  mutex.remove();
  assertEquals((await assertRejects(() => removed, SyscallError)).code, "EIDRM");
  assertEquals(assertThrows(() => mutex.tryLock(), SyscallError).code, "EINVAL");
  guard.unlock();
  using again = removing(Mutex.create(IPC_PRIVATE));
  const last = again.object.lockSync();
  again.object.close();
  last.unlock();
  using found = Mutex.fromId(again.object.id);
  assertEquals(found.holder(), undefined);
  found.remove();
});

test("lockAgain() and lockAgainSync() hold a released guard once more", async () => {
  using owned = removing(Mutex.create(IPC_PRIVATE));
  const mutex = owned.object;
  const guard = mutex.lockSync();
  for (const again of [lockAgain, lockAgainSync]) {
    guard.unlock();
    assertEquals(mutex.holder(), undefined);
    await again(mutex, guard);
    assertEquals([guard.held, mutex.holder()], [true, Deno.pid]);
  }
  guard.unlock();
});
