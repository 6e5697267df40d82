import { assert, assertEquals, count, denoSource, EMULATED, sample, test } from "../support/mod.ts";
import { hinder } from "../support/hinder.ts";
import { compiled, output, says, Subject } from "./subject.ts";

/** A program that takes what sender.c queues, and says whether it was all, in order, once each. */
const RECEIVER = `
  // A thread that is born after the installation may displace a signal: those of file reads are there before.
  await Promise.all(Array.from({ length: 64 }, () => Deno.readTextFile(new URL(import.meta.url))));
  let [expected, wrong, ticks, reads] = [0, 0, 0, 0];
  let first = "";
  SIG["RTMIN+3"] = ({ value, code, pid }) => {
    if (value !== expected || code !== "queue" || pid === Deno.pid) {
      wrong++;
      first ||= value + " of " + code + " instead of " + expected;
    }
    expected = value + 1;
  };
  setInterval(() => ticks++, 5);
  (async () => { for (;;) { await Deno.readTextFile(new URL(import.meta.url)); reads++; } })();
  say("READY " + signalNumber("RTMIN+3"));
`;

test("real-time signals with values arrive all, in order, once, while timers and file reads go on", async () => {
  const total = count(1_000_000);
  await using sender = await compiled("sender");
  await using subject = await Subject.start(
    RECEIVER + `
      await until(() => expected === ${total} || wrong > 0);
      say(expected, wrong, first, ticks > 3, reads > 0);
      Deno.exit(0);`,
    { flags: ["--allow-read"] },
  );
  const [, number] = (await subject.line()).split(" ");
  const said = output(sender.path, `${subject.pid}`, number!, `${total}`);
  assertEquals(await subject.line(), `${total} 0  true true`);
  await said;
}, { needs: ["gcc"] });

test("a receiver that is behind has the sender see EAGAIN, and loses nothing", async () => {
  const total = count(100_000);
  const file = await Deno.makeTempFile();
  await using sender = await compiled("sender");
  await using subject = await Subject.start(
    RECEIVER + `
      await told();
      const behind = performance.now() + 60_000;
      // The event loop is blocked until the sender has been turned away; it says so in a file of one byte.
      const { statSync } = Deno;
      while (statSync(Deno.args[0]).size === 0 && performance.now() < behind);
      await until(() => expected === ${total} || wrong > 0);
      say(expected, wrong, first);
      Deno.exit(0);`,
    { flags: ["--allow-read"], args: [file], under: ["prlimit", "--sigpending=1000"] },
  );
  const [, number] = (await subject.line()).split(" ");
  const script = `"$0" "$1" "$2" "$3" > "$4"`;
  const sending = output("sh", "-c", script, sender.path, `${subject.pid}`, number!, `${total}`, file);
  await subject.tell("begin");
  assertEquals(await subject.line(), `${total} 0 `);
  await sending;
  const said = await Deno.readTextFile(file);
  await Deno.remove(file);
  assert(/^BEHIND\n[1-9]\d*\n$/.test(said), said);
}, { needs: ["gcc", "prlimit"], skip: EMULATED && "qemu has a queue of its own" });

test("standard signals at full speed never crash, and what is sent after them arrives", async () => {
  await using sender = await compiled("sender");
  await using subject = await Subject.start(`
    let seen = 0;
    SIG.USR2 = () => seen++;
    // Of what is pending at once the kernel delivers the lower number first.
    SIG.TERM = () => { say("marker", seen > 0); Deno.exit(0); };
    say("READY");
    setInterval(() => {}, 1_000);`);
  await subject.line();
  const sent = output(sender.path, `${subject.pid}`, "12", `${count(100_000)}`, "15");
  assertEquals(await subject.line(), "marker true");
  await sent;
  const { code, stderr } = await subject.end();
  assertEquals([code, stderr], [0, ""]);
}, { needs: ["gcc"] });

