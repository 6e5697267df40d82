/** The commands of a pipeline, and how they are joined. */
import type { Fd } from "../core/fd.ts";
import { pipe } from "../core/pipe.ts";
import type { Child } from "./child.ts";
import type { Command, CommandOptions, SpawnOptions } from "./options.ts";
import { start } from "./run.ts";

/** One command of a pipeline with options of its own, which go before those of the whole. */
export interface Stage extends Omit<SpawnOptions, "stdin" | "stdout" | "stderr" | "signal" | "timeout" | "grace"> {
  /** The program and its arguments, or `shell(...)`. */
  command: Command;
  /** Where this command alone writes its errors; not `"piped"`, which nobody would read. @default {that of the whole} */
  stderr?: SpawnOptions["stderr"];
}

/** How `pipeline` runs its commands: as for `spawn`, for every one of them. */
export interface PipelineOptions extends Omit<CommandOptions, "fds" | "argv0" | "retry"> {
  /** What the first command reads. @default {"inherit"} */
  stdin?: SpawnOptions["stdin"];
  /**
   * Where the last command writes. `"inherit"` shows it. A pipe that nobody reads fills, and then the commands wait; it is
   * open until it has been read to its end, by `output()` for example, or the pipeline is disposed of.
   * @default {"piped"}
   */
  stdout?: SpawnOptions["stdout"];
  /** `true`: one process group for all of them, which the first one leads; a number: they join that group. */
  processGroup?: SpawnOptions["processGroup"];
  /** Where every command writes its errors; `"piped"` is one pipe for all of them. @default {"inherit"} */
  stderr?: SpawnOptions["stderr"];
  /**
   * Whether a failure anywhere is one of the whole, that of the last command that failed, as after bash's
   * `set -o pipefail`. A command that SIGPIPE has killed counts as failed, there as here. Otherwise the last command
   * decides alone.
   * @default {false}
   */
  pipefail?: boolean;
}

/** The stages of a pipeline once all of them run. */
export interface Joined {
  readonly children: readonly Child[];
  /** What becomes of `options.input`, if there is any. */
  readonly fed?: Promise<void>;
  /** Our end of the pipe for the errors of all. */
  readonly errors: Fd | undefined;
}

/** Start the stages from the first to the last; each reads what the one before it writes. */
export function joinStages(stages: readonly Stage[], options: PipelineOptions): Joined {
  const children: Child[] = [];
  const ends = options.stderr === "piped" ? pipe() : undefined;
  using errors = ends?.writer;
  const shared: PipelineOptions = errors ? { ...options, stderr: errors } : { ...options };
  let before: Fd | undefined;
  let fed: Promise<void> | undefined;
  try {
    for (const [i, stage] of stages.entries()) {
      const next = i < stages.length - 1 ? pipe() : undefined;
      // The children alone hold the ends: a copy here would keep a reader waiting for ever, and a writer from SIGPIPE.
      using reader = before;
      using writer = next?.writer;
      before = next?.reader;
      const started = start(stage.command, stageOptions(stage, shared, reader, writer), children);
      if (i > 0) continue;
      fed = started.fed;
      // One group for all. Its leader may have ended, but nobody has reaped it yet, so the group is still there.
      if (options.processGroup === true) shared.processGroup = started.child.pid;
    }
  } catch (error) {
    before?.close();
    ends?.reader.close();
    for (const child of children) abandon(child, options);
    throw error;
  }
  return { children, fed, errors: ends?.reader };
}

/** What one stage is started with: `reader` and `writer` where it is joined, what belongs to the whole at the outside. */
export function stageOptions(stage: Stage, options: PipelineOptions, reader?: Fd, writer?: Fd): CommandOptions {
  // What a stage leaves undefined is as for the whole.
  const own: Omit<Stage, "command"> = Object.fromEntries(
    Object.entries(stage).filter(([name, value]) => name !== "command" && value !== undefined),
  );
  const { input, stdin, stdout = "piped", pipefail: __, ...whole } = options;
  const env = whole.env || own.env ? { ...whole.env, ...own.env } : undefined;
  const outside = reader ? {} : { input, stdin };
  return { ...whole, ...own, ...outside, env, ...(reader && { stdin: reader }), stdout: writer ?? stdout };
}

/** End a stage of a pipeline that could not be completed. It is reaped as soon as it is gone. */
async function abandon(child: Child, { grace }: PipelineOptions): Promise<void> {
  await child.terminate({ grace }).catch(() => {});
  await child[Symbol.asyncDispose]().catch(() => {});
}
