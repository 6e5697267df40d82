import { read } from "../../ffi/unistd.ts";
import { openPty, spawnPty } from "../../lib/terminals/mod.ts";
import { typeInto } from "../../lib/terminals/pty.ts";
import { assert, assertEquals, assertRejects, size, test, within } from "../support/mod.ts";
import { bytes, Screen } from "./programs/screen.ts";

const MIB = 1024 * 1024;

async function sha256(data: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data)).toHex();
}

/** So many bytes, of all values, in no simple order. */
function mixed(count: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: count }, (_, i) => i ^ (i >> 8) ^ (i >> 16));
}

test("write(): 1 MiB of all values passes in raw mode, in one line", async () => {
  const data = mixed(size(MIB));
  const source = `stty raw -echo; echo READY; head -c ${data.length} | sha256sum`;
  await using child = spawnPty(["sh", "-c", source]);
  const screen = new Screen(child);
  await screen.until("READY\n");
  assertEquals(await child.write(data), data.length);
  assertEquals(await screen.until(" "), `${await sha256(data)} `);
});

test("typeInto() takes a copy of what has to wait: its caller's memory may be another's by then", async () => {
  const data = mixed(size(MIB));
  const digest = await sha256(data);
  await using child = spawnPty(["sh", "-c", `stty raw -echo; echo READY; head -c ${data.length} | sha256sum`]);
  const screen = new Screen(child);
  await screen.until("READY\n");
  const typing = typeInto(child, data);
  data.fill(0);
  assert(typing !== undefined);
  assertEquals(await screen.until(" "), `${digest} `);
  await typing;
});

test("write() and read(): all 256 values go both ways", async () => {
  const data = mixed(64 * 1024);
  await using child = spawnPty(["sh", "-c", `stty raw -echo; echo READY; exec head -c ${data.length}`]);
  await new Screen(child).until("READY\n");
  const writing = child.write(data, { timeout: within(10_000) });
  const back = new Uint8Array(data.length);
  let length = 0;
  for (let count; (count = await child.read(back.subarray(length))) !== null && length < back.length;) length += count;
  await writing;
  assertEquals(length, back.length);
  assertEquals(await sha256(back), await sha256(data));
});

test("write(): a child that does not read blocks nobody; who gives up hears at once, and knows how much was typed", async () => {
  await using child = spawnPty(["sh", "-c", "stty -echo; echo READY; exec sleep 1000"]);
  await new Screen(child).until("READY\r\n");
  const lines = bytes(`${"x".repeat(99)}\n`.repeat(10_000));
  const giving = new AbortController();
  const writing = child.write(lines, { signal: giving.signal });
  const next = child.write(bytes("never\n"), { timeout: 60 });
  const { message } = await assertRejects(() => next, DOMException);
  assertEquals(message, `Timed out after 60 ms: write to terminal "${child.path}", whose program does not read`);
  const { bytesWritten } = child;
  assert(bytesWritten > 1_000 && bytesWritten < lines.length, `${bytesWritten}`);
  const start = performance.now();
  giving.abort();
  await assertRejects(() => writing, DOMException, "abort");
  assert(performance.now() - start < within(100));
  assertEquals(child.bytesWritten, bytesWritten);
  // ^C would wait behind the lines.
  assert(child.signal("INT"));
  assertEquals((await child.status).signal, "SIGINT");
});

test("write(): what waits for room goes on when the child reads, and in the order of the calls", async () => {
  const count = size(40_000);
  const source = `stty -echo; echo READY; read line; head -n ${2 * count} | sha256sum`;
  await using child = spawnPty(["sh", "-c", source]);
  const screen = new Screen(child);
  await screen.until("READY\r\n");
  await child.write(bytes("begin\n"));
  const one = bytes("one one one\n".repeat(count));
  const two = bytes("two two\n".repeat(count));
  const both = new Uint8Array([...one, ...two]);
  await Promise.all([child.write(one), child.write(two)]);
  assertEquals(await screen.until(" "), `${await sha256(both)} `);
});

