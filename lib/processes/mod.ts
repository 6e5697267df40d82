/**
 * Starting programs, talking to them, and seeing how they end.
 *
 * ```ts
 * import { capture, lines, run, shell } from "@vasty/vasty/processes";
 *
 * await run(["true"]);
 * const { stdout } = await capture(["echo", "hello"]);
 * for await (const line of lines(shell("echo one; echo two"))) console.log(line, stdout);
 * ```
 *
 * A command is an array, and no shell sees it; `shell()` makes one that does. A child is started with posix_spawn(3), so
 * a program that cannot be executed is an error of `spawn` itself. It gets the descriptors that were listed and no
 * others, every signal at its default, none blocked. Its end is seen through a pidfd, so no signal ever reaches another
 * process that got its number, and `Deno.Command`'s children are never touched.
 *
 * @module
 */
export { capture, Captured } from "./capture.ts";
export { Child, type TerminateOptions } from "./child.ts";
export { exec, type ExecOptions } from "./exec.ts";
export { ExitError } from "./exit_error.ts";
export { ExitStatus, type ResourceUsage } from "./exit_status.ts";
export { lines } from "./lines.ts";
export type { Command, CommandOptions, FileRedirect, Redirect, SpawnOptions } from "./options.ts";
export { run } from "./run.ts";
export { shell } from "./shell.ts";
export { spawn } from "./spawn.ts";
export { captureSync, linesSync, runSync, type SyncOptions } from "./sync.ts";
