import { assertEquals, assertThrows, test } from "../support/mod.ts";
import { ClosedError, isTerminal, pipe, terminalName } from "../../mod.ts";
import { barePty } from "./bare_pty.ts";

test("isTerminal() and terminalName() know both sides of a pty, and what is none", () => {
  using pty = barePty();
  const { reader, writer } = pipe();
  using _ends = new DisposableStack();
  _ends.use(reader);
  _ends.use(writer);
  const targets = [pty.slave, pty.slave.number, pty.path, { master: pty.master }];
  for (const target of targets) assertEquals([isTerminal(target), terminalName(target)], [true, pty.path]);
  for (const target of [reader, "/dev/null", 9_999]) {
    assertEquals([isTerminal(target), terminalName(target)], [false, undefined]);
  }
  assertThrows(() => isTerminal("/nonexistent/tty"), Error, "ENOENT");
  pty.master.close();
  assertEquals(isTerminal(pty.slave), false);
  pty.slave.close();
  assertThrows(() => isTerminal(pty.slave), ClosedError);
});
