import { alive, kill, raise, sigqueue } from "../../lib/signals/mod.ts";
import { spawn } from "../../lib/processes/mod.ts";
import { assertEquals, assertThrows, EMULATED, repository, sample, test } from "../support/mod.ts";
import { output, says } from "./subject.ts";

/** What Perl's kill and ours return for `signal` and fresh children that `pids` arranges, and what kills those. */
async function sideBySide(signal: string, arrange: (living: number, leader: number, gone: number) => number[]) {
  const results: unknown[] = [];
  for (const by of ["perl", "vasty"]) {
    await using living = spawn(["sleep", "60"], { stdout: "null" });
    await using leader = spawn(["sleep", "60"], { stdout: "null", processGroup: true });
    const ended = spawn(["true"], { stdout: "null" });
    await ended.status;
    const pids = arrange(living.pid, leader.pid, ended.pid);
    const numeric = /^-?\d+$/.test(signal) ? Number(signal) : signal;
    const count = by === "perl"
      ? Number(await output("perl", repository("tests/signals/programs/kill.pl"), signal, ...pids.map(String)))
      : kill(pids, numeric);
    // Whoever was not killed by it is killed now.
    for (const child of [living, leader]) child.kill("SIGKILL");
    results.push([count, (await living.status).signal, (await leader.status).signal]);
  }
  return results;
}

const NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

/** Why no other user can run a program here. */
function notNobody(): string | false {
  if (Deno.uid() !== 0) return "only root can start a program of another user";
  const [program, ...args] = [...NOBODY, "test", "-r", repository("mod.ts"), "-a", "-x", Deno.execPath()];
  const readable = new Deno.Command(program!, { args }).outputSync().success;
  return !readable && "another user may not read this repository";
}

const CASES: [name: string, signal: string, arrange: (l: number, g: number, gone: number) => number[]][] = [
  ["a name", "TERM", (living) => [living]],
  ["a long name", "SIGINT", (living, leader) => [living, leader]],
  ["a number", "15", (living, leader) => [living, leader]],
  ["one that is gone among them", "TERM", (living, leader, gone) => [living, gone, leader]],
  ["only one that is gone", "TERM", (_living, _leader, gone) => [gone]],
  ["signal 0", "0", (living, leader, gone) => [living, leader, gone]],
  ["ZERO", "ZERO", (living, _leader, gone) => [living, gone]],
  ["a negative process id", "TERM", (_living, leader) => [-leader]],
  ["a negative signal number", "-15", (_living, leader) => [leader]],
  ["a negative name", "-HUP", (_living, leader) => [leader]],
  ["a negative long name", "-SIGHUP", (_living, leader) => [leader]],
  ["a group that there is not", "-TERM", (living) => [living]],
  ["nobody", "TERM", () => []],
];

for (const [name, signal, arrange] of CASES) {
  test(`kill() does as Perl's: ${name}`, async () => {
    const [perls, ours] = await sideBySide(signal, arrange);
    assertEquals(ours, perls);
  }, { needs: ["perl"], skip: EMULATED && "Perl outside sends what qemu makes of it" });
}

test("kill() refuses process group 1, which would be everybody, before it sends anything", () => {
  // By default nothing comes of this signal, should it be sent.
  for (const pids of [1, -1, [Deno.pid, 1]]) assertThrows(() => kill(pids, "-URG"), RangeError, "everybody");
});

test("kill() sends SIGTERM unless it is told otherwise, and to one process as to a list", async () => {
  await using child = spawn(["sleep", "60"], { stdout: "null" });
  assertEquals(kill(child.pid), 1);
  assertEquals((await child.status).signal, "SIGTERM");
  assertEquals(kill(child.pid), 0);
});

test("kill() with process 0 signals the whole group", async () => {
  await says(
    `
    const { spawn } = await import("vasty/lib/processes/mod.ts");
    await using child = spawn(["sleep", "60"], { stdout: "null" });
    let handled = 0;
    SIG.USR2 = () => handled++;
    say(kill(0, "USR2"));
    say((await child.status).signal);
    await until(() => handled > 0);
    say(handled);`,
    ["1", "SIGUSR2", "1"],
    { flags: ["--allow-run"], under: ["setsid", "-w"] },
  );
}, { needs: ["setsid"], skip: sample(false) });

