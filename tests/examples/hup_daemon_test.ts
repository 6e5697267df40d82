/** What signals/hup_daemon is for. */
import { assert, assertEquals, assertMatch, repository, test } from "../support/mod.ts";
import { alive, exampleCommand, Folder, launched, Running } from "./launched.ts";
import { AGES, directCommand, exampleOf, hasAge } from "./signalled.ts";

const NAME = "signals/hup_daemon";
const ARGS = ["a", "", "b c", "--help"];

/** What it prints when it has begun `times` times. */
const begun = (times: number) => new RegExp(`(PID: \\d+\nARGV: .*\n[^]*){${times}}`);

/** Restart it twice, and end it: what it has printed. */
async function restarted(running: Running, pid: number, age = 0): Promise<string> {
  for (const times of [1, 2]) {
    await running.stdout.until(begun(times));
    await hasAge(pid, age);
    Deno.kill(pid, "SIGHUP");
  }
  await running.stdout.until(begun(3));
  await running.stdout.until(/ARGV: .*\n1\n$/);
  Deno.kill(pid, "SIGTERM");
  const { signal, stdout } = await running.end();
  assertEquals([signal, running.stderr.text], ["SIGTERM", ""]);
  assert(!alive(pid), `process ${pid} is left`);
  return stdout;
}

/** Three times the same process with the same arguments. */
function checkGenerations(stdout: string, pid: number): void {
  const head = `PID: ${pid}\nARGV: ${ARGS.join(" ")}\n`;
  assertEquals(stdout.replaceAll(/^\d\n/gm, ""), `${head}got SIGHUP\n${head}got SIGHUP\n${head}`);
}

for (const { age, title } of AGES) {
  test(`${NAME} begins anew at SIGHUP, ${title}`, async () => {
    const running = new Running(exampleCommand(NAME, ...ARGS));
    const pid = await exampleOf(running);
    checkGenerations(await restarted(running, pid, age), pid);
  });
}

test(`${NAME} begins anew at a SIGHUP that the launcher passes on`, async () => {
  const running = new Running(exampleCommand(NAME));
  await running.stdout.until(begun(1));
  running.child.kill("SIGHUP");
  await running.stdout.until(begun(2));
  running.child.kill("SIGTERM");
  assertEquals((await running.end()).signal, "SIGTERM");
});

/** The same flags, and a path or URL in the place of the example's own. */
function directWith(module: string, ...flags: string[]): string[] {
  const [deno, run, ...words] = directCommand(NAME, ...ARGS);
  const at = words.findIndex((word) => word.endsWith("hup_daemon.ts"));
  return [deno!, run!, ...flags, ...words.with(at, module)];
}

test(`${NAME} begins anew that was started by a relative path, to ignore SIGHUP, from another folder`, async () => {
  const under = ["env", "--ignore-signal=HUP", `--chdir=${repository("examples/signals")}`];
  const running = new Running(directWith("hup_daemon.ts"), { under });
  checkGenerations(await restarted(running, running.child.pid), running.child.pid);
});

test(`${NAME} begins anew that was started by a URL`, async () => {
  const serve = async ({ url }: Request) =>
    new Response(await Deno.readTextFile(repository(new URL(url).pathname.slice(1))), {
      headers: { "content-type": "application/typescript" },
    });
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, serve);
  using folder = new Folder();
  const { port } = server.addr;
  const flags = ["--no-lock", `--allow-import=127.0.0.1:${port}`];
  const command = directWith(`http://127.0.0.1:${port}/examples/signals/hup_daemon.ts`, ...flags);
  const running = new Running(command, { env: { DENO_DIR: folder.path } });
  checkGenerations(await restarted(running, running.child.pid), running.child.pid);
});

test(`${NAME} that cannot begin anew says why and goes on`, async () => {
  const running = new Running(directCommand(NAME, ...ARGS).filter((word) => !word.startsWith("--allow-run")));
  await running.stdout.until(begun(1));
  for (const times of [1, 2]) {
    running.child.kill("SIGHUP");
    await running.stderr.until(new RegExp(`^(hup_daemon: couldn't restart: .*run access.*\n){${times}}$`));
  }
  await running.stdout.until(/got SIGHUP\ngot SIGHUP\n[^]*\d\n$/);
  running.child.kill("SIGTERM");
  const { signal, stdout } = await running.end();
  assertEquals(signal, "SIGTERM");
  assertMatch(stdout, /^PID: \d+\nARGV: .*\n(\d\n|got SIGHUP\n)+$/);
});

test(`${NAME} without permission says which one is missing, and needs none to tell its usage`, async () => {
  const refused = (...args: string[]) =>
    launched(directCommand(NAME, ...args).filter((word) => !/^--allow-/.test(word)));
  const help = await refused("--help");
  assertEquals([help.code, help.stdout, help.stderr], [0, "usage: hup_daemon [ARGS]\n", ""]);
  const { code, stdout, stderr } = await refused();
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /^hup_daemon: .*--allow-ffi.*\n$/);
});
