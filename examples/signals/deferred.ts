// permissions: --allow-ffi={libc} --allow-run --allow-read=/tmp --allow-write=/tmp
/**
 * `deferred`: adds numbers for 3 s while a child of its own sends 100 real-time signals, which are handled between two steps; then a handler that throws ends a call that blocks.
 *
 * Nothing is handled in the midst of a step, so the handlers may do anything; none of the signals is lost.
 */
import { flockSync } from "../../lib/locks/mod.ts";
import { openSelf } from "../../lib/processes/mod.ts";
import { alarm, dispatchSignals, localSignal, SIG, sigqueue, sleepSync } from "../../lib/signals/mod.ts";
import { print, run, UsageError } from "../program.ts";

const SIGNAL = "SIGRTMIN+1";
const SIGNALS = 100;
/** Milliseconds from one signal to the next, and of the sum. */
const PAUSE = 10;
const SPAN = 3_000;
/** Milliseconds in which an alarm after a second has broken out. */
const LATEST = 1_500;
/** From one safe point to the next. */
const STEPS = 1_000;

/** The child: says that it is there, and sends. */
export function kid(parent: number): void {
  console.log("ready");
  for (let value = 1; value <= SIGNALS; value++) {
    sleepSync(PAUSE);
    sigqueue(parent, SIGNAL, value);
  }
}

/** Add the numbers from 1 to STEPS over and over. */
function add(): { sum: number; rounds: number } {
  const until = performance.now() + SPAN;
  let [sum, rounds] = [0, 0];
  for (; performance.now() < until; rounds++) {
    for (let i = 1; i <= STEPS; i++) sum += i;
    dispatchSignals();
  }
  return { sum, rounds };
}

/** Whether all signals came during the sum, and it is right. */
async function duringTheSum(): Promise<boolean> {
  let handled = 0;
  SIG[SIGNAL] = () => handled++;
  await using child = openSelf("-|", import.meta.url, "kid", [Deno.pid], { permissions: { run: true } });
  // Starting a Deno may take longer than the sum.
  await child.lines().next();
  const { sum, rounds } = add();
  const right = sum === rounds * STEPS * (STEPS + 1) / 2;
  print(`handled ${handled} during the sum`);
  print(`sum ${right ? "right" : "wrong"}`);
  await child.close();
  return handled === SIGNALS && right;
}

/** Wait for a lock that never comes, until the alarm: whether it broke out of that in time. */
function interruptedLock(path: string): boolean {
  using _held = flockSync(path, "exclusive");
  using _alarm = localSignal("SIGALRM", ({ signal }) => {
    throw new Error(`${signal} came`);
  });
  const start = performance.now();
  alarm(1);
  try {
    flockSync(path, "exclusive").unlock();
  } catch (error) {
    print(`flockSync ended after ${Math.round(performance.now() - start)} ms: ${(error as Error).message}`);
    return performance.now() - start < LATEST;
  } finally {
    alarm(0);
  }
  return false;
}

async function deferred(args: string[]): Promise<number> {
  if (args.length > 0) throw new UsageError();
  const right = await duringTheSum();
  const path = await Deno.makeTempFile({ dir: "/tmp" });
  try {
    return interruptedLock(path) && right ? 0 : 1;
  } finally {
    await Deno.remove(path);
  }
}

if (import.meta.main) await run({ name: "deferred", usage: "", main: deferred });
