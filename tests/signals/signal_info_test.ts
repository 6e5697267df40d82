import { assert, assertEquals, EMULATED, repository, sample, test } from "../support/mod.ts";
import { compiled, output, says, Subject } from "./subject.ts";

test("SignalInfo has what Python's sigwaitinfo has of the same signals from the same sender", async () => {
  await using sender = await compiled("sender");
  const python = new Deno.Command("python3", {
    args: [repository("tests/signals/programs/siginfo.py"), "3", "12", "36"],
    stdout: "piped",
  }).spawn();
  const reader = python.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader.read()).value!;
  await using subject = await Subject.start(`
    const codes = { user: 0, queue: -1 };
    for (const name of ["USR2", "RTMIN+2"]) {
      sigaction(name, ({ number, code, pid, uid, value }) => say([number, codes[code], pid, uid], String(value)));
    }
    say("READY");
    await turn(60_000);`);
  await subject.line();
  const theirs: unknown[] = [];
  const ours: unknown[] = [];
  const values: string[] = [];
  for (const args of [["12", "1"], ["36", "1"], ["36", "1", "12"]]) {
    for (const pid of [python.pid, subject.pid]) await output(sender.path, `${pid}`, ...args.slice(0, 2));
    while (text.split("\n").length < theirs.length + 3) text += (await reader.read()).value;
    const [number, code, , uid] = JSON.parse(text.split("\n")[theirs.length + 1]!);
    theirs.push([number, code, uid]);
    const [info, value] = (await subject.line()).split(" ");
    const [number2, code2, pid, uid2] = JSON.parse(info!);
    assert(pid > 1 && pid !== Deno.pid);
    ours.push([number2, code2, uid2]);
    values.push(value!);
  }
  await python.status;
  await reader.cancel();
  assertEquals(ours, theirs);
  assertEquals(values, ["0", "0", "0"]);
}, { needs: ["gcc", "python3"], skip: EMULATED && "signals of other machines are qemu's" });

test("SignalInfo of CHLD says what became of the child: exited, killed, dumped, stopped, continued", async () => {
  await says(
    `
    const seen = [];
    SIG.CHLD = ({ code, pid, status, uid, value }) => seen.push([pid, code, status, uid, value]);
    async function child(script, act = async () => {}) {
      const { pid, status } = new Deno.Command("sh", { args: ["-c", script] }).spawn();
      const of = (code) => seen.find((one) => one[0] === pid && one[1] === code);
      await act(pid, (code) => until(() => of(code)));
      const { code } = await status;
      await until(() => seen.some((one) => one[0] === pid && /exited|killed|dumped/.test(one[1])));
      for (const [, code, status, uid, value] of seen.splice(0).filter((one) => one[0] === pid)) {
        say(code, status, uid === Deno.uid(), String(value));
      }
    }
    await child("exit 7");
    await child("kill -TERM $$");
    await child("ulimit -c unlimited; cd /tmp; kill -TERM $$");
    await child("exec sleep 60", async (pid, seen) => {
      Deno.kill(pid, "SIGSTOP"); await seen("child stopped");
      Deno.kill(pid, "SIGCONT"); await seen("child continued");
      Deno.kill(pid, "SIGKILL");
    });`,
    ["child exited 7 true undefined", "child killed 15 true undefined", "child killed 15 true undefined"]
      .concat([
        "child stopped 19 true undefined",
        "child continued 18 true undefined",
        "child killed 9 true undefined",
      ]),
    { flags: ["--allow-run", "--allow-sys=uid"] },
  );
}, { skip: sample(false) });

test("SignalInfo of a timer's and of the kernel's signals has no sender", async () => {
  await says(
    `
    const all = [];
    SIG.ALRM = (info) => all.push(info);
    alarm(0.01);
    await until(() => all.length === 1);
    const { bind } = await import("vasty/ffi/bind.ts");
    const create = bind("timer_create", ["int", "buffer", "buffer"], "int");
    const settime = bind("timer_settime", ["long", "int", "buffer", "buffer"], "int");
    const event = new DataView(new ArrayBuffer(64));
    event.setInt32(0, 4242, true);
    event.setInt32(8, signalNumber("RTMIN+4"), true);
    const timer = new BigInt64Array(1);
    SIG["RTMIN+4"] = (info) => all.push(info);
    if (create(1, event, timer) < 0) throw new Error("timer_create");
    settime(Number(timer[0]), 0, BigInt64Array.of(0n, 0n, 0n, 1_000_000n), null);
    await until(() => all.length === 2);
    for (const { signal, code, pid, uid, value } of all) say(signal, code, String(pid), String(uid), String(value));`,
    ["SIGALRM kernel undefined undefined undefined", "SIGRTMIN+4 timer undefined undefined 4242"],
  );
}, { skip: EMULATED && "qemu has its own timers" });

test("SignalInfo: values of 32 bits, negative ones too, and real-time signals by name", async () => {
  await says(
    `
    const values = [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)];
    SIG.RTMAX = ({ signal, value, code }) => say(signal, value, code);
    for (const value of values) sigqueue(Deno.pid, "SIGRTMIN+30", value);
    dispatchSignals();`,
    ["0", "1", "-1", "2147483647", "-2147483648"].map((value) => `SIGRTMIN+30 ${value} queue`),
  );
}, { skip: EMULATED && "qemu has fewer real-time signals" });
