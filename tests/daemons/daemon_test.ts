/** What a daemon does that is ready. */
import { PidFile } from "../../lib/daemons/mod.ts";
import { assert, assertEquals, assertMatch, denoCommand, EMULATED, repository, sample, test } from "../support/mod.ts";
import { readProc } from "../support/proc.ts";
import { hinder } from "../support/hinder.ts";
import { Running } from "../examples/launched.ts";
import { until } from "../examples/signalled.ts";
import { DaemonFolder, gone } from "./started.ts";

const FLAGS = ["--allow-run", "--allow-read", "--allow-write", "--allow-sys=uid,gid"];

test("Daemon writes its log, its children's as well, and goes on in a new file at the signal", async () => {
  await using folder = new DaemonFolder();
  const log = { path: folder.log, reopenOn: "SIGUSR1", name: "d" };
  assertEquals((await folder.start({ options: { log }, what: ["children"] })).code, 0);
  await until("its child has written", () => folder.logged.includes("err\n"));
  assertEquals(folder.logged, "ready in /\non standard error\nout\nerr\n");
  Deno.renameSync(folder.log, `${folder.log}.1`);
  const { pid } = folder;
  Deno.kill(pid, "SIGUSR1");
  await until("the log is there again", () => folder.files.includes("d.log"));
  await folder.stop();
  assertMatch(folder.logged, /^d \d+: stopped by SIGTERM at /);
}, { skip: EMULATED && "a child of a child of an emulator" });

test("Daemon becomes another user within another root, and empties the pid file that it may not remove", async () => {
  await using folder = new DaemonFolder();
  Deno.chmodSync(folder.path, 0o755);
  const options = { user: "nobody", chroot: folder.path };
  const { code, stderr } = await folder.start({ options, flags: FLAGS, what: ["rooted"] });
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const status = readProc(`/proc/${folder.pid}/status`);
  assertMatch(status, /^Uid:\t(\d+)\t\1\t\1\t\1$/m);
  assert(!/^Uid:\t0/m.test(status));
  await until("it is ready", () => folder.logged.includes("standard error"));
  // There is no /proc in its root, where it could see whether Deno is late.
  hinder(folder.pid);
  await folder.stop();
  assertMatch(folder.logged, /^ready in \/\non standard error\nsubject \d+: stopped by SIGTERM/);
  assertEquals([folder.files, PidFile.read(folder.pidFile)], [["d.log", "d.pid"], undefined]);
}, { skip: Deno.uid() !== 0 && "only root may do it", needs: ["chrt", "taskset"] });

test("Daemon in the foreground is the process that was started, with its streams", async () => {
  await using folder = new DaemonFolder();
  const json = JSON.stringify({ pidFile: folder.pidFile, log: folder.log, foreground: true });
  const flags = ["--allow-read", "--allow-write"];
  const running = new Running(denoCommand(repository("tests/daemons/programs/subject.ts"), { flags, args: [json] }));
  await running.stdout.until(/^ready in \/\n/);
  assertEquals(folder.pid, running.child.pid);
  running.child.kill("SIGINT");
  const { code, stderr } = await running.end();
  assertEquals([code, stderr], [0, "on standard error\n"]);
  assertMatch(folder.logged, /^subject \d+: stopped by SIGINT at /);
  assertEquals(folder.files, ["d.log"]);
}, { skip: sample(false) });

test("Daemon without a log has nothing but /dev/null, and leaves nothing", async () => {
  await using folder = new DaemonFolder();
  assertEquals((await folder.start({ options: { log: undefined } })).code, 0);
  const { pid } = folder;
  Deno.kill(pid, "SIGTERM");
  await gone(pid);
  assertEquals(folder.files, []);
}, { skip: sample(false) });
