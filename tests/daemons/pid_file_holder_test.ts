import { isHolder, isSafe } from "../../lib/daemons/pid_file_holder.ts";
import { ownRange } from "../../lib/daemons/pid_file_lock.ts";
import { Fd } from "../../lib/core/mod.ts";
import { lockRange } from "../../lib/locks/mod.ts";
import { type Child, spawn } from "../../lib/processes/mod.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { open } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { assert, assertEquals, denoSource, test } from "../support/mod.ts";

/** A file, open to be looked at. */
class Looked implements Disposable {
  readonly path: string = Deno.makeTempFileSync();
  readonly fd: Fd = Fd.adopt(open(cString(this.path), FCNTL.O_RDONLY | FCNTL.O_CLOEXEC, 0));

  /** A program that runs. */
  async by(...command: string[]): Promise<Child> {
    const child = spawn([...command, this.path], { stdin: "piped", stdout: "piped" });
    await child.stdout.getReader().read();
    return child;
  }

  [Symbol.dispose](): void {
    this.fd.close();
    Deno.removeSync(this.path);
  }
}

const PERL = 'use Fcntl ":flock"; $| = 1; open my $f, "+<", shift or die; flock $f, LOCK_EX or die;';
const LOCKF = `import fcntl, sys
f = open(sys.argv[1], "r+"); fcntl.lockf(f, 2); print("READY", flush=True); sys.stdin.read()`;

test("isHolder() knows who has the lock of flock(2), and of lockf(3)", async () => {
  using file = new Looked();
  for (const command of [["perl", "-e", `${PERL} print "READY\\n"; <STDIN>`], ["/usr/bin/python3", "-c", LOCKF]]) {
    await using child = await file.by(...command);
    assertEquals([isHolder(child.pid, file.fd), isHolder(Deno.pid, file.fd)], [true, false]);
    child.kill();
    await child.status;
    assertEquals(isHolder(child.pid, file.fd), false);
  }
}, { needs: ["perl", "python3"] });

test("isHolder() knows the child to whom a lock of flock(2) was left", async () => {
  using file = new Looked();
  const script = `$^F = 100; ${PERL} my $pid = fork; if (!$pid) { exec "cat" } print "$pid\\n"; sleep 60`;
  await using parent = spawn(["perl", "-e", script, file.path], { stdin: "piped", stdout: "piped" });
  const { value } = await parent.stdout.getReader().read();
  const pid = parseInt(new TextDecoder().decode(value));
  parent.kill("SIGKILL");
  await parent.status;
  assertEquals([isHolder(pid, file.fd), isHolder(parent.pid, file.fd)], [true, false]);
}, { needs: ["perl"] });

test("isHolder() of a lock that names a process believes it of a file that strangers cannot write", async () => {
  using file = new Looked();
  const other = Deno.ppid;
  // As if it were another process's, so that nothing but the lock tells.
  using _lock = await lockRange(file.path, "exclusive", { length: ownRange().length! - Deno.pid + other });
  assertEquals([isSafe(file.fd), isHolder(other, file.fd), isHolder(Deno.pid, file.fd)], [true, true, false]);
  Deno.chmodSync(file.path, 0o666);
  // /proc knows better.
  assertEquals([isSafe(file.fd), isHolder(other, file.fd), isHolder(Deno.pid, file.fd)], [false, false, true]);
});

test(
  "isHolder() is told by /proc/locks who took the lock where the process keeps its descriptors to itself",
  async () => {
    using file = new Looked();
    await using child = await file.by("perl", "-e", `${PERL} print "READY\\n"; <STDIN>`);
    Deno.chmodSync(file.path, 0o644);
    const source = `
    import { isHolder } from "vasty/lib/daemons/pid_file_holder.ts";
    import { Fd } from "vasty/lib/core/mod.ts";
    import { dropPrivileges } from "vasty/lib/processes/mod.ts";
    import { open } from "vasty/ffi/fcntl.ts";
    import { cString } from "vasty/ffi/memory.ts";
    const [path, pid] = Deno.args;
    const fd = Fd.adopt(open(cString(path), 0, 0));
    dropPrivileges({ user: "nobody" });
    console.log(isHolder(Number(pid), fd), isHolder(1, fd));`;
    for (const [read, expected] of [["--allow-read", "true false\n"], [`--allow-read=${file.path}`, "false false\n"]]) {
      const flags = ["--allow-sys=uid,gid", read!];
      const { stdout, stderr } = await denoSource(source, { args: [file.path, `${child.pid}`], flags });
      assertEquals([stdout, stderr], [expected, ""]);
    }
    assert(child.poll() === undefined);
  },
  { needs: ["perl"], skip: Deno.uid() !== 0 && "only root may become another user" },
);
