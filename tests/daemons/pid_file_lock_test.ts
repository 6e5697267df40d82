import { namedBy, ownRange } from "../../lib/daemons/pid_file_lock.ts";
import { PidFile, PidFileError } from "../../lib/daemons/mod.ts";
import { lockRange, testLock } from "../../lib/locks/mod.ts";
import { capture, spawn } from "../../lib/processes/mod.ts";
import { assertEquals, assertMatch, assertThrows, denoCommand, EMULATED, repository, test } from "../support/mod.ts";

test("ownRange() makes a lock that names this process", async () => {
  const path = await Deno.makeTempFile();
  {
    using _lock = await lockRange(path, "exclusive", ownRange());
    const found = testLock(path, "exclusive")!;
    assertEquals([found.pid, namedBy(found)], [undefined, { pid: Deno.pid, here: true }]);
    // Of another namespace, and of a process that could not tell its own.
    assertEquals(namedBy({ ...found, length: found.length - 2 ** 22 }), { pid: Deno.pid, here: false });
    assertEquals(namedBy({ ...found, length: 2 ** 52 + 5 }), { pid: 5, here: true });
    for (const other of [{ kind: "posix" }, { mode: "shared" }, { start: 1 }, { length: Infinity }, { length: 5 }]) {
      assertEquals(namedBy({ ...found, ...other } as typeof found), undefined);
    }
  }
  await Deno.remove(path);
});

/** A folder for a pid file, and the command of a daemon that has it. */
class PidFolder implements Disposable {
  readonly folder: string = Deno.makeTempDirSync();
  readonly path = `${this.folder}/d.pid`;
  readonly command: string[] = denoCommand(repository("tests/daemons/programs/pid_file.ts"), {
    flags: ["--allow-run", `--allow-read=${this.path}`, `--allow-write=${this.path}`],
    args: [this.path],
  });

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

test("PidFile names its process whatever is written in it, and PidFile.stop() ends that one", async () => {
  using place = new PidFolder();
  await using daemon = spawn(place.command, { stdin: "piped", stdout: "piped" });
  await daemon.stdout.getReader().read();
  for (const text of [`${Deno.pid}\n`, ""]) {
    await Deno.writeTextFile(place.path, text);
    assertEquals(PidFile.status(place.path), { running: true, pid: daemon.pid });
  }
  assertEquals(await PidFile.stop(place.path), { pid: daemon.pid, killed: false });
  assertEquals((await daemon.status).signal, "SIGTERM");
}, { skip: EMULATED && "the emulator has no pidfd" });

/** Why there can be no processes with other numbers. */
function notOwnNamespace(): string | false {
  if (EMULATED) return "what the kernel allows is the same everywhere";
  const args = ["--pid", "--fork", "--mount-proc", "true"];
  const { success } = new Deno.Command("unshare", { args, stderr: "null" }).outputSync();
  return !success && "only root makes a namespace of its own";
}

test("PidFile.stop() takes no process for the daemon that has its number in another namespace", async () => {
  using place = new PidFolder();
  const under = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];
  await using daemon = spawn([...under, ...place.command], { stdin: "piped", stdout: "piped" });
  await daemon.stdout.getReader().read();
  assertEquals(PidFile.status(place.path), { running: true, pid: 1 });
  // Signal 0 would be no harm to process 1.
  const error = assertThrows(() => PidFile.reload(place.path, "SIGCONT"), PidFileError, "is not known to be process 1");
  assertEquals((error as PidFileError).reason, "foreign");
}, { needs: ["unshare"], skip: notOwnNamespace() });

for (const what of ["of another namespace", "that is not there"]) {
  test(`PidFile.stop() ends a daemon of its own namespace with a /proc ${what}`, async () => {
    using place = new PidFolder();
    const script = `${what === "that is not there" ? "mount -t tmpfs none /proc; " : ""}
      "$@" < /dev/zero & until test -s "$0"; do sleep 0.05; done; "$@" end`;
    const command = ["unshare", "--pid", "--fork", "--kill-child", "--mount", "sh", "-c", script, place.path];
    const { stdout } = await capture([...command, ...place.command]);
    assertMatch(stdout, /^READY (\d+)\nstopped \1\n$/);
  }, { needs: ["unshare", "mount"], skip: notOwnNamespace() });
}
