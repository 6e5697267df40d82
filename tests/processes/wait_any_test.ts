import { capture, type Child, spawn, waitAny, waitEach } from "../../lib/processes/mod.ts";
import { onEnd } from "../../lib/processes/roll.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  children,
  EMULATED,
  size,
  test,
  within,
  workerThreads,
} from "../support/mod.ts";

/** A child that ends with `code` once its standard input does. */
function waiting(code: number): Child {
  return spawn(["sh", "-c", `read line; exit ${code}`], { stdin: "piped" });
}

const STOPS = EMULATED && "qemu-user does not tell of stopped children";

test("waitAny() has the child that ends first, whichever it is", async () => {
  const [first, second] = [waiting(1), waiting(2)];
  const change = waitAny([first, second]);
  await second.stdin.close();
  const { child, status } = (await change)!;
  assert(child === second && status!.code === 2 && status === await second.status);
  await first.stdin.close();
  assertEquals((await waitAny([first]))?.status?.code, 1);
  // One that has ended is told of each time.
  assertEquals((await waitAny([first, second]))?.child, first);
});

test("waitAny() without children tells each end once, and has nothing when none is left", async () => {
  assertEquals(await waitAny(), undefined);
  const both = [waiting(1), waiting(2)];
  for (const child of both) await child.stdin.close();
  const codes = [await waitAny(), await waitAny()].map((change) => change!.status!.code);
  assertEquals(codes.sort(), [1, 2]);
  assertEquals(await waitAny(), undefined);
});

test("waitAny() without children leaves those out whose end somebody asks for, and other people's", async () => {
  const asked = waiting(3);
  asked.status.catch(() => {});
  const theirs = new Deno.Command("true").output();
  const captured = capture(["true"]);
  assertEquals(await waitAny(), undefined);
  const polled = waiting(4);
  await polled.stdin.close();
  while (polled.poll() === undefined) await captured;
  assertEquals(await waitAny(), undefined);
  assert((await theirs).success);
  await asked.stdin.close();
  assertEquals((await asked.status).code, 3);
});

test("waitAny() without children ends when all have been asked for by others", async () => {
  const child = waiting(5);
  const change = waitAny();
  assertEquals(child.poll(), undefined);
  const status = child.status;
  await child.stdin.close();
  assertEquals([await change, (await status).code], [undefined, 5]);
});

test("waitAny() that is given up in the turn in which a child ends leaves its end to the next", async () => {
  for (const options of [{}, { stopped: true }]) {
    const child = waiting(9);
    const given = new AbortController();
    // Told first, so that both come in one turn and none of it is ahead of the other by a promise.
    const forget = onEnd(() => given.abort(new Error("enough")));
    const change = waitAny(undefined, { signal: given.signal, ...options });
    await child.stdin.close();
    await assertRejects(() => change, Error, "enough");
    forget();
    const next = (await waitAny())!;
    assertEquals([next.child, next.status?.code], [child, 9]);
  }
  assertEquals(await waitAny(), undefined);
});

test("waitAny() tells of a child that had ended before, unasked", async () => {
  const child = spawn(["true"], { stdout: "piped" });
  await child.stdout.readInto(new Uint8Array(1));
  while (children().some((one) => one.startsWith(`${child.pid} `))) await capture(["true"]);
  assertEquals((await waitAny())?.child, child);
  assertEquals(await waitAny(), undefined);
});

test("waitAny() gives up at its limit, within 100 ms, and takes nothing away", async () => {
  await using child = waiting(6);
  for (const options of [{}, { stopped: true, continued: true }]) {
    const begun = performance.now();
    await assertRejects(() => waitAny([child], { timeout: 30, ...options }), DOMException, "Timed out after 30 ms");
    const signal = AbortSignal.abort(new Error("enough"));
    await assertRejects(() => waitAny([child], { signal, ...options }), Error, "enough");
    assert(performance.now() - begun < within(130));
    await assertRejects(() => waitAny([child], { timeout: 0, ...options }), DOMException);
    await assertRejects(() => waitAny([child], { timeout: -1, ...options }), RangeError);
  }
  await child.stdin.close();
  assertEquals((await waitAny([child]))?.status?.code, 6);
});

