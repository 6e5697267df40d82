import { isReady, POLL_READ } from "../../ffi/poll.ts";
import { read } from "../../ffi/unistd.ts";
import { screenOf } from "../../lib/terminals/person_output.ts";
import { openPty, pipe, SyscallError } from "../../mod.ts";
import { assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";

const { signal } = new AbortController();

test("screenOf() shows all on a terminal and a pipe that are full meanwhile", async () => {
  const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => 32 + i % 90);
  using pty = openPty({ settings: ["-opost"] });
  const ends = pipe();
  for (const [output, from] of [[pty.slave, pty.master.number], [ends.writer, ends.reader.number]] as const) {
    using screen = screenOf(output);
    let shown = false;
    const showing = screen.show(bytes, signal).then(() => shown = true);
    const got = new Uint8Array(bytes.length);
    for (let at = 0; at < got.length;) {
      if (isReady(from, POLL_READ)) at += read(from, got.subarray(at), got.length - at);
      else await new Promise((resolve) => setTimeout(resolve, 0));
    }
    await showing;
    assertEquals([shown, got], [true, bytes]);
  }
  ends.reader.close();
  using broken = screenOf(ends.writer);
  await assertRejects(() => broken.show(bytes, signal), SyscallError, "EPIPE");
  ends.writer.close();
});

test("screenOf() gives up where nobody makes room", async () => {
  using pty = openPty();
  using screen = screenOf(pty.slave);
  const stop = new AbortController();
  const showing = assertRejects(() => screen.show(new Uint8Array(300_000), stop.signal), Error, "enough");
  stop.abort(new Error("enough"));
  await showing;
});

test("screenOf() takes streams and what writes, and refuses the rest", async () => {
  const stream = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
  const text = new Response(stream.readable).text();
  const screen = screenOf(stream.writable);
  await screen.show(new TextEncoder().encode("shown"), signal);
  screen[Symbol.dispose]();
  await stream.writable.close();
  assertEquals(await text, "shown");
  const parts: number[] = [];
  await screenOf({ write: ({ length }) => (parts.push(length), Promise.resolve(Math.min(2, length))) }).show(
    new Uint8Array(5),
    signal,
  );
  assertEquals(parts, [5, 3, 1]);
  for (const wrong of [undefined, "x", {}]) assertThrows(() => screenOf(wrong as never), TypeError, "looks at");
});
