import { PRCTL } from "../../ffi/abi/sys_prctl.ts";
import { Block } from "../../ffi/memory.ts";
import { prctl } from "../../ffi/sys_prctl.ts";
import { capture, spawn } from "../../lib/processes/mod.ts";
import { assert, assertEquals, assertThrows, children, EMULATED, FORKED, test } from "../support/mod.ts";

function subreaper(): number {
  using block = new Block(4);
  prctl(PRCTL.PR_GET_CHILD_SUBREAPER, block.address, 0, 0, 0);
  return block.get(new Int32Array(1))[0]!;
}

// It is told when it may look: until this program has reaped the leader, that is its parent.
const IDS = ["sh", "-c", 'read go; read line < /proc/$$/stat; echo "$line"'];

test('spawn() with session: "member" gives a child that leads neither its session nor its group', async () => {
  const before = subreaper();
  const { stdout } = await capture(IDS, { session: "member", cwd: "/", input: "go\n", check: false });
  const [, pid, parent, group, session, terminal] = /^(\d+) \(.*\) \w (\d+) (\d+) (\d+) (\d+)/.exec(stdout)!;
  assertEquals([terminal, group === session], ["0", true]);
  assertEquals(parent, `${Deno.pid}`);
  assert(pid !== group);
  assertEquals(subreaper(), before);
}, { skip: EMULATED && "the emulator knows no subreapers" });

test('spawn() with session: "member" knows the child, and how it ends', async () => {
  await using child = spawn(["sh", "-c", "echo $$; exit 7"], { session: "member", stdout: "piped" });
  assertEquals(await new Response(child.stdout).text(), `${child.pid}\n`);
  assertEquals((await child.status).code, 7);
}, { skip: EMULATED && "the emulator knows no subreapers" });

test('spawn() with session: "member" says what failed, and leaves nothing', () => {
  const before = children().length;
  assertThrows(() => spawn(["/etc/passwd"], { session: "member" }), Error, "permission denied (EACCES, execve)");
  const options = { session: "member", rlimits: { NOFILE: { soft: 10, hard: 2 ** 40 } } } as const;
  assertThrows(() => spawn(["true"], options), Error, "limit NOFILE");
  assertEquals(children().length, before);
}, { skip: FORKED });

test('spawn() refuses what cannot be with session: "member"', () => {
  for (const more of [{ parentDeathSignal: "TERM" }, { foreground: 0 }]) {
    assertThrows(() => spawn(["true"], { session: "member", ...more }), TypeError, "excludes");
  }
  assertThrows(() => spawn(["true"], { session: "member", processGroup: true }), TypeError, "exclude each other");
});
