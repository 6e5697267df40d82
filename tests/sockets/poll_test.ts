import { loop } from "../../ffi/loop.ts";
import { POLL_READ, pollAny } from "../../ffi/poll.ts";
import { write } from "../../ffi/unistd.ts";
import { ClosedError, type Fd, SyscallError } from "../../lib/core/mod.ts";
import { Input } from "../../lib/core/input.ts";
import { type Pipe, pipe, socketpair } from "../../lib/pipes/mod.ts";
import { spawn } from "../../lib/processes/mod.ts";
import { poll, type PollResult, pollSync } from "../../lib/sockets/mod.ts";
import { SIG } from "../../lib/signals/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, denoSource, test, within } from "../support/mod.ts";

/** What the kernel says is registered with the reactor, by descriptor. */
function registered(): string {
  const path = `/proc/${Deno.pid}/fdinfo/${loop().epoll.fd}`;
  const { stdout } = new Deno.Command("grep", { args: ["-o", "^tfd: *[0-9]*", path] }).outputSync();
  return new TextDecoder().decode(stdout);
}

class Pipes implements Disposable {
  readonly all: Pipe[];
  constructor(count: number) {
    this.all = Array.from({ length: count }, () => pipe());
  }
  [Symbol.dispose](): void {
    for (const { reader, writer } of this.all) reader.close(), writer.close();
  }
}

const put = (fd: Fd, length = 1) => write(fd.number, new Uint8Array(length), length);

/** Both twins have to say the same of what is ready. */
async function both<T extends Parameters<typeof pollSync>[0]>(items: T): Promise<PollResult> {
  const found = await poll(items, { timeout: within(5_000) });
  assertEquals(pollSync(items, { timeout: within(5_000) }), found);
  return found;
}

test("poll() says which of many are readable, once they are, and leaves nothing registered", async () => {
  using pipes = new Pipes(100);
  const before = registered();
  const readers = pipes.all.map(({ reader }) => reader);
  const polling = poll(readers);
  await null;
  put(pipes.all[42]!.writer);
  const found = await polling;
  assert(found.readable.length === 1 && found.readable[0] === readers[42]);
  assert(found.ready.length === 1 && found.ready[0] === readers[42]);
  put(pipes.all[7]!.writer);
  assertEquals((await both(readers)).readable.map((fd) => readers.indexOf(fd as Fd)), [7, 42]);
  assertEquals(registered(), before);
});

test("poll() tells reading, writing, hang-ups and errors apart", async () => {
  using pipes = new Pipes(3);
  const [open, ended, broken] = pipes.all as [Pipe, Pipe, Pipe];
  ended.writer.close();
  broken.reader.close();
  const found = await both([
    open.reader,
    { source: open.writer, write: true },
    ended.reader,
    { source: broken.writer, write: true },
    { source: broken.writer.number, read: false },
  ]);
  assertEquals(found.readable.map((source) => source === ended.reader), [true]);
  assertEquals(found.writable.map((source) => [open.writer, broken.writer].indexOf(source as Fd)), [0, 1]);
  assertEquals(found.hungUp.map((source) => source === ended.reader), [true]);
  assertEquals(found.failed.map((source) => source === broken.writer), [true, false]);
  assertEquals([found.ready.length, found.priority], [4, []]);
});

test("poll() takes sockets, and both directions of one", async () => {
  const [left, right] = socketpair();
  using _left = left;
  using _right = right;
  const item = { source: right, read: true, write: true };
  let found = await both([item]);
  assertEquals([found.readable, found.writable.length], [[], 1]);
  put(left.fd);
  found = await both([item]);
  assertEquals([found.readable.length, found.writable.length, found.ready.length], [1, 1, 1]);
  left.close();
  assert((await both([right])).hungUp[0] === right);
});

test("poll() sees a socket that has no room, and room again", async () => {
  const [left, right] = socketpair({ type: "datagram" });
  using _left = left;
  using _right = right;
  const reader = right.readable.getReader();
  const chunk = new Uint8Array(30_000);
  const writer = left.writable.getWriter();
  while ((await poll([{ source: left, write: true }], { timeout: 0 })).writable.length > 0) await writer.write(chunk);
  const polling = poll([{ source: left, write: true }], { timeout: within(5_000) });
  assertEquals(await Promise.race([polling, Promise.resolve("waits")]), "waits");
  while ((await Promise.race([polling, reader.read()]) as { writable?: unknown }).writable === undefined);
  assertEquals((await polling).writable.length, 1);
});

