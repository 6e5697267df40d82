import { SIG, signalNames } from "../../lib/signals/mod.ts";
import { assertEquals, assertThrows, EMULATED, sample, test } from "../support/mod.ts";
import { says } from "./subject.ts";

test("SIG reads back what is set, by either name", async () => {
  await says(
    `
    const handler = () => {};
    say(SIG.HUP, SIG.SIGHUP, SIG.CLD);
    SIG.HUP = handler; say(SIG.SIGHUP === handler);
    SIG.HUP = "IGNORE"; say(SIG.SIGHUP);
    SIG.SIGHUP = "DEFAULT"; say(SIG.HUP);
    SIG["RTMIN+1"] = handler; say(SIG["SIGRTMIN+1"] === handler);
    delete SIG["RTMIN+1"]; say(SIG["RTMIN+1"]);
    SIG.CLD = "IGNORE"; say(SIG.CHLD, SIG.SIGCHLD);
    SIG.IOT = handler; say(SIG.ABRT === handler);
    SIG.CHLD = undefined; say(SIG.CHLD);
    const added = sigaction("USR2", handler); say(SIG.USR2 === handler); added.remove(); say(SIG.USR2);`,
    ["DEFAULT DEFAULT DEFAULT", "true", "IGNORE", "DEFAULT", "true", "DEFAULT", "IGNORE IGNORE", "true", "DEFAULT"]
      .concat(["true", "DEFAULT"]),
  );
});

test("SIG has no handlers by name, and no other words", () => {
  for (const word of ["default", "IGN", "SIG_IGN", "main::handler", ""]) {
    // deno-lint-ignore no-explicit-any -- what a program without types may assign
    assertThrows(() => SIG.USR2 = word as any, TypeError, `is a function, "IGNORE" or "DEFAULT", not "${word}"`);
  }
  // deno-lint-ignore no-explicit-any
  for (const value of [1, null, {}, true]) assertThrows(() => SIG.USR2 = value as any, TypeError);
  assertEquals(SIG.USR2, "DEFAULT");
});

test("SIG lists its signals as Perl does, without changing any", async () => {
  assertEquals(Object.keys(SIG), signalNames().map((name) => name.slice(3)));
  assertEquals(["HUP" in SIG, "SIGHUP" in SIG, "FOO" in SIG], [true, true, false]);
  await says(
    `
    // Finding the process's record may place it, which the library's own signal shows.
    const caught = () => field("SigCgt") & ~(1n << BigInt(signalNumber("RTMIN+14") - 1));
    const before = [caught(), field("SigIgn")];
    say(Object.entries(SIG).length, String({ ...SIG }.KILL), { ...SIG }.TERM);
    say(caught() === before[0] || has("SigCgt", "TERM"), field("SigIgn") === before[1]);`,
    [`${signalNames().length} undefined DEFAULT`, "true true"],
  );
}, { skip: EMULATED && "qemu itself catches signals" });

test("SIG: assigning replaces what was assigned, and what sigaction() has added stays", async () => {
  await says(
    `
    SIG.USR2 = () => say("first");
    const added = sigaction("USR2", () => say("added"));
    SIG.USR2 = () => say("second");
    raise("USR2");
    SIG.USR2 = "IGNORE";
    raise("USR2");
    added.remove();
    raise("USR2");
    delete SIG.USR2;
    raise("USR2");`,
    ["second", "added", "added"],
    { signal: "SIGUSR2" },
  );
}, { skip: sample(true) });

test("SIG: a handler may assign another one, which gets the next signal", async () => {
  await says(
    `
    SIG.USR2 = () => { say("first"); SIG.USR2 = () => say("second"); };
    raise("USR2");
    raise("USR2");`,
    ["first", "second"],
  );
}, { skip: sample(false) });
