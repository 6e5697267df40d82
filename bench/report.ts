/** The results as a table, the same on the terminal and in RESULTS.md. */
import type { Summary } from "./measure.ts";
import { textOf } from "./peers.ts";

/** What a result has to reach. */
export type Goal = { readonly most: number } | { readonly least: number };

/** One line of the table. */
export interface Row {
  readonly what: string;
  /** Nothing where it could not be measured; `note` says why. */
  readonly measured?: Summary;
  /** "times", "ms", "µs", "ns" or "GiB/s". */
  readonly unit: string;
  /** None where the result is for information. */
  readonly goal?: Goal;
  readonly note?: string;
}

/** A row for what cannot be measured here. */
export function notMeasured(what: string, reason: string): Row {
  return { what, unit: "", note: `not measured: ${reason}` };
}

/** Whether `row` reaches its goal: "yes", "no", or nothing where there is none. */
export function met({ measured, goal }: Row): string {
  if (measured === undefined || goal === undefined) return "";
  const reached = "most" in goal ? measured.median <= goal.most : measured.median >= goal.least;
  return reached ? "yes" : "**no**";
}

/** Three digits that mean something. */
export function figure(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits);
}

function goalText({ goal }: Row): string {
  if (goal === undefined) return "";
  return "most" in goal ? `at most ${figure(goal.most)}` : `at least ${figure(goal.least)}`;
}

function cells(row: Row): string[] {
  const { measured, unit, note = "" } = row;
  if (measured === undefined) return [row.what, "", "", goalText(row), "", note];
  const range = `${figure(measured.min)} to ${figure(measured.max)}`;
  return [row.what, `${figure(measured.median)} ${unit}`, range, goalText(row), met(row), note];
}

/** `rows` as a table of Markdown whose columns are as wide as they need to be. */
export function table(rows: readonly Row[]): string {
  const head = ["what", "median", "min to max", "goal", "met", "note"];
  const body = [head, ...rows.map(cells)];
  const widths = head.map((_, column) => Math.max(3, ...body.map((line) => line[column]!.length)));
  const line = (texts: readonly string[]) => `| ${texts.map((text, i) => text.padEnd(widths[i]!)).join(" | ")} |`;
  const [first, ...rest] = body;
  return [line(first!), line(widths.map((width) => "-".repeat(width))), ...rest.map(line)].join("\n");
}

const HEAD =
  "# Benchmarks\n\nWritten by `deno task bench --write`. What a group has is measured side by side in one run, " +
  "on the machine that is named there.\n";

/** What RESULTS.md has of `group`. */
export function section(group: string, rows: readonly Row[]): string {
  return `## ${group}\n\n${machine()}\n${busyness()}\n${table(rows)}\n`;
}

/** `report` with the sections of `fresh` in place of what it has of those groups; in the order of `groups`. */
export function renewed(report: string, fresh: ReadonlyMap<string, string>, groups: readonly string[]): string {
  const kept = new Map(
    report.split(/^(?=## )/m).slice(1).map((text) => [text.slice(3, text.indexOf("\n")), `${text.trimEnd()}\n`]),
  );
  const sections = groups.map((group) => fresh.get(group) ?? kept.get(group)).filter((text) => text !== undefined);
  return [HEAD, ...sections].join("\n");
}

/** The first match in what `command` writes; Deno itself reads /proc only with every permission. */
function found(command: readonly string[], pattern: RegExp): string {
  return pattern.exec(textOf(command))?.[1]?.trim() ?? "unknown";
}

/** What the figures depend on, without anything that names one machine. */
function machine(): string {
  const model = found(["cat", "/proc/cpuinfo"], /^model name\s*:\s*(.*)$/m);
  const kernel = found(["uname", "-r"], /^(\d+\.\d+)/);
  const glibc = found(["getconf", "GNU_LIBC_VERSION"], /^(.*)$/m);
  const { deno, v8 } = Deno.version;
  const cores = `${navigator.hardwareConcurrency} cores`;
  return `${Deno.build.arch}, ${model}, ${cores}; Linux ${kernel}; ${glibc}; Deno ${deno}, V8 ${v8}`;
}

/** A warning where other programs take the processors: contenders with more threads lose more of them. */
function busyness(): string {
  const load = Number.parseFloat(found(["cat", "/proc/loadavg"], /^(\S+)/));
  if (load < navigator.hardwareConcurrency / 2) return "";
  return `\nThe machine was busy with other things, with a load of ${
    figure(load)
  } at the start: not to be relied on.\n`;
}
