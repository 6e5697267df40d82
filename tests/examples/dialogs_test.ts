/** Dialogs with programs on terminals, as the examples hold them. */
import { Expect, spawnPty } from "../../lib/terminals/mod.ts";
import { assert, assertEquals, assertMatch, EMULATED, test, within } from "../support/mod.ts";
import { FtpServer } from "./ftp_server.ts";
import { exampleCommand, Folder, launched } from "./launched.ts";
import { directCommand } from "./signalled.ts";

/** The system's own Python comes first. */
const PYTHON = { env: { PATH: "/usr/bin:/bin" } };
const skip = EMULATED && "these programs are not emulated";

/** What it prints, having ended well. */
async function printed(command: string[], options = {}): Promise<string> {
  const { code, stdout, stderr } = await launched(command, options);
  assertEquals([code, stderr], [0, ""]);
  return stdout;
}

/** What it says of its failure. */
async function fails(command: string[], options = {}): Promise<string> {
  const { code, stderr } = await launched(command, options);
  assertEquals(code, 1);
  return stderr.trimEnd();
}

test("terminals/comm gets ten lines back, and nothing is echoed", async () => {
  const lines = Array.from({ length: 10 }, (_, i) => `got back ${`${i + 1}`.padStart(6)}\ta line\n`);
  assertEquals(await printed(exampleCommand("terminals/comm")), lines.join(""));
});

test("terminals/comm fails if what comes back differs, or does not come within a second", async () => {
  using folder = new Folder();
  const env = { PATH: `${folder.path}:/usr/bin:/bin` };
  for (
    const [program, says] of [["exec /bin/cat", /^comm: cat has sent "a line"$/], [
      "sleep 9",
      /^comm: Timed out after 1000 ms/,
    ]] as const
  ) {
    Deno.writeTextFileSync(`${folder.path}/cat`, `#!/bin/sh\n${program}\n`, { mode: 0o755 });
    const start = performance.now();
    assertMatch(await fails(directCommand("terminals/comm"), { env }), says);
    assert(performance.now() - start < within(4_000));
  }
});

test("terminals/bc works expressions out, and says what is wrong with one", async () => {
  assertEquals(
    await printed(directCommand("terminals/bc")),
    `6 * 7 = 42
2 ^ 100 = 1267650600228229401496703205376
scale = 10; 4 * a(1) = 3.1415926532
`,
  );
  const answer = `2 ^ 400 = ${2n ** 400n}\nx = 5; x = 5\n`;
  assertEquals(await printed(directCommand("terminals/bc", "2 ^ 400", "x = 5; x")), answer);
  assertMatch(await fails(directCommand("terminals/bc", "1 / 0")), /^bc: 1 \/ 0: .*[Dd]ivide by zero/);
  assertEquals(await fails(directCommand("terminals/bc", "x = 5")), "bc: x = 5 has no value");
}, { needs: ["bc"], skip });

test("terminals/python types lines to the prompt and shows what comes", async () => {
  const dialog = await printed(directCommand("terminals/python"), PYTHON);
  assertMatch(
    dialog,
    /^>>> 6 \* 7\n42\n>>> def greeting\(name\):\n\.\.\. {5}return [^]*\n>>> print\(.*\)\nhello, world\n$/,
  );
  const block = await printed(directCommand("terminals/python", "for i in 1, 2:", "    i"), PYTHON);
  assertEquals(block, ">>> for i in 1, 2:\n...     i\n... \n1\n2\n");
  const error = await fails(directCommand("terminals/python", "1 / 0"), PYTHON);
  assertEquals(error, "python: Python says ZeroDivisionError: division by zero");
}, { needs: ["python3"], skip });

