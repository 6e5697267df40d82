/**
 * Terminals: how they are set, as stty(1) does it, and put back.
 *
 * ```ts
 * import { isTerminal, stty } from "@vasty/vasty/terminals";
 *
 * if (isTerminal(0)) {
 *   using _raw = stty(0, "raw", "-echo"); // until the end of the block, or of the program
 * }
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
export { drain, flow, type FlowAction, flush, sendBreak, type TerminalQueue } from "./line_control.ts";
export { SavedTerminal } from "./saved_terminal.ts";
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
export { waitNoEcho } from "./wait_no_echo.ts";
