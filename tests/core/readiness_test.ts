import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { newPipe } from "../../ffi/descriptors.ts";
import { open } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { POLL_READ } from "../../ffi/poll.ts";
import { read, write } from "../../ffi/unistd.ts";
import { ClosedError } from "../../lib/core/errors.ts";
import { Fd } from "../../lib/core/fd.ts";
import { blockUntil, DescriptorWaiter, waitReadable, waitUntil, waitWritable } from "../../lib/core/readiness.ts";
import { assert, assertEquals, assertRejects, assertThrows, denoSource, test, within } from "../support/mod.ts";

/** Milliseconds within which a wait ends that was given up. */
const PROMPT = within(100);

class Pipe implements Disposable {
  readonly reader: Fd;
  readonly writer: Fd;
  constructor() {
    [this.reader, this.writer] = (newPipe() as [number, number]).map((fd) => Fd.adopt(fd)) as [Fd, Fd];
  }
  /** Bytes that make the reader ready. */
  give(count = 1): void {
    write(this.writer.number, new Uint8Array(count), count);
  }
  [Symbol.dispose](): void {
    this.reader.close();
    this.writer.close();
  }
}

/** Whether `promise` is still pending after the loop has turned. */
async function pending(promise: Promise<unknown>): Promise<boolean> {
  const turned = new Promise((resolve) => setTimeout(resolve, 10, "turned"));
  return await Promise.race([promise, turned]) === "turned";
}

test("waitReadable() ends when bytes come, and waitWritable() when there is room", async () => {
  using pipe = new Pipe();
  await waitWritable(pipe.writer);
  const readable = waitReadable(pipe.reader);
  assert(await pending(readable));
  pipe.give();
  await readable;
  await waitReadable(pipe.reader);
  pipe.give(65_535);
  const writable = waitWritable(pipe.writer);
  assert(await pending(writable));
  pipe.reader.close();
  await writable;
});

test("waitReadable() ends at the end of the stream and for a regular file", async () => {
  using pipe = new Pipe();
  const readable = waitReadable(pipe.reader);
  pipe.writer.close();
  await readable;
  using file = Fd.adopt(open(cString("/etc/passwd"), FCNTL.O_RDONLY | FCNTL.O_CLOEXEC, 0));
  await waitReadable(file);
  await waitWritable(file);
});

test("waitReadable() with a timeout rejects with a TimeoutError in time, and not before", async () => {
  using pipe = new Pipe();
  const begin = performance.now();
  const error = await assertRejects(() => waitReadable(pipe.reader, { timeout: 30 }), DOMException);
  const took = performance.now() - begin;
  const message = `Timed out after 30 ms: wait until descriptor ${pipe.reader.number} is readable`;
  assertEquals([error.name, error.message], ["TimeoutError", message]);
  assert(took >= 29 && took < 30 + PROMPT, `${took} ms`);
});

test("waitReadable() rejects with the signal's reason within its time when that is aborted", async () => {
  using pipe = new Pipe();
  const controller = new AbortController();
  const reason = new Error("mine");
  const wait = waitReadable(pipe.reader, { signal: controller.signal });
  assert(await pending(wait));
  const begin = performance.now();
  controller.abort(reason);
  assertEquals(await assertRejects(() => wait), reason);
  assert(performance.now() - begin < PROMPT);
});

test("waitReadable() does not begin with a signal that is aborted, a timeout that is none or a closed descriptor", async () => {
  using pipe = new Pipe();
  pipe.give();
  const reason = new Error("mine");
  assertEquals(await assertRejects(() => waitReadable(pipe.reader, { signal: AbortSignal.abort(reason) })), reason);
  await assertRejects(() => waitReadable(pipe.reader, { timeout: -1 }), RangeError);
  pipe.reader.close();
  await assertRejects(() => waitReadable(pipe.reader), ClosedError);
});

test("waitReadable() that was given up leaves the others waiting", async () => {
  using pipe = new Pipe();
  const other = waitReadable(pipe.reader);
  await assertRejects(() => waitReadable(pipe.reader, { timeout: 1 }), DOMException);
  assert(await pending(other));
  pipe.give();
  await other;
});

test("waitReadable() of a descriptor that is closed meanwhile rejects with a ClosedError", async () => {
  using pipe = new Pipe();
  const wait = waitReadable(pipe.reader, { timeout: 10_000 });
  assert(await pending(wait));
  pipe.reader.close();
  await assertRejects(() => wait, ClosedError, "closed while it was waited for");
});

