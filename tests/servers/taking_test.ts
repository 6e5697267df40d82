import { Taking } from "../../lib/servers/taking.ts";
import { assert, assertEquals, assertRejects, test } from "../support/mod.ts";

test("Taking: nothing may be taken before it opens, while it pauses, and after its end", async () => {
  const taking = new Taking();
  assert(taking.signal.aborted);
  assertEquals(taking.pause(), false);
  const allowed = taking.allowed();
  taking.open();
  assertEquals([await allowed, await taking.allowed()], [true, true]);
  const { signal } = taking;
  assertEquals([signal.aborted, taking.pause(), signal.aborted, taking.pause()], [false, true, true, false]);
  const again = taking.allowed();
  taking.open();
  taking.open();
  assertEquals([await again, taking.signal.aborted], [true, false]);
  taking.pause();
  const never = taking.allowed();
  taking.end();
  taking.open();
  assertEquals([await never, await taking.allowed(), taking.signal.aborted], [false, false, true]);
});

test("Taking.opened() waits for the first time, as long as its signal lets it", async () => {
  const taking = new Taking();
  const stop = new AbortController();
  const given = assertRejects(() => taking.opened({ signal: stop.signal }), Error, "enough");
  stop.abort(new Error("enough"));
  await given;
  const opened = taking.opened({});
  taking.open();
  await opened;
  taking.pause();
  await taking.opened({});
});
