/** Letting a signal do what it does by default, with what was asked to be done before that. */
import { SIGNAL } from "../../ffi/abi/signal.ts";
import { untilDenoHasDealt } from "../../ffi/deno_signals.ts";
import { forceDefault } from "../../ffi/installation.ts";
import { tgkill } from "../../ffi/signal.ts";
import { gettid } from "../../ffi/unistd.ts";
import type { Keeper, LastAct } from "./keeper.ts";
import type { SignalInfo } from "./signal_info.ts";

/** What stops a program by default. */
const STOPPING: readonly number[] = [SIGNAL.SIGTSTP, SIGNAL.SIGTTIN, SIGNAL.SIGTTOU];

/** Do what is to be done, the latest first, whatever one of them throws. */
export function runLastActs(
  { lastActs }: Pick<Keeper, "lastActs">,
  step: keyof LastAct,
  info: SignalInfo,
  onError: (error: unknown) => void,
): void {
  for (const act of [...lastActs].reverse()) {
    try {
      act[step](info);
    } catch (error) {
      onError(error);
    }
  }
}

/** Act, and then have the signal do what it does by default. */
export function actLast(keeper: Keeper, info: SignalInfo, onError: (error: unknown) => void): void {
  const { number } = keeper;
  runLastActs(keeper, "before", info, onError);
  keeper.letting = true;
  try {
    keeper.settle();
    // Deno's handler would stop the program with SIGSTOP, later and from a thread of its own, where there is no shell to
    // continue it as well.
    if (STOPPING.includes(number)) forceDefault(number);
    // Sent to this thread it has happened when the call returns.
    tgkill(Deno.pid, gettid(), number);
    // Its handler, with which the program ends unless somebody listens, has only told another thread so far.
    untilDenoHasDealt();
  } finally {
    keeper.letting = false;
    keeper.settle();
  }
  runLastActs(keeper, "after", info, onError);
}
