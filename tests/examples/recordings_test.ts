import { Expect, parseAsciicast, spawnPty, waitNoEcho } from "../../mod.ts";
import { assert, assertEquals, repository, sample, test } from "../support/mod.ts";
import { exampleCommand, Folder, launched } from "./launched.ts";

test("terminals/record records a command that has no person before it, and ends as it ends", async () => {
  using folder = new Folder();
  const script = "read line; stty size; printf 'got \\303\\251 %s' $line; exit 7";
  const { code, stdout } = await launched(exampleCommand("terminals/record", "-o", "a.cast", "sh", "-c", script), {
    cwd: folder.path,
    input: "what\n",
  });
  assertEquals({ code, stdout }, { code: 7, stdout: "what\r\n24 80\r\ngot é what" });
  const { header, events } = parseAsciicast(Deno.readTextFileSync(`${folder.path}/a.cast`));
  assertEquals([header.cols, header.rows, header.command], [80, 24, `sh -c ${script}`]);
  assertEquals(events.map(({ data }) => data).join(""), stdout);
  assert(events.every(({ kind }) => kind === "o"));
  const played = await launched(exampleCommand("terminals/play", "a.cast", "--speed", "20"), { cwd: folder.path });
  assertEquals(played, { code: 0, signal: null, stdout, stderr: "" });
});

test("terminals/record gives the command the person's keys and window, and leaves the terminal as it was", async () => {
  using folder = new Folder();
  const shell = spawnPty(["bash", "--norc", "--noprofile", "--noediting", "-i"], {
    rows: 30,
    cols: 100,
    cwd: repository(""),
    env: { PS1: "$ ", TERM: "dumb", INIT_CWD: folder.path },
  });
  await using person = new Expect(shell);
  const state = async () => {
    await person.sendLine("stty -g");
    return (await person.expect(/([0-9a-f:]{30,})\r\n\$ /)).groups[1];
  };
  await person.expect("$ ");
  const before = await state();
  const script =
    '$| = 1; $SIG{WINCH} = sub { system "stty size" }; system "stty size; stty -echo"; print while <STDIN>; kill 9, $$';
  const command = exampleCommand("terminals/record", "perl", "-e", script).map((word) => `'${word}'`).join(" ");
  await person.sendLine(command);
  await person.expect("30 100\r\n");
  await waitNoEcho(shell);
  await person.send("one\r");
  await person.expect("one\r\n");
  shell.resize({ rows: 31, cols: 101 });
  await person.expect("31 101\r\n");
  await person.send("\x04");
  await person.expect("$ ");
  await person.sendLine("echo $?");
  await person.expect(/137\r\n\$ /);
  assertEquals(await state(), before);
  const { events } = parseAsciicast(Deno.readTextFileSync(`${folder.path}/recording.cast`));
  assertEquals(events.filter(({ kind }) => kind === "r").map(({ data }) => data), ["101x31"]);
}, { skip: sample(false), needs: ["perl"] });

test("terminals/play says what is wrong with a recording", async () => {
  using folder = new Folder();
  const { code, stderr } = await launched(exampleCommand("terminals/play", "lines.txt"), { cwd: folder.path });
  assertEquals({ code, stderr }, { code: 1, stderr: "play: Line 1 of the recording is no JSON\n" });
});
