import { assert, assertEquals, assertRejects, test, within } from "../support/mod.ts";
import { ClosedError, Expect, spawnPty, stty, SyscallError, waitNoEcho } from "../../mod.ts";
import { barePty } from "./bare_pty.ts";

test("waitNoEcho() sees at the master that the terminal's program has turned it off", async () => {
  using pty = barePty();
  const waiting = waitNoEcho(pty.master, { timeout: within(5_000) });
  await using child = new Deno.Command("stty", { args: ["-F", pty.path, "-echo"], stdin: "null" }).spawn();
  assertEquals((await child.status).success, true);
  const start = performance.now();
  await waiting;
  assert(performance.now() - start < within(100));
  await waitNoEcho(pty.slave, { timeout: 0 });
}, { needs: ["stty"] });

test("waitNoEcho() ends where nobody is left to turn it off, and the sends behind it go on", async () => {
  await using child = spawnPty(["sh", "-c", "echo READY; read line"]);
  await using dialog = new Expect(child);
  await dialog.expect("READY");
  const waiting = [dialog.waitNoEcho(), waitNoEcho(child), dialog.send("too late")];
  const failed = waiting.map((one) => assertRejects(() => one, SyscallError, "EIO"));
  child.kill("SIGKILL");
  await Promise.all(failed);
  const { message, code } = await assertRejects(() => waitNoEcho(child), SyscallError);
  assert(/^Cannot wait for terminal \d+, which nobody has open: /.test(message), message);
  assertEquals(code, "EIO");
});

test("waitNoEcho() gives up at its limit, when it is aborted, when the terminal is closed", async () => {
  using pty = barePty();
  const timeout = await assertRejects(() => waitNoEcho(pty.master, { timeout: 50 }), DOMException);
  const message = `Timed out after 50 ms: terminal ${pty.master.number} still echoes`;
  assertEquals([timeout.name, timeout.message], ["TimeoutError", message]);
  const controller = new AbortController();
  const aborted = assertRejects(() => waitNoEcho(pty.master, { signal: controller.signal }), Error, "enough");
  controller.abort(new Error("enough"));
  await aborted;
  const closed = assertRejects(() => waitNoEcho(pty.slave), ClosedError);
  pty.slave.close();
  await closed;
  await assertRejects(() => waitNoEcho("/dev/null"), Error, "ENOTTY");
  stty(pty.master, "-echo").restore();
});
