import { Pidfd } from "../../lib/signals/mod.ts";
import { SyscallError } from "../../lib/core/mod.ts";
import { spawn } from "../../lib/processes/mod.ts";
import { assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";

test("Pidfd signals its process, sees its end, and nobody else after it", async () => {
  await using child = spawn(["sleep", "60"], { stdout: "null" });
  using process = Pidfd.open(child.pid);
  assertEquals([process.pid, process.kill(0)], [child.pid, true]);
  await assertRejects(() => process.exited({ timeout: 20 }), DOMException, "Timed out");
  const ended = process.exited();
  assertEquals(process.kill(), true);
  await ended;
  assertEquals((await child.status).signal, "SIGTERM");
  assertEquals([process.kill(), process.kill("KILL"), process.kill(0)], [false, false, false]);
});

test("Pidfd.kill() tells of an end only once somebody has waited for it", async () => {
  const script = '$| = 1; $_ = fork or exec "sleep", "60"; print "$_\n"; <STDIN>; wait; print "waited\n"; <STDIN>';
  await using parent = spawn(["perl", "-e", script], { stdin: "piped", stdout: "piped" });
  const output = parent.stdout.pipeThrough(new TextDecoderStream()).getReader();
  using process = Pidfd.open(parseInt((await output.read()).value!));
  assertEquals(process.kill(), true);
  await process.exited();
  assertEquals(process.kill(0), true);
  const input = parent.stdin.getWriter();
  await input.write(new TextEncoder().encode("\n"));
  assertEquals((await output.read()).value, "waited\n");
  assertEquals(process.kill(0), false);
  await input.close();
  assertEquals((await output.read()).done, true);
}, { needs: ["perl"] });

test("Pidfd.exited() is aborted with the reason, and leaves the process alone", async () => {
  await using child = spawn(["sleep", "60"], { stdout: "null" });
  using process = Pidfd.open(child.pid);
  const controller = new AbortController();
  const waiting = process.exited({ signal: controller.signal });
  controller.abort(new RangeError("enough"));
  await assertRejects(() => waiting, RangeError, "enough");
  assertEquals(process.kill(0), true);
});

test("Pidfd refuses what is no process, and is closed twice safely", async () => {
  for (const pid of [0, -1, 1.5, NaN]) assertThrows(() => Pidfd.open(pid), TypeError, "no process id");
  await using child = spawn(["sleep", "60"], { stdout: "null" });
  const process = Pidfd.open(child.pid);
  process.close();
  process.close();
  assertThrows(() => process.kill(0), Error, "closed");
  await assertRejects(() => process.exited(), Error, "closed");
  using again = Pidfd.open(child.pid);
  assertThrows(() => again.kill("SIGFOO"), TypeError, "There is no signal");
  child.kill();
  await child.status;
  const error = assertThrows(() => Pidfd.open(child.pid), SyscallError, `refer to process ${child.pid}`);
  assertEquals([error.code, error.syscall], ["ESRCH", "pidfd_open"]);
});
