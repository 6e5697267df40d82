import { echoIsOff } from "../../lib/terminals/echo.ts";
import { openPty, setAttributes } from "../../mod.ts";
import { assertEquals, test } from "../support/mod.ts";

test("echoIsOff() asks the terminal, by its master too", () => {
  using pty = openPty();
  assertEquals([echoIsOff(pty.master.number), pty.isEchoOff()], [false, false]);
  setAttributes(pty, { local: { ECHO: false } });
  assertEquals([echoIsOff(pty.master.number), echoIsOff(pty.slave.number), pty.isEchoOff()], [true, true, true]);
  assertEquals(echoIsOff(9_999), false);
});

test("openPty() begins with the attributes that it is given", () => {
  using pty = openPty({ attributes: { local: { ECHO: false } } });
  assertEquals(pty.isEchoOff(), true);
});
