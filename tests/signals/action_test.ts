import { SIGNAL } from "../../ffi/abi/signal.ts";
import { assertEquals, assertThrows, EMULATED, sample, test } from "../support/mod.ts";
import { sigaction } from "../../lib/signals/mod.ts";
import { says, Subject } from "./subject.ts";

/** What cannot be handled. */
const REFUSED = ["SIGKILL", "SIGSTOP", "SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE"];
const STANDARD = Object.keys(SIGNAL).filter((name) => !REFUSED.includes(name));

const AGES = { young: "young();", old: "await settled();" };

for (const [age, wait] of Object.entries(AGES)) {
  test(
    `sigaction() handles every signal in ${age === "old" ? "an old" : "a young"} program, and gives it back`,
    async () => {
      await says(
        `
      ${wait}
      const names = ${JSON.stringify([...STANDARD, "SIGRTMIN", "SIGRTMIN+1", "SIGRTMAX"])};
      const before = field("SigIgn");
      for (const name of names) {
        const seen = [];
        const action = sigaction(name, ({ signal, number, pid, code }) => seen.push(signal, number, pid, code));
        raise(name);
        if (seen.join() !== [signalName(name), signalNumber(name), Deno.pid, "user"].join()) say(name, seen);
        action.remove();
        action.remove();
      }
      say(field("SigIgn") === before, field("SigBlk") === 0n);`,
        ["true true"],
      );
    },
    { skip: EMULATED && "qemu keeps some signals for itself" },
  );
}

const HANDLED = ["HUP", "INT", "TERM", "USR1"] as const;

for (const signal of HANDLED) {
  test(`sigaction(): ${signal} from outside in a young program`, () => fromOutside(signal, "young"), {
    skip: sample(false),
  });
}

test("sigaction(): HUP, INT, TERM and USR1 from outside in an old program", async () => {
  // They get old at the same time.
  await Promise.all(HANDLED.map((signal) => fromOutside(signal, "old")));
}, { skip: sample(true) });

/** A handler is called, once more when a young program has grown old, and no longer when it is removed. */
async function fromOutside(signal: typeof HANDLED[number], age: keyof typeof AGES): Promise<void> {
  await using subject = await Subject.start(`
    ${AGES[age]}
    const action = sigaction("${signal}", ({ pid }) => say("handled", pid));
    say("READY");
    await told();
    action.remove();
    say("REMOVED");
    await turn(60_000);`);
  assertEquals(await subject.line(), "READY");
  subject.kill(`SIG${signal}`);
  assertEquals(await subject.line(), `handled ${Deno.pid}`);
  if (age === "young") {
    // Deno puts its own handlers there half a second after the start: ours stays on top.
    await new Promise((resolve) => setTimeout(resolve, 700));
    subject.kill(`SIG${signal}`);
    assertEquals(await subject.line(), `handled ${Deno.pid}`);
  }
  await subject.tell("remove");
  assertEquals(await subject.line(), "REMOVED");
  if (signal === "USR1") return;
  subject.kill(`SIG${signal}`);
  const { signal: killedBy, rest, stderr } = await subject.end();
  assertEquals([killedBy, rest, stderr], [`SIG${signal}`, "", ""]);
}

