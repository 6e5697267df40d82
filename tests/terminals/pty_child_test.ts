import { count, EMULATED } from "../support/mod.ts";
import { spawnPty } from "../../lib/terminals/mod.ts";
import { assert, assertEquals, assertRejects, test, within } from "../support/mod.ts";
import { linkOf, readProc } from "../support/proc.ts";
import { Screen } from "./programs/screen.ts";

test("PtyChild has what the child has", async () => {
  await using child = spawnPty(["sh", "-c", "echo READY; read line; exit 4"]);
  await new Screen(child).until("READY\r\n");
  assertEquals([child.pid, child.command], [child.child.pid, child.child.command]);
  assertEquals([child.poll(), child.foregroundGroup()], [undefined, child.pid]);
  assert(child.kill("WINCH"));
  await child.write(new TextEncoder().encode("\n"));
  assertEquals((await child.status).code, 4);
  assertEquals(child.poll(), await child.status);
  assertEquals([child.kill(), await child.terminate()], [false, await child.status]);
});

test("PtyChild: await using hangs up, and ends whoever does not listen", async () => {
  const sources = ["exec cat", "trap '' HUP; echo READY; while :; do sleep 0.05; done", "kill -STOP $$"];
  for (const source of sources) {
    const start = performance.now();
    let pid;
    {
      await using child = spawnPty(["sh", "-c", `echo READY; ${source}`]);
      await new Screen(child).until("READY\r\n");
      pid = child.pid;
    }
    assertEquals(linkOf(`/proc/${pid}/exe`), "");
    assert(performance.now() - start < within(5_000));
  }
});

test("PtyChild: a time limit ends the child, and the terminal with it", async () => {
  await using child = spawnPty(["cat"], { timeout: 50 });
  await assertRejects(() => child.status, DOMException, "Timed out");
  assertEquals(await child.read(new Uint8Array(1)), null);
});

test("PtyChild: thousands of terminals, 50 at a time, lose nothing and leave nothing", async () => {
  const before = Number(readProc("/proc/sys/kernel/pty/nr"));
  let next = 0;
  const total = count(10_000);
  const one = async () => {
    for (let i; (i = next++) < total;) {
      await using child = spawnPty(["echo", `number ${i}`]);
      assertEquals(await new Screen(child).all(), `number ${i}\r\n`);
      assert((await child.status).success);
    }
  };
  await Promise.all(Array.from({ length: 50 }, one));
  // The number is the whole system's: others may have opened some. That none of ours is left their descriptors tell as well.
  const after = Number(readProc("/proc/sys/kernel/pty/nr"));
  assert(after - before < 20, `${before}, then ${after}`);
}, { skip: EMULATED && "each program takes seconds to start" });