test("write(): nobody who has it open is EIO, wrong arguments are refused, closing ends the wait", async () => {
  const pty = openPty();
  using _pty = pty;
  assertEquals(await pty.write(bytes("early\n")), 6);
  const early = new Uint8Array(6);
  assertEquals([read(pty.slave.number, early, 6), new TextDecoder().decode(early)], [6, "early\n"]);
  const waiting = pty.write(bytes("line\n".repeat(100_000)));
  pty.closeSlave();
  await assertRejects(() => waiting, Error, "(EIO, write)");
  await assertRejects(() => pty.write(bytes("x")), Error, "which nobody has open: input/output error (EIO, write)");
  await assertRejects(() => pty.write("x" as unknown as Uint8Array<ArrayBuffer>), TypeError, "Uint8Array");
  await assertRejects(() => pty.write(bytes("x"), { timeout: NaN }), RangeError);
  await assertRejects(() => pty.write(bytes("x"), { signal: AbortSignal.abort() }), DOMException);
  assert(pty.slave.number > 2);
  assertEquals(await pty.write(new Uint8Array(0)), 0);
  const writing = pty.write(bytes("line\n".repeat(100_000)));
  pty.close();
  await assertRejects(() => writing, Deno.errors.BadResource);
  await assertRejects(() => pty.write(bytes("x")), Deno.errors.BadResource, "The terminal was closed");
  await assertRejects(() => pty.sendEof(), Deno.errors.BadResource, "The terminal was closed");
});

test("write(): a terminal is hung up whether or not others are, and no longer once somebody opens it again", async () => {
  using one = openPty({ settings: ["raw", "-echo"] });
  using other = openPty({ settings: ["raw", "-echo"] });
  const target = new Uint8Array(1);
  const typed = async (pty: typeof one) => {
    assertEquals(await pty.write(bytes("x")), 1);
    assertEquals(read(pty.slave.number, target, 1), 1);
  };
  const refused = (pty: typeof one) => assertRejects(() => pty.write(bytes("x")), Error, "which nobody has open");
  for (let round = 0; round < 3; round++) {
    await typed(one);
    await typed(other);
    one.closeSlave();
    await refused(one);
    await typed(other);
    await refused(one);
    other.closeSlave();
    await refused(other);
    assert(one.slave.number > 2);
    await typed(one);
    await refused(other);
    assert(other.slave.number > 2);
  }
  // What is closed while it is hung up is forgotten, and the number may be another terminal's.
  one.closeSlave();
  await refused(one);
  one.close();
  using next = openPty({ settings: ["raw", "-echo"] });
  await typed(next);
  await typed(other);
});

test("sendEof(): ends the input where a line begins, and within one", async () => {
  for (const text of ["", "whole\n", "part"]) {
    await using child = spawnPty(["sh", "-c", "stty -echo; echo READY; cat; echo END"]);
    const screen = new Screen(child);
    await screen.until("READY\r\n");
    // It waits for its turn.
    const writing = text === "" ? undefined : child.write(bytes(text), {});
    await child.sendEof();
    await writing;
    assertEquals(await screen.until("END\r\n"), `${text.replace("\n", "\r\n")}END\r\n`);
  }
});

test("sendEof(): a line that was erased is none", async () => {
  await using child = spawnPty(["sh", "-c", "stty -echo; echo READY; cat; echo FIRST; read line; echo got $line"]);
  const screen = new Screen(child);
  await screen.until("READY\r\n");
  await child.write(bytes("a\x7f"));
  await child.sendEof();
  await screen.until("FIRST\r\n");
  await child.write(bytes("on\n"));
  await screen.until("got on\r\n");
});

test("sendEof() types what the terminal has for it, and refuses where it has nothing", async () => {
  await using child = spawnPty(["sh", "-c", "stty -echo eof Q; echo READY; cat; stty eof undef; echo NONE; read line"]);
  const screen = new Screen(child);
  await screen.until("READY\r\n");
  await child.sendEof();
  await screen.until("NONE\r\n");
  await assertRejects(() => child.sendEof(), TypeError, "VEOF");
});
