/** What the examples of daemons are for; tests/daemons/ has what every daemon is. */
import { PidFile } from "../../lib/daemons/mod.ts";
import { assert, assertEquals, assertMatch, test } from "../support/mod.ts";
import { gone, lives } from "../daemons/started.ts";
import { exampleCommand, Folder, launched } from "./launched.ts";

const NAME = "daemons/daemonize";
const DATE = /\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}/.source;

test(`${NAME} ends when the daemon is ready, which goes on until TERM`, async () => {
  using folder = new Folder();
  const start = () => launched(exampleCommand(NAME, "d.pid", "d.log"), { cwd: folder.path });
  const { code, stdout, stderr } = await start();
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "" });
  const { running, pid = 0 } = PidFile.status(`${folder.path}/d.pid`);
  try {
    assert(running && pid > 1 && lives(pid));
    const second = await start();
    assertEquals(second.code, 1);
    assertEquals(second.stderr, `daemonize: process ${pid} is running already: it has "d.pid" locked\n`);
  } finally {
    if (pid > 1) Deno.kill(pid, "SIGTERM");
    await gone(pid);
  }
  assertEquals(folder.files, ["d.log", "lines.txt"]);
  const line = (text: string) => `daemonize ${pid}: ${text} at ${DATE}\n`;
  const log = Deno.readTextFileSync(`${folder.path}/d.log`);
  assertMatch(log, new RegExp(`^${line("daemon started")}${line("stopped by SIGTERM")}$`));
});

test(`${NAME} fails with the daemon's reason`, async () => {
  using folder = new Folder();
  const { code, stdout, stderr } = await launched(exampleCommand(NAME, "d.pid", "none/d.log"), { cwd: folder.path });
  assertEquals([code, stdout], [1, ""]);
  assertEquals(stderr, 'daemonize: Cannot open the log "none/d.log": no such file or directory (ENOENT, open)\n');
  assertEquals(folder.files, ["lines.txt"]);
});
