/** What a step of the tour is, and what steps check with. */
import { captureSync } from "../../lib/processes/mod.ts";

/** One thing that the library does, done and checked. */
export interface Step {
  /** The folder of lib/, or "ffi", or "examples". */
  area: string;
  /** What is done. */
  title: string;
  /** Does it; returns what was found, in a few words, and throws where that is not right. */
  run: () => string | Promise<string>;
}

/** Throw unless `right`. */
export function must(right: boolean, reason: string): asserts right {
  if (!right) throw new Error(reason);
}

/** What `action` throws. */
export async function failure(action: () => unknown): Promise<Error> {
  try {
    await action();
  } catch (error) {
    return error as Error;
  }
  throw new Error("it did not fail");
}

/** Milliseconds since `start`, for a person. */
export function since(start: number): string {
  const ms = performance.now() - start;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/**
 * The children of this process as the kernel lists them, each as "PID STATE NAME": a Z is a zombie. Deno itself lets only
 * programs with all permissions read /proc, so another program does.
 */
export function children(): string[] {
  const { stdout } = captureSync(["sh", "-c", "echo $$; exec cat /proc/[0-9]*/stat"], { check: false, stderr: "null" });
  const [reader, ...stats] = stdout.split("\n");
  return stats.flatMap((line) => {
    const [, pid, name, state, parent] = /^(\d+) \((.*)\) (\w) (\d+)/.exec(line) ?? [];
    return Number(parent) === Deno.pid && pid !== reader ? [`${pid} ${state} ${name}`] : [];
  });
}
