import { assert, assertEquals, assertRejects, test, within } from "../support/mod.ts";
import { ClosedError, stty, waitNoEcho } from "../../mod.ts";
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

test("waitNoEcho() gives up at its limit, when it is aborted, when the terminal is closed", async () => {
  using pty = barePty();
  const timeout = await assertRejects(() => waitNoEcho(pty.master, { timeout: 50 }), DOMException);
  assertEquals(timeout.name, "TimeoutError");
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
