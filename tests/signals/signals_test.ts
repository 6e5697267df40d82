import { signals } from "../../lib/signals/mod.ts";
import { assertRejects, assertThrows, sample, test } from "../support/mod.ts";
import { says, Subject } from "./subject.ts";

test("signals() gives what comes from the call on, in order, beside handlers", async () => {
  await says(
    `
    SIG["RTMIN+1"] = ({ value }) => say("handler", value);
    const coming = signals("RTMIN+1", "USR2");
    for (const value of [1, 2]) sigqueue(Deno.pid, "RTMIN+1", value);
    raise("USR2");
    const seen = [];
    for await (const { signal, value } of coming) { seen.push(signal + String(value)); if (seen.length === 3) break; }
    say(seen.join());
    say((await coming.next()).done);
    sigqueue(Deno.pid, "RTMIN+1", 9);
    dispatchSignals();`,
    ["handler 1", "handler 2", "SIGRTMIN+11,SIGRTMIN+12,SIGUSR2undefined", "true", "handler 9"],
  );
});

test("signals(): what was not read goes, at the end, to the default or to whoever else handles it", async () => {
  await says(
    `
    const [one, two] = [signals("USR2"), signals("USR2")];
    raise("USR2");
    await one.return();
    say((await two.next()).value.signal);
    raise("USR2");
    await two.return();
    await turn(10_000);`,
    ["SIGUSR2"],
    { signal: "SIGUSR2" },
  );
});

test("signals() does not keep the process alive, with ref it does, and as long", async () => {
  await says(`signals("USR2").next().then(() => say("never")); say("over");`, ["over"]);
  await using subject = await Subject.start(`
    const coming = signals("USR2", { ref: true });
    Deno.stdin.close?.();
    say("READY");
    coming.next().then(({ value }) => { say(value.signal); coming.unref(); });`);
  await subject.line();
  subject.kill("SIGUSR2");
  const { rest, code, stderr } = await subject.end();
  if (rest !== "SIGUSR2\n" || code !== 0) throw new Error(JSON.stringify([rest, code, stderr]));
}, { skip: sample(false) });

test("signals() is ended by its signal, with the reason, also while it waits", async () => {
  await says(
    `
    const controller = new AbortController();
    const coming = signals("USR2", { signal: controller.signal });
    const waiting = [coming.next(), coming.next()].map((one) => one.catch((error) => say(error.message)));
    controller.abort(new Error("enough"));
    await Promise.all(waiting);
    await coming.next().catch((error) => say("again", error.message));
    raise("USR2");
    await turn(10_000);`,
    ["enough", "enough", "again enough"],
    { signal: "SIGUSR2" },
  );
});

test("signals() is ended by await using, and a waiting next() is done", async () => {
  await says(
    `
    let waiting;
    { await using coming = signals("USR2"); waiting = coming.next(); }
    say((await waiting).done);`,
    ["true"],
  );
}, { skip: sample(false) });

test("signals() refuses nothing to wait for, and an aborted signal", async () => {
  assertThrows(() => signals(), TypeError, "There is no signal to wait for");
  assertThrows(() => signals({}), TypeError, "There is no signal to wait for");
  assertThrows(() => signals("USR2", { signal: AbortSignal.abort(new Error("aborted")) }), Error, "aborted");
  await assertRejects(async () => await signals("SIGFOO").next(), TypeError, "There is no signal");
});
