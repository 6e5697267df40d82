import { assertEquals, test } from "../support/mod.ts";
import type { LastAct } from "../../lib/signals/keeper.ts";
import { runLastActs } from "../../lib/signals/last_acts.ts";
import type { SignalInfo } from "../../lib/signals/signal_info.ts";

test("runLastActs() calls the latest first, and all of them whatever one throws", () => {
  const calls: string[] = [];
  const act = (name: string): LastAct => ({
    before() {
      calls.push(name);
      throw new Error(name);
    },
    after: () => void calls.push(`after ${name}`),
  });
  const lastActs = new Set([act("a"), act("b")]);
  const errors: unknown[] = [];
  for (const step of ["before", "after"] as const) {
    runLastActs({ lastActs }, step, {} as SignalInfo, (error) => errors.push((error as Error).message));
  }
  assertEquals([calls, errors], [["b", "a", "after b", "after a"], ["b", "a"]]);
});
