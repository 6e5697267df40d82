/** What a daemon finds again that has begun anew; restarted_test.ts has whole daemons. */
import { filesOf } from "../../lib/daemons/daemon_files.ts";
import type { DaemonState } from "../../lib/daemons/daemon_state.ts";
import { LogFile, PidFile, PidFileError } from "../../lib/daemons/mod.ts";
import { assert, assertEquals, assertMatch, assertThrows, test } from "../support/mod.ts";
import { readProc } from "../support/proc.ts";

/** A folder with a daemon's files, as the daemon has them that begins anew in `begin`. */
class Files implements Disposable {
  readonly folder: string = Deno.makeTempDirSync();
  readonly own = `${this.folder}/own`;
  readonly pidFile = `${this.own}/d.pid`;
  readonly log = `${this.own}/d.log`;
  readonly before: DaemonState;

  constructor() {
    Deno.mkdirSync(this.own);
    const [pidFile, log] = [PidFile.create(this.pidFile), LogFile.open(this.log)];
    const [pidCopy, logCopy] = [pidFile.fd.duplicate(), log.fd.duplicate()];
    log.close();
    // The lock belongs to the open file, which the copy has.
    Deno.renameSync(this.pidFile, `${this.folder}/moved`);
    pidFile.remove();
    Deno.renameSync(`${this.folder}/moved`, this.pidFile);
    const had = { fd: pidCopy.release(), path: this.pidFile };
    this.before = { role: "restarted", pidFile: had, log: logCopy.release(), awaited: false };
  }

  /** What it has then, and the text of its log file before that is closed. */
  resume(options: { pidFile?: string; log?: string }): { running: boolean; logged: string; paths: string[] } {
    const { pidFile, log } = filesOf(options, this.before);
    const { running } = PidFile.status(pidFile?.path ?? this.pidFile);
    log?.print("it goes on");
    const paths = [...Deno.readDirSync(this.folder)].map(({ name }) => name);
    const logged = readProc(`/proc/self/fd/${log?.fd.number}`);
    pidFile?.remove();
    log?.close();
    return { running, logged, paths: paths.sort() };
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

test("filesOf() has the pid file and the log that were there, and removes the pid file in the end", () => {
  using files = new Files();
  assertEquals(PidFile.status(files.pidFile), { running: true, pid: Deno.pid });
  const { running, logged } = files.resume({ pidFile: files.pidFile, log: files.log });
  assert(running);
  assertMatch(logged, /^\S+ \d+: it goes on at .*\n$/);
  assertEquals([...Deno.readDirSync(files.own)].map(({ name }) => name), ["d.log"]);
});

test("filesOf() makes a pid file where new code has it, and removes that of the old code", () => {
  using files = new Files();
  const { running, paths } = files.resume({ pidFile: `${files.folder}/new.pid`, log: files.log });
  assertEquals([running, paths], [true, ["new.pid", "own"]]);
  assertEquals([...Deno.readDirSync(files.own)].map(({ name }) => name), ["d.log"]);
});

test("filesOf() makes a pid file anew that somebody has removed", () => {
  using files = new Files();
  Deno.removeSync(files.pidFile);
  assert(files.resume({ pidFile: files.pidFile, log: files.log }).running);
});

test("filesOf() goes on in the files that it has where their folder is gone, and says so", () => {
  using files = new Files();
  Deno.removeSync(files.own, { recursive: true });
  const { running, logged } = files.resume({ pidFile: files.pidFile, log: files.log });
  assertEquals(running, false);
  assertMatch(logged, /Cannot make ".*d\.pid": .*ENOENT.*\n.*Cannot open the log ".*d\.log": .*ENOENT.*\n.*it goes on/);
});

test("filesOf() leaves the pid file alone in a trial, whose log is nobody's file, if it can be opened", () => {
  using files = new Files();
  const trial = (before: DaemonState, log: string) => filesOf({ pidFile: files.pidFile, log }, before);
  const { pidFile, log } = trial({ ...files.before, role: "trial" }, files.log);
  assertEquals([pidFile, Deno.readTextFileSync(files.log)], [undefined, ""]);
  log?.close();
  assertThrows(() => trial({ role: "trial", awaited: false }, `${files.folder}/no/d.log`), Error, "ENOENT");
  files.resume({ pidFile: files.pidFile, log: files.log });
});

test("filesOf() opens them for the first time, and closes the pid file where the log cannot be opened", () => {
  const folder = Deno.makeTempDirSync();
  const options = { pidFile: `${folder}/d.pid`, log: `${folder}/none/d.log` };
  assertThrows(() => filesOf(options, undefined), Error, "ENOENT");
  const { pidFile } = filesOf({ pidFile: options.pidFile }, undefined);
  assertThrows(() => filesOf({ pidFile: options.pidFile }, undefined), PidFileError, "running already");
  pidFile?.remove();
  Deno.removeSync(folder, { recursive: true });
});
