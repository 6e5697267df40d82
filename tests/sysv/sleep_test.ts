import { Sleep } from "../../lib/sysv/sleep.ts";
import type { WaitingCall } from "../../lib/sysv/wait.ts";
import { assertEquals, test } from "../support/mod.ts";

test("a sleep that is over is not given up, and its call is freed once either way", () => {
  const told: unknown[] = [];
  const call = { [Symbol.dispose]: () => told.push("freed") } as unknown as WaitingCall;
  for (const over of [true, false]) {
    using sleep = new Sleep(call, (rc) => told.push(rc), () => told.push("given up"));
    if (over) sleep.end(5);
  }
  assertEquals(told, [5, "freed", "freed", "given up"]);
});
