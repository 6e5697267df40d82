import { Clock } from "../../lib/terminals/clock.ts";
import { assert, assertEquals, test, within } from "../support/mod.ts";

/** What an armed clock says, and after how many milliseconds. */
async function limitOf(options: { signal?: AbortSignal; timeout?: number }, before: (clock: Clock) => void) {
  const { promise, resolve } = Promise.withResolvers<[unknown, boolean]>();
  const begun = performance.now();
  using clock = new Clock(options, (reason, timedOut) => resolve([reason, timedOut]));
  before(clock);
  clock.arm();
  const [reason, timedOut] = await promise;
  return { reason, timedOut, took: performance.now() - begun };
}

test("Clock counts from its beginning, not from where it is armed", async () => {
  const { timedOut, took } = await limitOf({ timeout: 40 }, (clock) => {
    const until = performance.now() + 30;
    while (performance.now() < until);
    clock.arm();
  });
  assertEquals(timedOut, true);
  assert(took >= 39 && took < within(150), `${took} ms`);
});

test("Clock whose time is over when it is armed gives what came in time one more turn to be read", async () => {
  const turns: string[] = [];
  await limitOf({ timeout: 10 }, () => {
    setTimeout(() => setTimeout(() => turns.push("read"), 0), 10);
    const until = performance.now() + 40;
    while (performance.now() < until);
  });
  assertEquals(turns, ["read"]);
});

test("Clock that is restarted begins anew", async () => {
  const { took } = await limitOf({ timeout: 50 }, (clock) => {
    clock.arm();
    setTimeout(() => clock.restart(), 25);
  });
  assert(took >= 74, `${took} ms`);
});

test("Clock gives what was due its turn when the loop was late", async () => {
  let turns = 0;
  const { timedOut } = await limitOf({ timeout: 5 }, (clock) => {
    clock.arm();
    const until = performance.now() + 40;
    while (performance.now() < until);
    setTimeout(() => turns++, 0);
  });
  assertEquals([timedOut, turns], [true, 1]);
});

test("Clock tells of an abort, before and after it is armed", async () => {
  const giving = new AbortController();
  const { reason, timedOut } = await limitOf({ signal: giving.signal, timeout: 10_000 }, (clock) => {
    clock.arm();
    giving.abort("enough");
  });
  assertEquals([reason, timedOut], ["enough", false]);
  assertEquals((await limitOf({ signal: AbortSignal.abort("early") }, () => {})).reason, "early");
});
