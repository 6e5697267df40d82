import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { ClosedError, SyscallError } from "../../lib/core/mod.ts";
import { type SocketEnd, socketpair, type SocketType } from "../../lib/pipes/mod.ts";
import { capture, spawn } from "../../lib/processes/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, denoSource, size, test } from "../support/mod.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const isNonBlocking = ({ fd }: SocketEnd) => (fcntl(fd.number, FCNTL.F_GETFL, 0) & FCNTL.O_NONBLOCK) !== 0;

/** Write and close. */
async function put(end: SocketEnd, ...chunks: string[]): Promise<void> {
  const writer = end.writable.getWriter();
  for (const chunk of chunks) await writer.write(bytes(chunk));
  await writer.close();
}

test("socketpair() carries bytes both ways, and each way has its own end", async () => {
  const [left, right] = socketpair();
  using _left = left;
  using _right = right;
  await put(left, "there ", "and");
  assertEquals(await new Response(right.readable).text(), "there and");
  await put(right, " back");
  assertEquals(await new Response(left.readable).text(), " back");
});

test("socketpair() gives ends that no child inherits, blocking until they are used here", async () => {
  const [left, right] = socketpair();
  using _left = left;
  using _right = right;
  const { stdout } = await capture(["sh", "-c", "ls /proc/self/fd"]);
  assertEquals(stdout.trim().split("\n").length, 4);
  assertEquals([isNonBlocking(left), isNonBlocking(right)], [false, false]);
  left.readable;
  assertEquals([isNonBlocking(left), isNonBlocking(right)], [true, false]);
});

test("socketpair() is the standard input and output of a child", async () => {
  const [ours, theirs] = socketpair();
  using _ours = ours;
  await using child = spawn(["tr", "a-z", "A-Z"], { stdin: theirs.fd, stdout: theirs.fd });
  theirs.close();
  await put(ours, "hello");
  assertEquals(await new Response(ours.readable).text(), "HELLO");
  assertEquals((await child.status).code, 0);
});

for (const type of ["seqpacket", "datagram"] as const) {
  test(`socketpair({ type: "${type}" }) keeps the limits of what was written`, async () => {
    const [left, right] = socketpair({ type });
    using _left = left;
    using _right = right;
    const writing = put(left, "one", "two", "x".repeat(100_000));
    const reader = right.readable.getReader();
    const lengths: (number | undefined)[] = [];
    while (lengths.length < 3) lengths.push((await reader.read()).value?.length);
    assertEquals(lengths, [3, 3, 100_000]);
    await writing;
    if (type === "seqpacket") assertEquals((await reader.read()).done, true);
  });

  test(`socketpair({ type: "${type}" }) refuses packets that are empty or too large`, async () => {
    for (const [length, expected] of [[0, RangeError], [4_000_000, SyscallError]] as const) {
      const [left, right] = socketpair({ type });
      using _left = left;
      using _right = right;
      const error = await assertRejects(() => left.writable.getWriter().write(new Uint8Array(length)), expected);
      if (error instanceof SyscallError) assertEquals(error.code, "EMSGSIZE");
    }
  });
}

const GONE: [type: SocketType, code: string][] = [["stream", "EPIPE"], ["seqpacket", "EPIPE"], [
  "datagram",
  "ECONNREFUSED",
]];

for (const [type, code] of GONE) {
  test(`SocketEnd.writable of type ${type} fails with ${code} when the other end is closed`, async () => {
    const [left, right] = socketpair({ type });
    using _left = left;
    right.close();
    const error = await assertRejects(() => left.writable.getWriter().write(bytes("x")), SyscallError);
    assertEquals(error.code, code);
  });
}

