import {
  block,
  blockedSignals,
  localSignal,
  SIG,
  sigaction,
  signals,
  sigprocmask,
  trap,
  waitSignal,
} from "../../lib/signals/mod.ts";
import { assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";

const nothing = () => {};

/** Everything that takes a signal to be caught, ignored or blocked. */
const TAKERS: [name: string, take: (signal: string | number) => unknown][] = [
  ["sigaction()", (signal) => sigaction(signal, nothing)],
  ["sigaction() with a mask", (signal) => sigaction("USR2", nothing, { mask: [signal] })],
  ["localSignal()", (signal) => localSignal(signal, "IGNORE")],
  ["block()", (signal) => block(signal)],
  ["sigprocmask()", (signal) => sigprocmask("SIG_SETMASK", [signal])],
  ["signals()", (signal) => signals("USR2", signal)],
  ["trap()", (signal) => trap(nothing, ["USR2", signal])],
  ["SIG", (signal) => SIG[String(signal)] = nothing],
];

const REFUSED: [signal: string | number, reason: string][] = [
  ["KILL", "Cannot handle SIGKILL: the kernel lets no process catch, block or ignore it"],
  ["SIGSTOP", "Cannot handle SIGSTOP: the kernel lets no process"],
  ...["SEGV", "BUS", "ILL", "FPE"].map((
    name,
  ): [string, string] => [name, `Cannot handle SIG${name}: it reports a fault`]),
  [32, "Cannot handle signal 32: the C library keeps it for its threads"],
  [33, "Cannot handle signal 33: the C library keeps it"],
  ["SIGRTMIN+14", "Cannot handle SIGRTMIN+14: this library keeps it"],
];

for (const [name, take] of TAKERS) {
  test(`${name} refuses what cannot be handled, with the reason`, () => {
    for (const [signal, reason] of REFUSED) {
      // %SIG has names alone.
      if (name === "SIG" && typeof signal === "number") continue;
      assertThrows(() => take(signal), TypeError, reason);
    }
  });

  test(`${name} refuses what is no signal`, () => {
    for (const signal of ["SIGFOO", -1, 0, 65, 1.5, NaN]) {
      assertThrows(() => take(signal), TypeError, "There is no signal");
    }
  });
}

test("waitSignal() rejects with the same reasons", async () => {
  for (const [signal, reason] of REFUSED) await assertRejects(() => waitSignal([signal]), TypeError, reason);
  for (const signal of ["SIGFOO", -1, 0, 65, 1.5, NaN]) await assertRejects(() => waitSignal([signal]), TypeError);
});

test("what is refused has changed nothing", () => {
  assertEquals([SIG.USR2, blockedSignals()], ["DEFAULT", []]);
});
