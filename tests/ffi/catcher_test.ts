import { assertEquals, EMULATED, repository, sample, test } from "../support/mod.ts";
import { says, Subject, withCopy } from "../signals/subject.ts";

/** A Web Worker of programs/signal_worker.ts, and its answers one after the other. */
const WORKERS = `
  // Deno's thread for signals has the name of the thread that listens first.
  Deno.addSignalListener("SIGWINCH", () => {});
  function worker() {
    const worker = new Worker(new URL("vasty/tests/ffi/programs/signal_worker.ts"), { type: "module" });
    const said = [];
    worker.onmessage = ({ data }) => said.push(data);
    return {
      said,
      tell: (...words) => worker.postMessage(words),
      end: () => worker.terminate(),
      async answer(word) { await until(() => said.includes(word)); said.splice(said.indexOf(word), 1); },
    };
  }
  async function ready(...names) {
    const one = worker();
    one.tell(...names);
    await until(() => said(one, "READY"));
    one.said.length = 0;
    return one;
  }
  const said = (one, begin) => one.said.some((word) => word.startsWith(begin));
`;

for (const order of [["one", "two"], ["two", "one"]]) {
  test(
    `catcher: two copies in one process both handle; ${order[0]} leaves first, then the default is back`,
    async () => {
      await withCopy(async (url) => {
        await says(
          `
        const copy = await import("${url}");
        if (copy.sigaction === sigaction) throw new Error("one copy");
        for (const name of ["USR1", "HUP"]) {
          let [one, two] = [0, 0];
          const actions = { one: sigaction(name, () => one++), two: copy.sigaction(name, () => two++) };
          raise(name);
          await until(() => one === 1 && two === 1);
          actions.${order[0]}.remove();
          raise(name);
          await until(() => one + two === 3);
          say(name, ${order[0]}, ${order[1]});
          if (name === "HUP") { actions.${order[1]}.remove(); raise("HUP"); await turn(10_000); }
        }`,
          ["USR1 1 2", "HUP 1 2"],
          { signal: "SIGHUP" },
        );
      });
    },
    { skip: sample(false) },
  );
}

test("catcher: a copy that ignored a signal for a while, which another one caught, catches it again", async () => {
  await withCopy(async (url) => {
    await says(
      `
      const copy = await import("${url}");
      let [one, two] = [0, 0];
      const action = sigaction("USR2", () => one++);
      { using _quiet = copy.localSignal("USR2", "IGNORE"); }
      raise("USR2");
      action.remove();
      copy.SIG.USR2 = () => two++;
      copy.raise("USR2");
      say(one, two);
      delete copy.SIG.USR2;
      copy.SIG.USR2 = () => two++;
      copy.raise("USR2");
      say(two);`,
      ["1 1", "2"],
    );
  });
}, { skip: sample(false) });

for (const again of [false, true]) {
  const what = `that begins ${again ? "again " : ""}after a listener of Deno's`;
  test(`catcher: a signal that Deno did not listen to at first, and a copy ${what}`, async () => {
    await withCopy(async (url) => {
      await says(
        `
        const copy = await import("${url}");
        let [one, two, denos] = [0, 0, 0];
        SIG.WINCH = () => one++;
        if (${again}) copy.SIG.WINCH = () => {};
        Deno.addSignalListener("SIGWINCH", () => denos++);
        delete copy.SIG.WINCH;
        copy.SIG.WINCH = () => two++;
        kill(Deno.pid, "WINCH");
        await until(() => one > 0 && two > 0 && denos > 0);
        delete SIG.WINCH;
        kill(Deno.pid, "WINCH");
        await until(() => two > 1 && denos > 1);
        delete copy.SIG.WINCH;
        kill(Deno.pid, "WINCH");
        await until(() => denos > 2);
        say(one, two, denos);
        Deno.exit();`,
        ["1 2 3"],
      );
    });
  }, { skip: sample(false) });
}

test("catcher: what one copy held back and another has handled does not come again", async () => {
  await withCopy(async (url) => {
    await says(
      `
      const copy = await import("${url}");
      let values = [];
      SIG["RTMIN+2"] = ({ value }) => values.push(value ?? null);
      { using _held = copy.block("RTMIN+2"); sigqueue(Deno.pid, "RTMIN+2", 7); dispatchSignals(); }
      { await using _unread = copy.signals("RTMIN+2"); sigqueue(Deno.pid, "RTMIN+2", 8); copy.dispatchSignals(); }
      for (let i = 9; i < 11; i++) sigqueue(Deno.pid, "RTMIN+2", i);
      await until(() => values.includes(10));
      say(values);`,
      ["[7,8,9,10]"],
    );
  });
}, { skip: sample(false) });

test("catcher: the bundle beside mod.ts", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["bundle", "--quiet", "-o", `${folder}/vasty.js`, repository("mod.ts")],
      env: { NO_COLOR: "1" },
    });
    const { success, stderr } = await command.output();
    assertEquals([success, success ? "" : new TextDecoder().decode(stderr)], [true, ""]);
    await says(
      `
      const bundle = await import("file://${folder}/vasty.js");
      let [ours, theirs] = [0, 0];
      SIG["RTMIN+2"] = ({ value }) => ours += value;
      bundle.SIG["RTMIN+2"] = ({ value }) => theirs += value;
      for (let i = 0; i < 100; i++) sigqueue(Deno.pid, "RTMIN+2", i);
      await until(() => ours === 4_950 && theirs === 4_950);
      say("both");`,
      ["both"],
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}, { skip: sample(false) });

