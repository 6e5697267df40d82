import { SIGNAL } from "../../ffi/abi/signal.ts";
import { close } from "../../ffi/unistd.ts";
import { type Child, spawn, type SpawnOptions } from "../../lib/processes/mod.ts";
import { processEntry } from "../../lib/processes/process_table.ts";
import { newMark, pin, ProcessTree } from "../../lib/processes/process_tree.ts";
import { assert, assertEquals, EMULATED, test, within } from "../support/mod.ts";
import { allEnd, runs } from "./programs/reports.ts";

const NO_PIDFD = EMULATED && "emulation has no pidfd for another's child, and a walk takes seconds";

/** A shell that says READY once all it has started runs. */
async function started(script: string, options: SpawnOptions = {}): Promise<Child> {
  const child = spawn(["sh", "-c", script], { ...options, stdout: "piped" });
  const reader = child.stdout.getReader();
  for (let text = ""; !text.includes("READY");) text += new TextDecoder().decode((await reader.read()).value);
  reader.releaseLock();
  return child;
}

/** Until none of `pids` runs; what has been killed takes a moment. */
async function untilGone(pids: readonly number[]): Promise<void> {
  const begun = performance.now();
  while (pids.some(runs)) {
    assert(performance.now() - begun < within(5_000), `still there: ${pids.filter(runs)}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

const THREE = "sleep 60 & (sleep 60; true) & setsid sh -c 'echo READY; sleep 60; true' & wait";

test("ProcessTree.walk() has a child and its descendants, those of another session too", async () => {
  await using child = await started("sleep 60 & setsid sh -c 'echo READY; sleep 60; true'; wait");
  const tree = new ProcessTree({ pid: child.pid });
  let members = tree.walk();
  // The innermost sleep comes after READY.
  while (members.length < 4) members = tree.walk();
  assertEquals(members.length, 4);
  assertEquals(new Set(members.map(({ session }) => session)).size, 2);
  assert(members.some(({ pid }) => pid === child.pid));
  tree.kill();
  await untilGone(members.map(({ pid }) => pid));
}, { needs: ["setsid"], skip: NO_PIDFD });

test(
  "ProcessTree.kill() ends the children of a child that has ended, by its group or because they were seen",
  async () => {
    for (const options of [{ session: true }, { processGroup: true as const }, {}]) {
      await using child = await started("sleep 60 & sleep 60 & echo READY; read line", { ...options, stdin: "piped" });
      const root = { pid: child.pid, endedAt: undefined as number | undefined };
      const tree = new ProcessTree(root);
      const grouped = Object.keys(options).length > 0;
      const before = grouped ? [] : tree.walk();
      await child.stdin.close();
      await child.status;
      root.endedAt = performance.now();
      const left = tree.walk();
      assertEquals(left.length, 2);
      if (!grouped) assertEquals(before.length, 3);
      assertEquals(tree.kill().length, 2);
      await untilGone(left.map(({ pid }) => pid));
      assertEquals(tree.walk(), []);
    }
  },
  { skip: NO_PIDFD },
);

test("ProcessTree.kill() catches those who fork all the time", async () => {
  const bomb = '$| = 1; print "READY"; for (1 .. 400) { my $pid = fork; if (!$pid) { fork; sleep 60; exit } } sleep 60';
  await using child = await started(`exec perl -e '${bomb}'`);
  const tree = new ProcessTree({ pid: child.pid });
  const killed = tree.kill();
  await untilGone(killed.map(({ pid }) => pid));
  await child.status;
  assertEquals(tree.walk(), []);
}, { needs: ["perl"], skip: NO_PIDFD });

test("ProcessTree.signal() reaches each once", async () => {
  const count = "perl -e '$| = 1; $SIG{USR1} = sub { $n++ }; print qq(READY\\n); <STDIN>; print qq($n\\n)'";
  await using child = await started(`${count}; true`, { stdin: "piped" });
  const tree = new ProcessTree({ pid: child.pid });
  // The shell would die of it.
  const members = tree.walk().filter(({ pid }) => pid !== child.pid);
  assertEquals(members.length, 1);
  assertEquals(new ProcessTree({ pid: members[0]!.pid }).signal(SIGNAL.SIGUSR1).length, 1);
  await child.stdin.close();
  const { value } = await child.stdout.getReader().read();
  assertEquals(new TextDecoder().decode(value), "1\n");
}, { needs: ["perl"], skip: NO_PIDFD });

test("ProcessTree never takes a process for its own that has got the number of one of its own", async () => {
  // It leads a session: everything with its number would be the tree's if that number were still the child's.
  await using other = await started("sleep 60 & echo READY; wait", { session: true });
  const entry = processEntry(other.pid)!;
  assertEquals(pin({ ...entry, started: entry.started - 1 }), undefined);
  const ended = new ProcessTree({ pid: other.pid, endedAt: performance.now() - 60_000 });
  assertEquals([ended.walk(), ended.signal(SIGNAL.SIGKILL), ended.kill()], [[], [], []]);
  const pidfd = pin(entry)!;
  assert(pidfd >= 0 && runs(other.pid));
  close(pidfd);
  const all = new ProcessTree({ pid: other.pid }).kill();
  await untilGone(all.map(({ pid }) => pid));
}, { skip: NO_PIDFD });

test("pin() has nothing of a process that is gone", async () => {
  const child = spawn(["sleep", "60"]);
  const entry = processEntry(child.pid)!;
  await child.terminate();
  assertEquals(pin(entry), undefined);
});

test("ProcessTree.owns() whom it has seen, and an orphan of ours with its mark", async () => {
  const mark = newMark();
  assert(mark !== newMark());
  await using marked = spawn(["sleep", "60"], { env: { [mark]: "1" } });
  await using plain = spawn(["sleep", "60"]);
  const tree = new ProcessTree({ pid: plain.pid }, mark);
  assertEquals([tree.owns(processEntry(marked.pid)!), tree.owns(processEntry(plain.pid)!)], [true, false]);
  tree.walk();
  assertEquals(tree.owns(processEntry(plain.pid)!), true);
});

test("Child.terminate() with tree ends all, by force where they do not comply", async () => {
  const stubborn = "trap '' TERM; ";
  for (const [script, signal] of [[THREE, "SIGTERM"], [stubborn + THREE, "SIGKILL"]] as const) {
    await using child = await started(script, { processGroup: true });
    const members = new ProcessTree({ pid: child.pid }).walk().map(({ pid }) => pid);
    const status = await child.terminate({ tree: true, grace: 100 });
    assertEquals(status.signal, signal);
    assert(await allEnd(members));
  }
}, { needs: ["setsid"], skip: NO_PIDFD });

test("Child.kill() with tree says whether somebody was there", async () => {
  await using child = await started("sleep 60 & echo READY; wait");
  const members = new ProcessTree({ pid: child.pid }).walk().map(({ pid }) => pid);
  assertEquals([members.length, child.kill("KILL", { tree: true })], [2, true]);
  await child.status;
  await untilGone(members);
  assertEquals(child.kill("KILL", { tree: true }), false);
}, { skip: NO_PIDFD });
