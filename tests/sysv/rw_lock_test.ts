import { IPC_PRIVATE, RwLock, SharedMemory, SyscallError } from "../../mod.ts";
import { Subject } from "../signals/subject.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertThrows,
  count,
  deno,
  EMULATED,
  repository,
  test,
  within,
} from "../support/mod.ts";
import { until } from "../pipes/fifo_folder.ts";
import { awaited, removing } from "./removing.ts";

const LIMIT = { timeout: 60_000 };
const CONTENDERS = EMULATED ? 3 : 8;
const ROUNDS = 4 * Math.ceil(count(8_000) / 4 / CONTENDERS);

/** Another process that does this with the lock, and says READY. */
async function other(lock: RwLock, action: string): Promise<Subject> {
  const subject = await Subject.start(`
    import { RwLock } from "vasty/lib/sysv/mod.ts";
    const lock = RwLock.fromId(${lock.id});
    const guard = ${action};
    say("READY");
    await told();`);
  return subject;
}

test("RwLock lets many read or one write", async () => {
  using owned = removing(RwLock.create(IPC_PRIVATE));
  const lock = owned.object;
  const readers = [await lock.read(), lock.readSync(), lock.tryRead()!];
  assertEquals([lock.tryWrite(), readers.map(({ held }) => held)], [undefined, [true, true, true]]);
  assertThrows(() => lock.writeSync({ timeout: 5 }), DOMException, "Timed out");
  const writing = lock.write(LIMIT);
  await awaited(lock.semaphores, 1);
  for (const reader of readers) reader.unlock();
  const writer = await writing;
  assertEquals([lock.tryRead(), lock.tryWrite()], [undefined, undefined]);
  assertThrows(() => lock.readSync({ timeout: 5 }), DOMException, "Timed out");
  await assertRejects(() => lock.read({ timeout: -1 }), RangeError);
  assertThrows(() => lock.writeSync({ timeout: NaN }), RangeError);
  writer.unlock();
  writer.unlock();
  lock.tryWrite()!.unlock();
  lock.writeSync().unlock();
  assertEquals(lock.semaphores.getAll(), [0, 0, 0, 0, 0]);
});

test("RwLock whose writer waits lets no new readers in, and lets them in once it gives up", async () => {
  using owned = removing(RwLock.create(IPC_PRIVATE));
  const lock = owned.object;
  using _reader = await lock.read();
  const abort = new AbortController();
  const writing = lock.write({ signal: abort.signal });
  writing.catch(() => {});
  await awaited(lock.semaphores, 1);
  assertEquals(lock.tryRead(), undefined);
  const reading = lock.read(LIMIT);
  await awaited(lock.semaphores, 2);
  const start = performance.now();
  abort.abort(new Error("mine"));
  await assertRejects(() => writing, Error, "mine");
  (await reading).unlock();
  assert(performance.now() - start < within(50));
  assertEquals(lock.semaphores.getAll(), [0, 1, 0, 0, 0]);
});

test("RwLock of a killed writer, reader or waiting writer is there within 100 ms", async () => {
  using owned = removing(RwLock.create(IPC_PRIVATE));
  const lock = owned.object;
  for (const way of ["lock.writeSync()", "await lock.read()"]) {
    await using subject = await other(lock, way);
    assertEquals([await subject.line(), lock.tryWrite()], ["READY", undefined]);
    const writing = lock.write(LIMIT);
    await until(() => lock.semaphores.getValue(2) === 1);
    const start = performance.now();
    subject.kill("SIGKILL");
    using guard = await writing;
    assert(performance.now() - start < within(100), `${performance.now() - start} ms`);
    assertEquals(guard.abandoned, way.includes("write") ? { pid: subject.pid } : undefined);
  }
  using _reader = lock.readSync();
  await using waiter = await other(lock, "await lock.write()");
  await awaited(lock.semaphores, 1);
  const reading = lock.read(LIMIT);
  await awaited(lock.semaphores, 2);
  waiter.kill("SIGKILL");
  assertEquals([(await reading).abandoned, lock.semaphores.getAll()], [undefined, [0, 2, 0, 0, 0]]);
});

test("RwLock tells readers of a dead writer until the next writer", async () => {
  using owned = removing(RwLock.create(IPC_PRIVATE));
  const lock = owned.object;
  await using subject = await other(lock, "await lock.write()");
  assertEquals(await subject.line(), "READY");
  const reading = lock.read(LIMIT);
  await awaited(lock.semaphores, 0);
  subject.kill("SIGKILL");
  const dead = { pid: subject.pid };
  const guards = [await reading, lock.readSync(), lock.tryRead()!];
  assertEquals(guards.map(({ abandoned }) => abandoned), [dead, dead, dead]);
  for (const guard of guards) guard.unlock();
  for (const abandoned of [dead, undefined]) {
    using guard = await lock.write(LIMIT);
    assertEquals(guard.abandoned, abandoned);
  }
  assertEquals(lock.tryRead()!.abandoned, undefined);
});

test(`RwLock of ${CONTENDERS} programs that read and write ${ROUNDS} times: nothing is lost or half done`, async () => {
  using owned = removing(RwLock.create(IPC_PRIVATE));
  using memory = removing(SharedMemory.create(IPC_PRIVATE, 8));
  const started = Array.from({ length: CONTENDERS }, (_, i) => {
    const args = [`${owned.object.id}`, `${memory.object.id}`, `${ROUNDS}`, i % 2 ? "sync" : "async"];
    return deno(repository("tests/sysv/programs/rw_lock_contender.ts"), { args });
  });
  for (const { code, stderr } of await Promise.all(started)) assertEquals([stderr, code], ["", 0]);
  const writes = CONTENDERS * ROUNDS / 4;
  assertEquals([memory.object.load(0), memory.object.load(4)], [writes, writes]);
  assertEquals(owned.object.semaphores.getAll(), [0, 0, 0, 0, 0]);
});

test("RwLock that is removed ends all waits for it", async () => {
  using owned = removing(RwLock.create(IPC_PRIVATE));
  const lock = owned.object;
  const guard = lock.writeSync();
  const waits = [lock.write(LIMIT), lock.read(LIMIT)];
  for (const wait of waits) wait.catch(() => {});
  await awaited(lock.semaphores, 0, 2);
  lock.remove();
  for (const wait of waits) assertEquals((await assertRejects(() => wait, SyscallError)).code, "EIDRM");
  guard.unlock();
  await assertRejects(() => lock.read(), SyscallError, "EINVAL");
});