test("kill(), alive() and sigqueue() refuse what is no process id and no signal, before anything is sent", () => {
  for (const pid of [1.5, NaN, Infinity, 2 ** 31]) {
    for (const send of [() => kill(pid, 0), () => kill([Deno.pid, pid], "KILL"), () => sigqueue(pid, "USR2")]) {
      assertThrows(send, TypeError, `${pid} is no process id`);
    }
  }
  for (const pid of [0, -1, -Deno.pid]) {
    assertThrows(() => alive(pid), TypeError);
    assertThrows(() => sigqueue(pid, "USR2"), TypeError);
  }
  for (const signal of ["SIGFOO", "--HUP", "", 65, -65, 1.5, NaN]) {
    assertThrows(() => kill(Deno.pid, signal), TypeError, "There is no signal");
    assertThrows(() => sigqueue(Deno.pid, signal), TypeError, "There is no signal");
  }
  for (const value of [1.5, 2 ** 31, -(2 ** 31) - 1, NaN]) {
    assertThrows(() => sigqueue(Deno.pid, 0, value), RangeError, "an integer of 32 bits");
  }
  assertThrows(() => raise(0), TypeError, "There is no signal 0");
});

test("alive() tells the living, zombies included, the gone and those of another user", async () => {
  await using child = spawn(["sleep", "60"], { stdout: "null" });
  assertEquals([alive(child.pid), alive(Deno.pid)], ["alive", "alive"]);
  child.kill("SIGKILL");
  await child.status;
  assertEquals(alive(child.pid), "gone");
});

test("alive() of another user's process is not yours, and sigqueue() and Pidfd name EPERM", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.chmod(folder, 0o777);
  try {
    await says(
      `
      say(alive(${Deno.pid}), kill(${Deno.pid}, 0));
      try { sigqueue(${Deno.pid}, "USR2"); } catch (error) { say(error.code, error.syscall); }
      try { Pidfd.open(${Deno.pid}).kill("USR2"); } catch (error) { say(error.code, error.syscall); }`,
      ["not yours 0", "EPERM sigqueue", "EPERM pidfd_send_signal"],
      { flags: ["--allow-run"], env: { DENO_DIR: folder }, under: NOBODY },
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}, { needs: ["setpriv"], skip: notNobody() });

test("sigqueue() says EAGAIN when the queue is full, and ESRCH of a process that is gone", async () => {
  await says(
    `
    SIG["RTMIN+1"] = () => {};
    // Held back by the kernel on every thread, so that they stay in its queue.
    const { bind } = await import("vasty/ffi/bind.ts");
    let sent = 0;
    try {
      for (; sent < 1_000; sent++) sigqueue(STOPPED, "RTMIN+1", sent);
    } catch (error) { say(error.code, error.syscall, error.pid === STOPPED, sent > 0); }
    Deno.kill(STOPPED, "SIGKILL");
    await child.status;
    try { sigqueue(STOPPED, "RTMIN+1"); } catch (error) { say(error.code, error.message.replace(STOPPED, "N")); }`
      .replace(
        "SIG[",
        `const { spawn } = await import("vasty/lib/processes/mod.ts");
    const child = spawn(["sleep", "60"], { stdout: "null" });
    const STOPPED = child.pid;
    Deno.kill(STOPPED, "SIGSTOP");
    SIG[`,
      ),
    ["EAGAIN sigqueue true true", "ESRCH Cannot send SIGRTMIN+1 to process N: no such process (ESRCH, sigqueue)"],
    { flags: ["--allow-run"], under: ["prlimit", "--sigpending=100"] },
  );
}, { needs: ["prlimit"], skip: EMULATED && "qemu has a queue of its own" });

test("raise(): what comes of a signal has happened when it returns", async () => {
  await says(
    `
    SIG["RTMIN+5"] = ({ signal, pid }) => say(signal, pid === Deno.pid);
    raise("RTMIN+5");
    raise(signalNumber("RTMIN+5"));
    say("returned");
    raise("KILL");
    say("not reached");`,
    ["SIGRTMIN+5 true", "SIGRTMIN+5 true", "returned"],
    { signal: "SIGKILL" },
  );
});

test("kill(), alive(), sigqueue() and Pidfd need run permission, but for the program itself", async () => {
  await says(
    `
    for (const send of [() => kill(1, 0), () => kill([Deno.pid], "-ZERO".slice(1)), () => kill(0, 0), () => kill(Deno.pid, -9),
      () => alive(1), () => sigqueue(1, 0), () => Pidfd.open(1)]) {
      try { say(send()); } catch (error) { say(error instanceof Deno.errors.NotCapable); }
    }
    say(kill(Deno.pid, 0), alive(Deno.pid));`,
    ["true", "1", "true", "true", "true", "true", "true", "1 alive"],
  );
});
