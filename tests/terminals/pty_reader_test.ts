import { openPty, spawnPty } from "../../lib/terminals/mod.ts";
import { assert, assertEquals, assertRejects, size, test, within } from "../support/mod.ts";
import { Screen } from "./programs/screen.ts";
import { bytes } from "./programs/screen.ts";

const MIB = 1024 * 1024;
const SOAK = Deno.env.get("VASTY_SOAK") === "1";

for (const count of [1, 100, 4_000]) {
  test(`read(): ${count} bytes that were written just before the exit come whole to a late reader`, async () => {
    for (let round = 0; round < size(20); round++) {
      await using child = spawnPty(["head", "-c", `${count}`, "/dev/zero"]);
      assert((await child.status).success);
      const text = await new Screen(child).all();
      assertEquals([text.length, text.replaceAll("\0", "")], [count, ""]);
    }
  });
}

test("read(): what waits in several of the kernel's pieces comes together, as far as there is room", async () => {
  for (const room of [10_000, 65_536, 5_000]) {
    await using child = spawnPty(["head", "-c", "10000", "/dev/zero"]);
    assert((await child.status).success);
    const target = new Uint8Array(room).fill(1);
    const counts: number[] = [];
    for (let count; (count = await child.read(target)) !== null;) {
      counts.push(count);
      assertEquals(target.indexOf(1), count < room ? count : -1);
      target.fill(1);
    }
    // The kernel's own thread carries them, and may be caught in the middle of it: then the rest is a further read's.
    assert(counts[0]! > 4_095, counts.join());
    assertEquals(counts.reduce((sum, count) => sum + count), 10_000);
  }
});

test("read(): 8 MiB that end with the child come whole", async () => {
  const total = size(8 * MIB);
  await using child = spawnPty(["sh", "-c", `head -c ${total} /dev/zero; printf END`]);
  const text = await new Screen(child).all();
  assertEquals([text.length, text.slice(-5)], [total + 3, "\0\0END"]);
  assert((await child.status).success);
});

test("read(): a reader of a few bytes at a time gets all of them", async () => {
  await using child = spawnPty(["seq", "1", `${size(20_000)}`]);
  const chunk = new Uint8Array(7);
  let text = "";
  for (let n; (n = await child.read(chunk)) !== null;) text += new TextDecoder().decode(chunk.subarray(0, n));
  assertEquals(text.split("\r\n").slice(0, -1), Array.from({ length: size(20_000) }, (_, i) => `${i + 1}`));
});

/** The time until `ms` after `start`. */
function at(start: number, ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, start + ms - performance.now())));
}

test("read(): a reader of 1 MB a second holds the writer up, loses nothing, and ^C comes through at once", async () => {
  const total = SOAK ? 1024 * MIB : size(MIB);
  await using child = spawnPty(["seq", "1", "1000000000"]);
  const chunk = new Uint8Array(16_384);
  const decoder = new TextDecoder();
  const before = Deno.memoryUsage().rss;
  const start = performance.now();
  let next = 1;
  let rest = "";
  for (let seen = 0; seen < total;) {
    const count = (await child.read(chunk))!;
    const lines = (rest + decoder.decode(chunk.subarray(0, count))).split("\r\n");
    rest = lines.pop()!;
    for (const line of lines) if (line !== `${next++}`) throw new Error(`${line} came in place of ${next - 1}`);
    await at(start, (seen += count) / 1_000);
  }
  assert(Deno.memoryUsage().rss - before < 100 * MIB);
  const typed = performance.now();
  await child.write(bytes("\x03"));
  assertEquals((await child.status).signal, "SIGINT");
  assert(performance.now() - typed < within(1_000));
  // The signal empties what was on its way, as on every terminal.
  assert((await new Screen(child).all()).length < MIB);
});

test("read(): the end of the output and the end of the child are two things", async () => {
  // It says that it is there once it does not end of the HUP that it gets when the shell does.
  const source = `(trap "" HUP; exec sh -c 'echo $$; exec sleep 1000') & read line; exit 3`;
  await using child = spawnPty(["sh", "-c", source]);
  const screen = new Screen(child);
  const other = parseInt(await screen.until("\r\n"));
  await screen.type("\n", "\r\n");
  assertEquals((await child.status).code, 3);
  await assertRejects(() => child.read(new Uint8Array(1), { timeout: 50 }), DOMException, "Timed out");
  assert(other > 1);
  Deno.kill(other, "SIGKILL");
  assertEquals(await child.read(new Uint8Array(1)), null);
  assertEquals(await child.read(new Uint8Array(1)), null);
});

test("read(): of a terminal that no child was started on, the end lasts until it is opened again", async () => {
  using pty = openPty();
  const chunk = new Uint8Array(10);
  const late = await assertRejects(() => pty.read(chunk, { timeout: 20 }), DOMException);
  assertEquals(late.message, `Timed out after 20 ms: read terminal "${pty.path}"`);
  assert(pty.slave.number > 2);
  pty.closeSlave();
  assertEquals(await pty.read(chunk), null);
  assert(pty.slave.number > 2);
  await assertRejects(() => pty.read(chunk, { timeout: 20 }), DOMException, "Timed out");
});

test("read(): whoever gives up takes nothing, and closing ends the wait", async () => {
  using pty = openPty();
  const { slave } = pty;
  assert(slave.number > 2);
  const giving = new AbortController();
  const reading = pty.read(new Uint8Array(10), { signal: giving.signal });
  const second = pty.read(new Uint8Array(1));
  const third = pty.read(new Uint8Array(10));
  giving.abort(new Error("enough"));
  await assertRejects(() => reading, Error, "enough");
  // Its echo is what is read.
  await pty.write(bytes("ab\n"));
  assertEquals([await second, await third], [1, 3]);
  await assertRejects(() => pty.read("x" as unknown as Uint8Array<ArrayBuffer>), TypeError);
  await assertRejects(() => pty.read(new Uint8Array(1), { timeout: -1 }), RangeError);
  assertEquals(await pty.read(new Uint8Array(0)), 0);
  const last = pty.read(new Uint8Array(1));
  pty.close();
  await assertRejects(() => last, Deno.errors.BadResource);
  await assertRejects(() => pty.read(new Uint8Array(1)), Deno.errors.BadResource, "The terminal was closed");
});
