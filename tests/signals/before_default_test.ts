import { assertEquals, assertThrows, denoSource, sample, test } from "../support/mod.ts";
import { beforeDefault } from "../../mod.ts";

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
