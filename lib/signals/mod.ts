/**
 * Signals: handling, waiting for, holding back and sending them, and timers that send them.
 *
 * ```ts
 * import { raise, SIG } from "@vasty/vasty/signals";
 *
 * SIG.USR2 = ({ pid }) => console.log(`from process ${pid}`);
 * raise("SIGUSR2");
 * SIG.USR2 = "DEFAULT";
 * ```
 *
 * A signal is caught by machine code that keeps what the kernel says of it and wakes the event loop; handlers are ordinary
 * functions that run there, Perl's "deferred signals". They also run at `dispatchSignals()`, and while a blocking (`Sync`)
 * call of this library waits. Standard signals that come faster than they are handled the kernel merges, real-time ones it
 * queues; of what it delivers nothing is lost. `Deno.addSignalListener` goes on working beside this.
 *
 * Not for handling: `SIGKILL` and `SIGSTOP`; `SIGSEGV`, `SIGBUS`, `SIGILL` and `SIGFPE`; 32 and 33, which glibc keeps; and
 * `SIGRTMIN+14`, which this library keeps.
 *
 * @module
 */
export { sigaction, type SignalAction, type SignalActionOptions } from "./action.ts";
export { alarm, getitimer, type IntervalTimer, type IntervalTimerValue, setitimer } from "./alarm.ts";
export { beforeDefault, type DefaultAction } from "./before_default.ts";
export { dispatchSignals } from "./delivery.ts";
export type { SignalDisposition, SignalFlag, SignalHandler } from "./disposition.ts";
export { inheritedSignal } from "./inherited.ts";
export { alive, kill, raise, sigqueue } from "./kill.ts";
export { localSignal } from "./local_signal.ts";
export { block, blockedSignals, type MaskChange, pendingSignals, sigprocmask, unblock } from "./mask.ts";
export { signalName, signalNames, signalNumber } from "./names.ts";
export { Pidfd } from "./pidfd.ts";
export type { SignalSet } from "./refused.ts";
export { SIG, type Sig } from "./sig.ts";
export type { SignalCode, SignalInfo } from "./signal_info.ts";
export { Signals, signals, type SignalsOptions } from "./signals.ts";
export { timeout } from "./timeout.ts";
export { trap } from "./trap.ts";
export { sigsuspend, sigsuspendSync, sleepSync, waitSignal, waitSignalSync } from "./wait_signal.ts";
