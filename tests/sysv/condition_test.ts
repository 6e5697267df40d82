import { ClosedError, Condition, IPC_PRIVATE, Mutex, SharedMemory, SyscallError } from "../../mod.ts";
import { Subject } from "../signals/subject.ts";
import { assert, assertEquals, assertRejects, assertThrows, count, test, within } from "../support/mod.ts";
import { until } from "../pipes/fifo_folder.ts";
import { removing } from "./removing.ts";

const LIMIT = { timeout: 60_000 };

class Place implements Disposable {
  readonly #mutex = removing(Mutex.create(IPC_PRIVATE));
  readonly #memory = removing(SharedMemory.create(IPC_PRIVATE, 64));
  readonly mutex = this.#mutex.object;
  readonly memory = this.#memory.object;
  readonly condition = new Condition(this.mutex, this.memory, 4);

  /** Notify under the mutex. Another task may have it, which goes on only while this thread is not blocked. */
  async notify(all = false): Promise<void> {
    using _guard = await this.mutex.lock(LIMIT);
    if (all) this.condition.notifyAll();
    else this.condition.notifyOne();
  }

  [Symbol.dispose](): void {
    this.#mutex[Symbol.dispose]();
    this.#memory[Symbol.dispose]();
  }
}

test("Condition.wait() releases the mutex, sleeps until it is notified, and holds the mutex again", async () => {
  using place = new Place();
  const { mutex, condition } = place;
  using guard = await mutex.lock();
  const waiting = condition.wait(guard, LIMIT);
  assertEquals([guard.held, mutex.holder()], [false, undefined]);
  await place.notify();
  await waiting;
  assertEquals([guard.held, mutex.holder()], [true, Deno.pid]);
});

test("Condition.wait() that is aborted or late holds the mutex again, and then rejects", async () => {
  using place = new Place();
  const { mutex, condition } = place;
  using guard = await mutex.lock();
  const abort = new AbortController();
  const waiting = condition.wait(guard, { signal: abort.signal });
  abort.abort(new Error("mine"));
  await assertRejects(() => waiting, Error, "mine");
  assertEquals([guard.held, mutex.holder()], [true, Deno.pid]);
  await assertRejects(() => condition.wait(guard, { signal: abort.signal }), Error, "mine");
  await assertRejects(() => condition.wait(guard, { timeout: 10 }), DOMException, "Timed out after 10 ms");
  assertThrows(() => condition.waitSync(guard, { timeout: 10 }), DOMException, "Timed out after 10 ms");
  await assertRejects(() => condition.waitFor(guard, () => false, { timeout: 10 }), DOMException);
  assertThrows(() => condition.waitForSync(guard, () => false, { timeout: 10 }), DOMException);
  await assertRejects(() => condition.wait(guard, { timeout: -1 }), RangeError);
  assertEquals([guard.held, mutex.holder()], [true, Deno.pid]);
});

test("Condition.notifyAll() wakes all, notifyOne() one at least, and only one of two that sleep", async () => {
  using place = new Place();
  const { mutex, memory, condition } = place;
  let awake = 0;
  const wait = async () => {
    using guard = await mutex.lock(LIMIT);
    await condition.waitFor(guard, () => memory.load(8) > 0, LIMIT);
    memory.add(8, -1);
    awake++;
  };
  const waits = Array.from({ length: 5 }, wait);
  await until(() => mutex.semaphores.waiting(0).increase === 0 && mutex.holder() === undefined);
  memory.store(8, 1);
  await place.notify();
  await until(() => awake === 1);
  assertEquals(memory.load(8), 0);
  memory.store(8, 4);
  await place.notify(true);
  await Promise.all(waits);
  assertEquals([awake, memory.load(8), mutex.semaphores.getAll()], [5, 0, [1, 0, 0]]);
});

const ITEMS = count(20_000);

test(`Condition hands ${ITEMS} numbers from one process to another, one by one`, async () => {
  using place = new Place();
  const { mutex, memory, condition } = place;
  await using subject = await Subject.start(`
    import { Condition, Mutex, SharedMemory } from "vasty/lib/sysv/mod.ts";
    using mutex = Mutex.fromId(${mutex.id});
    using memory = SharedMemory.fromId(${memory.id});
    const [full, empty] = [new Condition(mutex, memory, 4), new Condition(mutex, memory, 12)];
    for (let i = 1; i <= ${ITEMS}; i++) {
      using guard = mutex.lockSync();
      empty.waitForSync(guard, () => memory.load(8) === 0);
      memory.store(8, i);
      full.notifyOne();
    }`);
  const empty = new Condition(mutex, memory, 12);
  let next = 1;
  while (next <= ITEMS) {
    using guard = await mutex.lock(LIMIT);
    await condition.waitFor(guard, () => memory.load(8) !== 0, LIMIT);
    assertEquals(memory.load(8), next++);
    memory.store(8, 0);
    empty.notifyOne();
  }
  assertEquals((await subject.end()).stderr, "");
});

test("Condition.wait() after a holder's death holds the mutex, and says whose it was", async () => {
  using place = new Place();
  const { mutex, memory, condition } = place;
  using guard = await mutex.lock();
  const waiting = condition.wait(guard, LIMIT);
  await using subject = await Subject.start(`
    import { Condition, Mutex, SharedMemory } from "vasty/lib/sysv/mod.ts";
    const mutex = Mutex.fromId(${mutex.id});
    const guard = mutex.lockSync();
    new Condition(mutex, SharedMemory.fromId(${memory.id}), 4).notifyAll();
    say("READY");
    await told();`);
  assertEquals(await subject.line(), "READY");
  const start = performance.now();
  subject.kill("SIGKILL");
  await waiting;
  assert(performance.now() - start < within(100));
  assertEquals([guard.held, guard.abandoned], [true, { pid: subject.pid }]);
});

test("Condition refuses what cannot be right", async () => {
  using place = new Place();
  using other = new Place();
  const { mutex, memory, condition } = place;
  for (const offset of [-4, 2, 64, NaN]) assertThrows(() => new Condition(mutex, memory, offset), RangeError);
  using stranger = other.mutex.lockSync();
  await assertRejects(() => condition.wait(stranger), TypeError, "not of the mutex");
  assertThrows(() => condition.waitForSync(stranger, () => true), TypeError);
  const guard = mutex.lockSync();
  guard.unlock();
  await assertRejects(() => condition.wait(guard), ClosedError, "released");
  await assertRejects(() => condition.waitFor(guard, () => true), ClosedError);
  using reader = SharedMemory.fromId(memory.id, { readOnly: true });
  assertThrows(() => new Condition(mutex, reader, 4).notifyOne(), TypeError);
});

test("Condition whose mutex is removed, or whose memory is detached, ends the wait", async () => {
  using place = new Place();
  const { mutex, memory, condition } = place;
  const guard = await mutex.lock();
  const detached = SharedMemory.fromId(memory.id);
  const waiting = new Condition(mutex, detached, 4).wait(guard, LIMIT);
  waiting.catch(() => {});
  detached.detach();
  await assertRejects(() => waiting, ClosedError);
  assertEquals([guard.held, mutex.holder()], [true, Deno.pid]);
  const last = condition.wait(guard, LIMIT);
  last.catch(() => {});
  mutex.remove();
  condition.notifyAll();
  assertEquals((await assertRejects(() => last, SyscallError)).code, "EINVAL");
  assertEquals(guard.held, false);
  guard.unlock();
});