test("poll() sees the end of a child, that its owner may ask for or not", async () => {
  await using slow = spawn(["sleep", "60"]);
  await using quick = spawn(["sh", "-c", "read line; exit 3"], { stdin: "piped" });
  const polling = poll([slow, quick]);
  assertEquals((await poll([slow, quick], { timeout: 0 })).ready, []);
  assertEquals(pollSync([slow, quick], { timeout: 0 }).ready, []);
  await quick.stdin.close();
  assert((await polling).readable[0] === quick);
  assertEquals(quick.poll()?.code, 3);
  assert((await both([quick, slow])).readable[0] === quick);
});

test("poll() and pollSync() see a child that ends while they wait", async () => {
  await using first = spawn(["sh", "-c", "sleep 0.05"]);
  assert(pollSync([first], { timeout: within(5_000) }).readable[0] === first);
  await using second = spawn(["sh", "-c", "sleep 0.05"]);
  assert((await poll([second], { timeout: within(5_000) })).readable[0] === second);
  assertEquals((await second.status).code, 0);
});

test("poll() takes the streams of children", async () => {
  await using mute = spawn(["sleep", "60"], { stdout: "piped" });
  await using cat = spawn(["cat"], { stdin: "piped", stdout: "piped" });
  const polling = poll([mute.stdout, cat.stdout]);
  const writer = cat.stdin.getWriter();
  await writer.write(new TextEncoder().encode("heard"));
  assert((await polling).readable[0] === cat.stdout);
  assertEquals(await cat.stdout.readInto(new Uint8Array(100)), 5);
  assertEquals((await poll([cat.stdout], { timeout: 20 })).ready, []);
  await writer.close();
  assert((await poll([mute.stdout, cat.stdout])).readable[0] === cat.stdout);
  assertEquals(await cat.stdout.readInto(new Uint8Array(100)), null);
  assert((await poll([mute.stdout, cat.stdout])).readable[0] === cat.stdout);
});

test("poll() counts what the event loop has read ahead as readable", async () => {
  const whole = Input.volume;
  Input.volume = 1;
  try {
    const [left, right] = socketpair();
    using _left = left;
    using _right = right;
    const stream = right.readable as ReturnType<typeof spawn>["stdout"];
    const inKernel = () => pollAny([[right.fd.number, POLL_READ]], 0, false) as number[];
    for (let round = 0;; round++) {
      const reading = stream.readInto(new Uint8Array(1));
      await new Promise((resolve) => setTimeout(resolve));
      put(left.fd, 50);
      assertEquals(await reading, 1);
      if (inKernel().length === 0) break;
      assert(round < 100, "the event loop takes over");
      await stream.readInto(new Uint8Array(49));
    }
    for (const source of [right, stream]) {
      assert((await poll([source], { timeout: 0 })).readable[0] === source);
      assert(pollSync([source], { timeout: 0 }).readable[0] === source);
    }
    assertEquals(await stream.readInto(new Uint8Array(100)), 49);
    assertEquals((await poll([right, stream], { timeout: 20 })).ready, []);
    const polling = poll([stream]);
    put(left.fd);
    assert((await polling).readable[0] === stream);
  } finally {
    Input.volume = whole;
  }
});

test("poll() counts what an abandoned read has left in a stream as readable", async () => {
  await using cat = spawn(["cat"], { stdin: "piped", stdout: "piped" });
  const reader = cat.stdout.getReader();
  reader.read().catch(() => {});
  reader.releaseLock();
  const polling = poll([cat.stdout], { timeout: within(5_000) });
  await cat.stdin.getWriter().write(new TextEncoder().encode("x"));
  assert((await polling).readable[0] === cat.stdout);
  assert((await poll([cat.stdout], { timeout: within(5_000) })).readable[0] === cat.stdout);
});

test("poll() says that regular files are ready", async () => {
  const { stdout, stderr } = await denoSource(
    `import { poll, pollSync } from "vasty/mod.ts";
     const items = [{ source: 0, read: true, write: true }];
     const found = await poll(items);
     console.log(found.readable, found.writable, pollSync(items).ready);`,
    { under: ["sh", "-c", `exec "$@" < /etc/passwd`, "sh"] },
  );
  assertEquals([stdout, stderr], ["[ 0 ] [ 0 ] [ 0 ]\n", ""]);
});

test("poll() takes numbers above 1024", async () => {
  const { stdout, stderr } = await denoSource(
    `import { Fd, pipe, poll, pollSync } from "vasty/mod.ts";
     const { reader, writer } = pipe();
     const copies = [];
     while ((copies.at(-1)?.number ?? 0) < 1500) copies.push(reader.duplicate());
     const last = copies.at(-1);
     const polling = poll([last.number]);
     writer.close();
     console.log((await polling).readable, pollSync([last.number]).hungUp);
     console.log((await poll(copies)).readable.length === copies.length);`,
    { under: ["prlimit", "--nofile=4096"] },
  );
  assertEquals([stdout, stderr], ["[ 1500 ] [ 1500 ]\ntrue\n", ""]);
}, { needs: ["prlimit"] });