test("SocketEnd.readable: volume arrives whole, and the other direction goes on", async () => {
  const [left, right] = socketpair();
  using _left = left;
  using _right = right;
  const sent = new Uint8Array(size(20_000_000)).map((_, i) => i * 7 + (i >> 8));
  const writer = left.writable.getWriter();
  const writing = writer.write(sent).then(() => writer.close());
  let at = 0;
  for await (const chunk of right.readable) {
    assert(chunk.every((byte, i) => byte === sent[at + i]));
    at += chunk.length;
  }
  assertEquals(at, sent.length);
  await writing;
  await put(right, "still");
  assertEquals(await new Response(left.readable).text(), "still");
});

test("SocketEnd.readable: cancelling it makes the other end's writes fail", async () => {
  for (const type of ["stream", "seqpacket"] as const) {
    const [left, right] = socketpair({ type });
    using _left = left;
    using _right = right;
    await right.readable.cancel();
    const error = await assertRejects(() => left.writable.getWriter().write(bytes("x")), SyscallError);
    assertEquals(error.code, "EPIPE");
  }
});

test("SocketEnd.writable waits while nobody reads; closing it here is a ClosedError", async () => {
  const [left, right] = socketpair();
  using _right = right;
  const writing = left.writable.getWriter().write(new Uint8Array(1_000_000));
  const reading = left.readable.getReader().read();
  assertEquals(await Promise.race([writing, reading, Promise.resolve("waits")]), "waits");
  left.close();
  left.close();
  for (const pending of [writing, reading]) await assertRejects(() => pending, ClosedError);
});

test("SocketEnd.writable that was given no bytes shows the other end the end", async () => {
  const [left, right] = socketpair();
  using _left = left;
  using _right = right;
  const writer = left.writable.getWriter();
  await assertRejects(
    () => writer.write("text" as unknown as Uint8Array<ArrayBuffer>),
    TypeError,
    "takes a Uint8Array",
  );
  await writer.closed.catch(() => {});
  assertEquals((await right.readable.getReader().read()).done, true);
});

test("SocketEnd.shutdown() ends one direction, or both", async () => {
  const [left, right] = socketpair();
  using _left = left;
  using _right = right;
  left.shutdown();
  assertEquals(await new Response(right.readable).text(), "");
  await put(right, "heard");
  assertEquals(await new Response(left.readable).text(), "heard");
  left.shutdown("both");
  assertThrows(() => left.shutdown("sideways" as "read"), TypeError);
  left.close();
  assertThrows(() => left.shutdown(), ClosedError);
});

test("SocketEnd cannot be used after it was closed", () => {
  for (const type of ["stream", "seqpacket"] as const) {
    const [left, right] = socketpair({ type });
    [left, right].forEach((end) => end.close());
    assertThrows(() => left.writable, ClosedError);
    assertThrows(() => left.fd.number, ClosedError);
  }
});

test("socketpair() refuses a type that is none", () => {
  for (const type of ["raw", "toString", ""]) assertThrows(() => socketpair({ type: type as "stream" }), TypeError);
});

test("socketpair() says EMFILE when there are too many descriptors", async () => {
  const { stdout, stderr } = await denoSource(
    `import { socketpair } from "vasty/mod.ts";
     const made = [];
     for (;;) {
       try {
         made.push(...socketpair());
       } catch (error) {
         console.log(error.message, made.length > 10);
         break;
       }
     }
     Deno.exit();`,
    { under: ["prlimit", "--nofile=100"] },
  );
  assertEquals([stdout, stderr], [
    "Cannot make a pair of sockets: too many open files (EMFILE, socketpair) true\n",
    "",
  ]);
}, { needs: ["prlimit"] });

for (const type of ["stream", "seqpacket"] as const) {
  test(`SocketEnd.unref() lets a program end while it reads a ${type} socket`, async () => {
    const { code } = await denoSource(
      `import { socketpair } from "vasty/mod.ts";
       const [left] = socketpair({ type: "${type}" });
       left.unref();
       left.readable.getReader().read();`,
    );
    assertEquals(code, 0);
  });
}
