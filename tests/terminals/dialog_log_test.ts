import { Expect } from "../../mod.ts";
import { assertEquals, denoSource, test } from "../support/mod.ts";

/** What is read, whatever is written; whether it echoes can be set. */
class Terminal {
  readonly #texts: string[];
  echoOff = false;

  constructor(...texts: string[]) {
    this.#texts = texts;
  }

  read(target: Uint8Array<ArrayBuffer>): Promise<number | null> {
    const text = this.#texts.shift();
    return Promise.resolve(text === undefined ? null : new TextEncoder().encodeInto(text, target).written);
  }

  write(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    return Promise.resolve(bytes.length);
  }

  isEchoOff(): boolean {
    return this.echoOff;
  }
}

test("the log has what comes and goes, but nothing that is typed while the terminal does not echo", async () => {
  const log: string[] = [];
  const terminal = new Terminal("login: ", "Password: ", "welcome");
  await using dialog = new Expect(terminal, {
    log: { received: (text) => log.push(`< ${text}`), sent: (text) => log.push(`> ${text}`) },
  });
  await dialog.expect("login: ");
  await dialog.sendLine("me");
  await dialog.expect("Password: ");
  terminal.echoOff = true;
  await dialog.sendLine("secret");
  await dialog.sendHuman("4");
  terminal.echoOff = false;
  await dialog.send("token", { hidden: true });
  await dialog.send(new Uint8Array([0x78, 0xff]));
  await dialog.sendControl("d");
  await dialog.expect("welcome");
  assertEquals(log, [
    "< login: ",
    "> me\n",
    "< Password: ",
    "> [hidden]",
    "> [hidden]",
    "> [hidden]",
    "> x\ufffd",
    "> \x04",
    "< welcome",
  ]);
});

test("the log has the bytes that are sent as the text which they are in the dialog's encoding", async () => {
  const log: string[] = [];
  const dialogs = { latin1: [0x63, 0xe9], "utf-8": [0xef, 0xbb, 0xbf, 0x63] } as const;
  for (const [encoding, sent] of Object.entries(dialogs)) {
    await using dialog = new Expect(new Terminal(), {
      encoding: encoding as keyof typeof dialogs,
      log: { sent: (text) => log.push(text) },
    });
    await dialog.send(new Uint8Array(sent));
  }
  assertEquals(log, ["c\xe9", "\ufeffc"]);
});

test("what the log throws comes out of the call, and what came is not lost", async () => {
  const log = () => {
    throw new Error("disk full");
  };
  await using dialog = new Expect(new Terminal("one two"), { log: { received: log, sent: log } });
  const message = (error: Error) => error.message;
  assertEquals(await dialog.send("x").catch(message), "disk full");
  assertEquals((await dialog.expect("one")).match, "one");
  assertEquals(await dialog.expect("three").catch(message), "disk full");
  assertEquals(dialog.buffer, " two");
});

test("logUser shows what comes on standard output", async () => {
  const program = `
    import { EOF, Expect, spawn } from "vasty/mod.ts";
    const child = spawn(["printf", "a\\\\000b %s", "é"], { stdin: "piped", stdout: "piped" });
    await using dialog = new Expect(child, { logUser: true });
    await dialog.expect(EOF);
  `;
  const { stdout, stderr } = await denoSource(program, { flags: ["--allow-run=printf"] });
  assertEquals([stdout, stderr], ["a\0b é", ""]);
});

test("the log does not tell of how many pieces a secret is", async () => {
  const log: string[] = [];
  const terminal = new Terminal();
  await using dialog = new Expect(terminal, { log: { sent: (text) => log.push(text) } });
  await dialog.sendSlow("me", { delay: 0 });
  terminal.echoOff = true;
  await dialog.sendSlow("s3cret", { delay: 0 });
  assertEquals(log, ["m", "e", "[hidden]"]);
});
