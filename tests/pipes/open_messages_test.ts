import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { SyscallError } from "../../lib/core/mod.ts";
import { openMessages, pipe, socketpair } from "../../lib/pipes/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, denoSource, test } from "../support/mod.ts";
import { channelPair } from "./messenger.ts";

test("openMessages() takes the descriptor over", () => {
  const [left, right] = socketpair();
  using _right = right;
  const number = left.fd.number;
  const channel = openMessages(left.fd);
  assert(left.fd.closed);
  left.close();
  assertEquals(fcntl(number, FCNTL.F_GETFD, 0), FCNTL.FD_CLOEXEC);
  channel.close();
  assert(fcntl(number, FCNTL.F_GETFD, 0) < 0);
});

test("openMessages() adopts an inherited number once, and hands it to no child", () => {
  const [left, right] = socketpair();
  using _right = right;
  const number = left.fd.release();
  fcntl(number, FCNTL.F_SETFD, 0);
  using _channel = openMessages(number);
  assertEquals(fcntl(number, FCNTL.F_GETFD, 0), FCNTL.FD_CLOEXEC);
  assertThrows(() => openMessages(number), TypeError, "was not inherited");
});

test("openMessages() refuses what carries no messages, and leaves it alone", () => {
  const { reader, writer } = pipe();
  const packets = socketpair({ type: "seqpacket" });
  const error = assertThrows(() => openMessages(reader), SyscallError);
  assertEquals([error.code, error.fd], ["ENOTSOCK", reader.number]);
  assertThrows(() => openMessages(packets[0].fd), TypeError, "stream");
  assertEquals(assertThrows(() => openMessages(9_999), SyscallError).code, "EBADF");
  for (const number of [-1, 1.5, NaN]) assertThrows(() => openMessages(number), RangeError);
  for (const maxLength of [0, -1, 1.5, 2 ** 32, NaN]) {
    assertThrows(() => openMessages(reader, { maxLength }), RangeError);
  }
  for (const owned of [reader, writer, ...packets]) owned.close();
});

test("openMessages() limits messages on both sides", async () => {
  const [left, right] = channelPair(1_000);
  using _left = left;
  using _right = right;
  await assertRejects(() => left.send("x".repeat(1_001)), RangeError, "longer than maxLength");
  await left.send("short");
  assertEquals((await right.receive())?.value, "short");
});

test("openMessages() ends with RangeError where the other side sends more than maxLength", async () => {
  const [left, right] = socketpair();
  using ours = openMessages(left.fd, { maxLength: 1_000 });
  using theirs = openMessages(right.fd);
  await theirs.send("fits");
  await theirs.send("x".repeat(2_000));
  await theirs.send("fits");
  assertEquals((await ours.receive())?.value, "fits");
  for (let i = 0; i < 2; i++) await assertRejects(() => ours.receive(), RangeError);
});

test("openMessages() ends with InvalidData where the other side sends something else", async () => {
  const [left, right] = socketpair();
  using _right = right;
  using channel = openMessages(left.fd);
  const writer = right.writable.getWriter();
  await writer.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
  await assertRejects(() => channel.receive(), Deno.errors.InvalidData);
});

/** What a program does with a channel, and that it ends then. */
const PROGRAMS: [what: string, source: string, said: string][] = [
  ["unref'd ends while it receives", "theirs.unref(); theirs.receive({ timeout: 60_000 });", ""],
  ["open ends when nothing is pending", "", ""],
  [
    "ref'd again waits",
    "theirs.unref(); theirs.ref(); theirs.receive().then((m) => console.log(m.value)); ours.send(7);",
    "7\n",
  ],
];

for (const [what, source, said] of PROGRAMS) {
  test(`openMessages(): a program whose channel is ${what}`, async () => {
    const { code, stdout, stderr } = await denoSource(
      `import { openMessages, socketpair } from "vasty/mod.ts";
       const [left, right] = socketpair();
       const ours = openMessages(left.fd);
       const theirs = openMessages(right.fd);
       ${source}`,
    );
    assertEquals([code, stdout, stderr], [0, said, ""]);
  });
}
