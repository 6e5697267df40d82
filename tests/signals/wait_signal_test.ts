import { sleepSync, waitSignal, waitSignalSync } from "../../lib/signals/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, sample, test } from "../support/mod.ts";
import { says } from "./subject.ts";

test("waitSignal() takes one signal, no handler runs, and the others stay", async () => {
  await says(
    `
    SIG["RTMIN+1"] = ({ value }) => say("handler", value);
    using _blocked = block("RTMIN+1");
    for (const value of [1, 2, 3]) sigqueue(Deno.pid, "RTMIN+1", value);
    say((await waitSignal(["RTMIN+1"], { timeout: 1_000 })).value);
    const later = waitSignal(["USR2", "HUP"]);
    raise("USR2");
    say((await later).signal);
    say(waitSignalSync(["RTMIN+1"], { timeout: 1_000 }).value, pendingSignals());`,
    ["1", "SIGUSR2", '2 ["SIGRTMIN+1"]', "handler 3"],
  );
});

test("waitSignalSync() takes one of several that come at once", async () => {
  await says(
    `
    using _blocked = block("RTMIN+1");
    // Both come while it sleeps: the program is stopped until they are there.
    const { spawn } = await import("vasty/lib/processes/mod.ts");
    const script = "kill -STOP PID; kill -RTMIN+1 PID; kill -RTMIN+1 PID; kill -CONT PID".replaceAll("PID", Deno.pid);
    await using child = spawn(["bash", "-c", script]);
    say(waitSignalSync(["RTMIN+1"], { timeout: 10_000 }).signal, waitSignalSync(["RTMIN+1"], { timeout: 10_000 }).signal);
    await child.status;`,
    ["SIGRTMIN+1 SIGRTMIN+1"],
    { flags: ["--allow-run"] },
  );
}, { skip: sample(false) });

test("waitSignal() that is aborted or times out takes nothing", async () => {
  await says(
    `
    SIG.USR2 = () => say("handled");
    const controller = new AbortController();
    const waiting = waitSignal(["USR2"], { signal: controller.signal });
    controller.abort(new Error("enough"));
    raise("USR2");
    await waiting.catch((error) => say(error.message));
    await waitSignal(["USR2", "RTMIN+1"], { timeout: 10 }).catch((error) => say(error.name, error.message));
    raise("USR2");`,
    ["handled", "enough", "TimeoutError Timed out after 10 ms: wait for SIGUSR2, SIGRTMIN+1", "handled"],
  );
  await assertRejects(() => waitSignal(["USR2"], { timeout: -1 }), RangeError);
  await assertRejects(() => waitSignal([]), TypeError, "There is no signal to wait for");
  assertThrows(() => waitSignalSync([]), TypeError, "There is no signal to wait for");
});

test("waitSignalSync() times out, and a handler that throws breaks out of it without a loss", async () => {
  const begun = performance.now();
  const error = assertThrows(() => waitSignalSync(["USR2"], { timeout: 30 }), DOMException);
  assertEquals([error.name, error.message], ["TimeoutError", "Timed out after 30 ms: wait for SIGUSR2"]);
  assert(performance.now() - begun >= 29);
  await says(
    `
    SIG.ALRM = () => { throw new Error("alarm"); };
    alarm(0.01);
    try { waitSignalSync(["USR2"]); } catch (error) { say(error.message); }
    {
      using _blocked = block("ALRM", "USR2");
      raise("ALRM");
      SIG.USR2 = () => say("USR2 handled");
    }
    say("over");`.replace('raise("ALRM");', ""),
    ["alarm", "over"],
  );
});

test("sigsuspend() and sigsuspendSync() let in what is blocked, wait for a handler, and block again", async () => {
  await says(
    `
    SIG.USR2 = ({ value }) => say("handled", String(value));
    SIG.HUP = () => say("HUP");
    using _blocked = block("USR2");
    raise("USR2");
    await sigsuspend([], { timeout: 1_000 });
    sigqueue(Deno.pid, "USR2", 5);
    sigsuspendSync([], { timeout: 1_000 });
    say(blockedSignals());
    const waiting = sigsuspend(["HUP"], { timeout: 1_000 });
    say(blockedSignals());
    raise("HUP");
    say(pendingSignals());
    raise("USR2");
    await waiting;
    say(blockedSignals());
    await sigsuspend([], { timeout: 10 }).catch((error) => say(error.name, blockedSignals()));
    try { sigsuspendSync([], { timeout: 10 }); } catch (error) { say(error.name, blockedSignals()); }`,
    ["handled undefined", "handled 5", '["SIGUSR2"]', '["SIGHUP"]', '["SIGHUP"]', "handled undefined", "HUP"]
      .concat(['["SIGUSR2"]', 'TimeoutError ["SIGUSR2"]', 'TimeoutError ["SIGUSR2"]']),
  );
});

test("sigsuspend(): a block that ends meanwhile does not come back", async () => {
  await says(
    `
    SIG.USR2 = () => say("handled");
    const blocked = block("USR2");
    const waiting = sigsuspend();
    blocked[Symbol.dispose]();
    raise("USR2");
    await waiting;
    say(blockedSignals());`,
    ["handled", "[]"],
  );
}, { skip: sample(false) });

test("sleepSync() runs handlers, is not cut short by them, and is ended by one that throws", async () => {
  for (const ms of [-1, NaN]) assertThrows(() => sleepSync(ms), RangeError);
  sleepSync(0);
  await says(
    `
    let ticks = 0;
    SIG.ALRM = () => ticks++;
    setitimer("real", { value: 5, interval: 5 });
    const begun = performance.now();
    sleepSync(200);
    const took = performance.now() - begun;
    say(took >= 199, took < 2_000, ticks > 5);
    SIG.ALRM = () => { throw new Error("enough"); };
    try { sleepSync(60_000); } catch (error) { say(error.message); }
    setitimer("real", { value: 0 });`,
    ["true true true", "enough"],
  );
});
