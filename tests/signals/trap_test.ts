import { assertEquals, EMULATED, sample, test } from "../support/mod.ts";
import { says, Subject } from "./subject.ts";

for (const signal of ["SIGHUP", "SIGINT", "SIGTERM", "SIGPIPE", "SIGUSR2"] as const) {
  test(`trap() cleans up and ends by ${signal}, as its parent sees`, async () => {
    await using subject = await Subject.start(`
      ${signal === "SIGHUP" ? "await settled();" : ""}
      trap(async ({ signal }) => { say("cleaning", signal); await turn(20); say("clean"); }${
      signal === "SIGUSR2" ? ', ["USR2"]' : ""
    });
      say("READY");
      await turn(60_000);`);
    await subject.line();
    subject.kill(signal);
    const { signal: killedBy, rest, stderr } = await subject.end();
    assertEquals([killedBy, rest, stderr], [signal, `cleaning ${signal}\nclean\n`, ""]);
  }, { skip: sample(signal === "SIGTERM") });
}

test("trap(): a second signal while it cleans up ends the program at once", async () => {
  await using subject = await Subject.start(`
    trap(async () => { say("cleaning"); await turn(60_000); say("never"); });
    say("READY");
    await turn(60_000);`);
  await subject.line();
  subject.kill("SIGTERM");
  assertEquals(await subject.line(), "cleaning");
  subject.kill("SIGINT");
  const { signal, rest } = await subject.end();
  assertEquals([signal, rest], ["SIGINT", ""]);
});

test("trap(): what cleanup throws is reported, and the program ends by the signal all the same", async () => {
  await using subject = await Subject.start(`
    trap(() => { throw new Error("no cleanup"); }, ["TERM"]);
    say("READY");
    await turn(60_000);`);
  await subject.line();
  subject.kill("SIGTERM");
  const { signal, stderr } = await subject.end();
  assertEquals([signal, stderr.includes("no cleanup")], ["SIGTERM", true]);
}, { skip: sample(false) });

test("trap(): a shell sees 128 and the number", async () => {
  await using subject = await Subject.start(
    `
    const { capture } = await import("vasty/lib/processes/mod.ts");
    trap(() => say("clean"), ["TERM"]);
    raise("TERM");
    await turn(10_000);`,
    { under: ["sh", "-c", '"$@"; echo "status $?"', "sh"] },
  );
  const { rest } = await subject.end();
  assertEquals(rest, "clean\nstatus 143\n");
}, { skip: EMULATED && "the shell would start the emulated Deno without its emulator" });

test("trap(): removed, it does nothing any more, and handlers of others stay", async () => {
  await says(
    `
    SIG.HUP = () => say("handled");
    { using _trap = trap(() => say("never")); }
    raise("HUP");
    raise("TERM");
    await turn(10_000);`,
    ["handled"],
    { signal: "SIGTERM" },
  );
});
