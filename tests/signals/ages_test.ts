/**
 * Deno installs its own handlers for four signals half a second after the start: every way of handling them, in a program
 * that is younger than that and in one that is older.
 */
import { sample, test } from "../support/mod.ts";
import { says } from "./subject.ts";

/** What a program does, and says, about a signal that it sends itself: NAME is the signal, `sent()` sends it. */
const WAYS: Record<string, [source: string, said: string]> = {
  "SIG": [`let n = 0; SIG[NAME] = () => n++; sent(); await until(() => n > 0); say(n);`, "1"],
  "SIG that ignores": [`SIG[NAME] = "IGNORE"; sent(); await turn(20); say("goes on");`, "goes on"],
  "localSignal()": [
    `{ using _quiet = localSignal(NAME, "IGNORE"); sent(); await turn(20); } say("goes on");`,
    "goes on",
  ],
  "signals()": [
    `const coming = signals(NAME, { ref: true }); sent(); say((await coming.next()).value.signal); await coming.return();`,
    "NAME",
  ],
  "waitSignal()": [`using _blocked = block(NAME); sent(); say((await waitSignal([NAME])).signal);`, "NAME"],
  "waitSignalSync()": [`using _blocked = block(NAME); sent(); say(waitSignalSync([NAME]).signal);`, "NAME"],
  "block()": [
    `let n = 0; SIG[NAME] = () => n++; { using _b = block(NAME); sent(); sent(); await turn(20); say(n); } say(n);`,
    "0\n1",
  ],
  "sleepSync()": [`let n = 0; SIG[NAME] = () => n++; sent(); sleepSync(20); say(n);`, "1"],
};

const NAMES = ["SIGHUP", "SIGINT", "SIGTERM", "SIGUSR1"];

/** Its handlers are there before Deno's, and are still what is called afterwards. */
const OLD = "await settled();";

/** One way, for every signal; it says which way it is. */
async function handles(way: string, begin: string): Promise<void> {
  const [source, said] = WAYS[way]!;
  const each = NAMES.map((name) => `{ const NAME = "${name}"; const sent = () => kill(Deno.pid, NAME); ${source} }`);
  const expected = NAMES.flatMap((name) => said.replace("NAME", name).split("\n"));
  await says([begin, `say("${way}");`, ...each].join("\n"), [way, ...expected]);
}

for (const way of Object.keys(WAYS)) {
  test(`${way} handles HUP, INT, TERM and USR1 in a program younger than 300 ms`, () => handles(way, "young();"), {
    skip: sample(false),
  });
}

test("every way handles HUP, INT, TERM and USR1 in a program older than 1 s", async () => {
  // They get old at the same time.
  await Promise.all(Object.keys(WAYS).map((way) => handles(way, OLD)));
}, { skip: sample(false) });

test("handlers that were set by a young program are in force when it is old", async () => {
  const set = NAMES.map((name) => `SIG["${name}"] = ({ signal }) => say(signal);`);
  const sent = NAMES.map((name) => `kill(Deno.pid, "${name}"); await turn(20);`);
  await says(["young();", ...set, "await settled();", ...sent].join("\n"), NAMES);
}, { skip: sample(false) });

async function cleansUp(name: string, begin: string): Promise<void> {
  const source = `${begin} trap(() => say("clean")); trap(() => say("clean"), ["USR1"]); kill(Deno.pid, "${name}");
    await turn(5_000);`;
  await says(source, ["clean"], { signal: name });
}

for (const name of NAMES) {
  test(`trap() of ${name} cleans up and ends by it in a young program`, () => cleansUp(name, "young();"), {
    skip: sample(false),
  });
}

test("trap() of HUP, INT, TERM and USR1 cleans up and ends by it in an old program", async () => {
  await Promise.all(NAMES.map((name) => cleansUp(name, OLD)));
}, { skip: sample(false) });
