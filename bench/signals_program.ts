/** Run by signals.ts: `signals_program.ts TRIPS ROUNDS` prints microseconds as JSON, by contender and round. */
import { kill, sigaction, sigqueue } from "../lib/signals/mod.ts";
import { sideBySide, timedAsync } from "./measure.ts";
import { DENOS, OURS, QUEUED, REAL_TIME } from "./signals.ts";

const [trips, rounds] = [Number(Deno.args[0]), Number(Deno.args[1])];
/** Fewer than a ring holds at once. */
const BATCH = 1_000;

// Waiting for a signal keeps no program alive.
setInterval(() => {}, 60_000);
let handled = () => {};
const listener = () => handled();

/** From kill(2) until the handler has run, each after the other. */
async function roundTrips(signal: string): Promise<number> {
  const ms = await timedAsync(async () => {
    for (let i = 0; i < trips; i++) {
      const { promise, resolve } = Promise.withResolvers<void>();
      handled = resolve;
      kill(Deno.pid, signal);
      await promise;
    }
  });
  return 1_000 * ms / trips;
}

async function ours(signal: string): Promise<number> {
  using _action = sigaction(signal, listener);
  return await roundTrips(signal);
}

async function denos(): Promise<number> {
  Deno.addSignalListener("SIGUSR2", listener);
  try {
    return await roundTrips("SIGUSR2");
  } finally {
    Deno.removeSignalListener("SIGUSR2", listener);
  }
}

async function queued(): Promise<number> {
  let sum = 0;
  let come = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  using _action = sigaction("SIGRTMIN+1", ({ value }) => {
    sum += value!;
    if (++come === BATCH) resolve();
  });
  const ms = await timedAsync(async () => {
    for (let i = 0; i < BATCH; i++) sigqueue(Deno.pid, "SIGRTMIN+1", i);
    await promise;
  });
  if (sum !== BATCH * (BATCH - 1) / 2) throw new Error("A queued signal brought the wrong value");
  return 1_000 * ms / BATCH;
}

const costs = await sideBySide([
  { name: OURS, cost: () => ours("SIGHUP") },
  { name: REAL_TIME, cost: () => ours("SIGRTMIN+2") },
  { name: DENOS, cost: denos },
  { name: QUEUED, cost: queued },
], rounds);
console.log(JSON.stringify(Object.fromEntries(costs)));
Deno.exit(0);
