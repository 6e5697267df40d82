import { EMULATED, sample, test } from "../support/mod.ts";
import { says } from "./subject.ts";

const EMULATION = EMULATED && "qemu catches signals itself";

test("inheritedSignal(): what nohup ignores is known, kept, and restored after a handler", async () => {
  await says(
    `
    young();
    say(inheritedSignal("HUP"), SIG.HUP, inheritedSignal("TERM"));
    const action = sigaction("HUP", () => say("handled"));
    raise("HUP");
    action.remove();
    say(has("SigIgn", "HUP"), SIG.HUP);
    raise("HUP");
    await settled();
    say(has("SigIgn", "HUP"), inheritedSignal("HUP"));
    raise("HUP");
    say("alive");`,
    ["IGNORE IGNORE DEFAULT", "handled", "true IGNORE", "true IGNORE", "alive"],
    { under: ["nohup"] },
  );
}, { skip: EMULATION });

test("inheritedSignal(): env --ignore-signal, of a signal that Deno does not touch, at any age", async () => {
  for (const wait of ["young();", "await settled();"]) {
    await says(
      `
      ${wait}
      say(inheritedSignal("USR2"), inheritedSignal("RTMIN+3"), inheritedSignal("QUIT"));
      { using _local = localSignal("USR2", () => say("handled")); raise("USR2"); }
      raise("USR2");
      SIG.USR2 = "DEFAULT";
      say(has("SigIgn", "USR2"));
      delete SIG.USR2;
      say(has("SigIgn", "USR2"), inheritedSignal("USR2"));`,
      ["IGNORE IGNORE DEFAULT", "handled", "false", "true IGNORE"],
      { under: ["env", "--ignore-signal=USR2", "--ignore-signal=RTMIN+3"] },
    );
  }
}, { skip: EMULATION });

test("inheritedSignal(): what Deno has set itself reads as unknown, and is set to the default in the end", async () => {
  await says(
    `
    await settled();
    say(["HUP", "INT", "TERM", "USR1", "PIPE"].map(inheritedSignal).join(), String(SIG.HUP));
    sigaction("HUP", () => {}).remove();
    raise("HUP");
    await turn(10_000);`,
    ["unknown,unknown,unknown,unknown,unknown undefined"],
    { signal: "SIGHUP", under: ["nohup"] },
  );
}, { skip: EMULATION });

test("inheritedSignal(): a mask that was inherited is let in by unblock()", async () => {
  await says(
    `
    SIG.USR2 = () => say("handled");
    raise("USR2");
    say(pendingSignals());
    unblock("USR2");
    say(pendingSignals(), has("SigBlk", "USR2"));`,
    ['["SIGUSR2"]', "handled", "[] false"],
    { under: ["env", "--block-signal=USR2"] },
  );
}, { skip: EMULATION || sample(false) });

test("inheritedSignal(): children are run and waited for although CHLD was blocked from the start", async () => {
  await says(
    `
    const { run } = await import("vasty/lib/processes/mod.ts");
    const { loop } = await import("vasty/ffi/loop.ts");
    await loop().promote();
    const codes = await Promise.all(Array.from({ length: 20 }, (_, i) => run(["sh", "-c", "exit " + i], { check: false })));
    say(codes.map(({ code }) => code).join());`,
    [Array.from({ length: 20 }, (_, i) => i).join()],
    { under: ["env", "--block-signal=CHLD"], flags: ["--allow-run"] },
  );
}, { skip: EMULATION || sample(false) });

for (const [ask, said] of [["blockedSignals()", true], ['sigprocmask("SIG_SETMASK", [])', false]] as const) {
  test(`inheritedSignal(): a mask that was inherited is seen by the first call: ${ask}`, async () => {
    const expected = [`["SIGUSR2"] ${said}`];
    await says(`say(${ask}, has("SigBlk", "USR2"));`, expected, { under: ["env", "--block-signal=USR2"] });
  }, { skip: EMULATION || sample(false) });
}
