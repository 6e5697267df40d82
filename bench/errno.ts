/** What a failing call's errno costs: `read(-1)` through the door against the bare FFI call of the same function. */
import { libc } from "../ffi/libc.ts";
import type { Scale } from "./main.ts";
import { difference, median, samples } from "./measure.ts";
import { textOf } from "./peers.ts";
import type { Row } from "./report.ts";

/** The names under which errno_program.ts reports. */
export const BARE = "the bare FFI call";
export const DOOR = "the door";
export const POINTER = "UnsafeFnPointer.call()";

/** `Deno.UnsafeFnPointer` asks for the bare `--allow-ffi`, so all three are measured in a program that has it. */
export function errnoRows({ rounds, share }: Scale): Promise<Row[]> {
  const program = new URL("errno_program.ts", import.meta.url).pathname;
  const calls = Math.round(1_000_000 * share);
  const flags = ["--no-config", "--no-check", "--quiet", "--allow-ffi"];
  const text = textOf([Deno.execPath(), "run", ...flags, program, libc().path, `${calls}`, `${4 * rounds}`]);
  const costs = new Map(Object.entries(JSON.parse(text) as Record<string, number[]>));
  const nano = (name: string) => `${median(samples(costs, name)).toFixed(0)} ns`;
  const row = (one: string): Row => ({
    what: `a failing call with its errno, ${one} over ${BARE} without`,
    measured: difference(costs, one, BARE),
    unit: "ns",
    note: `${nano(one)} to ${nano(BARE)} a call`,
  });
  return Promise.resolve([{ ...row(DOOR), goal: { most: 30 } }, row(POINTER)]);
}
