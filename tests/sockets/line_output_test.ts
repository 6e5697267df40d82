import { ERRNO } from "../../ffi/abi/errno.ts";
import { syscallError } from "../../lib/core/errors.ts";
import { LineOutput } from "../../lib/sockets/line_output.ts";
import { assertEquals, assertRejects, test } from "../support/mod.ts";
import { Takes } from "./connections.ts";
import { bytes, text } from "./loopback.ts";

const timeout = new DOMException("late", "TimeoutError");

test("LineOutput sends at once, and in as many pieces as the sink takes", async () => {
  const sink = new Takes(1, 2);
  const output = new LineOutput(sink);
  await output.write(bytes("abcdef"), {});
  await output.write(bytes(""), {});
  assertEquals(sink.sent, ["a", "bc", "def"]);
});

test("LineOutput without autoflush collects 8 KiB, and flush() sends what waits", async () => {
  const sink = new Takes();
  const output = new LineOutput(sink);
  output.autoflush = false;
  for (let i = 0; i < 8_191; i++) await output.write(bytes("x"), {});
  assertEquals([sink.sent, output.buffered], [[], 8_191]);
  await output.write(bytes("y"), {});
  assertEquals([sink.sent.map(({ length }) => length), output.buffered], [[8_192], 0]);
  await output.write(bytes("z"), {});
  await output.flush({});
  await output.write(bytes("z"), {});
  await output.write(new Uint8Array(100_000), {});
  assertEquals(sink.sent.slice(1).map(({ length }) => length), [1, 1, 100_000]);
});

test("LineOutput forgets a write of which nothing has gone, and keeps the rest of one that has begun", async () => {
  const sink = new Takes(timeout, 2, timeout, timeout, 1, timeout);
  const output = new LineOutput(sink);
  await assertRejects(() => output.write(bytes("never"), {}), DOMException, "late");
  assertEquals(output.buffered, 0);
  await assertRejects(() => output.write(bytes("begun\n"), {}), DOMException);
  assertEquals(text(output.rest), "gun\n");
  await assertRejects(() => output.write(bytes("not begun\n"), {}), DOMException);
  assertEquals(text(output.rest), "gun\n");
  await assertRejects(() => output.write(new Uint8Array(100_000), {}), DOMException);
  assertEquals(text(output.rest), "un\n");
  await output.write(bytes("next\n"), {});
  assertEquals(sink.sent, ["be", "g", "un\nnext\n"]);
});

test("LineOutput keeps the rest of a write that was joined to what waited", async () => {
  const sink = new Takes(5, timeout);
  const output = new LineOutput(sink);
  output.autoflush = false;
  await output.write(bytes("abc"), {});
  output.autoflush = true;
  await assertRejects(() => output.write(bytes("defg"), {}), DOMException);
  assertEquals(text(output.rest), "fg");
  await output.flush({});
  assertEquals(sink.sent, ["abcde", "fg"]);
});

test("LineOutput has nothing left for a peer that has gone, but for one that may come back", async () => {
  const gone = syscallError("send", ERRNO.EPIPE, "sendto");
  const tight = syscallError("send", ERRNO.ENOMEM, "sendto");
  for (const [error, left] of [[gone, 0], [tight, 2]] as const) {
    const output = new LineOutput(new Takes(1, error));
    assertEquals(await output.write(bytes("abc"), {}).catch((reason) => reason), error);
    assertEquals(output.buffered, left);
    const collecting = new LineOutput(new Takes(error));
    collecting.autoflush = false;
    await collecting.write(bytes("ab"), {});
    assertEquals(await collecting.flush({}).catch((reason) => reason), error);
    assertEquals(collecting.buffered, left);
  }
});
