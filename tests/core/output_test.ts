import { newPipe } from "../../ffi/descriptors.ts";
import { READABLE, ready } from "../../ffi/reactor.ts";
import { close, read } from "../../ffi/unistd.ts";
import { ClosedError, SyscallError } from "../../lib/core/errors.ts";
import { Fd } from "../../lib/core/fd.ts";
import { Output } from "../../lib/core/output.ts";
import { assert, assertEquals, assertRejects, EMULATED, test } from "../support/mod.ts";

/** An output over a pipe, and the other end of it. */
class Sink implements Disposable {
  readonly fd: Fd;
  readonly output: Output;
  #reader: number;
  constructor() {
    const [reader, writer] = newPipe() as [number, number];
    this.fd = Fd.adopt(writer);
    this.#reader = reader;
    this.output = new Output(this.fd);
  }
  /** The next bytes; none at the end. */
  async take(): Promise<Uint8Array> {
    await ready(this.#reader, READABLE).result;
    const bytes = new Uint8Array(10_000);
    return bytes.subarray(0, read(this.#reader, bytes, bytes.length));
  }
  leave(): void {
    if (this.#reader >= 0) close(this.#reader);
    this.#reader = -1;
  }
  [Symbol.dispose](): void {
    this.leave();
    this.output.close();
  }
}

test("Output.write() writes all of it, in order, however often the other side makes it wait", async () => {
  using sink = new Sink();
  const bytes = Uint8Array.from({ length: EMULATED ? 200_000 : 1_000_000 }, (_, i) => i * 7 + (i >> 8));
  const writing = sink.output.write(bytes).then(() => sink.output.close());
  let at = 0;
  for (let chunk; (chunk = await sink.take()).length > 0; at += chunk.length) {
    assertEquals(chunk.every((byte, i) => byte === bytes[at + i]), true);
  }
  await writing;
  assertEquals(at, bytes.length);
});

test("Output.write() writes a part of a larger buffer, and nothing of an empty one", async () => {
  using sink = new Sink();
  await sink.output.write(new Uint8Array(0));
  await sink.output.write(Uint8Array.of(1, 2, 3, 4).subarray(1, 3));
  assertEquals([...await sink.take()], [2, 3]);
});

test("Output.write() to nobody is a broken pipe, now and later", async () => {
  using sink = new Sink();
  sink.leave();
  const number = sink.fd.number;
  const error = await assertRejects(() => sink.output.write(Uint8Array.of(1)), Deno.errors.BrokenPipe);
  assert(error instanceof SyscallError);
  assertEquals(error.message, `Cannot write to descriptor ${number}: broken pipe (EPIPE, write)`);
  assertEquals(await assertRejects(() => sink.output.write(Uint8Array.of(1))), error);
  assert(sink.fd.closed);
});

test("Output.write() that waits learns that the other side has gone", async () => {
  using sink = new Sink();
  const writing = sink.output.write(new Uint8Array(1_000_000));
  await sink.take();
  sink.leave();
  await assertRejects(() => writing, Deno.errors.BrokenPipe);
});

test("Output.close() shows the other side the end, and rejects what waits, with a ClosedError or the reason", async () => {
  for (const reason of [undefined, new Error("mine")]) {
    using sink = new Sink();
    const writing = sink.output.write(new Uint8Array(1_000_000));
    sink.output.close(reason);
    sink.output.close(new Error("too late"));
    const error = await assertRejects(() => writing);
    assert(reason === undefined ? error instanceof ClosedError : error === reason);
    assertEquals(await assertRejects(() => sink.output.write(Uint8Array.of(1))), error);
    while ((await sink.take()).length > 0) { /* what was written before is still there */ }
  }
});
