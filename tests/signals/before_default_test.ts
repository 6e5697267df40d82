import { assertEquals, assertThrows, denoSource, sample, test } from "../support/mod.ts";
import { beforeDefault } from "../../mod.ts";
import { says, withCopy } from "./subject.ts";

const program = (code: string) => `
  import { beforeDefault, localSignal, raise, SIG } from "vasty/lib/signals/mod.ts";
  void [SIG, localSignal];
  const say = (text: string) => console.log(text);
  const first = beforeDefault(["SIGTERM", "SIGINT"], { before: () => say("first"), after: () => say("after") });
  beforeDefault(["SIGTERM"], { before: ({ signal }) => { say(signal); throw new Error("reported"); } });
  void first;
  ${code}
`;

async function run(code: string): Promise<[string, string | number]> {
  const flags = ["--allow-run"];
  const { stdout, signal, code: status } = await denoSource(program(code), { flags });
  return [stdout, signal ?? status];
}

const WAITING = `Deno.kill(Deno.pid, "SIGTERM"); setInterval(() => {}, 1_000);`;
const CASES: [what: string, code: string, stdout: string, end: string | number][] = [
  ["is called, the latest first, and the signal ends the program", WAITING, "SIGTERM\nfirst\n", "SIGTERM"],
  ["is called at raise()", `raise("SIGTERM");`, "SIGTERM\nfirst\n", "SIGTERM"],
  ["is not called where the program handles the signal", `SIG.TERM = () => Deno.exit(4); ${WAITING}`, "", 4],
  ["is not called where the program ignores it", `SIG.TERM = "IGNORE"; raise("SIGTERM"); Deno.exit(5);`, "", 5],
  [
    "is called again once a handler is gone",
    `{ using _l = localSignal("SIGINT", () => {}); raise("SIGINT"); } raise("SIGINT");`,
    "first\n",
    "SIGINT",
  ],
  ["is called no more once it is removed", `first.remove(); raise("SIGINT");`, "", "SIGINT"],
  [
    "has its second part called where a listener of Deno's has heard the signal",
    `Deno.addSignalListener("SIGINT", () => Deno.exit(6)); raise("SIGINT"); say("on"); setInterval(() => {}, 1_000);`,
    "first\nafter\non\n",
    6,
  ],
];

CASES.forEach(([what, code, stdout, end], i) => {
  test(`beforeDefault() ${what}`, async () => assertEquals(await run(code), [stdout, end]), { skip: sample(i === 0) });
});

test("beforeDefault() refuses what cannot be caught", () => {
  assertThrows(() => beforeDefault(["SIGKILL"], { before() {} }), TypeError);
});

test("beforeDefault() of two copies in one process: both act, and the signal ends the program", async () => {
  await withCopy((url) =>
    says(
      `
      const other = await import("${url}");
      beforeDefault(["TERM"], { before: () => say("acted") });
      other.beforeDefault(["TERM"], { before: () => say("acted") });
      Deno.kill(Deno.pid, "SIGTERM");
      await turn(10_000);`,
      ["acted", "acted"],
      { flags: ["--allow-run"], signal: "SIGTERM" },
    )
  );
});

test(
  "beforeDefault() of two copies: both go on where a listener of Deno's has heard the signal, once each time",
  async () => {
    await withCopy((url) =>
      says(
        `
      let heard = 0;
      const log = [];
      const other = await import("${url}");
      for (const [name, copy] of [["one", { beforeDefault }], ["two", other]]) {
        copy.beforeDefault(["INT"], { before: () => log.push(name), after: () => log.push(name + " after") });
      }
      Deno.addSignalListener("SIGINT", () => heard++);
      for (let i = 1; i <= 3; i++) {
        Deno.kill(Deno.pid, "SIGINT");
        await until(() => log.length === 4 * i && heard >= i);
      }
      await denoHasDealt();
      say(heard, log.slice(-4).sort());
      Deno.exit();`,
        ['3 ["one","one after","two","two after"]'],
        { flags: ["--allow-run"] },
      )
    );
  },
  { skip: sample(false) },
);

test("beforeDefault() of two copies: both go on once a stop is over", async () => {
  const code = `
    // Somebody has it go on, where it stops at all: in an orphaned group it does not.
    const script = "while kill -CONT " + Deno.pid + "; do sleep 0.01; done 2>&-";
    const child = new Deno.Command("sh", { args: ["-c", script] }).spawn();
    Deno.kill(Deno.pid, "SIGTSTP");
    await until(() => afters === 2);
    child.kill();
    await child.status;
    Deno.exit();`;
  await withCopy((url) =>
    says(
      `
      let afters = 0;
      const other = await import("${url}");
      beforeDefault(["TSTP"], { before: () => say("acted"), after: () => afters++ });
      other.beforeDefault(["TSTP"], { before: () => say("acted"), after: () => afters++ });` + code,
      ["acted", "acted"],
      { flags: ["--allow-run"] },
    )
  );
}, { skip: sample(false) });

for (const use of ["SIG.TERM = heard", 'signals("TERM").next().then(heard)']) {
  test(`beforeDefault() calls nothing where another copy handles the signal: ${use}`, async () => {
    await withCopy((url) =>
      says(
        `
        const other = await import("${url}");
        other.beforeDefault(["TERM"], { before: () => say("before") });
        let handled = 0;
        const heard = () => handled++;
        ${use};
        Deno.kill(Deno.pid, "SIGTERM");
        await until(() => handled > 0);
        // Another one after it: what the first one had come of it is there by then.
        let next = 0;
        SIG.USR2 = () => next++;
        other.SIG.USR2 = () => next++;
        Deno.kill(Deno.pid, "SIGUSR2");
        await until(() => next === 2);
        say(handled);`,
        ["1"],
        { flags: ["--allow-run"] },
      )
    );
  }, { skip: sample(false) });
}

for (const hold of ["beforeDefault(['TERM'], { before() {} })", "block('TERM')"]) {
  test(`a listener of Deno's hears each signal once beside ${hold}`, async () => {
    await says(
      `
      let heard = 0;
      Deno.addSignalListener("SIGTERM", () => heard++);
      for (let i = 1; i <= 5; i++) {
        {
          using _held = ${hold};
          Deno.kill(Deno.pid, "SIGTERM");
          await denoHasDealt();
          dispatchSignals();
        }
        await until(() => heard >= i);
      }
      await denoHasDealt();
      say(heard);
      Deno.exit();`,
      ["5"],
      { flags: ["--allow-run"] },
    );
  }, { skip: sample(false) });
}
