import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { fcntl, open } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { Fd, readLines, SyscallError } from "../../lib/core/mod.ts";
import { byteStream } from "../../lib/core/streams.ts";
import { Input } from "../../lib/core/input.ts";
import { type Messages, pipe } from "../../lib/pipes/mod.ts";
import type { Child } from "../../lib/processes/mod.ts";
import { assert, assertEquals, assertRejects, sample, size, test } from "../support/mod.ts";
import { injecting, noPtrace } from "../support/strace.ts";
import { channelPair, messenger } from "./messenger.ts";

async function echoed(channel: Messages, value: unknown, fds: Fd[] = []): Promise<unknown> {
  await channel.send(value, { fds });
  using message = await channel.receive();
  assertEquals(message?.fds.length, fds.length);
  return message?.value;
}

test("Messages go to a program of its own and back", async () => {
  await using peer = messenger("echo");
  const values = [new Map([["when", new Date(5)]]), "x".repeat(size(5_000_000)), undefined];
  for (const value of values) assertEquals(await echoed(peer.channel, value), value);
  await peer.channel.end();
  assertEquals(await peer.channel.receive(), null);
  assertEquals((await peer.child.status).code, 0);
});

/** All that comes out of a pipe. */
function textOf(reader: Fd): Promise<string> {
  return new Response(byteStream(new Input(reader))).text();
}

test("Messages carry a pipe and a file, which the other side writes to", async () => {
  const path = await Deno.makeTempFile();
  try {
    await using peer = messenger("write", { flags: ["--allow-run=echo"] });
    const { reader, writer } = pipe();
    using file = Fd.adopt(open(cString(path), FCNTL.O_WRONLY | FCNTL.O_CLOEXEC, 0));
    await peer.channel.send("hello", { fds: [writer, file] });
    // The sender keeps its own.
    writer.close();
    using answer = await peer.channel.receive();
    assertEquals(answer?.value, "written");
    // The end comes: the other side has closed its copy with the message.
    assertEquals(await textOf(reader), "hello\n");
    assertEquals(await Deno.readTextFile(path), "hello\n");
  } finally {
    await Deno.remove(path);
  }
}, { skip: sample(false) });

test("Messages.receive() says UnexpectedEof where the other side was killed in the middle of one", async () => {
  await using peer = messenger("stuck", {}, { stdout: "piped" });
  for await (const line of readLines(peer.child.stdout)) if (line === "BEGUN") break;
  peer.child.kill("SIGKILL");
  assertEquals((await peer.child.status).signal, "SIGKILL");
  const error = await assertRejects(() => peer.channel.receive(), Deno.errors.UnexpectedEof);
  assert(/in the middle of a message: \d+ of \d+ bytes came/.test(error.message), error.message);
  await assertRejects(() => peer.channel.receive(), Deno.errors.UnexpectedEof);
  await assertRejects(() => peer.channel.send(1), SyscallError);
});

test("Messages.receive() says EMFILE where there is no room for descriptors, and goes on", async () => {
  await using peer = messenger("full", { under: ["prlimit", "--nofile=80"] });
  assertEquals(await echoed(peer.channel, 1), 1);
  const { reader, writer } = pipe();
  using _reader = reader;
  using _writer = writer;
  await peer.channel.send("lost", { fds: [reader, writer] });
  await peer.channel.send("found", { fds: [reader, writer] });
  using message = await peer.channel.receive();
  const words = "Cannot take the descriptors of a message: too many open files (EMFILE, recvmsg)";
  assertEquals(message?.value, [words, ["found", 2]]);
}, { needs: ["prlimit"], skip: sample(false) });

test("Messages give descriptors to the message that they were sent with", async () => {
  const [left, right] = channelPair<number>();
  using _left = left;
  using _right = right;
  const pipes = Array.from({ length: 4 }, () => pipe());
  const order = [0, 3, 0, 0, 1, 2];
  const sending = Promise.all(
    order.map((n, i) => left.send(i, { fds: pipes.slice(0, n).map(({ writer }) => writer) })),
  );
  for (const [i, n] of order.entries()) {
    using message = await right.receive();
    assertEquals([message?.value, message?.fds.length], [i, n]);
    for (const { number } of message!.fds) {
      assert(number > 2 && fcntl(number, FCNTL.F_GETFD, 0) === FCNTL.FD_CLOEXEC);
    }
  }
  await sending;
  for (const { reader, writer } of pipes) [reader, writer].forEach((end) => end.close());
});

test("Messages close descriptors that were sent and never received", async () => {
  const [left, right] = channelPair();
  const pipes = Array.from({ length: 3 }, () => pipe());
  for (const { writer } of pipes) {
    await left.send("x", { fds: [writer] });
    writer.close();
  }
  // One is received, one has come with it, the last is in the socket, or all were read at once.
  using message = await right.receive();
  assertEquals(message?.fds.length, 1);
  right.close();
  left.close();
  message![Symbol.dispose]();
  // No copy is left: the end comes.
  assertEquals(await Promise.all(pipes.map(({ reader }) => textOf(reader))), ["", "", ""]);
});

test("Messages.send() takes 253 descriptors, and refuses more and what is none", async () => {
  const [left, right] = channelPair();
  using _left = left;
  using _right = right;
  const { reader, writer } = pipe();
  using _reader = reader;
  using _writer = writer;
  await left.send("many", { fds: Array(253).fill(writer) });
  using message = await right.receive();
  assertEquals(message?.fds.length, 253);
  await assertRejects(() => left.send("more", { fds: Array(254).fill(writer) }), RangeError);
  await assertRejects(() => left.send("more", { fds: [3 as unknown as Fd] }), TypeError);
});

const NEEDS_PTRACE = { needs: ["strace"], skip: noPtrace() };

/** What fails in the other side, and what its echo still does. */
const INJECTIONS = [
  "recvmsg:error=EINTR:when=1+2",
  "sendmsg:error=EINTR:when=1+2",
  "recvmsg:error=EAGAIN:when=1+3",
  "sendmsg:error=EAGAIN:when=1+3",
];

for (const inject of INJECTIONS) {
  test(`Messages come and go under ${inject}`, async () => {
    await using peer = messenger("echo", { under: injecting(inject) });
    for (let i = 0; i < 5; i++) assertEquals(await echoed(peer.channel, i), i);
    const long = "x".repeat(1_000_000);
    assertEquals(await echoed(peer.channel, long), long);
  }, NEEDS_PTRACE);
}

/** The first line that a program writes, as JSON. */
async function report(child: Child): Promise<unknown> {
  for await (const line of readLines(child.stdout)) if (line.startsWith("[")) return JSON.parse(line);
}

/** A failure of the system, what two sends come to then, and what arrives. */
const FAILURES: [inject: string, outcomes: string[], arrives: number | typeof Deno.errors.UnexpectedEof][] = [
  ["sendmsg:error=ETOOMANYREFS:when=1", ["ETOOMANYREFS", "sent"], 1],
  ["sendmsg:error=ENOBUFS:when=2", ["ENOBUFS", "ENOBUFS"], Deno.errors.UnexpectedEof],
];

for (const [inject, outcomes, arrives] of FAILURES) {
  test(`Messages.send() under ${inject}: ${outcomes}, and nothing arrives in part`, async () => {
    await using peer = messenger("twice", { under: injecting(inject) }, { stdout: "piped" });
    const receiving = peer.channel.receive();
    if (typeof arrives === "number") assertEquals((await receiving)?.value, new Uint8Array(1_000_000));
    else await assertRejects(() => receiving, arrives);
    assertEquals(await report(peer.child), outcomes);
  }, NEEDS_PTRACE);
}