test("waitAny() tells of stops and continuations where asked to, each once", async () => {
  // A group whose parents are all in other sessions is orphaned, as this program's may be, and SIGTSTP stops nobody in it.
  await using child = spawn(["sleep", "60"], { processGroup: true });
  for (const [signal, name] of [["STOP", "SIGSTOP"], ["TSTP", "SIGTSTP"]] as const) {
    child.kill(signal);
    const stop = await waitAny([child], { stopped: true, continued: true });
    assertEquals([stop?.child, stop?.stopped, stop?.status, stop?.continued], [child, name, undefined, undefined]);
    const next = waitAny([child], { stopped: true, continued: true });
    child.kill("CONT");
    assertEquals((await next)?.continued, true);
  }
  const end = waitAny([child], { stopped: true, continued: true });
  child.kill();
  assertEquals((await end)?.status?.signal, "SIGTERM");
}, { skip: STOPS });

test("waitAny() keeps a stop that it was not asked about for who asks", async () => {
  await using child = spawn(["sleep", "60"]);
  child.kill("STOP");
  await assertRejects(() => waitAny([child], { timeout: 20 }), DOMException);
  await assertRejects(() => waitAny([child], { continued: true, timeout: 20 }), DOMException);
  assertEquals((await waitAny([child], { stopped: true }))?.stopped, "SIGSTOP");
  await assertRejects(() => waitAny([child], { stopped: true, timeout: 20 }), DOMException);
}, { skip: STOPS });

test("waitAny() has the end of a child that it watches for stops, and leaves no thread behind", async () => {
  const before = workerThreads();
  const both = [waiting(7), waiting(8)];
  const change = waitAny(both, { stopped: true });
  await both[1]!.stdin.close();
  assertEquals((await change)?.child, both[1]);
  await both[0]!.stdin.close();
  assertEquals((await both[0]!.status).code, 7);
  for (const begun = performance.now(); workerThreads() > before + 1;) {
    assert(performance.now() - begun < within(2_000));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}, { skip: STOPS });

test("waitAny() resolves with an unknown status where somebody else has reaped the child", async () => {
  const { reap } = await import("../../lib/processes/exit_watch.ts");
  const child = spawn(["sh", "-c", "exit 3"]);
  assertEquals(reap(child.pid, true)?.code, 3);
  assertEquals((await waitAny([child]))?.status?.raw, -1);
  assertEquals([child.kill(), child.poll()?.raw, (await child.status).raw], [false, -1, -1]);
});

test("waitEach() has every end once, those that come at the same time as well", async () => {
  const many = Array.from({ length: size(100) }, (_, i) => spawn(["sh", "-c", `exit ${i}`]));
  const codes: number[] = [];
  for await (const { child, status } of waitEach(many)) {
    codes.push(status!.code!);
    assert(many[status!.code!] === child);
    await capture(["true"]);
  }
  assertEquals(codes.sort((a, b) => a - b), many.map((_, i) => i));
});

test("waitEach() without children goes on to those that are started meanwhile, until none is left", async () => {
  spawn(["sh", "-c", "exit 3"]);
  let codes = "";
  for await (const { status } of waitEach()) {
    codes += status!.code;
    if (status!.code! > 0) spawn(["sh", "-c", `exit ${status!.code! - 1}`]);
  }
  assertEquals(codes, "3210");
  assertEquals(await Array.fromAsync(waitEach([])), []);
});

test("waitEach() may be left early, and the others go on", async () => {
  const both = [waiting(1), waiting(2)];
  await both[0]!.stdin.close();
  for await (const { child } of waitEach(both)) {
    assertEquals(child, both[0]);
    break;
  }
  await both[1]!.stdin.close();
  assertEquals((await both[1]!.status).code, 2);
});

test(
  "waitAny() without children tells of the stop of one that is started meanwhile, unless others ask for it",
  async () => {
    await using before = waiting(0);
    const change = waitAny(undefined, { stopped: true });
    await using asked = waiting(0);
    asked.status.catch(() => {});
    asked.kill("STOP");
    await using later = waiting(0);
    later.kill("STOP");
    const { child, stopped } = (await change)!;
    assert(child === later && stopped === "SIGSTOP");
    for (const one of [asked, later]) one.kill("CONT");
    assertEquals(before.poll(), undefined);
  },
  { skip: STOPS },
);
