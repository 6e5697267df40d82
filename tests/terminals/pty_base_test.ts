import { openPty, type PtyBase, spawnPty } from "../../lib/terminals/mod.ts";
import { assert, assertEquals, assertMatch, assertThrows, denoSource, EMULATED, test } from "../support/mod.ts";
import { linkOf } from "../support/proc.ts";
import { runs, Screen } from "./programs/screen.ts";

test("slave: opened once, closed and opened again, and never after the end", () => {
  using pty = openPty();
  const { slave } = pty;
  assertEquals([linkOf(`/proc/self/fd/${slave.number}`), pty.slave], [pty.path, slave]);
  pty.closeSlave();
  pty.closeSlave();
  assertEquals(slave.closed, true);
  const second = pty.slave;
  assertEquals(second.closed, false);
  pty.close();
  pty.close();
  assertEquals([second.closed, pty.closed, pty.master.closed], [true, true, true]);
});

test("settings are in place before a program has the terminal; wrong ones leave nothing behind", async () => {
  await using child = spawnPty(["sh", "-c", "stty -a; stty size"], { settings: ["-echo", "intr ^X", "cols 33"] });
  const text = await new Response(child.readable).text();
  assertMatch(text, /intr = \^X;[^]* -echo [^]*24 33\r\n$/);
  assertThrows(() => openPty({ settings: ["-echo", "nonsense"] }), TypeError, "nonsense");
}, { needs: ["stty"] });

test("a terminal that was closed says so", () => {
  const pty = openPty();
  pty.close();
  const calls: ((pty: PtyBase) => unknown)[] = [
    (pty) => pty.slave,
    (pty) => pty.size(),
    (pty) => pty.resize({ rows: 1, cols: 1 }),
    (pty) => pty.foregroundGroup(),
    (pty) => pty.foregroundName(),
    (pty) => pty.signal("INT"),
  ];
  for (const call of calls) assertThrows(() => call(pty), Deno.errors.BadResource, "The terminal was closed");
});

test("nothing becomes the controlling terminal of a leader of a session that has none", async () => {
  const source = `
    import { openPty, spawnPty } from "vasty/mod.ts";
    import { readProc } from "vasty/tests/support/proc.ts";
    const terminal = () => readProc("/proc/self/stat").replace(/^.*\\) /, "").split(" ");
    using pty = openPty();
    pty.slave;
    await using child = spawnPty(["true"]);
    child.slave;
    await child.status;
    const [, , , session, tty] = terminal();
    console.log(Number(session) === Deno.pid, tty);`;
  const { stdout, stderr } = await denoSource(source, { under: ["setsid", "-w"], flags: ["--allow-run=true"] });
  assertEquals(stdout + stderr, "true 0\n");
}, { needs: ["setsid"], skip: EMULATED && "the emulator would have to be started by setsid" });

test("close() hangs up: the leader, and the group in the foreground", async () => {
  await using child = spawnPty(["bash", "--norc", "--noprofile", "-i"], { env: { PS1: "> ", TERM: "dumb" } });
  const screen = new Screen(child);
  await screen.until("> ");
  await screen.type("cat\n", "cat\r\n");
  await runs(child, "cat");
  const group = child.foregroundGroup()!;
  assert(group !== child.pid);
  child.close();
  assertEquals((await child.status).signal, "SIGHUP");
  // It is no child of ours: init reaps it.
  while (linkOf(`/proc/${group}/exe`) !== "") await new Promise((resolve) => setTimeout(resolve, 1));
}, { needs: ["bash"], skip: EMULATED && "the emulator is what runs there" });

test("a program that is killed hangs up what it has started", async () => {
  const source = `
    import { spawnPty } from "vasty/mod.ts";
    const child = spawnPty(["sleep", "1000"]);
    console.log(child.pid);
    Deno.kill(Deno.pid, "SIGKILL");`;
  const { signal, stdout } = await denoSource(source, { flags: ["--allow-run"] });
  assertEquals(signal, "SIGKILL");
  while (linkOf(`/proc/${parseInt(stdout)}/exe`) !== "") await new Promise((resolve) => setTimeout(resolve, 1));
}, { skip: EMULATED && "what is killed is the emulator" });

test("unref() lets a program end that waits for a terminal, ref() does not", async () => {
  const source = `
    import { openPty, spawnPty } from "vasty/mod.ts";
    const pty = openPty();
    const child = spawnPty(["cat"]);
    for (const one of [pty, child]) {
      one.unref();
      one.ref();
      one.unref();
      one.read(new Uint8Array(1)).then(() => console.log("read"), () => console.log("failed"));
    }
    console.log("end");`;
  const { code, stdout, stderr } = await denoSource(source, { flags: ["--allow-run=cat"] });
  assertEquals([code, stdout, stderr], [0, "end\n", ""]);
});
