/** What the examples of signals are for that start programs and end them. */
import { assertEquals, assertMatch, sample, test } from "../support/mod.ts";
import { alive, exampleCommand, launched, Running } from "./launched.ts";
import { AGES, directCommand, exampleOf, hasAge, onTerminal, typed, until } from "./signalled.ts";

const timeout = (...args: string[]) => exampleCommand("signals/timeout", ...args);
const sh = (seconds: string, script: string) => timeout(seconds, "sh", "-c", script);

const GROUPS: { title: string; command: string[]; under: string[] }[] = [
  { title: "in the launcher's group", command: exampleCommand("signals/hup_group"), under: [] },
  { title: "as the leader of a session", command: directCommand("signals/hup_group"), under: ["setsid", "--wait"] },
  { title: "under nohup", command: directCommand("signals/hup_group"), under: ["nohup"] },
];
for (const { title, command, under } of GROUPS) {
  test(`signals/hup_group ends its children and not itself, nor anybody else, ${title}`, async () => {
    const { code, stdout } = await launched(command, { under });
    assertEquals(code, 0);
    const pids = [...stdout.matchAll(/^(\d+) ended by SIGHUP$/gm)].map(([, pid]) => Number(pid));
    assertEquals(stdout, pids.map((pid) => `${pid} ended by SIGHUP\n`).join("") + "still here\n");
    assertEquals([new Set(pids).size, pids.some(alive)], [3, false]);
  }, { needs: ["setsid"] });
}

test("signals/reaper reaps every child with its exit code and leaves no zombie", async () => {
  const { code, stdout, stderr } = await launched(exampleCommand("signals/reaper"));
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const lines = stdout.split("\n");
  assertEquals(lines.slice(-2), ["10 reaped, 0 zombies", ""]);
  const codes = lines.slice(0, -2).map((line) => Number(/^reaped \d+ with exit (\d+)$/.exec(line)![1]));
  assertEquals(codes.sort((a, b) => a - b), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test("signals/reaper takes more children than there are exit codes", async () => {
  const { code, stdout } = await launched(exampleCommand("signals/reaper", "300"));
  const codes = [...stdout.matchAll(/^reaped \d+ with exit (\d+)$/gm)].map(([, exit]) => Number(exit));
  const wanted = Array.from({ length: 300 }, (_, i) => (i + 1) % 256);
  assertEquals(codes.sort((a, b) => a - b), wanted.sort((a, b) => a - b));
  assertEquals([code, stdout.split("\n").at(-2)], [0, "300 reaped, 0 zombies"]);
}, { skip: sample(false) });

test("signals/reaper --ignore learns nothing of its children, and leaves no zombie either", async () => {
  const { code, stdout, stderr } = await launched(exampleCommand("signals/reaper", "--ignore", "3"));
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertMatch(stdout, /^(\d+ left no status\n){3}3 ignored, 0 zombies\n$/);
});

const ENDINGS: { command: string[]; code: number; signal?: string; stderr?: RegExp }[] = [
  { command: timeout("0.2", "sleep", "600"), code: 124 },
  { command: sh("0.2", "trap '' TERM; while :; do sleep 1; done"), code: 124 },
  { command: sh("0.2", "trap 'exit 3' TERM; while :; do sleep 1; done"), code: 124, stderr: /^(Terminated\n)?$/ },
  { command: timeout("60", "true"), code: 0 },
  { command: timeout("0", "true"), code: 0 },
  { command: sh("1m", "exit 3"), code: 3 },
  {
    command: timeout("60", "no-such-program"),
    code: 127,
    stderr: /^timeout: Cannot spawn "no-such-program": .*ENOENT/,
  },
  { command: timeout("60", "/etc/passwd"), code: 126, stderr: /^timeout: Cannot spawn "\/etc\/passwd": .*EACCES/ },
  { command: timeout("soon", "true"), code: 125, stderr: /^timeout: "soon" is no number of seconds\n$/ },
  { command: sh("60", "kill -TERM $$"), code: 143, signal: "SIGTERM" },
  { command: sh("60", "kill -KILL $$"), code: 137, signal: "SIGKILL" },
  { command: sh("60", "kill -PIPE $$"), code: 141, signal: "SIGPIPE" },
];
for (const { command, code, signal = null, stderr = /^$/ } of ENDINGS) {
  const words = command.slice(command.indexOf("signals/timeout")).join(" ");
  test(`${words} ends with ${signal ?? code}`, async () => {
    const ended = await launched(command);
    assertEquals([ended.code, ended.signal], [code, signal], ended.stderr);
    assertMatch(ended.stderr, stderr);
  });
}

test("signals/timeout ends those as well that have left its session and their parents", async () => {
  const script = `
    sh -c 'echo $$; exec sleep 600' &
    setsid sh -c 'echo $$; exec sleep 600' &
    (setsid sh -c 'echo $$; exec sleep 600' &)
    wait
  `;
  const running = new Running(sh("1", script));
  await running.stdout.until(/^(\d+\n){3}/);
  const { code, stdout } = await running.end();
  const left = stdout.trim().split("\n").map(Number).filter(alive);
  assertEquals({ code, left }, { code: 124, left: [] });
}, { needs: ["setsid"] });

test("signals/timeout leaves alone what the command has left behind in time", async () => {
  const { code, stdout } = await launched(sh("60", "sleep 600 >/dev/null 2>&1 & echo $!"));
  const pid = Number(stdout);
  assertEquals([code, alive(pid)], [0, true]);
  Deno.kill(pid, "SIGKILL");
  await until("it is gone", () => !alive(pid));
});

for (const { age, title } of AGES) {
  test(`signals/timeout passes a signal on to the command, ${title}`, async () => {
    const running = new Running(sh("60", "trap 'echo got; exit 5' TERM; echo READY; while :; do sleep 0.1; done"));
    await running.stdout.until(/READY/);
    await hasAge(await exampleOf(running), age);
    running.child.kill("SIGTERM");
    const { code, stdout } = await running.end();
    assertEquals({ code, stdout }, { code: 5, stdout: "READY\ngot\n" });
  });
}

test("signals/timeout under nohup lets the command ignore SIGHUP too", async () => {
  const script = "echo READY; read line; echo $line";
  const running = new Running(directCommand("signals/timeout", "60", "sh", "-c", script), { under: ["nohup"] });
  await running.stdout.until(/READY/);
  for (const pid of [await exampleOf(running), running.child.pid]) Deno.kill(pid, "SIGHUP");
  const { code, stdout } = await running.end("still here\n");
  assertEquals({ code, stdout }, { code: 0, stdout: "READY\nstill here\n" });
});

test("signals/timeout leaves a typed ^C to the terminal: the command gets it once", async () => {
  const script = "trap 'echo got' INT; echo READY; read line; read line; echo $line; exit 6";
  const running = new Running(onTerminal(sh("60", script)));
  await running.stdout.until(/READY/);
  await typed(running, "\x03");
  await running.stdout.until(/got/);
  await typed(running, "one\ntwo\n");
  const { code, stdout } = await running.end();
  assertEquals([code, stdout.match(/got/g)?.length], [6, 1]);
}, { needs: ["script"] });
