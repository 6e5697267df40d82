/** For information: how long it takes to be told, by each of the ways there are. */
import { libc } from "../ffi/libc.ts";
import type { Scale } from "./main.ts";
import { median, summary } from "./measure.ts";
import { textOf } from "./peers.ts";
import type { Row } from "./report.ts";

/** In a fresh process each: the loop parks its waits only until the program has shown that it goes on. */
export function waitingRows({ rounds, share }: Scale): Promise<Row[]> {
  const program = new URL("waiting_program.ts", import.meta.url).pathname;
  const flags = ["--no-config", "--no-check", "--no-prompt", "--quiet", "--allow-run=cat"];
  const command = [Deno.execPath(), "run", ...flags, `--allow-ffi=${libc().path}`, program, libc().path];
  const trips = Math.max(5, Math.round(1_000 * share));
  const results = Array.from(
    { length: rounds },
    () => JSON.parse(textOf([...command, `${trips}`])) as Record<string, number>,
  );
  const rows = Object.keys(results[0]!).map((what): Row => ({
    what,
    measured: summary(results.map((result) => result[what]!)),
    unit: what.startsWith("abort") ? "ms" : "µs",
    note: ratioNote(results, what),
  }));
  return Promise.resolve(rows);
}

/** How each way to exchange a line compares with that of `Deno.Command`. */
function ratioNote(results: readonly Record<string, number>[], what: string): string {
  const base = "a line to cat and back, Deno.Command";
  if (!what.startsWith("a line") || what === base) return "";
  return `${median(results.map((result) => result[what]! / result[base]!)).toFixed(2)} times Deno.Command's`;
}
