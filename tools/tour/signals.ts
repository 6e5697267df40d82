/** Signals: caught, held back, sent with values, and breaking out of what blocks. */
import { run, runSync, spawn } from "../../lib/processes/mod.ts";
import {
  alarm,
  block,
  dispatchSignals,
  localSignal,
  pendingSignals,
  raise,
  SIG,
  sigaction,
  type SignalInfo,
  signals,
  sigqueue,
  sleepSync,
  timeout,
  waitSignal,
} from "../../lib/signals/mod.ts";
import { children, failure, must, since, type Step } from "./step.ts";

async function caught(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<SignalInfo>();
  using _action = sigaction("SIGUSR2", resolve);
  await using child = spawn(["sh", "-c", "kill -USR2 $PPID; read line"], { stdin: "piped" });
  const { signal, pid, code } = await promise;
  must(signal === "SIGUSR2" && pid === child.pid && code === "user", `${signal} came from ${pid}, ${code}`);
  await child.stdin.close();
  return "from a shell's kill, and its process id is the shell's";
}

/** There and back: sent, caught, and told by the event loop. */
async function values(): Promise<string> {
  const times = 1_000;
  await using coming = signals("SIGRTMIN+1", { ref: true });
  const start = performance.now();
  for (let value = 0; value < times; value++) sigqueue(Deno.pid, "SIGRTMIN+1", value);
  for (let value = 0; value < times; value++) {
    const came = (await coming.next()).value?.value;
    must(came === value, `${came} came instead of ${value}`);
  }
  const each = (performance.now() - start) / times * 1_000;
  return `${times} values, all of them and in order, ${each.toFixed(0)} us each`;
}

async function ignored(): Promise<string> {
  let count = 0;
  using _action = sigaction("SIGINT", () => count++);
  await failure(() => {
    using _quiet = localSignal("SIGINT", "IGNORE");
    raise("SIGINT");
    throw new Error("out of the block");
  });
  raise("SIGINT");
  must(count === 1, `the handler ran ${count} times`);
  return "SIGINT ignored in a block that throws, handled after it";
}

function heldBack(): string {
  const came: string[] = [];
  using _standard = sigaction("SIGUSR1", () => came.push("SIGUSR1"));
  using _queued = sigaction("SIGRTMIN+2", ({ value }) => came.push(`${value}`));
  let pending: string;
  {
    using _blocked = block("SIGUSR1", "SIGRTMIN+2");
    for (const value of [1, 2]) {
      raise("SIGUSR1");
      sigqueue(Deno.pid, "SIGRTMIN+2", value);
    }
    pending = pendingSignals().join();
    must(pending === "SIGUSR1,SIGRTMIN+2" && came.length === 0, `${pending} pending, ${came} came`);
  }
  must(came.join() === "SIGUSR1,1,2", `${came} came`);
  return `${pending} pending, then once SIGUSR1 and both values`;
}

async function brokenOut(): Promise<string> {
  using _alarm = localSignal("SIGALRM", () => {
    throw new Error("alarm clock restart");
  });
  const start = performance.now();
  alarm(0.05);
  const error = await failure(() => sleepSync(60_000));
  must(error.message === "alarm clock restart", error.message);
  return `an alarm after 50 ms whose handler throws ended a minute's sleep after ${since(start)}`;
}

async function limited(): Promise<string> {
  const start = performance.now();
  const error = await failure(() => timeout(50, () => runSync(["sleep", "60"])));
  must(error.name === "TimeoutError" && children().length === 0, `${error.message}; left: ${children()}`);
  return `runSync(sleep 60) within 50 ms: gone and reaped after ${since(start)}`;
}

/** A loop that never yields. */
async function safePoints(): Promise<string> {
  let stop = false;
  using _action = sigaction("SIGUSR2", () => stop = true);
  await using child = spawn(["sh", "-c", "kill -USR2 $PPID"]);
  const start = performance.now();
  let rounds = 0;
  for (; !stop && performance.now() - start < 5_000; rounds++) dispatchSignals();
  must(stop, "the handler did not run");
  await child.status;
  return `a handler ran within a loop that never yields, ${(since(start))} and ${rounds} safe points later`;
}

async function taken(): Promise<string> {
  let handled = false;
  using _action = sigaction("SIGHUP", () => handled = true);
  using _blocked = block("SIGHUP");
  const sent = run(["sh", "-c", "kill -HUP $PPID"]);
  const [{ signal }] = await Promise.all([waitSignal(["SIGHUP"], { timeout: 5_000 }), sent]);
  must(!handled, "its handler ran as well");
  return `waitSignal took ${signal}, and its handler did not run`;
}

async function refused(): Promise<string> {
  const error = await failure(() => SIG.KILL = "IGNORE");
  must(error instanceof TypeError, error.message);
  return error.message;
}

/** In the order in which they are shown. */
export const signalSteps: Step[] = [
  { area: "signals", title: "one that is sent", run: caught },
  { area: "signals", title: "real-time signals", run: values },
  { area: "signals", title: "local IGNORE", run: ignored },
  { area: "signals", title: "held back", run: heldBack },
  { area: "signals", title: "wait and take", run: taken },
  { area: "signals", title: "safe points", run: safePoints },
  { area: "signals", title: "an alarm breaks out", run: brokenOut },
  { area: "signals", title: "time limit of what blocks", run: limited },
  { area: "signals", title: "one that nobody can catch", run: refused },
];
