import { goRound } from "../../ffi/reactor.ts";
import { ClosedError, readRecords } from "../../lib/core/mod.ts";
import { pipe } from "../../lib/core/pipe.ts";
import { Output } from "../../lib/core/output.ts";
import { stateOf } from "../../lib/core/pollable.ts";
import { byteStream } from "../../lib/core/streams.ts";
import { FifoInput, takeUnread } from "../../lib/pipes/fifo_input.ts";
import { openFifo } from "../../lib/pipes/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, test, within } from "../support/mod.ts";
import { FifoFolder, until } from "./fifo_folder.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const LIMIT = { timeout: within(20_000) };
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** An input, the descriptor that it holds, and what writes it. */
function joined() {
  const { reader, writer } = pipe();
  return { held: reader, input: FifoInput.of(reader), output: new Output(writer) };
}

test("FifoInput reads what comes first before what is in the FIFO, and is ready meanwhile", async () => {
  const { input, output } = joined();
  assertEquals(input.state.ready, false);
  await output.write(bytes("in the FIFO"));
  input.first = [bytes("one"), bytes("two"), bytes("three")];
  const target = new Uint8Array(4);
  const seen: string[] = [];
  while (input.first.length > 1) seen.push(text(target.subarray(0, await input.read(target))));
  assertEquals([seen, input.state.ready], [["one", "two"], true]);
  assertEquals([text((await input.readChunk(4))!), text((await input.readChunk(4))!)], ["thre", "e"]);
  assertEquals([text((await input.readChunk(2))!), await input.read(target), text(target)], ["in", 4, " the"]);
  output.close();
  input.close();
});

test("FifoInput tells of what a read has taken that had to wait", async () => {
  const { input, output } = joined();
  let told = 0;
  input.onTaken = () => told++;
  const target = new Uint8Array(8);
  const reading = input.read(target);
  await output.write(bytes("late"));
  assertEquals([await reading, told], [4, 1]);
  await output.write(bytes("at once"));
  assertEquals([await input.read(target), told], [7, 1]);
  const end = input.read(target);
  output.close();
  assertEquals([await end, told], [0, 1]);
  input.close();
});

test("FifoInput that is closed lets go of what holds the FIFO, and of what came first", () => {
  const { held, input, output } = joined();
  input.first = [bytes("lost")];
  input.close();
  assert(held.closed && input.first.length === 0);
  assertThrows(() => input.read(new Uint8Array(4)), ClosedError);
  output.close();
});

test("takeUnread() has what an abandoned read has taken, and nothing of a stream that is read", async () => {
  const { input, output } = joined();
  const stream = byteStream(input);
  const reader = stream.getReader();
  // Until then the stream is being started, and asks its source for nothing.
  await goRound();
  const abandoned = assertRejects(() => reader.read(), TypeError);
  reader.releaseLock();
  await abandoned;
  const taken = new Promise<void>((resolve) => input.onTaken = resolve);
  await output.write(bytes("taken"));
  await taken;
  await output.write(bytes("left"));
  input.close();
  assertEquals((await takeUnread(stream)).map(text), ["taken"]);
  assertEquals([await takeUnread(stream), stream.locked], [[], false]);
  output.close();
});

test("FifoReader.next() gives first what reads have taken that were abandoned, whenever they have", async () => {
  for (const when of ["before", "while it waits"]) {
    using folder = new FifoFolder();
    using fifo = await openFifo(folder.path, "r", { until: "closed" });
    using writer = await openFifo(folder.path, "w", LIMIT);
    const writing = writer.writable.getWriter();
    const reader = fifo.readable.getReader();
    reader.read().catch(() => {});
    reader.releaseLock();
    const early = when === "before" ? undefined : fifo.next(LIMIT);
    await writing.write(bytes("one "));
    // The stream has it, and the FIFO no more.
    if (!early) await until(() => stateOf(fifo)!.ready);
    const next = await (early ?? fifo.next(LIMIT));
    await writing.write(bytes("two"));
    const lines = readRecords(next, { separator: " " });
    assertEquals([(await lines.next()).value, next], ["one", fifo.readable]);
    await lines.return();
  }
});

test("FifoReader.next() leaves what an abandoned read has taken to a reader that holds the stream", async () => {
  using folder = new FifoFolder();
  using fifo = await openFifo(folder.path, "r", { until: "closed" });
  using writer = await openFifo(folder.path, "w", LIMIT);
  const writing = writer.writable.getWriter();
  const abandoned = fifo.readable.getReader();
  abandoned.read().catch(() => {});
  abandoned.releaseLock();
  await writing.write(bytes("one"));
  await until(() => stateOf(fifo)!.ready);
  const reader = fifo.readable.getReader();
  await writing.write(bytes("two"));
  const next = (await fifo.next(LIMIT)).getReader();
  assertEquals([await reader.read(), await next.read()].map(({ value }) => text(value!)), ["one", "two"]);
  await assertRejects(() => reader.read(), ClosedError);
});
