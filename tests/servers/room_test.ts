import { Room } from "../../lib/servers/room.ts";
import { assertEquals, test, within } from "../support/mod.ts";

test("Room counts what is taken, and tells all who wait when a place is left", async () => {
  const room = new Room(2);
  room.take();
  assertEquals([room.taken, room.full], [1, false]);
  room.take();
  assertEquals(room.full, true);
  const waiting = Promise.all([room.changed(), room.changed(), room.changedWithin(60_000, true)]);
  room.leave();
  await waiting;
  assertEquals([room.taken, room.full], [1, false]);
});

test("Room.changedWithin() waits no longer than it is told", async () => {
  const room = new Room(Infinity);
  const begun = performance.now();
  await room.changedWithin(10, true);
  assertEquals(performance.now() - begun < within(1_000), true);
  room.wake();
});
