import { assertEquals, test } from "../support/mod.ts";
import { getAttributes, setAttributes, stty, sttyText } from "../../mod.ts";
import { opened } from "../support/opened.ts";
import { barePty } from "./bare_pty.ts";

test("SavedTerminal: nested ones are put back in turn, and each holds what it has found", () => {
  using pty = barePty();
  const states = [sttyText(pty.slave, "-g")];
  const first = stty(pty.slave, "-echo");
  states.push(sttyText(pty.slave, "-g"));
  const second = stty(pty.path, "-icanon");
  assertEquals([first.text, second.text], states);
  assertEquals([first.attributes.local.ECHO, second.attributes.local.ECHO], [true, false]);
  second.restore();
  assertEquals(sttyText(pty.slave, "-g"), states[1]);
  first.restore();
  assertEquals(sttyText(pty.slave, "-g"), states[0]);
});

test("SavedTerminal: out of order nothing changes until the last one ends, in whatever order three of them end", () => {
  const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
  for (const order of orders) {
    using pty = barePty();
    const before = sttyText(pty.slave, "-g");
    const saved = [stty(pty.slave, "-echo"), stty(pty.master, "-icanon"), stty(pty.path, "min 9")];
    for (const i of order) {
      saved[i]!.restore();
      saved[i]!.restore();
    }
    assertEquals([order, sttyText(pty.slave, "-g")], [order, before]);
  }
});

test("SavedTerminal: keep() lets a change stay, and an outer one still puts everything back", () => {
  using pty = barePty();
  const before = sttyText(pty.slave, "-g");
  const outer = stty(pty.slave, "-echo");
  const inner = stty(pty.slave, "-icanon");
  inner.keep();
  inner.restore();
  assertEquals(getAttributes(pty.slave).local.ICANON, false);
  setAttributes(pty.slave, { minimum: 5 });
  outer.restore();
  assertEquals(sttyText(pty.slave, "-g"), before);
});

test("SavedTerminal holds a descriptor of its own for a path and for a number, and for nothing else", () => {
  using pty = barePty();
  const before = opened();
  const saved = [stty(pty.slave, "-echo"), stty(pty.slave.number, "min 3"), stty(pty.path, "time 3")];
  // The first one that waits for signals has what the process keeps for that.
  const during = opened();
  for (const one of saved.toReversed()) one.restore();
  assertEquals(during - opened(), 2);
  assertEquals(opened() >= before, true);
});

test("SavedTerminal is put back when its descriptor is closed, or hands it on to a later one", () => {
  using pty = barePty();
  const before = sttyText(pty.path, "-g");
  const slave = stty(pty.slave, "-icanon");
  const later = stty(pty.path, "-echo");
  pty.slave.close();
  assertEquals(getAttributes(pty.path).local.ECHO, false);
  later.restore();
  assertEquals(sttyText(pty.path, "-g"), before);
  stty(pty.master, "-icanon");
  using copy = pty.master.duplicate();
  pty.master.close();
  assertEquals(sttyText(copy, "-g"), before);
  slave.restore();
});

test("SavedTerminal: a descriptor that is closed first, and a terminal that was hung up, are no error", () => {
  const pty = barePty();
  const path = stty(pty.path, "-echo");
  const slave = stty(pty.slave, "-icanon");
  pty[Symbol.dispose]();
  slave.restore();
  path.restore();
});
