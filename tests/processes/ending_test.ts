import { SIGNAL } from "../../ffi/abi/signal.ts";
import { capture, captureSync, lines, linesSync, run, shell, spawn } from "../../lib/processes/mod.ts";
import { endTree, markOf, withMark } from "../../lib/processes/ending.ts";
import { ProcessTree } from "../../lib/processes/process_tree.ts";
import { assert, assertEquals, assertRejects, assertThrows, EMULATED, test, within } from "../support/mod.ts";
import { allEnd, runs } from "./programs/reports.ts";

const SKIP = EMULATED && "emulation has no pidfd for another's child, and a walk takes seconds";

/** A command that says the pids of its descendant and its own, and goes on; both ignore TERM. */
const STUBBORN = "trap '' TERM; sh -c 'while :; do sleep 0.05; done' & echo $! $$; while :; do sleep 0.05; done";

function pidsIn(text: string): number[] {
  return text.trim().split(/\s+/).map(Number);
}

test("capture() that times out with a tree leaves none of it, and no zombie, within 200 ms", async () => {
  const file = await Deno.makeTempFile();
  try {
    for (const form of [capture, captureSync] as (typeof capture)[]) {
      const begun = performance.now();
      const late = async () => await form(shell(STUBBORN), { stdout: file, timeout: 100, tree: true });
      await assertRejects(late, DOMException, "Timed out after 100 ms");
      assert(performance.now() - begun < within(300), `${performance.now() - begun} ms`);
      const pids = pidsIn(await Deno.readTextFile(file));
      assertEquals(pids.length, 2);
      assert(await allEnd(pids));
    }
  } finally {
    await Deno.remove(file);
  }
}, { skip: SKIP });

test("capture() whose command has ended is given up at its timeout all the same", async () => {
  for (const form of [capture, captureSync] as (typeof capture)[]) {
    const begun = performance.now();
    const late = async () => await form(shell("sleep 3 & exit 0"), { timeout: 100, waitDelay: Infinity });
    await assertRejects(late, DOMException, "Timed out after 100 ms");
    assert(performance.now() - begun < within(400));
  }
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("enough")), 100);
  await assertRejects(() => capture(shell("sleep 3 & exit 0"), { signal: controller.signal }), Error, "enough");
});

test("lines() and linesSync() that are left early end the tree where they were told to", async () => {
  let pids: number[] = [];
  for await (const line of lines(shell(STUBBORN), { tree: true })) {
    pids = pidsIn(line);
    break;
  }
  assertEquals([pids.length, await allEnd(pids)], [2, true]);
  for (const line of linesSync(shell(STUBBORN), { tree: true, grace: 50 })) {
    pids = pidsIn(line);
    break;
  }
  assertEquals([pids.length, await allEnd(pids)], [2, true]);
}, { skip: SKIP });

test("Child is disposed of with its tree, also where it has ended before", async () => {
  let members: number[] = [];
  {
    await using child = spawn(["sh", "-c", "sleep 60 & read line"], { stdin: "piped", tree: true, processGroup: true });
    while (members.length < 2) members = new ProcessTree({ pid: child.pid }).walk().map(({ pid }) => pid);
    await child.stdin.close();
    await child.status;
  }
  assert(await allEnd(members));
}, { skip: SKIP });

test("endTree() waits no longer than it has to", async () => {
  await using child = spawn(["sh", "-c", "sleep 60 & wait"]);
  const begun = performance.now();
  await endTree(new ProcessTree({ pid: child.pid }), SIGNAL.SIGTERM, 60_000);
  assert(performance.now() - begun < within(2_000));
}, { skip: SKIP });

test("endTree() sees the end of those that are not our children, when our child's has long been seen", async () => {
  // The shell dies at once; the others take their time over SIGTERM, one after the other.
  const slow = '$SIG{TERM} = sub { select undef, undef, undef, $ARGV[0]; exit }; $| = 1; print "READY"; sleep 60';
  const script = `perl -e '${slow}' 0.05 & perl -e '${slow}' 0.15 & wait`;
  await using child = spawn(["sh", "-c", script], { stdout: "piped" });
  for (let text = ""; text.length < 10;) {
    const buffer = new Uint8Array(10);
    text += new TextDecoder().decode(buffer.subarray(0, (await child.stdout.readInto(buffer))!));
  }
  const begun = performance.now();
  await child.terminate({ tree: true, grace: 30_000 });
  const took = performance.now() - begun;
  assert(took >= 140 && took < within(2_000), `${took} ms`);
}, { needs: ["perl"], skip: SKIP });

test("withMark() marks the environment of a subreaper's child alone, and refuses a signal that does not exist", () => {
  const options = { env: { A: "1" } };
  assert(withMark(options) === options && markOf(options) === undefined);
  assertThrows(() => withMark({ onParentEnd: "NOPE" }), TypeError, "There is no signal");
  assertEquals(withMark({ onParentEnd: "leave" }), { onParentEnd: "leave" });
});

test("run() with a tree does not touch what a command leaves behind when it ends in time", async () => {
  const { stdout } = await capture(shell("sleep 60 >/dev/null 2>&1 & echo $!"), { tree: true });
  const pid = Number(stdout);
  await run(["true"], { tree: true });
  assert(runs(pid));
  Deno.kill(pid, "SIGKILL");
});
