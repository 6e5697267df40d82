/**
 * Dialogs with programs that want a person.
 *
 * ```ts
 * import { spawn } from "@vasty/vasty/processes";
 * import { Expect } from "@vasty/vasty/terminals";
 *
 * await using dialog = new Expect(spawn(["cat"], { stdin: "piped", stdout: "piped" }));
 * await dialog.sendLine("hello");
 * console.assert((await dialog.expect("hello\n")).before === "");
 * ```
 *
 * @module
 */
export type { DialogTarget, ReadWriteTarget } from "./dialog_target.ts";
export { Expect } from "./expect.ts";
export { expectAny } from "./expect_any.ts";
export type { DialogLog, ExpectCallOptions, ExpectOptions } from "./expect_options.ts";
export { Glob, glob } from "./glob.ts";
export type { Match } from "./match.ts";
export {
  type Case,
  CONTINUE,
  CONTINUE_TIMER,
  EOF,
  FULL_BUFFER,
  type Pattern,
  type Patterns,
  TIMEOUT,
} from "./patterns.ts";
export { type DialogSendOptions, ExpectSender } from "./sending.ts";
export type { DialogEncoding } from "./text_encoding.ts";
export type { HumanOptions, SlowOptions } from "./typing.ts";
