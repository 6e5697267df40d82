/** Letting a signal do what it does by default, with what was asked to be done before that. */
import { isWantedElsewhere, tellLet } from "../../ffi/catcher.ts";
import { untilDenoHasDealt } from "../../ffi/deno_signals.ts";
import { forceDefault, STOPPING, timesLet } from "../../ffi/installation.ts";
import { tgkill } from "../../ffi/signal.ts";
import { gettid } from "../../ffi/unistd.ts";
import type { Keeper, LastAct } from "./keeper.ts";
import type { SignalInfo } from "./signal_info.ts";

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

/**
 * Act, and then have the signal do what it does by default. Where other copies of the library act last as well, it is sent
 * to them: each lets go of it when it has acted, so that the last one has it do that, and tells the others if the program
 * goes on.
 */
export function actLast(keeper: Keeper, info: SignalInfo, onError: (error: unknown) => void): void {
  const { number } = keeper;
  const times = timesLet(number);
  runLastActs(keeper, "before", info, onError);
  keeper.letting = { info, times };
  keeper.settle();
  const last = !isWantedElsewhere(number);
  // Deno's handler would stop the program with SIGSTOP, later and from a thread of its own, where there is no shell to
  // continue it as well.
  if (last && STOPPING.includes(number)) forceDefault(number);
  // Sent to this thread it has happened when the call returns.
  tgkill(Deno.pid, gettid(), number);
  if (!last) return;
  // Its handler, with which the program ends unless somebody listens, has only told another thread so far.
  untilDenoHasDealt();
  letNoMore(keeper, onError);
  tellLet(number);
}

/** Catch the signal again that another copy has let do what it does by default; or nobody has, since it is gone. */
export function goOn(keeper: Keeper, onError: (error: unknown) => void): void {
  const { letting, number } = keeper;
  if (letting === undefined) return;
  if (letting.times !== timesLet(number) || !isWantedElsewhere(number)) letNoMore(keeper, onError);
}

function letNoMore(keeper: Keeper, onError: (error: unknown) => void): void {
  const { info } = keeper.letting!;
  keeper.letting = undefined;
  keeper.settle();
  runLastActs(keeper, "after", info, onError);
}
