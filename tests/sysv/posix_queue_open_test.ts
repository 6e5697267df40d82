import { PosixMessageQueue, SyscallError } from "../../mod.ts";
import { assertEquals, assertMatch, assertRejects, assertThrows, denoSource, EMULATED, test } from "../support/mod.ts";
import { injecting, noPtrace } from "../support/strace.ts";
import { opened } from "../support/opened.ts";
import { freshName } from "./posix_peer.ts";

const DEFAULTS = { maxMessages: 10, messageSize: 8_192 };

test("PosixMessageQueue.create() has the kernel's limits unless they are given, and keeps those that are there", () => {
  const rows = [[{}, DEFAULTS], [{ maxMessages: 1 }, { ...DEFAULTS, maxMessages: 1 }], [{ messageSize: 1 }, {
    ...DEFAULTS,
    messageSize: 1,
  }]] as const;
  for (const [options, expected] of rows) {
    const name = freshName();
    using queue = PosixMessageQueue.create(name, options);
    using same = PosixMessageQueue.create(name, { maxMessages: 5, messageSize: 5 });
    queue.unlink();
    for (const { maxMessages, messageSize } of [queue, same]) assertEquals({ maxMessages, messageSize }, expected);
  }
});

test("PosixMessageQueue is opened to receive, to send, or for both", async () => {
  const name = freshName();
  using reader = PosixMessageQueue.create(name, { write: false, mode: 0o200 });
  using writer = PosixMessageQueue.open(name, { read: false });
  assertEquals([reader.readable, reader.writable, writer.readable, writer.writable], [true, false, false, true]);
  const receiving = reader.receive({ timeout: 10_000 });
  await writer.send("x");
  assertEquals((await receiving).text(), "x");
  await assertRejects(() => reader.send("x"), TypeError, "was not opened to send");
  await assertRejects(() => writer.receive(), TypeError, "was not opened to receive");
  assertThrows(() => reader.trySend("x"), TypeError);
  assertThrows(() => writer.receiveSync(), TypeError);
  assertThrows(() => PosixMessageQueue.open(name, { read: false, write: false }), TypeError);
  reader.unlink();
});

test("PosixMessageQueue.create() refuses limits before any call, and names the system's", () => {
  const name = freshName();
  for (const wrong of [0, -1, 1.5, NaN, 2 ** 60]) {
    assertThrows(() => PosixMessageQueue.create(name, { maxMessages: wrong }), RangeError, "maxMessages");
    assertThrows(() => PosixMessageQueue.create(name, { messageSize: wrong }), RangeError, "messageSize");
  }
  for (const limits of [{ maxMessages: 65_537 }, { messageSize: 2 ** 24 + 1 }]) {
    const error = assertThrows(() => PosixMessageQueue.create(name, limits), SyscallError);
    assertEquals([error.code, error.syscall, error.path], ["EINVAL", "mq_open", name]);
    assertMatch(
      error.message,
      /of \d+ messages of \d+ bytes, beyond \/proc\/sys\/fs\/mqueue\/msg_max or .*msgsize_max: /,
    );
  }
  assertThrows(() => PosixMessageQueue.open(name), Deno.errors.NotFound);
});

const CREATE = (name: string) => `
  import { PosixMessageQueue } from "vasty/mod.ts";
  try { PosixMessageQueue.create("${name}", { maxMessages: 10, messageSize: 1000 }); } catch (error) { console.log(error.message); }
  try { PosixMessageQueue.unlink("${name}"); } catch (error) { console.log(error.message); }`;

test("PosixMessageQueue.create() names the limit of a user's bytes", async () => {
  const name = freshName();
  const { stdout } = await denoSource(CREATE(name), { under: ["prlimit", "--msgqueue=1000"] });
  assertMatch(stdout, /beyond the bytes \(RLIMIT_MSGQUEUE\) or .*too many open files \(EMFILE, mq_open\)\n.*\(ENOENT/);
}, { needs: ["prlimit"], skip: EMULATED && "emulation does not set this limit" });

for (
  const [call, error, message] of [
    ["mq_open", "ENOSPC", /there are as many as \/proc\/sys\/fs\/mqueue\/queues_max allows: .*\(ENOSPC, mq_open\)\n/],
    ["fchmod", "EIO", /Cannot set the mode of message queue .*\(EIO, fchmod\)\n/],
    ["mq_getsetattr", "EIO", /Cannot ask about message queue .*\(EIO, mq_getattr\)\n/],
  ] as const
) {
  test(`PosixMessageQueue.create() leaves nothing behind where ${call} fails with ${error}`, async () => {
    const { stdout } = await denoSource(CREATE(freshName()), { under: injecting(`${call}:error=${error}`) });
    assertMatch(stdout, message);
    assertMatch(stdout, /ENOENT, mq_unlink/);
  }, { needs: ["strace"], skip: noPtrace() });
}

test("PosixMessageQueue.create() that fails leaves no descriptor", () => {
  const before = opened();
  const name = freshName();
  assertThrows(() => PosixMessageQueue.create(name, { maxMessages: 65_537 }), SyscallError);
  assertThrows(() => PosixMessageQueue.open(name), SyscallError);
  assertEquals(opened(), before);
});
