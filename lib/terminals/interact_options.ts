/** How a person is joined with a dialog. */
import type { WaitOptions } from "../core/limit.ts";
import type { PassingCase, PassingMatch } from "./pattern_watch.ts";
import type { PersonInput, PersonOutput } from "./person_target.ts";

/** How {@linkcode interact} behaves. */
export interface InteractOptions extends WaitOptions {
  /** Where the person types. @default {0, the standard input} */
  input?: PersonInput;
  /** Where the person looks. @default {1, the standard output} */
  output?: PersonOutput;
  /**
   * The character that ends it, which is not sent; `null` for none. It comes before filters and patterns.
   * @default {"\x1d", ^]}
   */
  escape?: string | null;
  /**
   * Called with what was typed; what it returns is sent instead.
   * @param text What was typed.
   * @returns What to send.
   */
  inputFilter?(text: string): string;
  /**
   * Called with what the program says; what it returns is shown instead. What is shown in part only when the interaction ends
   * waits in the buffer again, whole and as it was said.
   * @param text What was said.
   * @returns What to show.
   */
  outputFilter?(text: string): string;
  /** Patterns in what is typed, as the filter leaves it. */
  inputPatterns?: readonly PassingCase[];
  /** Patterns in what the program says. It is shown as it comes, what matches too. */
  outputPatterns?: readonly PassingCase[];
  /**
   * Whether the person's terminal is set to raw, so that each key is sent as it is typed. Without, it collects lines, echoes
   * them, and makes signals of ^C and ^Z itself, as a program that has no terminal needs it.
   * @default {whether the dialog is held over a terminal}
   */
  raw?: boolean;
  /**
   * Whether the program's terminal has the size of the person's from now on.
   * @default {true}
   */
  resize?: boolean;
  /**
   * What the end of what is typed means, such as the end of a file: the interaction ends (`"end"`), or the program is told by
   * `sendEof` and shown to its own end (`"pass"`).
   * @default {"end"}
   */
  inputEnd?: "end" | "pass";
}

/** Why an interaction ended. */
export interface InteractEnd {
  /** The escape character, an end, or a pattern. */
  readonly reason: "escape" | "eof" | "pattern";
  /** On whose side: the person's (`"input"`) or the program's (`"output"`). */
  readonly side: "input" | "output";
  /** What was found, if it was a pattern. */
  readonly match?: PassingMatch;
  /**
   * What was typed and sent to nobody: behind the escape character or the pattern, or, where the program's side ended it, what
   * might have become a pattern.
   */
  readonly rest: string;
}

/** Options with nothing left out. */
export type CheckedInteraction =
  & Required<Omit<InteractOptions, "signal" | "timeout" | "inputFilter" | "outputFilter">>
  & Pick<InteractOptions, "inputFilter" | "outputFilter">
  & { limit: WaitOptions };

/** `terminal`: the dialog is held over one. @throws {TypeError} if an option makes no sense. */
export function checkedInteraction(options: InteractOptions, terminal: boolean): CheckedInteraction {
  const { signal, timeout, escape = "\x1d", inputFilter, outputFilter, inputEnd = "end" } = options;
  if (escape !== null && !(typeof escape === "string" && /^[\0-\x7f]$/.test(escape))) {
    throw new TypeError(`escape is one character of ASCII, or null, not ${JSON.stringify(escape)}`);
  }
  if (inputEnd !== "end" && inputEnd !== "pass") {
    throw new TypeError(`inputEnd is "end" or "pass", not ${JSON.stringify(inputEnd)}`);
  }
  for (const filter of [inputFilter, outputFilter]) {
    if (filter !== undefined && typeof filter !== "function") throw new TypeError("A filter is a function");
  }
  return {
    limit: { signal, timeout },
    input: options.input ?? 0,
    output: options.output ?? 1,
    escape,
    inputFilter,
    outputFilter,
    inputPatterns: options.inputPatterns ?? [],
    outputPatterns: options.outputPatterns ?? [],
    raw: options.raw ?? terminal,
    resize: options.resize ?? true,
    inputEnd,
  };
}
