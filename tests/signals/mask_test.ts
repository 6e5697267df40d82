import { sigprocmask } from "../../lib/signals/mod.ts";
import { assertThrows, EMULATED, sample, test } from "../support/mod.ts";
import { says } from "./subject.ts";

test("block(): a standard signal is pending once, with what was known of the first; real-time ones all, in order", async () => {
  await says(
    `
    sigaction("USR2", ({ code, value }) => say("USR2", code, String(value)));
    sigaction("RTMIN+1", ({ value }) => say("RT", value));
    {
      using _blocked = block("USR2", "RTMIN+1");
      sigqueue(Deno.pid, "USR2", 7);
      raise("USR2");
      for (const value of [3, 1, 2]) sigqueue(Deno.pid, "RTMIN+1", value);
      await turn();
      say(pendingSignals(), blockedSignals());
    }
    say(pendingSignals(), blockedSignals());`,
    ['["SIGUSR2","SIGRTMIN+1"] ["SIGUSR2","SIGRTMIN+1"]', "USR2 queue 7", "RT 3", "RT 1", "RT 2", "[] []"],
  );
});

test("block(): default actions wait as well, and ignored signals are gone", async () => {
  await says(
    `
    SIG.HUP = "IGNORE";
    {
      using _blocked = block("USR2", "HUP");
      raise("HUP");
      kill(Deno.pid, "USR2");
      await turn();
      say(pendingSignals());
    }
    await turn(10_000);`,
    ['["SIGUSR2"]'],
    { signal: "SIGUSR2" },
  );
});

test("block(): set to IGNORE while blocked and pending, a signal is gone", async () => {
  await says(
    `
    SIG.USR2 = () => say("handled");
    using _blocked = block("USR2");
    raise("USR2");
    SIG.USR2 = "IGNORE";
    say(pendingSignals());
    SIG.USR2 = () => say("handled");
    unblock("USR2");
    say("over");`,
    ["[]", "over"],
  );
}, { skip: sample(false) });

test("block(): blocks nest, and end in any order", async () => {
  await says(
    `
    SIG.USR2 = () => say("handled");
    const [one, two] = [block("USR2"), block("USR2")];
    raise("USR2");
    one[Symbol.dispose](); one[Symbol.dispose]();
    say(blockedSignals());
    two[Symbol.dispose]();
    say(blockedSignals());`,
    ['["SIGUSR2"]', "handled", "[]"],
  );
}, { skip: sample(false) });

test("unblock() lets in whoever blocks, until the end of its block; what ended meanwhile does not come back", async () => {
  await says(
    `
    SIG.USR2 = () => say("handled");
    const blocked = block("USR2");
    raise("USR2");
    {
      using _open = unblock("USR2");
      say(blockedSignals());
    }
    say(blockedSignals());
    const open = unblock("USR2");
    blocked[Symbol.dispose]();
    open[Symbol.dispose]();
    say(blockedSignals());`,
    ["handled", "[]", '["SIGUSR2"]', "[]"],
  );
});

test("sigprocmask() does as POSIX's: each way, and what was blocked before", async () => {
  await says(
    `
    SIG.USR2 = () => say("USR2"); SIG.HUP = () => say("HUP");
    say(sigprocmask("SIG_BLOCK", ["USR2"]));
    say(sigprocmask("SIG_BLOCK", ["HUP", "USR2"]));
    raise("USR2"); raise("HUP");
    say(sigprocmask("SIG_SETMASK", ["HUP"]));
    say(sigprocmask("SIG_UNBLOCK", ["HUP"]));
    say(sigprocmask("SIG_SETMASK", []));`,
    ["[]", '["SIGUSR2"]', "USR2", '["SIGHUP","SIGUSR2"]', "HUP", '["SIGHUP"]', "[]"],
  );
  // deno-lint-ignore no-explicit-any -- what a program without types may pass
  assertThrows(() => sigprocmask("SIG_FOO" as any, []), TypeError, "A mask is changed by SIG_BLOCK");
});

test("block(): children of Deno.Command inherit no mask, no handler and nothing ignored", async () => {
  await says(
    `
    const ignored = field("SigIgn") & ~(1n << 12n);
    // glibc has its own two ignored in every child that it spawns.
    const GLIBC = 3n << 31n;
    SIG.TERM = () => {}; SIG.USR2 = () => {}; SIG["RTMIN+1"] = () => {};
    using _blocked = block("HUP", "USR2", "RTMIN+2");
    for (const name of ["TERM", "USR2", "RTMIN+1"]) raise(name === "TERM" ? "TERM" : "RTMIN+1");
    const { stdout } = await new Deno.Command("sh", { args: ["-c", "grep ^Sig /proc/self/status"] }).output();
    const status = new TextDecoder().decode(stdout);
    const theirs = (name) => BigInt("0x" + new RegExp(name + ":\\\\s*(\\\\w+)").exec(status)[1]);
    say(theirs("SigBlk") === 0n, (theirs("SigIgn") & ~GLIBC) === (ignored & ~GLIBC));`,
    ["true true"],
    { flags: ["--allow-run"] },
  );
}, { skip: EMULATED && "what the child of an emulated program has is qemu's" });