test("poll() gives nothing when its time is over, and rejects with the reason of an abort", async () => {
  using pipes = new Pipes(1);
  const { reader } = pipes.all[0]!;
  const before = registered();
  const nothing = { ready: [], readable: [], writable: [], priority: [], failed: [], hungUp: [] };
  for (const items of [[reader], []]) {
    const begin = performance.now();
    assertEquals(await poll(items, { timeout: 30 }), nothing);
    assertEquals(pollSync(items, { timeout: 30 }), nothing);
    assert(performance.now() - begin >= 58 && performance.now() - begin < within(160));
  }
  const reason = new Error("enough");
  const controller = new AbortController();
  const polling = poll([reader], { signal: controller.signal, timeout: 60_000 });
  await null;
  const begin = performance.now();
  controller.abort(reason);
  assert(await assertRejects(() => polling) === reason);
  assert(performance.now() - begin < within(50));
  assert(await assertRejects(() => poll([reader], { signal: controller.signal, timeout: 0 })) === reason);
  assertEquals(registered(), before);
});

test("poll() says so when a source is closed, before or meanwhile", async () => {
  using pipes = new Pipes(2);
  const [one, other] = pipes.all as [Pipe, Pipe];
  const polling = poll([one.reader, other.reader]);
  const { number } = one.reader;
  const byNumber = poll([number]);
  await null;
  one.reader.close();
  await assertRejects(() => polling, ClosedError);
  const error = await assertRejects(() => byNumber, SyscallError);
  assertEquals(error.message, `Cannot wait for descriptor ${number}: bad file descriptor (EBADF, epoll_ctl)`);
  await assertRejects(() => poll([one.reader]), ClosedError);
  assertThrows(() => pollSync([one.reader]), ClosedError);
  const never = assertThrows(() => pollSync([999_999]), SyscallError);
  assertEquals(never.message, "Cannot wait for descriptor 999999: bad file descriptor (EBADF, poll)");
  assertEquals(never.fd, 999_999);
});

test("poll() refuses what makes no sense", async () => {
  await assertRejects(() => poll([]), TypeError, "would never end");
  assertThrows(() => pollSync([]), TypeError, "would never end");
  for (const source of [null, undefined, "x", {}, { fd: "x" }, new ReadableStream()]) {
    await assertRejects(() => poll([source as unknown as Fd]), TypeError);
    assertThrows(() => pollSync([{ source: source as unknown as Fd }]), TypeError);
  }
  for (const number of [-1, 0.5, NaN, 2 ** 31]) await assertRejects(() => poll([number]), RangeError);
  for (const timeout of [-1, NaN]) {
    await assertRejects(() => poll([0], { timeout }), RangeError);
    assertThrows(() => pollSync([0], { timeout }), RangeError);
  }
});

test("poll(): several at once wait for the same descriptor, and one that gives up disturbs no other", async () => {
  using pipes = new Pipes(1);
  const { reader, writer } = pipes.all[0]!;
  const all = [poll([reader]), poll([reader, { source: reader, write: true }]), poll([reader])];
  assertEquals((await poll([reader], { timeout: 10 })).ready, []);
  put(writer);
  for (const found of await Promise.all(all)) assert(found.readable[0] === reader);
});

test("pollSync() runs handlers while it waits, and what they throw ends it", () => {
  using pipes = new Pipes(1);
  const { reader, writer } = pipes.all[0]!;
  try {
    SIG.USR1 = () => void put(writer);
    Deno.kill(Deno.pid, "SIGUSR1");
    assert(pollSync([reader], { timeout: within(5_000) }).readable[0] === reader);
    SIG.USR1 = () => {
      throw new Error("out");
    };
    Deno.kill(Deno.pid, "SIGUSR1");
    assertThrows(() => pollSync([{ source: reader, read: false }], { timeout: within(5_000) }), Error, "out");
  } finally {
    SIG.USR1 = "DEFAULT";
  }
});

test("poll() and pollSync() go on after an interruption", async () => {
  const { stdout, stderr } = await denoSource(
    `import { pipe, poll, pollSync } from "vasty/mod.ts";
     const { reader, writer } = pipe();
     const none = pollSync([reader], { timeout: 30 }).ready.length;
     const polling = poll([reader]);
     writer.close();
     console.log(none, (await polling).ready.length, pollSync([reader]).ready.length);`,
    { under: ["strace", "-f", "-o", "/dev/null", "-e", "inject=poll:error=EINTR:when=1+2"] },
  );
  assertEquals([stdout, stderr], ["0 1 1\n", ""]);
}, { needs: ["strace"] });
