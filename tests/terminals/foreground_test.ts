import { openPty, spawnPty } from "../../lib/terminals/mod.ts";
import { programNameOf } from "../../lib/terminals/foreground.ts";
import { assert, assertEquals, assertThrows, EMULATED, test } from "../support/mod.ts";
import { bytes, runs, Screen } from "./programs/screen.ts";

test("bash has job control: ^Z, jobs, bg, fg, ^C", async () => {
  await using child = spawnPty(["bash", "--norc", "--noprofile", "-i"], { env: { PS1: "> ", TERM: "dumb" } });
  const screen = new Screen(child);
  const start = await screen.until("> ");
  assert(!start.includes("no job control"), start);
  await screen.type("sleep 100 &\n", "> ");
  await screen.type("fg\n", "sleep 100\r\n");
  await runs(child, "sleep");
  await child.write(bytes("\x1a"));
  assert((await screen.until("> ")).includes("Stopped"));
  assert((await screen.type("bg; jobs\n", "> ")).includes("sleep 100 &"));
  await screen.type("fg\n", "fg\r\nsleep 100\r\n");
  await runs(child, "sleep");
  await screen.type("\x03", "> ");
  assert((await screen.type("echo $?\n", "> ")).includes("130"));
  assertEquals((await screen.type("jobs\n", "> ")).includes("sleep"), false);
}, { needs: ["bash"], skip: EMULATED && "the emulator is what runs there" });

for (const [typed, name] of [["\x03", "SIGINT"], ["\x1c", "SIGQUIT"]] as const) {
  test(`${name} is what ${JSON.stringify(typed)} sends`, async () => {
    await using child = spawnPty(["sh", "-c", "echo READY; exec cat"], { rlimits: { CORE: 0 } });
    await new Screen(child).until("READY\r\n");
    await child.write(bytes(typed));
    assertEquals((await child.status).signal, name);
  });
}

test("signal() reaches the foreground in raw mode, typed signals and others", async () => {
  const source = "trap 'echo HUP' HUP; trap 'echo INT' INT; stty raw -echo; echo READY; while :; do sleep 0.01; done";
  await using child = spawnPty(["bash", "-c", source]);
  const screen = new Screen(child);
  await screen.until("READY\n");
  assert(child.signal("INT"));
  await screen.until("INT\n");
  assert(child.signal("SIGHUP"));
  await screen.until("HUP\n");
  assert(child.signal("KILL"));
  assertEquals((await child.status).signal, "SIGKILL");
  assertEquals([child.signal("INT"), child.signal("TERM")], [false, false]);
  assertThrows(() => child.signal("NONE" as "INT"), TypeError, "NONE");
}, { needs: ["bash"] });

test("foregroundGroup() and foregroundName() follow the shell's jobs", async () => {
  await using child = spawnPty(["bash", "--norc", "--noprofile", "-i"], { env: { PS1: "> ", TERM: "dumb" } });
  const screen = new Screen(child);
  await screen.until("> ");
  assertEquals([child.foregroundGroup(), child.foregroundName()], [child.pid, "bash"]);
  await screen.type("cat\n", "cat\r\n");
  await runs(child, "cat");
  assertEquals([child.foregroundGroup() === child.pid, child.foregroundName()], [false, "cat"]);
}, { needs: ["bash"], skip: EMULATED && "the emulator is what runs there" });

test("a terminal that no session has has no foreground", () => {
  using pty = openPty();
  assertEquals([pty.foregroundGroup(), pty.foregroundName(), pty.signal("INT")], [undefined, undefined, false]);
});

test("programNameOf() knows nothing of who is gone", () => {
  assertEquals(programNameOf(2 ** 22), undefined);
});
