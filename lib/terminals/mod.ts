/**
 * Pseudo-terminals, how terminals are set, and dialogs with programs that want a person before them.
 *
 * ```ts
 * import { EOF, Expect, spawnPty } from "@vasty/vasty/terminals";
 *
 * await using dialog = new Expect(spawnPty(["sh", "-c", "tty; read name; echo hello, $name"]));
 * await dialog.expect(/\/dev\/pts\/\d+\r\n/);
 * await dialog.sendLine("world");
 * await dialog.expect("hello, world\r\n");
 * await dialog.expect(EOF);
 * ```
 *
 * @module
 */
export type {
  ControlMode,
  InputMode,
  LocalMode,
  OutputDelay,
  OutputMode,
  SpecialCharacter,
} from "./attribute_names.ts";
export type { DialogTarget, ReadWriteTarget } from "./dialog_target.ts";
export { Expect } from "./expect.ts";
export { expectAny } from "./expect_any.ts";
export type { DialogLog, ExpectCallOptions, ExpectOptions } from "./expect_options.ts";
export { Glob, glob } from "./glob.ts";
export { drain, flow, type FlowAction, flush, sendBreak, type TerminalQueue } from "./line_control.ts";
export type { Match } from "./match.ts";
export { openPty } from "./open_pty.ts";
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
export { Pty } from "./pty.ts";
export { PtyBase, type PtyOptions } from "./pty_base.ts";
export { PtyChild, type SpawnPtyOptions } from "./pty_child.ts";
export { SavedTerminal } from "./saved_terminal.ts";
export { type DialogSendOptions, ExpectSender } from "./sending.ts";
export { spawnPty } from "./spawn_pty.ts";
export { stty } from "./stty.ts";
export { sttyText, type SttyTextOptions, type SttyView } from "./stty_text.ts";
export {
  getAttributes,
  type PartialTerminalAttributes,
  setAttributes,
  type TerminalAttributes,
} from "./terminal_attributes.ts";
export type { ChangeTime } from "./terminal_mode.ts";
export { isTerminal, terminalName } from "./terminal_name.ts";
export type { TerminalTarget } from "./terminal_target.ts";
export type { DialogEncoding } from "./text_encoding.ts";
export type { HumanOptions, SlowOptions } from "./typing.ts";
export { waitNoEcho } from "./wait_no_echo.ts";
export type { WindowSize } from "./window_size.ts";