test("terminals/vim adds lines, draws its screen, and says why a file is not written", async () => {
  using folder = new Folder();
  const options = { cwd: folder.path };
  assertEquals(
    await printed(exampleCommand("terminals/vim", "new", "one", "漢字 two"), options),
    "new: 2L, 15B written\n",
  );
  const svg = await printed(exampleCommand("terminals/vim", "lines.txt", "3 < 4", "--svg"), options);
  assertEquals(Deno.readTextFileSync(`${folder.path}/lines.txt`), "tcp one\nsecond\n3 < 4\n");
  assertMatch(svg, /^<svg [^]*>second<\/text>[^]*>3 &lt;<\/text>[^]*<\/svg>\n$/);
  assertMatch(await fails(exampleCommand("terminals/vim", ".", "x"), options), /^vim: vim says .*directory/);
  assertMatch(await fails(exampleCommand("terminals/vim", "none/x", "x"), options), /^vim: vim says E212: /);
  assertEquals(folder.files, ["lines.txt", "new"]);
}, { needs: ["vim"], skip });

const WORLD = { users: { anonymous: "anonymous@", me: "open sesame" }, files: { "a.txt": "hello\n", "b.txt": "x" } };

test("terminals/ftp lists a folder and fetches a file", async () => {
  await using server = await FtpServer.listening(WORLD);
  const listing = "in /pub\n-rw-r--r-- 1 me me a.txt\n-rw-r--r-- 1 me me b.txt\n";
  assertEquals(await printed(directCommand("terminals/ftp", server.place)), listing);
  using folder = new Folder();
  const options = { cwd: folder.path, env: { FTP_PASSWORD: "open sesame" } };
  const words = ["terminals/ftp", server.place, "a.txt", "me"] as const;
  assertEquals(await printed(exampleCommand(...words), options), "a.txt: 6 bytes\n");
  assertEquals(Deno.readTextFileSync(`${folder.path}/a.txt`), "hello\n");
  assertEquals(server.heard.filter((line) => /^(USER|RETR|QUIT)/.test(line)), [
    "USER anonymous",
    "QUIT",
    "USER me",
    "RETR a.txt",
    "QUIT",
  ]);
}, { needs: ["ftp"], skip });

test("terminals/ftp says what the server refuses", async () => {
  await using server = await FtpServer.listening(WORLD);
  const env = { FTP_PASSWORD: "wrong" };
  assertEquals(
    await fails(directCommand("terminals/ftp", server.place, "-", "me"), { env }),
    "ftp: 530 Login incorrect",
  );
  assertEquals(await fails(directCommand("terminals/ftp", server.place, "none")), "ftp: 550 No such file");
  assertMatch(await fails(directCommand("terminals/ftp", "127.0.0.1:1")), /^ftp: ftp: Can't connect .*refused/);
}, { needs: ["ftp"], skip });

test("terminals/ftp asks the person at the terminal for the password, which is not seen", async () => {
  await using server = await FtpServer.listening(WORLD);
  const child = spawnPty(directCommand("terminals/ftp", server.place, "-", "me"), { cols: 200 });
  await using dialog = new Expect(child, { lineEnd: "\r" });
  await dialog.expect("Password of me: ");
  await dialog.waitNoEcho();
  await dialog.sendLine("open sesame");
  const { before } = await dialog.expect("in /pub\r\n");
  assertEquals(before, "\r\n");
  assertEquals((await child.status).code, 0);
}, { needs: ["ftp"], skip });

test("a secret that is not typed but interrupted leaves the terminal with its echo", async () => {
  await using server = await FtpServer.listening(WORLD);
  const script = `trap : INT; "$@"; stty -a | grep -ow -e '-*echo'`;
  const command = directCommand("terminals/ftp", server.place, "-", "me");
  await using dialog = new Expect(spawnPty(["sh", "-c", script, "sh", ...command], { cols: 200 }));
  await dialog.expect("Password of me: ");
  await dialog.waitNoEcho();
  await dialog.sendControl("c");
  const { match } = await dialog.expect(/-*echo\r\n/);
  assertEquals(match, "echo\r\n");
}, { needs: ["ftp", "stty"], skip });
