/** What signals/hup_daemon is for. */
import { assert, assertEquals, assertMatch, denoCommand, repository, test, within } from "../support/mod.ts";
import { alive, exampleCommand, Running } from "./launched.ts";
import { AGES, directCommand, exampleOf, hasAge } from "./signalled.ts";

const NAME = "signals/hup_daemon";
const ARGS = ["a", "", "b c", "--help"];

/** Restart it twice, and end it: what it has printed. */
async function restarted(running: Running, pid: number): Promise<string> {
  for (const generation of [1, 2]) {
    await running.stdout.until(new RegExp(`^(PID: [^]*ARGV: .*\n[^]*){${generation}}`));
    Deno.kill(pid, "SIGHUP");
  }
  await running.stdout.until(/^(PID: [^]*ARGV: .*\n[^]*){3}1\n2\n/);
  assert(alive(pid), `process ${pid} is gone`);
  Deno.kill(pid, "SIGTERM");
  const { signal, stdout, stderr } = await running.end();
  assertEquals({ signal, stderr: stderr.replace(/^nohup: .*\n/, "") }, { signal: "SIGTERM", stderr: "" });
  return stdout;
}
