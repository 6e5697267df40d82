import { ERRNO } from "../../ffi/abi/errno.ts";
import { SIGNAL } from "../../ffi/abi/signal.ts";
import { bind } from "../../ffi/bind.ts";
import { newPipe } from "../../ffi/descriptors.ts";
import { Block } from "../../ffi/memory.ts";
import { kill } from "../../ffi/signal.ts";
import { close, write } from "../../ffi/unistd.ts";
import { onClosing, tellClosing } from "../../lib/core/closing.ts";
import { waitFor, waitForSync, type WaitingCall } from "../../lib/sysv/wait.ts";
import { ClosedError, IPC_PRIVATE, MessageQueue, Mutex, PosixSemaphore, SemaphoreSet, sigaction } from "../../mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, test, within } from "../support/mod.ts";

const read = bind("read", ["int", "address", "long"], "long");
const closeAt = bind("close", ["int"], "int");

/** A pipe, and the call that waits for its next byte. */
class Source implements Disposable {
  readonly owner = {};
  readonly #ends = newPipe() as [number, number];
  readonly #byte = new Block(1);

  call(): WaitingCall {
    return { fn: read, args: [this.#ends[0], this.#byte.address, 1], [Symbol.dispose]: () => {} };
  }

  write(): void {
    write(this.#ends[1], Uint8Array.of(7), 1);
  }

  /** Whether a byte is there. */
  get full(): boolean {
    const count = new Int32Array(1);
    bind("ioctl", ["int", "long", "buffer"], "int")(this.#ends[0], 0x541b, count);
    return count[0]! > 0;
  }

  [Symbol.dispose](): void {
    for (const end of this.#ends) close(end);
    this.#byte.free();
  }
}

const failing: WaitingCall = { fn: closeAt, args: [-1], [Symbol.dispose]: () => {} };
const never = () => {
  throw new Error("undone");
};

test("waitFor() and waitForSync() give what the call returns, or -errno", async () => {
  using source = new Source();
  const waiting = waitFor(source.call(), {}, source.owner);
  source.write();
  assertEquals(await waiting, 1);
  source.write();
  assertEquals(waitForSync(source.call(), { timeout: 10_000 }, never), 1);
  assertEquals(await waitFor(failing, {}, source.owner), -ERRNO.EBADF);
  assertEquals(waitForSync(failing, {}, never), -ERRNO.EBADF);
});

test("waitFor() that is aborted, late or closed ends within 50 ms with the reason, and takes nothing", async () => {
  using source = new Source();
  const reason = new Error("mine");
  const abort = new AbortController();
  const waits: [() => Promise<number>, () => void, (error: unknown) => boolean][] = [
    [
      () => waitFor(source.call(), { signal: abort.signal }, source.owner),
      () => abort.abort(reason),
      (error) => error === reason,
    ],
    [() => waitFor(source.call(), { timeout: 20 }, source.owner), () => {}, isTimeout],
    [
      () => waitFor(source.call(), {}, source.owner),
      () => tellClosing(source.owner),
      (error) => error instanceof ClosedError,
    ],
  ];
  for (const [wait, end, right] of waits) {
    const waiting = wait();
    const start = performance.now();
    end();
    const error = await assertRejects(() => waiting);
    assert(right(error), `${error}`);
    assert(performance.now() - start < within(20 + 50), `${performance.now() - start} ms`);
    source.write();
    assert(source.full);
    assertEquals(await waitFor(source.call(), {}, source.owner), 1);
  }
});

test("waitFor() of a call that has succeeded before the abort reaches it resolves", async () => {
  using source = new Source();
  for (const end of ["abort", "close"]) {
    const abort = new AbortController();
    const taken = () => {
      source.write();
      while (source.full) { /* the thread that waits takes it */ }
    };
    // Before the wait is told: it was begun later.
    abort.signal.addEventListener("abort", taken);
    using _first = onClosing(source.owner, taken);
    const waiting = waitFor(source.call(), { signal: abort.signal }, source.owner);
    if (end === "abort") abort.abort();
    else tellClosing(source.owner);
    assertEquals(await waiting, 1);
  }
});

test("waitFor() and waitForSync() begin nothing without time, after an abort or with a limit that is none", async () => {
  using source = new Source();
  source.write();
  const reason = new Error("before");
  const { owner } = source;
  assert(isTimeout(await assertRejects(() => waitFor(source.call(), { timeout: 0 }, owner))));
  assertEquals(
    await assertRejects(() => waitFor(source.call(), { signal: AbortSignal.abort(reason) }, owner)),
    reason,
  );
  await assertRejects(() => waitFor(source.call(), { timeout: -1 }, owner), RangeError);
  assert(isTimeout(assertThrows(() => waitForSync(source.call(), { timeout: 0 }, never))));
  assertThrows(() => waitForSync(source.call(), { timeout: NaN }, never), RangeError);
  assert(source.full);
});

test("waitForSync() gives up after its time, and takes nothing", () => {
  using source = new Source();
  const start = performance.now();
  assert(isTimeout(assertThrows(() => waitForSync(source.call(), { timeout: 30 }, never))));
  const took = performance.now() - start;
  assert(took >= 29 && took < within(80), `${took} ms`);
  source.write();
  assert(source.full);
});

test("waitForSync() ends with what a handler throws, and tells `undo` of what has succeeded", async () => {
  using source = new Source();
  let succeeds = false;
  using _action = sigaction("SIGUSR2", () => {
    if (succeeds) {
      source.write();
      while (source.full) { /* the thread that waits takes it */ }
    }
    throw new Error("out of it");
  });
  const undone: number[] = [];
  for (succeeds of [false, true]) {
    kill(Deno.pid, SIGNAL.SIGUSR2);
    assertThrows(() => waitForSync(source.call(), {}, (rc) => undone.push(rc)), Error, "out of it");
  }
  assertEquals(undone, [1]);
  await Promise.resolve();
});

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === "TimeoutError";
}

test("waitForSync() ends with a ClosedError where a handler closes the owner, unless it has succeeded by then", async () => {
  using source = new Source();
  const owner = { closed: false };
  let succeeds = false;
  using _action = sigaction("SIGUSR2", () => {
    if (succeeds) {
      source.write();
      while (source.full) { /* the thread that waits takes it */ }
    }
    owner.closed = true;
  });
  kill(Deno.pid, SIGNAL.SIGUSR2);
  const wait = () => waitForSync(source.call(), { timeout: within(30_000) }, never, owner);
  assertThrows(wait, ClosedError, "closed while it was waited for");
  owner.closed = false;
  succeeds = true;
  kill(Deno.pid, SIGNAL.SIGUSR2);
  assertEquals(wait(), 1);
  await Promise.resolve();
});

const LIMIT = { timeout: within(30_000) };
/** What waits for ever, each with what it waits on. */
const WAITS: Record<string, () => [Disposable & { close(): void }, wait: () => unknown]> = {
  "SemaphoreSet.acquireSync()": () => {
    const { object: set, ...rest } = removable(SemaphoreSet.create(IPC_PRIVATE, 1));
    return [rest, () => set.acquireSync(0, LIMIT)];
  },
  "Mutex.lockSync()": () => {
    const { object: mutex, ...rest } = removable(Mutex.create(IPC_PRIVATE));
    mutex.lockSync();
    return [rest, () => mutex.lockSync(LIMIT)];
  },
  "MessageQueue.receiveSync()": () => {
    const { object: queue, ...rest } = removable(MessageQueue.create(IPC_PRIVATE));
    return [rest, () => queue.receiveSync(LIMIT)];
  },
  "MessageQueue.sendSync()": () => {
    const { object: queue, ...rest } = removable(MessageQueue.create(IPC_PRIVATE));
    while (queue.trySend(1, new Uint8Array(1_000)));
    return [rest, () => queue.sendSync(1, new Uint8Array(1_000), LIMIT)];
  },
  "PosixSemaphore.acquireSync()": () => {
    const semaphore = PosixSemaphore.create(`/closing-${Deno.pid}`, { initial: 0 });
    semaphore.unlink();
    return [semaphore, () => semaphore.acquireSync(LIMIT)];
  },
};

/** An object that may be closed before it is removed. */
function removable<T extends { id: number; remove(): void; close(): void }>(
  object: T,
): { object: T; close(): void } & Disposable {
  const { fromId } = object.constructor as unknown as { fromId(id: number): T };
  const again = fromId.call(object.constructor, object.id);
  const dispose = () => {
    again.remove();
    again.close();
    object.close();
  };
  return { object, close: () => object.close(), [Symbol.dispose]: dispose };
}

for (const [name, begin] of Object.entries(WAITS)) {
  test(`${name} ends with a ClosedError where a handler closes what it waits on`, () => {
    const [object, wait] = begin();
    using _object = object;
    using _action = sigaction("SIGUSR2", () => object.close());
    kill(Deno.pid, SIGNAL.SIGUSR2);
    assertThrows(wait, ClosedError, "closed while it was waited for");
  });
}
