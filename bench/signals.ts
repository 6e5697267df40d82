/** A signal's way to its handler and back, by `sigaction` and by `Deno.addSignalListener`; what a queued one costs. */
import { libc } from "../ffi/libc.ts";
import type { Scale } from "./main.ts";
import { median, ratio, samples, summary } from "./measure.ts";
import { textOf } from "./peers.ts";
import type { Row } from "./report.ts";

/** The names under which signals_program.ts reports: microseconds each. */
export const OURS = "sigaction()";
export const REAL_TIME = "sigaction() of a real-time signal";
export const DENOS = "Deno.addSignalListener()";
export const QUEUED = "a queued signal with a value, sent and handled";

/** In a program of its own, which has its own signals. */
export function signalRows({ rounds, share }: Scale): Promise<Row[]> {
  const program = new URL("signals_program.ts", import.meta.url).pathname;
  const flags = ["--no-config", "--no-check", "--no-prompt", "--quiet", `--allow-ffi=${libc().path}`];
  const trips = Math.max(10, Math.round(5_000 * share));
  const text = textOf([Deno.execPath(), "run", ...flags, program, `${trips}`, `${rounds}`]);
  const costs = new Map(Object.entries(JSON.parse(text) as Record<string, number[]>));
  const micro = (name: string) => `${median(samples(costs, name)).toFixed(1)} µs`;
  const row = (one: string): Row => ({
    what: `a signal to its handler, ${one} over ${DENOS}`,
    measured: ratio(costs, one, DENOS),
    unit: "times",
    goal: { most: 1 },
    note: `${micro(one)} to ${micro(DENOS)} a round trip`,
  });
  const queued: Row = { what: QUEUED, measured: summary(samples(costs, QUEUED)), unit: "µs" };
  return Promise.resolve([row(OURS), row(REAL_TIME), queued]);
}
