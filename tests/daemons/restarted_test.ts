/** A daemon that begins anew is the same daemon. */
import { PidFile } from "../../lib/daemons/mod.ts";
import { assert, assertEquals, assertMatch, denoCommand, EMULATED, repository, sample, test } from "../support/mod.ts";
import { Running } from "../examples/launched.ts";
import { until } from "../examples/signalled.ts";
import { DaemonFolder, lives, stateOf } from "./started.ts";

const FLAGS = ["--allow-run", "--allow-read", "--allow-write"];

/** A folder for a daemon of programs/restarted.ts. */
class RestartedFolder extends DaemonFolder {
  /** What starts it; its flags and its files are named relative to this folder, from which it is started. */
  from(what: string, options = {}): string[] {
    const json = JSON.stringify({ pidFile: "d.pid", log: "d.log", ...options });
    const flags = ["--allow-run", "--allow-read=d.pid", "--allow-write=d.pid,d.log"];
    const command = denoCommand(repository("tests/daemons/programs/restarted.ts"), { flags, args: [json, what] });
    return ["env", `--chdir=${this.path}`, ...command];
  }

  async begin(what = "", options = {}): Promise<void> {
    const { code, stdout, stderr } = await this.launched(this.from(what, options));
    assertEquals({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "" });
  }

  /** Wait for this in its log, so often. */
  async says(text: string, times = 1): Promise<void> {
    await until(`the log has ${text}`, () => this.logged.split(text).length > times);
  }
}

/** What it is, once it has let in the signals that came while it began anew. */
async function settled(pid: number) {
  const { others, ...state } = await until(`process ${pid} hears signals`, () => {
    const state = stateOf(pid);
    return /^0+$/.test(state.blocked) && state;
  });
  return { ...state, others: others.sort() };
}

for (const what of ["before", "after"]) {
  test(`Restarter.restart() begins the same daemon anew; restartable() is called ${what} daemonize()`, async () => {
    await using folder = new RestartedFolder();
    await folder.begin(what);
    const { pid } = folder;
    await folder.says("on standard error");
    const state = await settled(pid);
    const inode = Deno.statSync(folder.pidFile).ino;
    for (const times of [2, 3]) {
      Deno.kill(pid, "SIGHUP");
      // It is locked all the while.
      await until("it is there again", () => {
        assertEquals(PidFile.status(folder.pidFile), { running: true, pid });
        return folder.logged.split("on standard error").length > times;
      });
      assertEquals([await settled(pid), Deno.statSync(folder.pidFile).ino], [state, inode]);
    }
    await folder.stop();
    assertEquals(folder.files, ["d.log"]);
    assertEquals([...folder.logged.matchAll(/generation (\d)/g)].map(([, one]) => one), ["1", "2", "3"]);
  }, { skip: sample(false) });
}

test("execSelf() begins the same daemon anew", async () => {
  await using folder = new RestartedFolder();
  await folder.begin();
  const { pid } = folder;
  await folder.says("on standard error");
  const state = await settled(pid);
  Deno.kill(pid, "SIGUSR2");
  await folder.says("on standard error", 2);
  assertEquals([await settled(pid), folder.pid], [state, pid]);
}, { skip: EMULATED && "the command line is the emulator's" });

test("a daemon may begin anew before it is ready: its launcher waits for that", async () => {
  await using folder = new RestartedFolder();
  await folder.begin("early");
  await folder.says("generation 2");
  assertEquals(folder.logged.includes("generation 1"), false);
  assert(lives(folder.pid));
  // Standard error was the launcher's until then.
  await folder.says("on standard error");
}, { skip: sample(false) });

test("a trial of a daemon fails with what it logs, and takes nothing with it", async () => {
  await using folder = new RestartedFolder();
  await folder.begin("fail");
  const { pid } = folder;
  Deno.kill(pid, "SIGHUP");
  await folder.says("did not get ready");
  assertMatch(folder.logged, /true Cannot restart: .*exit 1 \| .*begins as trial in \/ at .*\| .*no such luck at /);
  assertEquals([folder.pid, folder.files], [pid, ["d.log", "d.pid"]]);
}, { skip: sample(false) });

test("a daemon that has a pid file is not handed over", async () => {
  await using folder = new RestartedFolder();
  await folder.begin();
  const { pid } = folder;
  Deno.kill(pid, "SIGUSR1");
  await folder.says("Cannot hand over");
  assertMatch(folder.logged, /NotSupported: A daemon with a pid file is replaced in place/);
  assertEquals(folder.pid, pid);
}, { skip: sample(false) });

test("a daemon in the foreground begins anew as that, with its streams", async () => {
  await using folder = new RestartedFolder();
  const [, , ...command] = folder.from("", { foreground: true, pidFile: folder.pidFile, log: folder.log });
  const words = command.map((word) => word.replace(/^--allow-(read|write)=.*/, "--allow-$1"));
  const running = new Running(words);
  await running.stdout.until(/generation 1\n/);
  running.child.kill("SIGHUP");
  await running.stdout.until(/generation 2\n/);
  assertEquals(folder.pid, running.child.pid);
  running.child.kill("SIGTERM");
  assertEquals((await running.end()).code, 0);
  assertEquals(folder.files, ["d.log"]);
}, { skip: sample(false) });

test(
  "a daemon of another user begins anew in the log that it could not open, or says that it may not load its code",
  async () => {
    await using folder = new RestartedFolder();
    Deno.chmodSync(folder.path, 0o755);
    const json = JSON.stringify({ pidFile: folder.pidFile, log: folder.log, user: "nobody" });
    const flags = [...FLAGS, "--allow-sys=uid,gid"];
    const command = denoCommand(repository("tests/daemons/programs/restarted.ts"), { flags, args: [json] });
    const { code, stderr } = await folder.launched(command);
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    const { pid } = folder;
    Deno.kill(pid, "SIGHUP");
    await until("it goes on", () => /generation 2|Cannot restart/.test(folder.logged));
    assertMatch(folder.logged, /Cannot open the log ".*" *: permission denied[^]*generation 2\n|true Cannot restart/);
    assertEquals(folder.pid, pid);
  },
  { skip: Deno.uid() !== 0 ? "only root may do it" : sample(false) },
);
