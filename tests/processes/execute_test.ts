import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { IOCTL } from "../../ffi/abi/sys_ioctl.ts";
import { PRCTL } from "../../ffi/abi/sys_prctl.ts";
import { posix_openpt, unlockpt } from "../../ffi/stdlib.ts";
import { ioctl } from "../../ffi/sys_ioctl.ts";
import { prctl } from "../../ffi/sys_prctl.ts";
import { capture, captureSync, run, runSync, spawn, type SpawnOptions } from "../../lib/processes/mod.ts";
import { Fd, type SyscallError } from "../../lib/core/mod.ts";
import {
  assert,
  assertEquals,
  assertThrows,
  children,
  count,
  deno,
  denoSource,
  EMULATED,
  FORKED,
  repository,
  test,
} from "../support/mod.ts";
import { readProc } from "../support/proc.ts";

const ROOT_ONLY = Deno.uid() !== 0 && "only root may do it";
const NAMES = "Umask|NoNewPrivs|SigBlk|SigIgn|Cpus_allowed_list";

/** What /proc says of a child with these attributes. */
async function status(options: SpawnOptions): Promise<Record<string, string>> {
  const { stdout } = await capture(["grep", "-E", `^(${NAMES})`, "/proc/self/status"], options);
  return Object.fromEntries(stdout.trim().split("\n").map((line) => line.split(/:\s*/) as [string, string]));
}

test("spawn() sets umask, signals, processors and the loss of new privileges", async () => {
  const found = await status({
    umask: 0o137,
    noNewPrivileges: true,
    blockedSignals: ["USR1", "SIGRTMIN"],
    ignoredSignals: ["HUP", "PIPE"],
    affinity: [0],
  });
  assertEquals([found.Umask, found.NoNewPrivs, found.Cpus_allowed_list], ["0137", "1", "0"]);
  assertEquals([found.SigBlk, found.SigIgn], ["0000000200000200", "0000000000001001"]);
}, { skip: EMULATED && "the emulator's own signals and processors are what /proc shows" });

test("spawn() sets the nice value, and limits soft and hard", async () => {
  const options = { nice: 7, rlimits: { NOFILE: 77, CORE: { soft: 0, hard: Infinity }, FSIZE: Infinity } };
  const { stdout } = await capture(["bash", "-c", "nice; ulimit -n; ulimit -Sc; ulimit -Hc; ulimit -f"], options);
  assertEquals(stdout, "7\n77\n0\nunlimited\nunlimited\n");
}, { needs: ["bash"], skip: ROOT_ONLY });

test("spawn() places descriptors before it limits their number", async () => {
  const { stdout } = await capture(["sh", "-c", "ulimit -n; [ -e /proc/$$/fd/50 ] && echo 50"], {
    rlimits: { NOFILE: 10 },
    fds: { 50: "null" },
  });
  assertEquals(stdout, "10\n50\n");
});

test("spawn() leads a session or a group, and joins one", async () => {
  const ids = ["sh", "-c", "ps -o pid=,pgid=,sid= -p $$"];
  const numbers = async (options: SpawnOptions) =>
    (await capture(ids, { umask: 0o022, ...options })).stdout.match(/\d+/g)!.map(Number);
  const [pid, group, session] = await numbers({ session: true });
  assertEquals([group, session], [pid, pid]);
  await using leader = spawn(["sleep", "60"], { processGroup: true });
  assertEquals((await numbers({ processGroup: leader.pid }))[1], leader.pid);
}, { needs: ["ps"] });

test("spawn() makes the child's group the terminal's foreground", async () => {
  const program = repository("tests/processes/programs/foreground.ts");
  const command = [Deno.execPath(), "run", "--no-prompt", "--quiet", "--no-check", "-A", program];
  // script(1) gives the program a terminal of its own.
  const { stdout } = await capture(["script", "-qec", command.join(" "), "/dev/null"], { stdin: "null" });
  assertEquals(stdout.trim(), "in the foreground: true, itself afterwards: false");
}, { needs: ["script"], skip: EMULATED && "the emulator is started by the path of the program" });

test("spawn() refuses as controlling terminal what is none, and one that another session has", async () => {
  const take = (controllingTerminal: number, options: SpawnOptions) =>
    spawn(["true"], { session: true, controllingTerminal, ...options });
  const text = (number: number, why: string) =>
    `Cannot spawn "true": make descriptor ${number} its controlling terminal: ${why}, ioctl)`;
  assertThrows(() => take(1, { stdout: "null" }), Error, text(1, "inappropriate ioctl for device (ENOTTY"));
  assertThrows(() => take(9, {}), Error, text(9, "bad file descriptor (EBADF"));
  const number = posix_openpt(FCNTL.O_RDWR | FCNTL.O_NOCTTY | FCNTL.O_CLOEXEC);
  using master = Fd.adopt(number);
  unlockpt(number);
  using slave = Fd.adopt(ioctl(number, IOCTL.TIOCGPTPEER, FCNTL.O_RDWR | FCNTL.O_NOCTTY | FCNTL.O_CLOEXEC));
  await using first = spawn(["cat"], { stdin: slave, session: true, controllingTerminal: 0 });
  assertThrows(() => take(0, { stdin: slave, user: 65534, group: 65534, groups: [] }), Error);
  assert(!master.closed && first.poll() === undefined);
}, { skip: FORKED });

