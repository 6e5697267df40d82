import { assertEquals, denoCommand, test } from "../support/mod.ts";
import { Running } from "../examples/launched.ts";
import { onTerminal } from "../examples/signalled.ts";

const SOURCE = (root: string) => `
  import { detachTerminal } from "${root}lib/daemons/mod.ts";
  import { readProc } from "${root}tests/support/proc.ts";
  const fields = () => readProc("/proc/self/stat").replace(/^.*\\) /s, "").split(" ");
  const [, , group, session, terminal] = fields();
  const done = detachTerminal();
  const [, , , after, none] = fields();
  console.log([Number(group) === Deno.pid, Number(session) === Deno.pid, terminal !== "0", done,
    Number(after) === Deno.pid, none, detachTerminal()].join(" "));`;

/** What a program of its own says on a terminal, or without one. */
async function said(terminal: boolean, under: string[]): Promise<string> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(file, SOURCE(new URL("../../", import.meta.url).href));
  const command = [...under, ...denoCommand(file)];
  const { stdout, stderr } = await new Running(terminal ? onTerminal(command) : command).end("");
  await Deno.remove(file);
  assertEquals(stderr, "");
  return stdout.trim();
}

test("detachTerminal() of the leader of a terminal's session gives up the terminal, and lives", async () => {
  assertEquals(await said(true, []), "true true true terminal true 0 none");
}, { needs: ["script"] });

test("detachTerminal() of a group's leader gives up the terminal alone", async () => {
  // A shell with job control makes a group for each command.
  assertEquals(await said(true, ["bash", "-c", 'set -m; "$@"; exit', "-"]), "true false true terminal false 0 none");
}, { needs: ["script", "bash"] });

test("detachTerminal() of anybody else begins a session", async () => {
  const found = await said(true, ["sh", "-c", '"$@"; exit', "-"]);
  assertEquals(found, "false false true session true 0 none");
}, { needs: ["script"] });
