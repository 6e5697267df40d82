/**
 * The terminals that are to be put back: those that this program has changed for a while, for each of them what was there
 * before, the latest change last. They are put back when the program ends or stops, and set again when it is continued.
 *
 * @module
 */
import { SIGNAL } from "../../ffi/abi/signal.ts";
import { listen, release } from "../../ffi/catcher.ts";
import { tcgetpgrp, tcgetsid } from "../../ffi/termios.ts";
import { getpgrp, getsid } from "../../ffi/unistd.ts";
import { check } from "../core/errors.ts";
import { beforeDefault } from "../signals/mod.ts";
import { changeMode, modeInForce, noteMode } from "./terminal_change.ts";
import { type TerminalMode, writeMode } from "./terminal_mode.ts";
import type { Terminal } from "./terminal_target.ts";

/** What one change has found, to be put back. */
export interface Frame {
  readonly terminal: Terminal;
  before: TerminalMode;
}

/** The changes of one terminal. */
interface Stack {
  readonly frames: Frame[];
  /** Whether it is put back for the time being. */
  suspended: boolean;
  /** Whether this program was in the terminal's foreground when it changed it. */
  readonly foreground: boolean;
}

const stacks = new Map<string, Stack>();
/** What ends a program that is at a terminal. */
const ENDING = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] as const;
let watching: DisposableStack | undefined;

/**
 * Whether the terminal is this program's own, and somebody else is in its foreground: after `bg`, or once a shell has taken
 * it back.
 */
function isInBackground({ fd }: Terminal): boolean {
  const session = tcgetsid(fd);
  return session > 0 && session === getsid(0) && tcgetpgrp(fd) !== getpgrp();
}

/** Have `before` put back, once the frame is removed or the program ends. The terminal is in `mode` now. */
export function pushFrame(key: string, frame: Frame, mode: TerminalMode): void {
  watching ??= watch();
  const stack = stacks.get(key) ?? { frames: [], suspended: false, foreground: !isInBackground(frame.terminal) };
  stacks.set(key, stack);
  stack.frames.push(frame);
  noteMode(key, mode);
}

/** Put back what the frame has found; if others have changed the terminal since, the next one of them will. */
export function restoreFrame(key: string, frame: Frame): void {
  const stack = stacks.get(key);
  const at = stack?.frames.indexOf(frame) ?? -1;
  if (stack === undefined || at < 0) return;
  const later = stack.frames[at + 1];
  if (later !== undefined) later.before = frame.before;
  // While it is put back already there is nothing to do, but for what others still want of it.
  else if (stack.suspended) noteMode(key, frame.before);
  else if (!stack.foreground || !isInBackground(frame.terminal)) changeMode(frame.terminal, frame.before, "now");
  forgetFrame(key, frame);
}

/** Leave the terminal as it is. */
export function forgetFrame(key: string, frame: Frame): void {
  const stack = stacks.get(key);
  const at = stack?.frames.indexOf(frame) ?? -1;
  if (stack === undefined || at < 0) return;
  stack.frames.splice(at, 1);
  if (stack.frames.length > 0) return;
  stacks.delete(key);
  noteMode(key, undefined);
  if (stacks.size > 0) return;
  watching?.dispose();
  watching = undefined;
}

/** Put every terminal back to what it was before the first change. */
function suspend(): void {
  for (const stack of stacks.values()) {
    const { terminal, before } = stack.frames[0]!;
    if (stack.suspended || (stack.foreground && isInBackground(terminal))) continue;
    attempt(() => writeMode(terminal, before, "now"));
    stack.suspended = true;
  }
}

/** Set every terminal again that this program may set: one in the background is left until it is in the foreground. */
function resume(): void {
  for (const [key, stack] of stacks) {
    const { terminal } = stack.frames.at(-1)!;
    if (stack.foreground && isInBackground(terminal)) continue;
    stack.suspended = false;
    const mode = modeInForce(key);
    if (mode !== undefined) attempt(() => writeMode(terminal, mode, "now"));
  }
}

/** A terminal that was hung up or closed cannot be put back, and need not be. */
function attempt(write: () => void): void {
  try {
    write();
  } catch {
    // The others have their turn.
  }
}

/** An uncaught error ends the program, unless somebody prevents that: then it goes on in the next turn. */
function onError(): void {
  suspend();
  setTimeout(resume, 0);
}

function watch(): DisposableStack {
  using stack = new DisposableStack();
  stack.use(beforeDefault(ENDING, { before: suspend, after: resume }));
  // A stop that did not happen, in an orphaned group, has no continuation.
  stack.use(beforeDefault(["SIGTSTP"], { before: suspend, after: resume }));
  // Not a handler: whatever the program sets for this signal would take its place.
  check(listen(SIGNAL.SIGCONT, resume), "catch SIGCONT", "sigaction");
  stack.defer(() => release(SIGNAL.SIGCONT, resume, "before"));
  const events = [["unload", suspend], ["error", onError], ["unhandledrejection", onError]] as const;
  for (const [type, listener] of events) {
    addEventListener(type, listener);
    stack.defer(() => removeEventListener(type, listener));
  }
  return stack.move();
}
