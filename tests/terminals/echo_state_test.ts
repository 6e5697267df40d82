import { isEchoOff, isMaster } from "../../lib/terminals/echo_state.ts";
import { EOF, Expect, openPty, spawnPty, stty } from "../../mod.ts";
import { assertEquals, assertRejects, test } from "../support/mod.ts";

test("isEchoOff() is asked of a pty, and true of what is closed", () => {
  using pty = openPty();
  assertEquals([isMaster(pty), isMaster({}), isEchoOff(pty)], [true, false, false]);
  stty(pty, "-echo");
  assertEquals(isEchoOff(pty), true);
  stty(pty, "echo");
  assertEquals(isEchoOff(pty), false);
  pty.close();
  assertEquals(isEchoOff(pty), true);
});

test("a password is sent when the terminal does not echo, and is not in the log", async () => {
  const program = "stty -echo; printf 'Password: '; read secret; stty echo; echo; echo ${#secret} characters";
  const log: string[] = [];
  await using dialog = new Expect(spawnPty(["sh", "-c", `printf 'name: '; read name; ${program}`]), {
    log: { received: (text) => log.push(text), sent: (text) => log.push(`<${text}>`) },
  });
  await dialog.expect("name: ");
  await dialog.sendLine("me");
  await dialog.waitNoEcho({ timeout: 5_000 });
  await dialog.expect("Password: ");
  await dialog.sendLine("s3cret");
  await dialog.expect("6 characters\r\n");
  await dialog.expect(EOF);
  assertEquals(log.join(""), "name: <me\n>me\r\nPassword: <[hidden]>\r\n6 characters\r\n");
});

test("Expect.waitNoEcho() reads meanwhile, and is given up in time", async () => {
  const program =
    "i=0; while [ $i -lt 20000 ]; do echo $i; i=$((i+1)); done; stty -echo; echo quiet; read x; stty echo; echo loud; read x";
  await using dialog = new Expect(spawnPty(["sh", "-c", program]));
  await dialog.waitNoEcho({ timeout: 20_000 });
  await dialog.expect("19999\r\nquiet\r\n");
  await dialog.sendLine();
  await dialog.expect("loud\r\n");
  await assertRejects(() => dialog.waitNoEcho({ timeout: 50 }), DOMException, "Timed out after 50 ms");
  await dialog.sendLine();
  await dialog.expect(EOF);
});
