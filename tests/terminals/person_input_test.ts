import { write } from "../../ffi/unistd.ts";
import { keyReader } from "../../lib/terminals/person_input.ts";
import { openPty, pipe } from "../../mod.ts";
import { assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";

const text = (bytes: Uint8Array | null) => bytes && new TextDecoder().decode(bytes);

test("keyReader() reads a terminal, a pipe, a pty and a stream, and an abort takes no key", async () => {
  using pty = openPty({ settings: ["-icanon", "-echo"] });
  const { reader, writer } = pipe();
  using other = openPty({ settings: ["-onlcr"] });
  const stream = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
  const keys = stream.writable.getWriter();
  const bytes = Uint8Array.of(0x6b);
  for (
    const [input, type] of [
      [pty.slave, () => pty.write(bytes)],
      [pty.slave.number, () => pty.write(bytes)],
      [reader, () => write(writer.number, bytes, 1)],
      [other, () => write(other.slave.number, bytes, 1)],
      [stream.readable, () => keys.write(bytes)],
    ] as const
  ) {
    const stop = new AbortController();
    const given = keyReader(input);
    const reading = assertRejects(() => given.read(stop.signal), Error, "enough");
    stop.abort(new Error("enough"));
    await reading;
    given[Symbol.dispose]();
    type();
    using again = keyReader(input);
    assertEquals(text(await again.read(new AbortController().signal)), "k");
  }
  writer.close();
  using ended = keyReader(reader);
  assertEquals(await ended.read(new AbortController().signal), null);
  reader.close();
  await keys.close();
});

test("keyReader() tells the end of a terminal that is hung up, and refuses what cannot be read", async () => {
  const pty = openPty();
  using slave = pty.slave;
  using keys = keyReader(slave);
  const reading = keys.read(new AbortController().signal);
  pty.master.close();
  assertEquals(await reading, null);
  for (const wrong of [undefined, null, "x", {}]) assertThrows(() => keyReader(wrong as never), TypeError, "types at");
});
