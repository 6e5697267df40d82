import { LineUp, type Place } from "../../lib/terminals/line_up.ts";
import { assertEquals, test } from "../support/mod.ts";

/** A place that looks as often as `looks`, and then leaves. */
function place(line: LineUp, name: string, log: string[], looks = 1): Place & { suspended: boolean } {
  const self = {
    suspended: false,
    look(): boolean {
      log.push(name);
      if (--looks > 0) return false;
      line.leave(self);
      return true;
    },
    received: () => void log.push(`${name} hears`),
    fail: (reason: unknown) => void log.push(`${name} ${reason}`),
  };
  return self;
}

test("LineUp lets one after the other look", () => {
  const [line, log] = [new LineUp(), [] as string[]];
  for (const [name, looks] of [["a", 1], ["b", 2], ["c", 1]] as const) line.enter(place(line, name, log, looks));
  line.run();
  assertEquals(log, ["a", "b"]);
  line.run();
  assertEquals(log, ["a", "b", "b", "c"]);
});

test("LineUp puts what is called by a handler before the call whose handler it is", () => {
  const [line, log] = [new LineUp(), [] as string[]];
  const outer = place(line, "outer", log);
  line.enter(outer);
  line.enter(place(line, "next", log));
  outer.suspended = true;
  line.suspended++;
  line.enter(place(line, "inner 1", log));
  line.enter(place(line, "inner 2", log));
  line.run();
  assertEquals(log, ["inner 1", "inner 2"]);
  outer.suspended = false;
  line.suspended--;
  line.run();
  assertEquals(log, ["inner 1", "inner 2", "outer", "next"]);
});

test("LineUp tells everyone that something has come", () => {
  const [line, log] = [new LineUp(), [] as string[]];
  for (const name of ["a", "b"]) line.enter(place(line, name, log));
  line.received();
  assertEquals(log, ["a hears", "b hears"]);
});

test("LineUp does not go deeper with every one that leaves", () => {
  const [line, log] = [new LineUp(), [] as string[]];
  for (let i = 0; i < 20_000; i++) {
    const self = place(line, "", log);
    line.enter({ ...self, look: () => self.look() });
    line.enter(self);
    line.leave(self);
  }
  line.failAll("gone");
  assertEquals(log.length, 20_000);
});
