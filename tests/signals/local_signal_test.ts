import { sample, test } from "../support/mod.ts";
import { says } from "./subject.ts";

test("localSignal() holds across awaits, and ends with the block, also when that throws", async () => {
  await says(
    `
    SIG.USR2 = () => say("outer");
    async function inner() {
      using _local = localSignal("USR2", () => say("inner"));
      await turn();
      raise("USR2");
      await turn();
      throw new Error("thrown");
    }
    await inner().catch((error) => say(error.message));
    raise("USR2");`,
    ["inner", "thrown", "outer"],
  );
});

for (const order of [["one", "two"], ["two", "one"]]) {
  test(`localSignal(): overlapping scopes, ${order[0]} ended first, end at the first disposition`, async () => {
    await says(
      `
      SIG.USR2 = () => say("zero");
      const scopes = { one: localSignal("USR2", () => say("one")), two: localSignal("USR2", () => say("two")) };
      raise("USR2");
      scopes.${order[0]}.remove();
      scopes.${order[0]}.remove();
      raise("USR2");
      scopes.${order[1]}.remove();
      raise("USR2");`,
      ["two", order[1]!, "zero"],
    );
  }, { skip: sample(false) });
}

test("localSignal() IGNORE throws away what comes, and what was pending when it began", async () => {
  await says(
    `
    SIG.USR2 = () => say("handled");
    {
      using _blocked = block("USR2");
      raise("USR2");
      using _local = localSignal("USR2", "IGNORE");
      Deno.kill(Deno.pid, "SIGUSR2");
    }
    await turn();
    say("over");
    raise("USR2");`,
    ["over", "handled"],
  );
}, { skip: sample(false) });

test("localSignal() DEFAULT lets a signal end the program that it handles otherwise", async () => {
  await says(
    `
    SIG.TERM = () => say("handled");
    raise("TERM");
    using _local = localSignal("TERM", "DEFAULT");
    raise("TERM");
    await turn(10_000);`,
    ["handled"],
    { signal: "SIGTERM" },
  );
}, { skip: sample(false) });

test("localSignal(): handlers that were added within the scope end with it", async () => {
  await says(
    `
    using _first = sigaction("USR2", () => say("outer"));
    {
      using _local = localSignal("USR2", () => say("local"));
      sigaction("USR2", () => say("added"));
      raise("USR2");
    }
    raise("USR2");`,
    ["local", "added", "outer"],
  );
}, { skip: sample(false) });

test("localSignal(): a handler with once is in force once, then the default is", async () => {
  await says(
    `
    SIG.USR2 = "IGNORE";
    using _local = localSignal("USR2", () => say("once"), { once: true });
    raise("USR2");
    say("on");
    raise("USR2");
    await turn(10_000);`,
    ["once", "on"],
    { signal: "SIGUSR2" },
  );
}, { skip: sample(false) });