test("dispatchSignals() runs handlers in a computation that never yields, and says how many", async () => {
  await says(
    `
    let stop = false;
    SIG.USR2 = () => stop = true;
    for (let i = 0; !stop; i++) {
      if (i === 1_000) kill(Deno.pid, "USR2");
      if (i % 100 === 0) dispatchSignals();
    }
    say("stopped", dispatchSignals());
    SIG["RTMIN+1"] = ({ value }) => { say(value); if (value === 1) throw new Error("thrown"); };
    for (const value of [0, 1, 2, 3]) sigqueue(Deno.pid, "RTMIN+1", value);
    try { dispatchSignals(); } catch (error) { say(error.message); }
    await turn();`,
    ["stopped 0", "0", "1", "thrown", "2", "3"],
  );
});

/** In `deno test` the first thread catches the signals, and another one runs JavaScript and is told before it is done. */
const TOLD_BEFORE = `
  import { captureSync, run, sigaction } from "vasty/mod.ts";
  Deno.test("handlers that come and go", async () => {
    const alive = setInterval(() => {}, 5);
    const [processor] = /\\d+/.exec(captureSync(["taskset", "-c", "-p", "" + Deno.pid]).stdout.split(":")[1]);
    captureSync(["taskset", "-a", "-c", "-p", processor, "" + Deno.pid]);
    captureSync(["chrt", "-i", "-p", "0", "" + Deno.pid]);
    for (let i = 0; i < 20; i++) {
      const { promise, resolve } = Promise.withResolvers();
      using _handler = sigaction("USR2", () => resolve());
      const sent = run(["sh", "-c", "kill -USR2 " + Deno.pid]);
      await promise;
      await sent;
    }
    clearInterval(alive);
  });
`;

test(
  "a handler that is taken away while another thread still catches its signal does not end the program",
  async () => {
    const { code, signal } = await denoSource(TOLD_BEFORE, {
      flags: ["--allow-run", "--no-check"],
      subcommand: "test",
    });
    assertEquals([code, signal], [0, null]);
  },
  { skip: sample(false), needs: ["chrt", "taskset"] },
);

for (const [what, handler] of [["", "() =>"], [" asynchronously", "async () =>"]] as const) {
  test(
    `what a handler throws${what} on the event loop is an uncaught error, however late Deno hears of the signal`,
    async () => {
      await using subject = await Subject.start(`
        SIG.USR2 = ${handler} { throw new Error("thrown"); };
        say("READY");
        await turn(60_000);`);
      await subject.line();
      hinder(subject.pid);
      subject.kill("SIGUSR2");
      const { code, stderr } = await subject.end();
      assertEquals([code, /Uncaught.*Error: thrown/.test(stderr)], [1, true]);
    },
    { skip: sample(false), needs: ["chrt", "taskset"] },
  );
}

for (
  const [name, call] of [
    ["runSync", `runSync(["sleep", "60"])`],
    ["captureSync", `captureSync(["sleep", "60"])`],
    ["captureSync with input", `captureSync(["sh", "-c", "sleep 60; cat"], { input: "x".repeat(1_000_000) })`],
    ["sleepSync", "sleepSync(60_000)"],
    ["waitSignalSync", `waitSignalSync(["USR2"])`],
    ["sigsuspendSync", "sigsuspendSync([])"],
  ]
) {
  test(`a handler that throws breaks out of ${name}(), and leaves no child and no descriptor`, async () => {
    await says(
      `
      const { captureSync, runSync } = await import("vasty/lib/processes/mod.ts");
      runSync(["true"]);
      SIG.ALRM = () => { throw new Error("alarm"); };
      await turn(50);
      const fds = () => numbers("/proc/self/fd").length;
      const before = fds();
      for (let i = 0; i < 3; i++) {
        setitimer("real", { value: 20 + i });
        try { ${call}; } catch (error) { say(error.message); }
      }
      say(fds() - before, readProc("/proc/self/task/" + Deno.pid + "/children").trim() === "");`,
      ["alarm", "alarm", "alarm", "0 true"],
      { flags: ["--allow-run"] },
    );
  }, { skip: sample(name === "runSync") });
}
