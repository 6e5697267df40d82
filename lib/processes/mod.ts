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
export type { AttributeOptions, ResourceLimit, ResourceName } from "./attributes.ts";
export { background, type BackgroundOptions } from "./background.ts";
export { capture, Captured } from "./capture.ts";
export { Child } from "./child.ts";
export type { EndOptions, KillOptions, TerminateOptions } from "./ending.ts";
export { diamond, type DiamondLine, type DiamondOptions } from "./diamond.ts";
export { exec, type ExecOptions } from "./exec.ts";
export { execSelf, type ExecSelfOptions } from "./exec_self.ts";
export { ExitError } from "./exit_error.ts";
export { ExitStatus, type ResourceUsage } from "./exit_status.ts";
export type { ChangeOptions } from "./exit_watch.ts";
export { getpgrp, setpgid } from "./groups.ts";
export { getegid, geteuid, getgid, getgroups, getuid, resetIds } from "./ids.ts";
export type { IdentityOptions } from "./identity.ts";
export { lines } from "./lines.ts";
export { open2, type Open2Options } from "./open2.ts";
export { Dialog, open3, type Open3Options } from "./open3.ts";
export { openPipe, type OpenPipeOptions, PipeReader, PipeWriter } from "./open_pipe.ts";
export { OpenedChild, type OpenOptions } from "./opened_child.ts";
export type {
  Command,
  CommandOptions,
  DupRedirect,
  FileRedirect,
  OpenFlag,
  Redirect,
  SpawnOptions,
} from "./options.ts";
export { ownCommand } from "./own_command.ts";
export { Pipeline, pipeline, PipelineOutput } from "./pipeline.ts";
export { type RetryOptions, retrySpawn } from "./retry.ts";
export { run } from "./run.ts";
export {
  type OpenedSelf,
  openSelf,
  type OpenSelfOptions,
  type SelfMode,
  type SelfRunOptions,
  type SelfStartOptions,
  WarmSelf,
  warmSelf,
} from "./self.ts";
export type { SelfPermissions } from "./self_permissions.ts";
export { shell } from "./shell.ts";
export { spawn } from "./spawn.ts";
export type { PipelineOptions, Stage } from "./stages.ts";
export { captureSync, linesSync, runSync, type SyncOptions } from "./sync.ts";
export { type ChildChange, waitAny, type WaitAnyOptions, waitEach } from "./wait_any.ts";
