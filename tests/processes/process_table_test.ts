import { hasVariable, processEntry, processTable, ticksIn, ticksNow } from "../../lib/processes/process_table.ts";
import { spawn } from "../../lib/processes/mod.ts";
import { assert, assertEquals, test } from "../support/mod.ts";

test("processEntry() knows a child, its parent and its state, whatever its name is", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const program = `${folder}/a) Z 1 (b`;
    await Deno.copyFile("/bin/sleep", program);
    await using child = spawn([program, "60"], { session: true });
    const entry = processEntry(child.pid)!;
    assertEquals([entry.pid, entry.parent, entry.group, entry.session], [child.pid, Deno.pid, child.pid, child.pid]);
    assert("SRD".includes(entry.state), entry.state);
    assertEquals(processTable().get(child.pid)?.started, entry.started);
    child.kill("STOP");
    while (processEntry(child.pid)!.state !== "T");
    await child.terminate({ signal: "KILL" });
    assertEquals(processEntry(child.pid), undefined);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

test("ticksNow() counts as the beginnings of processes do", async () => {
  const before = ticksNow();
  await using child = spawn(["sleep", "60"]);
  const { started } = processEntry(child.pid)!;
  // The two clocks are read by different roundings.
  assert(before - 1 <= started && started <= ticksNow() + 1, `${before} ${started} ${ticksNow()}`);
  assertEquals([ticksIn(1_000), ticksIn(19.9)], [100, 1]);
});

test("hasVariable() sees what a program began with, by its whole name", async () => {
  await using child = spawn(["sleep", "60"], { env: { FIRST: "x", LAST: "y" }, clearEnv: true });
  const found = ["FIRST", "LAST", "IRST", "x", ""].map((name) => hasVariable(child.pid, name));
  assertEquals(found, [true, true, false, false, false]);
  assertEquals(hasVariable(2 ** 30, "FIRST"), false);
});
