import { captureSync, ExitStatus, run, runSync, spawn } from "../../lib/processes/mod.ts";
import { assert, assertEquals, children, count, test } from "../support/mod.ts";
import { readProc } from "../support/proc.ts";

const MANY = count(100_000);
const AT_A_TIME = 100;

/** The library's memory must not grow with the number of children: pages of this process. */
function residentPages(): number {
  return Number(readProc("/proc/self/statm").split(" ")[1]);
}

/** Pages that may come and go with V8's heap. */
const LEEWAY = 64 * 256;

function zombies(): string[] {
  return children().filter((child) => child.includes(" Z "));
}

test(`spawn() of /bin/true ${MANY} times, one after the other: every status right, no zombie, no growth`, async () => {
  for (let i = 0; i < 200; i++) await run(["/bin/true"]);
  const before = residentPages();
  for (let i = 0; i < MANY; i++) {
    const status = await spawn(["/bin/true"]).status;
    if (!(status instanceof ExitStatus) || status.raw !== 0) throw new Error(`${i}: ${status}`);
  }
  assertEquals(zombies(), []);
  assert(residentPages() - before < LEEWAY, `${residentPages() - before} pages more`);
});

test(`spawn() ${MANY} times, ${AT_A_TIME} at a time: every status right, no zombie`, async () => {
  let next = 0;
  let wrong = 0;
  const one = async () => {
    for (let i; (i = next++) < MANY;) {
      // Most are /bin/true; some tell which they are, so that no status goes to another child.
      const special = i % 50 === 0;
      const code = special ? (i / 50) % 256 : 0;
      const { raw } = await spawn(special ? ["/bin/sh", "-c", `exit ${code}`] : ["/bin/true"]).status;
      if (raw !== code << 8) wrong++;
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, one));
  assertEquals([wrong, zombies()], [0, []]);
});

test(`runSync() and captureSync() ${count(20_000)} times: every status right, no growth`, () => {
  const before = residentPages();
  for (let i = 0; i < count(20_000); i++) {
    if (i % 2) assertEquals(runSync(["/bin/true"]).raw, 0);
    else assertEquals(captureSync(["/bin/echo", `${i}`]).stdout, `${i}\n`);
  }
  assertEquals(zombies(), []);
  assert(residentPages() - before < LEEWAY, `${residentPages() - before} pages more`);
});

test("spawn() leaves Deno.Command's children alone through thousands of its own", async () => {
  const rounds = Math.ceil(count(2_000) / 50);
  for (let round = 0; round < rounds; round++) {
    const theirs = Array.from({ length: 50 }, (_, i) => new Deno.Command("sh", { args: ["-c", `exit ${i}`] }).output());
    const ours = Array.from({ length: 50 }, (_, i) => spawn(["sh", "-c", `exit ${i}`]).status);
    assertEquals((await Promise.all(ours)).map(({ code }) => code), Array.from({ length: 50 }, (_, i) => i));
    assertEquals((await Promise.all(theirs)).map(({ code }) => code), Array.from({ length: 50 }, (_, i) => i));
  }
});

test("spawn() whose children are killed at random moments tells the truth about each", async () => {
  const signals = ["SIGTERM", "SIGKILL", "SIGINT", "SIGUSR2", "SIGHUP"];
  const one = async (i: number) => {
    await using child = spawn(["sleep", `${0.001 * (i % 7)}`]);
    const signal = signals[i % signals.length]!;
    if (i % 3) await new Promise((resolve) => setTimeout(resolve, i % 7));
    const sent = child.kill(signal);
    const status = await child.status;
    return status.signal === signal ? sent : status.code === 0;
  };
  for (let at = 0; at < count(5_000); at += 100) {
    const right = await Promise.all(Array.from({ length: 100 }, (_, i) => one(at + i)));
    assert(right.every(Boolean));
  }
  assertEquals(zombies(), []);
});
