import { SIGNAL } from "../../ffi/abi/signal.ts";
import { nameOfSignal } from "../../lib/core/signal_names.ts";
import { captureSync, ExitStatus, run, runSync, shell, spawn } from "../../lib/processes/mod.ts";
import { assert, assertEquals, EMULATED, test } from "../support/mod.ts";
import { readProc } from "../support/proc.ts";

const UNCHECKED = { check: false };
/** Signals that end a process which does nothing about them. */
const DEADLY = Object.entries(SIGNAL).filter(([name]) =>
  !["SIGCHLD", "SIGCONT", "SIGURG", "SIGWINCH", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU"].includes(name)
);

test("ExitStatus has every exit code there is", async () => {
  // Under emulation every fifth: 0 and 255 are among them.
  const codes = Array.from({ length: 256 }, (_, code) => code).filter((code) => !EMULATED || code % 5 === 0);
  for (let at = 0; at < 256; at += 64) {
    const batch = codes.slice(at, at + 64);
    const found = await Promise.all(batch.map((code) => run(["sh", "-c", `exit ${code}`], UNCHECKED)));
    assertEquals(found.map(({ code }) => code), batch);
    assertEquals(found.map(({ raw }) => raw), batch.map((code) => code << 8));
    assertEquals(found.map(String), batch.map((code) => `exit ${code}`));
    assertEquals(found.map(({ success }) => success), batch.map((code) => code === 0));
    assert(found.every(({ signal, coreDumped }) => signal === null && !coreDumped));
  }
});

test("ExitStatus has every signal that kills, by Deno's name", () => {
  for (const [name, number] of DEADLY) {
    const status = runSync(["sh", "-c", `ulimit -c 0; kill -${number} $$; sleep 60`], UNCHECKED);
    assertEquals([status.code, status.signal, status.raw & 0x7f, status.success], [
      null,
      nameOfSignal(number),
      number,
      false,
    ]);
    assertEquals(`${status}`, `killed by ${status.signal}`, name);
    assertEquals(SIGNAL[status.signal as keyof typeof SIGNAL], number);
  }
});

test("ExitStatus names the real-time signals as libc counts them", () => {
  for (const [offset, name] of [[0, "SIGRTMIN"], [1, "SIGRTMIN+1"], [30, "SIGRTMIN+30"]] as const) {
    const status = runSync(["sh", "-c", `kill -${34 + offset} $$; sleep 60`], UNCHECKED);
    assertEquals([status.signal, `${status}`], [name, `killed by ${name}`]);
  }
}, { skip: EMULATED && "emulation has 28 real-time signals" });

test("ExitStatus says whether there was a core dump", async () => {
  const folder = await Deno.makeTempDir();
  try {
    // A pattern with a pipe hands the core to a program, and the kernel sets the flag then as well.
    const status = await run(shell("ulimit -c unlimited; kill -SEGV $$"), { ...UNCHECKED, cwd: folder });
    assertEquals([status.signal, status.coreDumped, status.raw], ["SIGSEGV", true, 0x80 | 11]);
    assertEquals(`${status}`, "killed by SIGSEGV (core dumped)");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}, { skip: coresAreOff() });

/** Why a core dump cannot be had here: the limit above this process, or the kernel's pattern. */
function coresAreOff(): string | false {
  if (EMULATED) return "emulation writes the cores itself";
  const { status } = captureSync(["sh", "-c", "ulimit -c unlimited"], UNCHECKED);
  if (!status.success) return "the hard limit for core dumps (ulimit -Hc) is 0";
  return readProc("/proc/sys/kernel/core_pattern").trim() === "" ? "kernel.core_pattern is empty" : false;
}

test("ExitStatus has what the child used: processor time, memory, faults", async () => {
  const burn = "my $x = 'a' x 400_000_000; 1 while (times)[0] < 0.3; getppid for 1 .. 200_000";
  const { usage } = await run(["perl", "-e", burn]);
  assert(usage.userTime >= 290 && usage.userTime < 30_000, `user time ${usage.userTime}`);
  assert(usage.systemTime > 0 && usage.systemTime < 30_000, `system time ${usage.systemTime}`);
  assert(usage.maxRss > 390_000_000 && usage.maxRss < 1_000_000_000, `maxRss ${usage.maxRss}`);
  assert(usage.minorFaults > 1_000, `faults ${usage.minorFaults}`);
  const idle = runSync(["true"]).usage;
  assert(idle.userTime < (EMULATED ? usage.userTime : 290), "another child's usage");
}, { needs: ["perl"] });

test("ExitStatus counts the times the child waited", async () => {
  await using child = spawn(["sh", "-c", "for i in 1 2 3; do read x; done"], { stdin: "piped" });
  const writer = child.stdin.getWriter();
  for (let i = 0; i < 3; i++) await writer.write(new TextEncoder().encode("x\n"));
  await writer.close();
  const { usage } = await child.status;
  assert(usage.voluntarySwitches > 0 && usage.involuntarySwitches >= 0);
});

test("ExitStatus says what it does not know where another part of the program took the status", () => {
  const status = new ExitStatus(-1);
  assertEquals([status.code, status.signal, status.coreDumped, status.success], [null, null, false, false]);
  assertEquals(`${status}`, "ended, and its status was taken by another wait or by an ignored SIGCHLD");
});
