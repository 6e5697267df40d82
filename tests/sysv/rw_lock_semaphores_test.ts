import { IPC_PRIVATE, SemaphoreSet } from "../../mod.ts";
import {
  INITIAL,
  read,
  READ_DONE,
  readNow,
  readSync,
  write,
  WRITE_DONE,
  writeNow,
  writeSync,
} from "../../lib/sysv/rw_lock_semaphores.ts";
import { assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";
import { awaited, removing } from "./removing.ts";

const LIMIT = { timeout: 60_000 };
/** A writer of this number has died. */
const DIRTY = [0, 0, 0, 16_384 + 4_711, 1];
const DEAD = { pid: 4_711 };

test("writers and readers leave the semaphores as they were", async () => {
  using owned = removing(SemaphoreSet.create(IPC_PRIVATE, 5, { initial: INITIAL }));
  const set = owned.object;
  for (const take of [() => readNow(set), () => readSync(set, {}), () => read(set, LIMIT)]) {
    assertEquals([await take(), set.getAll()], [undefined, [0, 1, 0, 0, 0]]);
    assertEquals([writeNow(set), set.tryOp(READ_DONE), set.getAll()], [false, true, INITIAL]);
  }
  for (const take of [() => writeNow(set), () => writeSync(set, {}), () => write(set, LIMIT)]) {
    assertEquals([await take(), set.getAll().slice(0, 3)], [undefined, [1, 0, 0]]);
    assertEquals([writeNow(set), readNow(set), set.tryOp(WRITE_DONE), set.getAll()], [false, false, true, INITIAL]);
  }
});

test("who gives up to wait leaves the semaphores as they were", async () => {
  using owned = removing(SemaphoreSet.create(IPC_PRIVATE, 5, { initial: INITIAL }));
  const set = owned.object;
  for (const hold of [() => readNow(set), () => writeNow(set)]) {
    hold();
    const held = set.getAll();
    assertThrows(() => writeSync(set, { timeout: 5 }), DOMException);
    await assertRejects(() => write(set, { timeout: 5 }), DOMException);
    await assertRejects(() => write(set, { signal: AbortSignal.abort(new Error("before")) }), Error, "before");
    if (held[0] === 1) {
      assertThrows(() => readSync(set, { timeout: 5 }), DOMException);
      await assertRejects(() => read(set, { timeout: 5 }), DOMException);
    }
    assertEquals(set.getAll(), held);
    set.tryOp(held[0] === 1 ? WRITE_DONE : READ_DONE);
  }
});

test("a dead writer is told to readers until a writer takes over, at once or after a wait", async () => {
  using owned = removing(SemaphoreSet.create(IPC_PRIVATE, 5, { initial: DIRTY }));
  const set = owned.object;
  for (const take of [() => writeNow(set), () => writeSync(set, {}), () => write(set, LIMIT)]) {
    set.setAll(DIRTY);
    assertEquals([readNow(set), await read(set, {}), readSync(set, {})], [DEAD, DEAD, DEAD]);
    for (let i = 0; i < 3; i++) set.tryOp(READ_DONE);
    assertEquals([await take(), set.tryOp(WRITE_DONE), readNow(set), set.getAll()], [
      DEAD,
      true,
      undefined,
      [0, 1, 0, 0, 0],
    ]);
    set.setAll(DIRTY);
    readNow(set);
    const waiting = write(set, LIMIT);
    await awaited(set, 1);
    assertEquals(set.getAll().slice(0, 3), [0, 1, 1]);
    set.tryOp(READ_DONE);
    assertEquals([await waiting, set.getAll().slice(0, 3)], [DEAD, [1, 0, 0]]);
    set.tryOp(WRITE_DONE);
  }
});
