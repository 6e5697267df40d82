import { assert, assertEquals, assertRejects, assertThrows, test, within } from "../support/mod.ts";
import { ClosedError, drain, flow, flush, sendBreak } from "../../mod.ts";
import { setNonBlocking } from "../../ffi/descriptors.ts";
import { write } from "../../ffi/unistd.ts";
import { barePty, isReadable } from "./bare_pty.ts";

const typed = new TextEncoder().encode("typed\n");

test("flush() throws away what was typed, and leaves what was not meant", () => {
  using pty = barePty();
  write(pty.master.number, typed, typed.length);
  const waits = () => isReadable(pty.slave);
  flush(pty.slave, "output");
  assertEquals(waits(), true);
  flush(pty.slave, "input");
  assertEquals(waits(), false);
  write(pty.master.number, typed, typed.length);
  flush(pty.path, "both");
  assertEquals(waits(), false);
});

test("flow() holds what is written and lets it go on, and sends the characters for that", () => {
  using pty = barePty();
  setNonBlocking(pty.slave.number, true);
  flow(pty.slave, "suspend-output");
  assert(write(pty.slave.number, typed, typed.length) < 0);
  flow(pty.slave, "resume-output");
  assertEquals(write(pty.slave.number, typed, typed.length), typed.length);
  flow(pty.slave, "send-stop");
  flow(pty.slave, "send-start");
  assertEquals(isReadable(pty.master, 1_000), true);
});

test("drain() and sendBreak() end where there is nothing to wait for, and leave nothing behind", async () => {
  using pty = barePty();
  write(pty.slave.number, typed, typed.length);
  await drain(pty.slave, { timeout: within(1_000) });
  await drain(pty.path);
  await sendBreak(pty.slave, 100, { timeout: within(1_000) });
});

test("line control refuses what is wrong, and what is no terminal", async () => {
  using pty = barePty();
  assertThrows(() => flush(pty.slave, "all" as "both"), TypeError);
  assertThrows(() => flow(pty.slave, "stop" as "send-stop"), TypeError);
  for (const ms of [-1, 0.5, 60_001]) await assertRejects(() => sendBreak(pty.slave, ms), RangeError);
  await assertRejects(() => drain("/dev/null"), Error, "ENOTTY, tcdrain");
  assertThrows(() => flush("/dev/null", "both"), Error, "ENOTTY, tcflush");
  await assertRejects(() => drain(pty.slave, { timeout: -1 }), RangeError);
  await assertRejects(() => drain(pty.slave, { signal: AbortSignal.abort(new Error("enough")) }), Error, "enough");
  pty.slave.close();
  await assertRejects(() => drain(pty.slave), ClosedError);
});
