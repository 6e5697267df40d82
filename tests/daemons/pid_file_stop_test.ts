import { PidFile, PidFileError } from "../../lib/daemons/mod.ts";
import { type Child, spawn, type SpawnOptions } from "../../lib/processes/mod.ts";
import { assertEquals, assertRejects, assertThrows, denoSource, EMULATED, test } from "../support/mod.ts";

/** A program that has the pid file at `path` as a daemon of Perl's would, and does `then` with signals. */
async function holder(path: string, then: string, options: SpawnOptions = {}): Promise<Child> {
  const script = `use Fcntl ":flock"; $| = 1; ${then}
    open my $f, ">", shift or die; flock $f, LOCK_EX or die; syswrite $f, "$$\\n"; print "READY\\n"; 1 while sleep 60`;
  const child = spawn(["perl", "-e", script, path], { ...options, stdout: "piped" });
  await child.stdout.getReader().read();
  return child;
}

const reason = (error: Error) => (error as PidFileError).reason;
const NEEDS = { needs: ["perl"], skip: EMULATED && "the emulator has no pidfd" };

test("PidFile.stop() ends the daemon, and returns when it has ended", async () => {
  const path = await Deno.makeTempFile();
  await using child = await holder(path, "");
  assertEquals(await PidFile.stop(path), { pid: child.pid, killed: false });
  assertEquals((await child.status).signal, "SIGTERM");
  assertEquals(reason(await assertRejects(() => PidFile.stop(path), PidFileError, "no daemon has")), "not running");
  await Deno.remove(path);
  assertEquals(reason(await assertRejects(() => PidFile.stop(path), PidFileError)), "not running");
}, NEEDS);

test("PidFile.stop() kills who does not end, or gives up", async () => {
  const path = await Deno.makeTempFile();
  await using child = await holder(path, "$SIG{TERM} = 'IGNORE';");
  await assertRejects(() => PidFile.stop(path, { timeout: 20 }), DOMException, "Timed out");
  const reason = new RangeError("enough");
  await assertRejects(() => PidFile.stop(path, { signal: AbortSignal.abort(reason) }), RangeError, "enough");
  assertEquals(child.poll(), undefined);
  assertEquals(await PidFile.stop(path, { killAfter: 20 }), { pid: child.pid, killed: true });
  await Deno.remove(path);
}, NEEDS);

test("PidFile.reload() sends SIGHUP, or another signal", async () => {
  const path = await Deno.makeTempFile();
  await using child = await holder(path, "$SIG{HUP} = sub { exit 5 }; $SIG{USR1} = sub { exit 6 };");
  assertEquals(PidFile.reload(path), child.pid);
  assertEquals((await child.status).code, 5);
  await using other = await holder(path, "$SIG{USR1} = sub { exit 6 };");
  assertEquals(PidFile.reload(path, "USR1"), other.pid);
  assertEquals((await other.status).code, 6);
  await Deno.remove(path);
}, NEEDS);

test("PidFile.stop() does not take a stranger for the daemon", async () => {
  const path = await Deno.makeTempFile();
  await using child = await holder(path, "");
  await Deno.writeTextFile(path, "");
  assertEquals(reason(assertThrows(() => PidFile.reload(path), PidFileError, "does not say who")), "foreign");
  await using dead = spawn(["true"]);
  await dead.status;
  await Deno.writeTextFile(path, `${dead.pid}\n`);
  assertEquals(reason(assertThrows(() => PidFile.reload(path), PidFileError, "which is gone")), "foreign");
  // One that has nothing to do with it, and whose number an earlier daemon had.
  await using other = spawn(["sleep", "60"]);
  await Deno.writeTextFile(path, `${other.pid}\n`);
  const error = await assertRejects(() => PidFile.stop(path), PidFileError, `is not known to be process ${other.pid}`);
  assertEquals([reason(error), (error as PidFileError).pid], ["foreign", other.pid]);
  assertEquals([child.poll(), other.poll()], [undefined, undefined]);
  await assertRejects(() => PidFile.stop(path, { send: "NONE" }), TypeError, "no signal");
  await assertRejects(() => PidFile.stop(path, { killAfter: -1 }), RangeError, "killAfter");
  await Deno.remove(path);
}, NEEDS);

test("PidFile.stop() of another user's daemon is not permitted", async () => {
  const path = await Deno.makeTempFile();
  await using _child = await holder(path, "");
  await Deno.chmod(path, 0o644);
  // It has its code loaded, and becomes another user then.
  const source = `
    import { PidFile } from "vasty/lib/daemons/mod.ts";
    import { dropPrivileges } from "vasty/lib/processes/mod.ts";
    dropPrivileges({ user: "nobody" });
    try { PidFile.reload(Deno.args[0]) } catch (error) { console.log(error.code) }`;
  const flags = ["--allow-sys=uid,gid", "--allow-read", "--allow-run"];
  assertEquals((await denoSource(source, { args: [path], flags })).stdout, "EPERM\n");
  await Deno.remove(path);
}, { ...NEEDS, skip: NEEDS.skip || Deno.uid() !== 0 && "only root may become another user" });