test("waitReadable() of a number that was closed behind its owner's back says so", async () => {
  const pipe = new Pipe();
  const stale = Fd.adopt(pipe.reader.number);
  pipe[Symbol.dispose]();
  const error = await assertRejects(() => waitReadable(stale), Deno.errors.BadResource);
  assert(/EBADF, epoll_ctl/.test(error.message), error.message);
});

test("waitReadable() is not ended by what came for another file that had the number before", async () => {
  for (let round = 0; round < 50; round++) {
    const before = new Pipe();
    before.give();
    const early = waitReadable(before.reader);
    const { number } = before.reader;
    before[Symbol.dispose]();
    await assertRejects(() => early, ClosedError);
    using now = new Pipe();
    assertEquals(now.reader.number, number);
    const error = await assertRejects(() => waitReadable(now.reader, { timeout: 2 }), DOMException);
    assertEquals(error.name, "TimeoutError");
  }
});

test("waitReadable() while parked times out, is aborted and is served like any other", async () => {
  const { stdout, stderr } = await denoSource(`
    import { pipe, waitReadable } from "vasty/mod.ts";
    import { read, write } from "vasty/ffi/unistd.ts";
    const { reader, writer } = pipe();
    const begin = performance.now();
    const [timeout, aborted] = await Promise.allSettled([
      waitReadable(reader, { timeout: 20 }),
      waitReadable(reader, { signal: AbortSignal.timeout(20) }),
    ]);
    console.log(timeout.reason.name, aborted.reason.name, performance.now() - begin < 20 + ${PROMPT});
    const wait = waitReadable(reader);
    setTimeout(() => write(writer.number, Uint8Array.of(1), 1), 10);
    console.log(await wait);
  `);
  assertEquals([stdout, stderr], ["TimeoutError TimeoutError true\nundefined\n", ""]);
});

test("DescriptorWaiter.wake() and the descriptor's close() end all its waits without an error", async () => {
  using pipe = new Pipe();
  const waiter = new DescriptorWaiter(pipe.reader);
  const begin = () => [waiter.readable(), waiter.readable(), waiter.broken()];
  const woken = begin();
  for (const wait of woken) assert(await pending(wait));
  waiter.wake();
  await Promise.all(woken);
  const closed = begin();
  pipe.reader.close();
  await Promise.all(closed);
  waiter.wake();
});

test("DescriptorWaiter.broken() ends when nobody reads any more, not when there is room", async () => {
  using pipe = new Pipe();
  const waiter = new DescriptorWaiter(pipe.writer);
  const broken = waiter.broken();
  await waiter.writable();
  assert(await pending(broken));
  pipe.reader.close();
  await broken;
});

test("DescriptorWaiter.hold() says whether its waits keep the process alive", async () => {
  // How it stands is said before the waits begin, or of those that are under way, however many.
  for (const when of ["before", "during"]) {
    const { stdout, code } = await denoSource(
      `
      import { pipe } from "vasty/mod.ts";
      import { DescriptorWaiter } from "vasty/lib/core/readiness.ts";
      const { reader } = pipe();
      const waiter = new DescriptorWaiter(reader);
      if ("${when}" === "before") waiter.hold(false);
      for (let i = 0; i < 3; i++) waiter.readable();
      waiter.broken();
      if ("${when}" === "during") setTimeout(() => waiter.hold(false), 10);
      console.log("waits");
    `,
      { under: ["timeout", "20"] },
    );
    assertEquals([stdout, code], ["waits\n", 0]);
  }
});

test("blockUntil() tries, waits until the descriptor is ready, and tries again", () => {
  using pipe = new Pipe();
  let tries = 0;
  assertEquals(blockUntil(pipe.reader, POLL_READ, () => ++tries, { timeout: 0 }), 1);
  const attempt = () => {
    if (++tries === 5) return "done";
    pipe.give();
    return undefined;
  };
  assertEquals([blockUntil(pipe.reader, POLL_READ, attempt, {}), tries], ["done", 5]);
});

