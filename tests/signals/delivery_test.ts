import { assert, assertEquals, count, EMULATED, test } from "../support/mod.ts";
import { compiled, output, says, Subject } from "./subject.ts";

/** A program that takes what sender.c queues, and says whether it was all, in order, once each. */
const RECEIVER = `
  let [expected, wrong, ticks, reads] = [0, 0, 0, 0];
  let first = "";
  SIG["RTMIN+3"] = ({ value, code, pid }) => {
    if (value !== expected || code !== "queue" || pid === Deno.pid) {
      wrong++;
      first ||= value + " of " + code + " instead of " + expected;
    }
    expected = value + 1;
  };
  let [gap, last] = [0, performance.now()];
  setInterval(() => { ticks++; gap = Math.max(gap, performance.now() - last); last = performance.now(); }, 5);
  (async () => { for (;;) { await Deno.readTextFile(new URL(import.meta.url)); reads++; } })();
  say("READY " + signalNumber("RTMIN+3"));
`;

test("real-time signals with values arrive all, in order, once, while timers and file reads go on", async () => {
  const total = count(1_000_000);
  await using sender = await compiled("sender");
  await using subject = await Subject.start(
    RECEIVER + `
      await until(() => expected === ${total} || wrong > 0);
      say(expected, wrong, first, ticks > 3, reads > 3, Math.round(gap));
      Deno.exit(0);`,
    { flags: ["--allow-read"] },
  );
  const [, number] = (await subject.line()).split(" ");
  const said = output(sender.path, `${subject.pid}`, number!, `${total}`);
  const answer = await subject.line();
  console.log(answer);
  assertEquals(answer.replace(/ \d+$/, ""), `${total} 0  true true`);
  await said;
}, { needs: ["gcc"] });
