/** Programs that read a command, do it, and ask for the next one. */
import type { Command } from "../processes/mod.ts";

/** What a program is like that reads commands. */
export interface ReplKind {
  /** The program and its arguments. */
  command: Command;
  /** Variables of its environment, besides this program's own. */
  env?: Record<string, string>;
  /** What it says when it is ready for a command. */
  prompt: string;
  /** What it says when a command goes on in the next line. Without, commands are sent whole, and `mark` tells where they end. */
  continuation?: string;
  /** Whether an empty line ends a command that goes on. @default {false} */
  blocks?: boolean;
  /**
   * Whether its commands come through a pipe, its output being a terminal all the same. So it neither echoes them nor edits lines.
   * @default {false}
   */
  piped?: boolean;
  /**
   * A command that says something which nothing else says.
   * @param token A word.
   * @returns The command, and what it says.
   */
  mark(token: string): { command: string; says: string };
}

/** The programs that are known. */
export type ReplName = "bash" | "python" | "deno";

/** A word that nothing else says. */
export function token(): string {
  return `vasty-${crypto.randomUUID().slice(0, 13)}`;
}

/**
 * What is known of a program.
 *
 * @throws {TypeError} if there is no such name.
 */
export function replKind(name: ReplName, program?: string): ReplKind {
  if (name === "bash") return bash(program ?? "bash");
  if (name === "python") return python(program ?? "python3");
  if (name === "deno") return deno(program ?? "deno");
  throw new TypeError(`A REPL is "bash", "python" or "deno", or a description of another, not ${JSON.stringify(name)}`);
}

/** Its prompts begin with an escape, so that who shows the variable does not show the prompt. */
function bash(program: string): ReplKind {
  const word = token().slice(1);
  return {
    command: [program, "--norc", "--noprofile", "--noediting", "-i"],
    env: { PS1: `\\166${word}> `, PS2: `\\166${word}+ `, PROMPT_COMMAND: "", HISTFILE: "/dev/null", TERM: "dumb" },
    prompt: `v${word}> `,
    continuation: `v${word}+ `,
    mark: (text) => ({ command: `echo ${text}`, says: `${text}\n` }),
  };
}

function python(program: string): ReplKind {
  const word = token();
  return {
    command: [program, "-i", "-q", "-c", `import sys; sys.ps1, sys.ps2 = "${word}> ", "${word}+ "; del sys`],
    env: { TERM: "dumb", NO_COLOR: "1" },
    prompt: `${word}> `,
    continuation: `${word}+ `,
    blocks: true,
    piped: true,
    mark: (text) => ({ command: `"${text}"`, says: `'${text}'\n` }),
  };
}

/** Its prompt is what it is, and it says nothing between the lines of a command. */
function deno(program: string): ReplKind {
  return {
    command: [program, "repl", "--quiet"],
    env: { TERM: "dumb", NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    prompt: "> ",
    mark: (text) => ({ command: `"${text}"`, says: `"${text}"\n` }),
  };
}
