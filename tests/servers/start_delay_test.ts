import { StartDelay } from "../../lib/servers/start_delay.ts";
import { assert, assertEquals, test } from "../support/mod.ts";

test("StartDelay waits twice as long after each failure, and not after a success", async () => {
  let due = Promise.withResolvers<void>();
  const delay = new StartDelay(() => due.resolve());
  assertEquals(delay.waiting, false);
  const waits: number[] = [];
  for (const works of [false, false, true]) {
    if (works) delay.worked();
    const begun = performance.now();
    delay.failed();
    delay.failed(); // it waits already
    assert(delay.waiting);
    await due.promise;
    assertEquals(delay.waiting, false);
    waits.push(performance.now() - begun);
    due = Promise.withResolvers<void>();
  }
  assert(waits[0]! >= 99 && waits[1]! >= 199 && waits[2]! >= 99, `${waits}`);
  delay.failed();
  delay.end();
  assertEquals(delay.waiting, false);
});
