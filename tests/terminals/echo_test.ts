import { echoIsOff } from "../../lib/terminals/echo.ts";
import { Expect, openPty, setAttributes, spawnPty } from "../../mod.ts";
import { assertEquals, test, within } from "../support/mod.ts";

test("echoIsOff() asks the terminal, by its master too", () => {
  using pty = openPty();
  assertEquals([echoIsOff(pty.master.number), pty.isEchoOff()], [false, false]);
  setAttributes(pty, { local: { ECHO: false } });
  assertEquals([echoIsOff(pty.master.number), echoIsOff(pty.slave.number), pty.isEchoOff()], [true, true, true]);
  assertEquals(echoIsOff(9_999), false);
});

test("openPty() begins with the settings that it is given", () => {
  using pty = openPty({ settings: ["-echo"] });
  assertEquals(pty.isEchoOff(), true);
});

test("a dialog with a terminal logs nothing that is typed while it does not echo", async () => {
  const sent: string[] = [];
  const log = { sent: (text: string) => void sent.push(text) };
  const script = "read a; stty -echo; printf 'password: '; read b; stty echo; printf 'ok '; read c; echo $a$b$c";
  await using dialog = new Expect(spawnPty(["sh", "-c", script]), { log });
  await dialog.sendLine("a");
  await dialog.waitNoEcho({ timeout: within(10_000) });
  await dialog.expect("password: ");
  await dialog.sendLine("b");
  await dialog.expect("ok ");
  await dialog.sendLine("c");
  await dialog.expect("abc");
  assertEquals(sent, ["a\n", "[hidden]", "c\n"]);
});
