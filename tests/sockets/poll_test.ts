import { read } from "../../ffi/unistd.ts";
import { ClosedError, type Fd, SyscallError } from "../../lib/core/mod.ts";
import { type Pipe, socketpair } from "../../lib/pipes/mod.ts";
import { SIG } from "../../lib/signals/mod.ts";
import { poll, pollSync, receiveFds } from "../../lib/sockets/mod.ts";
import { spawn } from "../../lib/processes/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, count, denoSource, test, within } from "../support/mod.ts";
import { injecting, noPtrace } from "../support/strace.ts";
import { both, Pipes, put, registered } from "./polled.ts";

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

test("poll() says EINVAL for more sources than there may be descriptors", async () => {
  const { stdout, stderr } = await denoSource(
    `import { pipe, poll, pollSync } from "vasty/mod.ts";
     const { reader } = pipe();
     const many = Array(200).fill(reader);
     await poll(many, { timeout: 0 }).catch((error) => console.log(error.message));
     try { pollSync(many); } catch (error) { console.log(error.code); }`,
    { under: ["prlimit", "--nofile=150"] },
  );
  assertEquals([stdout, stderr], ["Cannot wait for 200 descriptors: invalid argument (EINVAL, poll)\nEINVAL\n", ""]);
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

test("poll() leaves nothing behind however often it is called", async () => {
  const [left, right] = socketpair({ type: "datagram" });
  using _left = left;
  using _right = right;
  using pipes = new Pipes(10);
  const before = registered();
  const byte = new Uint8Array(1);
  const sources = [...pipes.all.map(({ reader }) => reader), right];
  for (let i = count(20_000); i > 0; i--) {
    const polling = poll<(typeof sources)[number]>(sources, { timeout: 60_000 });
    put(left.fd);
    assert((await polling).readable[0] === right);
    read(right.fd.number, byte, 1);
  }
  assertEquals(registered(), before);
});

test("poll() keeps the process alive while it waits", async () => {
  const { stdout, stderr } = await denoSource(
    `import { pipe, poll, spawn } from "vasty/mod.ts";
     const { reader } = pipe();
     console.log((await poll([reader], { timeout: 50 })).ready.length);
     const child = spawn(["sh", "-c", "sleep 0.05"]);
     child.unref();
     console.log((await poll([child, reader])).readable[0] === child);`,
    { flags: ["--allow-run=sh"] },
  );
  assertEquals([stdout, stderr], ["0\ntrue\n", ""]);
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
    { under: injecting("?poll,ppoll:error=EINTR:when=1+2") },
  );
  assertEquals([stdout, stderr], ["0 1 1\n", ""]);
}, { needs: ["strace"], skip: noPtrace() });

test("poll() tells of urgent data, and of nothing else where only that is asked for", async () => {
  const [ours, theirs] = socketpair();
  using _ours = ours;
  const source = `import socket, sys
s, l = socket.socket(fileno=3), socket.create_server(("127.0.0.1", 0))
c = socket.create_connection(l.getsockname())
a, _ = l.accept()
socket.send_fds(s, [b"x"], [c.fileno()])
a.send(b"plain")
for line in sys.stdin: a.send(b"!", socket.MSG_OOB)`;
  await using child = spawn(["/usr/bin/python3", "-c", source], { stdin: "piped", fds: { 3: theirs.fd } });
  theirs.close();
  using client = (await receiveFds(ours, { timeout: 10_000 })).fds[0]!;
  assert((await poll([client], { timeout: within(5_000) })).readable[0] === client);
  const urgent = { source: client, priority: true };
  assertEquals((await poll([urgent], { timeout: 20 })).ready, []);
  const polling = poll([urgent], { timeout: within(5_000) });
  await child.stdin.getWriter().write(new TextEncoder().encode("now\n"));
  const { ready, readable, priority } = await polling;
  assertEquals([ready.length, readable.length, priority.length], [1, 0, 1]);
  assertEquals((await both([{ ...urgent, read: true }])).readable.length, 1);
}, { needs: ["python3"] });
