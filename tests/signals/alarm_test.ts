import { alarm, getitimer, setitimer } from "../../lib/signals/mod.ts";
import { assertEquals, assertThrows, deno, EMULATED, repository, size, test } from "../support/mod.ts";
import { says } from "./subject.ts";

test("alarm() returns the seconds that were left, and there is one of them", async () => {
  await says(
    `
    SIG.ALRM = () => say("never");
    say(alarm(10), alarm(20.5), alarm(0.25), alarm(0), alarm(0));
    say(alarm(3), Math.ceil(getitimer("real").value / 1_000), setitimer("real", { value: 0 }).value > 2_000);`,
    ["0 10 21 1 0", "0 3 true"],
  );
});

test("alarm() without a handler ends the program, and with one is handled once", async () => {
  await says(
    `
    SIG.ALRM = ({ code }) => say("handled", code);
    alarm(0.02);
    await turn(100);
    SIG.ALRM = "DEFAULT";
    alarm(0.02);
    await turn(10_000);`,
    ["handled kernel"],
    { signal: "SIGALRM" },
  );
});

test("alarm(0): the cancelled alarm's handler never runs", async () => {
  await says(
    `
    let cancelled = false, late = 0, ran = 0;
    SIG.ALRM = () => cancelled ? late++ : ran++;
    // Others come at the same time, so that it may reach any thread.
    SIG.USR2 = () => {};
    for (let i = 0; i < ${size(1_000)}; i++) {
      cancelled = false;
      setitimer("real", { value: 0.05 + (i % 20) / 100 });
      const until = performance.now() + (i % 17) / 50;
      while (performance.now() < until) if (i % 3 === 0) kill(Deno.pid, "USR2");
      if (i % 5 === 0) dispatchSignals();
      alarm(0);
      cancelled = true;
      if (i % 2) dispatchSignals(); else await turn(0);
    }
    say(late, ran > 0);`,
    ["0 true"],
  );
});

test("alarm(0): the same in a Web Worker, where another thread catches the signal", async () => {
  const program = repository("tests/signals/programs/alarm_worker.ts");
  const { stdout, stderr } = await deno(program, { flags: [`--allow-read=${repository(".")}`] });
  assertEquals([stderr, stdout], ["", "0\n"]);
});

test("setitimer(): real, virtual and prof send their signals at intervals", async () => {
  await says(
    `
    for (const [which, signal] of [["real", "ALRM"], ["virtual", "VTALRM"], ["prof", "PROF"]]) {
      let ticks = 0;
      SIG[signal] = () => ticks++;
      const before = setitimer(which, { value: 5, interval: 7 });
      say(before.value, before.interval, getitimer(which).interval);
      while (ticks < 3) { for (let i = 0; i < 1e5; i++); dispatchSignals(); }
      const { value, interval } = setitimer(which, { value: 0 });
      say(value > 0 && value <= 12, interval);
      ticks = 0;
      for (let i = 0; i < 1e7; i++);
      dispatchSignals();
      say(ticks, getitimer(which).value);
    }`,
    Array.from({ length: 3 }, () => ["0 0 7", "true 7", "0 0"]).flat(),
  );
}, { skip: EMULATED && "the emulator's own time counts" });

test("alarm(), setitimer() and getitimer() refuse what is no time and no timer", () => {
  for (const seconds of [-1, NaN, -Infinity]) assertThrows(() => alarm(seconds), RangeError);
  for (const value of [-1, NaN, Infinity]) {
    assertThrows(() => setitimer("real", { value }), RangeError);
    assertThrows(() => setitimer("real", { value: 1, interval: value }), RangeError);
  }
  for (const which of ["toString", "REAL", ""]) {
    // deno-lint-ignore no-explicit-any -- what a program without types may pass
    assertThrows(() => getitimer(which as any), TypeError, "There is no interval timer");
    // deno-lint-ignore no-explicit-any
    assertThrows(() => setitimer(which as any, { value: 0 }), TypeError, "There is no interval timer");
  }
});

test("alarm(): a handler that writes to the stream whose write it interrupts: each byte arrives once", async () => {
  await says(
    `
    const { spawn } = await import("vasty/lib/processes/mod.ts");
    await using child = spawn(["sort"], { stdin: "piped", stdout: "piped" });
    const writer = child.stdin.getWriter();
    const encode = (text) => new TextEncoder().encode(text);
    let ticks = 0, written = 0;
    const writes = [];
    SIG.ALRM = () => writes.push(writer.write(encode("tick " + ticks++ + "\\n")));
    setitimer("real", { value: 2, interval: 2 });
    while (ticks < 20) {
      const text = Array.from({ length: 5_000 }, () => "line " + written++ + "\\n").join("");
      await writer.write(encode(text));
    }
    setitimer("real", { value: 0 });
    const sorting = new Response(child.stdout).text();
    await Promise.all(writes);
    await writer.close();
    const got = (await sorting).trim().split("\\n");
    say(got.filter((line) => /^tick \\d+$/.test(line)).length === ticks, got.length === ticks + written, new Set(got).size === got.length);`,
    ["true true true"],
    { flags: ["--allow-run"] },
  );
});