test(
  "catcher: Web Workers and the main program all handle, and one that is terminated takes nothing along",
  async () => {
    await says(
      WORKERS + `
    let main = 0;
    SIG.TERM = () => main++;
    const [one, two] = [await ready("TERM", "USR2"), await ready("TERM")];
    for (let i = 1; i <= 3; i++) {
      kill(Deno.pid, "TERM");
      await Promise.all([one.answer("SIGTERM"), two.answer("SIGTERM"), until(() => main === i)]);
    }
    kill(Deno.pid, "USR2");
    await one.answer("SIGUSR2");
    one.end();
    await turn(200);
    kill(Deno.pid, "TERM");
    await Promise.all([two.answer("SIGTERM"), until(() => main === 4)]);
    const three = await ready("TERM");
    kill(Deno.pid, "TERM");
    await Promise.all([two.answer("SIGTERM"), three.answer("SIGTERM"), until(() => main === 5)]);
    say("all");
    two.end(); three.end();
    await until(() => numbers("/proc/self/task").every((tid) => !/^worker/.test(readProc("/proc/self/task/" + tid + "/comm"))));
    await turn(50);
    kill(Deno.pid, "USR2");
    await turn(10_000);`,
      ["all"],
      { flags: ["--allow-read"], signal: "SIGUSR2" },
    );
  },
  { skip: EMULATED && "Deno keeps the listeners of a Web Worker that has ended there" },
);

for (const signal of ["TERM", "USR2", "HUP"]) {
  test(`catcher: ${signal}, which only a dead Web Worker wanted, does its default`, async () => {
    await says(
      WORKERS + `
      ${signal === "HUP" ? "await settled();" : ""}
      const one = await ready("${signal}");
      kill(Deno.pid, "${signal}");
      await one.answer(signalName("${signal}"));
      one.end();
      await until(() => numbers("/proc/self/task").every((tid) => !/^worker/.test(readProc("/proc/self/task/" + tid + "/comm"))));
      await turn(50);
      say("dead");
      kill(Deno.pid, "${signal}");
      await turn(10_000);`,
      ["dead"],
      { flags: ["--allow-read"], signal: `SIG${signal}` },
    );
  }, { skip: sample(false) });
}

for (const end of ["end()", 'tell("close")']) {
  test(`catcher: twenty Web Workers, one after the other (${end}): their places serve again`, async () => {
    await says(
      WORKERS + `
      let main = 0, before = 0;
      SIG.TERM = () => main++;
      for (let i = 0; i < 20; i++) {
        const one = await ready("TERM");
        kill(Deno.pid, "TERM");
        await Promise.all([one.answer("SIGTERM"), until(() => main === i + 1)]);
        one.${end};
        await until(() => numbers("/proc/self/task").every((tid) => !/^worker/.test(readProc("/proc/self/task/" + tid + "/comm"))));
        if (i === 3) before = numbers("/proc/self/fd").length;
      }
      // Deno 2.9.6 never closes a pipe that a Web Worker had adopted: one stays of each.
      const kept = numbers("/proc/self/fd").length - before;
      say(main, kept <= 16 + 2 || kept);
      Deno.exit(0);`,
      ["20 true"],
      { flags: ["--allow-read"] },
    );
  }, { skip: sample(false) });
}

test("catcher: while Deno's threads are kept from signals no read of theirs is interrupted", async () => {
  await using subject = await Subject.start(`
    const line = told();
    for (const name of ["HUP", "INT", "TERM", "USR2", "RTMIN+1", "WINCH"]) {
      sigaction(name, () => {});
      raise(name);
      await turn(10);
    }
    say("READY");
    say(await line);`);
  assertEquals(await subject.line(), "READY");
  await subject.tell("read");
  assertEquals(await subject.line(), "read");
  assertEquals((await subject.end()).stderr, "");
});

test("catcher: no thread, no descriptor and no changed mask of the main thread is left behind", async () => {
  await says(
    `
    await settled();
    const masks = () => readProc("/proc/self/task/" + Deno.pid + "/status").match(/SigBlk.*/)[0];
    const state = () => [numbers("/proc/self/fd").length, numbers("/proc/self/task").length].join();
    { using _warm = sigaction("USR2", () => {}); raise("USR2"); await turn(50); }
    const before = [masks(), state()];
    for (let i = 0; i < 50; i++) {
      using _a = sigaction("USR2", () => {}); using _b = block("HUP"); using _c = localSignal("RTMIN+1", () => {});
      raise("USR2"); raise("RTMIN+1");
      await using _d = signals("WINCH");
      await waitSignal(["QUIT"], { timeout: 1 }).catch(() => {});
    }
    await turn(50);
    say(masks() === before[0], state() === before[1] || state() + " " + before[1]);`,
    ["true true"],
  );
}, { skip: EMULATED && "qemu has threads and masks of its own" });

test("catcher: signals that come before the loop has begun to read are told", async () => {
  await says(
    `
    let seen = 0;
    SIG.USR2 = () => seen++;
    kill(Deno.pid, "USR2");
    setTimeout(() => say(seen), 100);`,
    ["1"],
  );
}, { skip: sample(false) });