test("blockUntil() gives up after its time, and throws what the attempt throws", () => {
  using pipe = new Pipe();
  for (const timeout of [0, 1, 30]) {
    const start = performance.now();
    const error = assertThrows(() => blockUntil(pipe.reader, POLL_READ, () => undefined, { timeout }), DOMException);
    const took = performance.now() - start;
    assert(error.name === "TimeoutError" && took >= timeout - 1 && took < timeout + PROMPT, `${took} ms`);
  }
  const fail = () => {
    throw new SyntaxError("mine");
  };
  assertThrows(() => blockUntil(pipe.reader, POLL_READ, fail, {}), SyntaxError, "mine");
  for (const timeout of [-1, NaN]) {
    assertThrows(() => blockUntil(pipe.reader, POLL_READ, fail, { timeout }), RangeError);
  }
  pipe.reader.close();
  assertThrows(() => blockUntil(pipe.reader, POLL_READ, () => undefined, {}), ClosedError);
});

test("blockUntil() runs handlers, and one that throws ends it", async () => {
  const { stdout, stderr } = await denoSource(`
    import { alarm, pipe, SIG } from "vasty/mod.ts";
    import { blockUntil } from "vasty/lib/core/readiness.ts";
    const { reader, writer } = pipe();
    let rung = false;
    SIG.ALRM = () => { rung = true; };
    alarm(0.02);
    console.log(blockUntil(reader, 1, () => rung || undefined, { timeout: 10_000 }));
    SIG.ALRM = () => { throw new Error("enough"); };
    alarm(0.02);
    try { blockUntil(reader, 1, () => undefined, {}); } catch (error) { console.log(error.message); }
    reader.close();
    writer.close();`);
  assertEquals([stderr, stdout], ["", "true\nenough\n"]);
});

test("waitUntil() attempts first, and again whenever the descriptor is ready", async () => {
  using pipe = new Pipe();
  let attempts = 0;
  const attempt = () => {
    if (++attempts === 1) return undefined;
    // Ready, but somebody else was quicker.
    if (attempts === 2) return void read(pipe.reader.number, new Uint8Array(1), 1);
    return "done";
  };
  const waiting = waitUntil(pipe.reader, POLL_READ, attempt, {});
  assert(await pending(waiting));
  pipe.give();
  assert(await pending(waiting));
  pipe.give();
  assertEquals([await waiting, attempts], ["done", 3]);
  const first = { number: pipe.reader.number, closed: false };
  assertEquals(await waitUntil(first, POLL_READ, () => 0, { timeout: 0 }), 0);
});

test("waitUntil() attempts nothing any more once it has given up", async () => {
  using pipe = new Pipe();
  let attempts = 0;
  const attempt = () => void attempts++;
  const controller = new AbortController();
  const aborted = waitUntil(pipe.reader, POLL_READ, attempt, { signal: controller.signal });
  const late = await assertRejects(() => waitUntil(pipe.reader, POLL_READ, attempt, { timeout: 20 }), DOMException);
  assertEquals([late.name, late.message], ["TimeoutError", "Timed out after 20 ms"]);
  pipe.give();
  controller.abort("reason");
  assertEquals([await aborted.catch((reason) => reason), attempts], ["reason", 2]);
  await assertRejects(() => waitUntil(pipe.reader, POLL_READ, attempt, { timeout: -1 }), RangeError);
  read(pipe.reader.number, new Uint8Array(1), 1);
  const closed = waitUntil(pipe.reader, POLL_READ, attempt, {});
  pipe.reader.close();
  await assertRejects(() => closed, ClosedError);
});

test("waitReadable() and all that waits is EMFILE where no descriptor is left to wait with", async () => {
  const source = `
    import { getaddrinfo, pipe, poll, waitReadable } from "vasty/mod.ts";
    const { reader } = pipe();
    const files = [];
    try { for (;;) files.push(Deno.openSync("/dev/null")); } catch { /* all are taken */ }
    const calls = [() => waitReadable(reader), () => poll([reader], { timeout: 10_000 }), () => getaddrinfo("localhost")];
    for (let left = 0; left < 2; left++) {
      for (const call of calls) await call().catch(({ code, syscall }) => console.log(code, syscall));
      files.pop().close();
    }`;
  const options = { under: ["prlimit", "--nofile=64"], flags: ["--allow-read=/dev/null", "--allow-net=localhost"] };
  const { stdout, stderr } = await denoSource(source, options);
  const lines = "EMFILE epoll_create1\nEMFILE epoll_create1\nEMFILE getaddrinfo\n";
  assertEquals([stderr, stdout], ["", lines.repeat(2)]);
}, { needs: ["prlimit"] });
