/**
 * What a first `capture()` calls, compiled together with the bundle. V8 compiles a function when it is first called, and
 * what it has not compiled by the end of loading is in no cache: 10 µs for each of 200 functions, in every process. It
 * compiles at once what stands in parentheses, since most such functions are called at once.
 */
import type { Change } from "./sources.ts";

/** The sources that a first `capture()` or `captureSync()` runs through. */
const FIRST =
  /^(ffi\/(bind|descriptors|libc|loop|memory|poll|reactor|sys_wait|text|native\/code)|lib\/core\/(errors|limit|path|permissions)|lib\/processes\/(attributes|capture|ending|environment|exit_status|exit_watch|moves|parent_end|posix_spawn|program|roll|run|spawn|start|sync|wait_delay))\.ts$/;

/** A function of a module: its last line is the first brace that begins a line. */
const FUNCTION = /^(export )?((?:async )?function\*? ?(\w+)[^]*?\n\})$/gm;

/**
 * `source` with its functions in parentheses, each on the lines where it was. They are made when the module's body runs
 * and not before: a module that calls its own functions from there cannot be listed.
 */
export function eager(source: string): string {
  return source.replaceAll(FUNCTION, (_, exported = "", text, name) => `${exported}var ${name} = (${text});`);
}

/** {@linkcode eager} of those. */
export const eagerFunctions: Change = (text, path) => FIRST.test(path) ? eager(text) : text;
