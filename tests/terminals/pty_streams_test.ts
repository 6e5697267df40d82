import { openPty, spawnPty } from "../../lib/terminals/mod.ts";
import { assert, assertEquals, assertRejects, test, within } from "../support/mod.ts";
import { bytes, Screen } from "./programs/screen.ts";

test("readable and writable: text in, text out, and the end by closing", async () => {
  await using child = spawnPty(["sh", "-c", "stty -echo; exec cat"]);
  // Until echo is off.
  await new Screen(child).type("x\n", "x\r\n");
  const text = new Response(child.readable).text();
  const writer = child.writable.getWriter();
  await writer.write(bytes("one\ntwo\n"));
  await writer.write(bytes("three"));
  await writer.close();
  assert((await text).endsWith("one\r\ntwo\r\nthree"));
  assert((await child.status).success);
});

test("writable: closing does nothing to a raw terminal", async () => {
  await using child = spawnPty(["sh", "-c", "stty raw -echo; echo READY; head -c 1 | od -An -tx1"]);
  const screen = new Screen(child);
  await screen.until("READY\n");
  await child.writable.close();
  assertEquals(await screen.type("a", "\n"), " 61\n");
});

test("writable: aborting ends a write that waits, and leaves the terminal", async () => {
  using pty = openPty();
  assert(pty.slave.number > 2);
  const writer = pty.writable.getWriter();
  const writing = writer.write(bytes("line\n".repeat(100_000)));
  const start = performance.now();
  const aborting = writer.abort(new Error("enough"));
  await assertRejects(() => writing, Error, "enough");
  await aborting;
  assert(performance.now() - start < within(100));
  assertEquals(pty.closed, false);
});

test("readable: cancelling closes the terminal, and closing ends a read of it", async () => {
  await using child = spawnPty(["cat"]);
  await child.readable.cancel();
  assertEquals([child.closed, (await child.status).signal], [true, "SIGHUP"]);
  using pty = openPty();
  const reading = pty.readable.getReader().read();
  pty.close();
  await assertRejects(() => reading, Deno.errors.BadResource);
});
