import { EMULATED, sample, test } from "../support/mod.ts";
import { says } from "./subject.ts";

const RUN = { flags: ["--allow-run"] };

test("Keeper: CHLD handled, nobody's status is stolen from run, capture, spawn and Deno.Command", async () => {
  await says(
    `
    const { capture, run, runSync, spawn } = await import("vasty/lib/processes/mod.ts");
    const ends = new Set();
    SIG.CHLD = ({ code, pid, status }) => { if (code === "child exited") ends.add(pid); };
    const codes = await Promise.all(Array.from({ length: 40 }, async (_, i) => {
      const script = ["sh", "-c", "exit " + i];
      if (i % 4 === 0) return (await run(script, { check: false })).code;
      if (i % 4 === 1) return (await capture(script, { check: false })).status.code;
      if (i % 4 === 2) return (await new Deno.Command("sh", { args: script.slice(1) }).output()).code;
      return runSync(script, { check: false }).code;
    }));
    say(codes.every((code, i) => code === i));
    await using child = spawn(["sh", "-c", "exit 9"]);
    say((await child.status).code);
    await until(() => ends.has(child.pid));
    say("told");`,
    ["true", "9", "told"],
    RUN,
  );
});

test(
  "Keeper: CHLD ignored, children of the library leave no status, those of Deno.Command theirs, and no zombie stays",
  async () => {
    await says(
      `
    const { run, runSync, spawn } = await import("vasty/lib/processes/mod.ts");
    SIG.CHLD = "IGNORE";
    const status = await run(["sh", "-c", "exit 3"], { check: false });
    say(status.raw, String(status.code));
    say(runSync(["sh", "-c", "exit 3"], { check: false }).raw);
    say((await new Deno.Command("sh", { args: ["-c", "exit 4"] }).output()).code);
    const child = spawn(["sleep", "60"]);
    child.kill();
    await child.status;
    const children = () => numbers("/proc/self/task").flatMap((tid) =>
      readProc("/proc/self/task/" + tid + "/children").trim().split(" ").filter(Boolean));
    await until(() => children().length === 0);
    delete SIG.CHLD;
    say((await run(["sh", "-c", "exit 5"], { check: false })).code);`,
      ["-1 null", "-1", "4", "5"],
      RUN,
    );
  },
  { skip: sample(false) },
);

test("Keeper: SA_NOCLDWAIT and SA_NOCLDSTOP are kept", async () => {
  await says(
    `
    const { run, spawn } = await import("vasty/lib/processes/mod.ts");
    const codes = [];
    {
      using _action = sigaction("CHLD", ({ code }) => codes.push(code), { flags: ["SA_NOCLDSTOP", "SA_NOCLDWAIT"] });
      const child = spawn(["sleep", "60"]);
      Deno.kill(child.pid, "SIGSTOP");
      await until(() => /\\) T/.test(readProc("/proc/" + child.pid + "/stat")));
      child.kill("SIGKILL");
      say((await child.status).raw);
      await until(() => codes.length > 0);
    }
    say(codes);
    say((await run(["sh", "-c", "exit 6"], { check: false })).code);`,
    ["-1", '["child killed"]', "6"],
    RUN,
  );
}, { skip: sample(false) });

test("Keeper: XFSZ can be caught: the write fails with EFBIG", async () => {
  const file = await Deno.makeTempFile();
  try {
    await says(
      `
      const { bind } = await import("vasty/ffi/bind.ts");
      const RLIMIT_FSIZE = 1;
      bind("setrlimit", ["int", "buffer"], "int")(RLIMIT_FSIZE, BigInt64Array.of(10_000n, -1n));
      SIG.XFSZ = ({ signal }) => say(signal);
      const file = Deno.openSync("${file}", { write: true });
      try { while (true) file.writeSync(new Uint8Array(1_000)); } catch (error) { say(/os error 27|EFBIG/.test(error.message)); }
      dispatchSignals();
      SIG.XFSZ = "IGNORE";
      try { file.writeSync(new Uint8Array(1_000)); } catch (error) { say(/os error 27|EFBIG/.test(error.message)); }`,
      ["true", "SIGXFSZ", "true"],
      { flags: [`--allow-write=${file}`] },
    );
  } finally {
    await Deno.remove(file);
  }
}, { skip: EMULATED && "the emulator keeps such signals" });

test(
  "Keeper: TSTP, TTIN, TTOU and CONT can be caught; a handler of TSTP stops the program, which goes on after CONT",
  async () => {
    await says(
      `
    const { spawn } = await import("vasty/lib/processes/mod.ts");
    for (const name of ["TTIN", "TTOU"]) { SIG[name] = ({ signal }) => say(signal); raise(name); }
    SIG.CONT = () => say("CONT");
    SIG.TSTP = () => { say("stopping"); raise("STOP"); say("going on"); };
    // Somebody sees that it has stopped, and has it go on.
    const script = "until grep -q '^State:.T' /proc/PID/status; do :; done; kill -CONT PID".replaceAll("PID", Deno.pid);
    await using child = spawn(["sh", "-c", script]);
    raise("TSTP");
    await child.status;
    await turn();`,
      ["SIGTTIN", "SIGTTOU", "stopping", "CONT", "going on"].toSorted((a, b) => order(a) - order(b)),
      RUN,
    );
  },
  { skip: sample(false) },
);

/** CONT is handled once the handler of TSTP goes on, at the end of raise(). */
function order(word: string): number {
  return ["SIGTTIN", "SIGTTOU", "stopping", "CONT", "going on"].indexOf(word);
}

test("Keeper: without descriptors a signal cannot be caught, which says so and changes nothing", async () => {
  await says(
    `
    await turn();
    const { newPipe } = await import("vasty/ffi/descriptors.ts");
    const held = [];
    for (let pipe; typeof (pipe = newPipe()) !== "number";) held.push(pipe);
    for (const set of [() => sigaction("USR2", () => {}), () => SIG.USR2 = () => {}, () => localSignal("USR2", () => {}),
      () => signals("USR2"), () => block("USR2")]) {
      try { set(); say("set"); } catch (error) { say(error.code, error.syscall); }
    }
    say(SIG.USR2, blockedSignals());
    raise("USR2");
    await turn(10_000);`,
    [...Array.from({ length: 5 }, () => "EMFILE sigaction"), "DEFAULT []"],
    { under: ["prlimit", "--nofile=64"], signal: "SIGUSR2" },
  );
}, { needs: ["prlimit"], skip: EMULATED && "qemu needs descriptors itself" });

test(
  "Keeper: a signal that could not be caught without descriptors can once there are some, however often it was tried",
  async () => {
    await says(
      `
    await turn();
    const { newPipe } = await import("vasty/ffi/descriptors.ts");
    const { close } = await import("vasty/ffi/unistd.ts");
    const held = [];
    for (let pipe; typeof (pipe = newPipe()) !== "number";) held.push(...pipe);
    const codes = new Set();
    for (let i = 0; i < 40; i++) try { sigaction("USR2", () => {}); } catch (error) { codes.add(error.code); }
    held.forEach((fd) => close(fd));
    sigaction("USR2", () => say(...codes, "and then caught"));
    raise("USR2");`,
      ["EMFILE and then caught"],
      { under: ["prlimit", "--nofile=64"] },
    );
  },
  { needs: ["prlimit"], skip: EMULATED && "qemu needs descriptors itself" },
);