test("spawn() changes the root, and finds program and directory within it", async () => {
  const root = await Deno.makeTempDir();
  try {
    await run(["sh", "-c", 'mkdir -p "$1/bin" "$1/in" && cp "$(command -v busybox)" "$1/bin/busybox"', "sh", root]);
    const { stdout } = await capture(["busybox", "pwd"], { chroot: root, cwd: "/in", env: { PATH: "/bin" } });
    assertEquals(stdout, "/in\n");
    assertEquals((await capture(["/bin/busybox", "ls", "/"], { chroot: root })).stdout, "bin\nin\n");
    const text = 'Cannot spawn "busybox": enter directory "/none": no such file or directory (ENOENT, chdir)';
    const options = { chroot: root, cwd: "/none", env: { PATH: "/bin" } };
    assertThrows(() => spawn(["busybox"], options), Deno.errors.NotFound, text);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}, { needs: ["busybox"], skip: ROOT_ONLY || FORKED });

/** Steps that fail: as whom the program runs, what it asks for, and what it is told. */
const REFUSED: [options: SpawnOptions, text: string][] = [
  [{ affinity: [8000] }, "run on processors 8000: invalid argument (EINVAL, sched_setaffinity)"],
  [{ processGroup: 1 }, "join process group 1: operation not permitted (EPERM, setpgid)"],
  [
    { foreground: 0, stdin: "null" },
    "take the foreground of terminal 0: inappropriate ioctl for device (ENOTTY, ioctl)",
  ],
  [
    { rlimits: { NOFILE: 2 ** 40 } },
    "limit NOFILE: operation not permitted (EPERM, prlimit64)",
  ],
];

for (const [options, text] of REFUSED) {
  test(`spawn() and runSync() name the step that failed: ${text}`, () => {
    for (const start of [spawn, runSync]) {
      const error = assertThrows(() => start(["true"], options), Error, `Cannot spawn "true": ${text}`);
      assert((error as SyscallError).syscall.length > 0);
    }
    assertEquals(children().filter((child) => child.includes(" Z ")), []);
  }, { skip: FORKED });
}

test("spawn() without privileges is refused what only root may do, each by its name", async () => {
  const source = `
    import { runSync } from "vasty/mod.ts";
    for (const options of ${JSON.stringify([{ user: "root" }, { group: 0, groups: [] }, { group: 1 }, { nice: -5 }])}) {
      try {
        runSync(["true"], options);
        console.log("done");
      } catch (error) {
        console.log(error.message);
      }
    }`;
  // Root without a single capability owns the files and may do nothing else.
  const under = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--"];
  const { stdout, stderr } = await denoSource(source, { under, flags: ["--allow-run"] });
  assertEquals(stderr, "");
  assertEquals(stdout.split("\n").slice(0, 4), [
    'Cannot spawn "true": set groups 0: operation not permitted (EPERM, setgroups)',
    'Cannot spawn "true": set groups (none): operation not permitted (EPERM, setgroups)',
    'Cannot spawn "true": set group 1: operation not permitted (EPERM, setresgid)',
    'Cannot spawn "true": set nice value -5: permission denied (EACCES, setpriority)',
  ]);
}, { needs: ["setpriv"], skip: ROOT_ONLY || FORKED });

test("spawn() of another user leaves this program as it was, dumpable too", async () => {
  const before = readProc("/proc/self/status")!.match(/^(Uid|Gid|Groups|SigBlk|SigIgn|SigCgt).*$/gm);
  await run(["true"], { user: "nobody", umask: 0o77, noNewPrivileges: true });
  assertThrows(() => spawn(["/no/such/program"], { user: "nobody" }), Deno.errors.NotFound, "execve");
  assertEquals(readProc("/proc/self/status")!.match(/^(Uid|Gid|Groups|SigBlk|SigIgn|SigCgt).*$/gm), before);
  assertEquals(prctl(PRCTL.PR_GET_DUMPABLE, 0, 0, 0, 0), 1);
}, { skip: ROOT_ONLY || FORKED });

test("parentDeathSignal reaches the child when the program is killed, also one of another user", async () => {
  for (const user of ["root", "nobody"]) {
    await using parent = spawn([Deno.execPath(), "eval", parentProgram(user)], { stdout: "piped" });
    await parent.stdout.readInto(new Uint8Array(6));
    parent.kill("KILL");
    // The child holds the pipe as well: its end is the end of the stream.
    assertEquals(await new Response(parent.stdout).text(), "");
  }
}, { skip: ROOT_ONLY || EMULATED && "the emulator would have to be the parent" });

/** Starts a child that dies with it, says READY, and waits. */
function parentProgram(user: string): string {
  const library = new URL("../../mod.ts", import.meta.url).href;
  return `
    import { spawn } from "${library}";
    spawn(["sleep", "600"], { user: "${user}", parentDeathSignal: "KILL" });
    console.log("READY");
    await new Promise(() => setTimeout(() => {}, 600_000));`;
}

test("spawn() by execute is right a thousand times, signals coming meanwhile", async () => {
  const program = repository("tests/processes/programs/signalled_spawns.ts");
  const { stdout, stderr, code } = await deno(program, { flags: ["--allow-run"], args: [`${count(1_000)}`] });
  assertEquals([stdout, stderr, code], [`${count(1_000)} right\n`, "", 0]);
}, { needs: ["perl"] });

test("captureSync() takes the same attributes", () => {
  assertEquals(captureSync(["sh", "-c", "umask"], { umask: 0o111 }).stdout.trim(), "0111");
});