test("sigaction(): no inspector opens on USR1 while it is handled", async () => {
  await using subject = await Subject.start(`
    await settled();
    sigaction("USR1", () => say("handled"));
    say("READY");
    await turn(60_000);`);
  await subject.line();
  for (let i = 0; i < 3; i++) {
    subject.kill("SIGUSR1");
    assertEquals(await subject.line(), "handled");
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
  subject.kill("SIGTERM");
  assertEquals((await subject.end()).stderr, "");
}, { skip: sample(false) });

test("sigaction(): several handlers run in order, and each is removable", async () => {
  await says(
    `
    const [a, b, c] = ["a", "b", "c"].map((name) => sigaction("USR2", () => say(name)));
    raise("USR2");
    b.remove();
    raise("USR2");
    a.remove(); a.remove();
    raise("USR2");
    { using _d = sigaction("USR2", () => say("d")); raise("USR2"); }
    c.remove();
    raise("USR2");
    await turn(10_000);`,
    ["a", "b", "c", "a", "c", "c", "c", "d"],
    { signal: "SIGUSR2" },
  );
});

test("sigaction(): a handler that an earlier one removes does not run", async () => {
  await says(
    `
    sigaction("USR2", () => { say("first"); second.remove(); });
    const second = sigaction("USR2", () => say("second"));
    raise("USR2");`,
    ["first"],
  );
});

test("sigaction(): what one handler throws keeps no other from running", async () => {
  await says(
    `
    sigaction("USR2", () => { throw new Error("thrown"); });
    sigaction("USR2", () => say("second"));
    try { raise("USR2"); } catch (error) { say(error.message); }
    Deno.kill(Deno.pid, "SIGUSR2");
    addEventListener("error", (event) => { event.preventDefault(); say("uncaught " + event.error.message); });
    await turn(50);`,
    ["second", "thrown", "second", "uncaught thrown"],
  );
}, { skip: sample(false) });

test("sigaction(): words take the place of handlers, and are taken back in either order", async () => {
  await says(
    `
    const handler = sigaction("USR2", () => say("handler"));
    for (const order of [[0, 1], [1, 0]]) {
      const words = [sigaction("USR2", "IGNORE"), sigaction("USR2", "DEFAULT")];
      words[order[0]].remove();
      say(SIG.USR2);
      words[order[1]].remove();
      raise("USR2");
    }
    const ignored = sigaction("USR2", "IGNORE");
    raise("USR2");
    handler.remove();
    ignored.remove();
    say(SIG.USR2);
    raise("USR2");
    await turn(10_000);`,
    ["DEFAULT", "handler", "IGNORE", "handler", "DEFAULT"],
    { signal: "SIGUSR2" },
  );
});

test("sigaction(): options mask, once, SA_NODEFER and SA_RESETHAND", async () => {
  await says(
    `
    let depth = 0;
    let left = 1;
    const nest = (name) => () => { depth++; say(name, depth); if (left-- > 0) raise("USR2"); depth--; };
    { using _a = sigaction("USR2", nest("deferred")); raise("USR2"); }
    left = 1;
    { using _a = sigaction("USR2", nest("nested"), { flags: ["SA_NODEFER"] }); raise("USR2"); }
    {
      using _a = sigaction("USR2", () => { raise("HUP"); say("after raise"); }, { mask: ["SIGHUP"] });
      using _b = sigaction("HUP", () => say("HUP"));
      raise("USR2");
    }
    SIG.HUP = "IGNORE";
    sigaction("HUP", () => say("once"), { once: true });
    raise("HUP"); raise("HUP");
    sigaction("TERM", () => say("reset"), { flags: ["SA_RESETHAND"] });
    raise("TERM"); say(SIG.TERM); raise("TERM");
    await turn(10_000);`,
    ["deferred 1", "deferred 1", "nested 1", "nested 2", "after raise", "HUP", "once", "reset", "DEFAULT"],
    { signal: "SIGTERM" },
  );
});

test("sigaction() refuses flags that there are not, and what is no handler", () => {
  // deno-lint-ignore no-explicit-any -- what a program without types may pass
  const any = (value: unknown) => value as any;
  assertThrows(() => sigaction("USR2", () => {}, { flags: any(["SA_FOO"]) }), TypeError, 'no flag "SA_FOO"');
  for (const what of ["handler", "SIG_IGN", undefined, null, 3, {}]) {
    assertThrows(() => sigaction("USR2", any(what)), TypeError, "What handles USR2 is a function");
  }
});

for (const first of ["Deno", "vasty"]) {
  test(
    `sigaction() beside Deno.addSignalListener, ${first} first: both hear; what goes first takes nothing along`,
    async () => {
      await says(
        `
      let [heard, handled] = [0, 0];
      const listener = () => heard++;
      let action;
      const steps = [() => Deno.addSignalListener("SIGTERM", listener),
        () => action = sigaction("TERM", () => handled++)];
      (${first === "Deno"} ? steps : steps.reverse()).forEach((step) => step());
      Deno.kill(Deno.pid, "SIGTERM");
      await until(() => heard === 1 && handled === 1);
      Deno.removeSignalListener("SIGTERM", listener);
      Deno.kill(Deno.pid, "SIGTERM");
      await until(() => handled === 2);
      await denoHasDealt();
      Deno.addSignalListener("SIGTERM", listener);
      action.remove();
      Deno.kill(Deno.pid, "SIGTERM");
      await until(() => heard === 2);
      say(heard, handled);
      Deno.removeSignalListener("SIGTERM", listener);
      await turn(50);
      Deno.kill(Deno.pid, "SIGTERM");
      await turn(10_000);`,
        ["2 2"],
        { signal: "SIGTERM" },
      );
    },
    { skip: sample(first === "Deno") },
  );
}

test("sigaction(): removing a handler while its signal arrives: it is handled, or does its default, and never lost", async () => {
  await says(
    `
    // The default of a signal that was ignored is seen in a handler of the program's own beneath.
    let [outer, inner, sent] = [0, 0, 0];
    sigaction("RTMIN+2", () => outer++);
    for (let i = 0; i < 2_000; i++) {
      const scope = localSignal("RTMIN+2", () => inner++);
      sigqueue(Deno.pid, "RTMIN+2", i); sent++;
      if (i % 3 === 0) dispatchSignals();
      if (i % 7 === 0) await turn(0);
      scope.remove();
    }
    await until(() => outer + inner === sent);
    await turn(20);
    say(outer + inner === sent, outer > 0, inner > 0);`,
    ["true true true"],
  );
  await says(
    `
    const action = sigaction("USR2", () => say("handled"));
    Deno.kill(Deno.pid, "SIGUSR2");
    action.remove();
    await turn(10_000);`,
    [],
    { signal: "SIGUSR2" },
  );
});

test("sigaction(): a handler that has had its signal is removed, and the program lives", async () => {
  // Deno's thread may be slow: it must not think that nobody listens.
  await says(
    `
    for (let i = 0; i < 200; i++) {
      { using _a = localSignal("USR2", () => {}); raise("USR2"); }
      SIG.TERM = () => {}; raise("TERM"); SIG.TERM = i % 2 ? "IGNORE" : "DEFAULT";
      const action = sigaction("HUP", () => {}); raise("HUP"); action.remove();
    }
    SIG.INT = () => {};
    raise("INT");
    say("alive");`,
    ["alive"],
  );
}, { skip: sample(false) });

test("sigaction(): a program that lets a signal through is killed by it, as its parent sees", async () => {
  for (const signal of ["TERM", "HUP", "INT", "QUIT", "ALRM", "XCPU"]) {
    await says(
      `
      const action = sigaction("${signal}", () => say("handled"));
      raise("${signal}");
      action.remove();
      kill(Deno.pid, "${signal}");
      await turn(10_000);`,
      ["handled"],
      { signal: `SIG${signal}` },
    );
  }
}, { skip: sample(false) });

test("sigaction() does not keep the process alive", async () => {
  await says(`SIG.TERM = () => {}; signals("HUP"); say("over");`, ["over"]);
});
