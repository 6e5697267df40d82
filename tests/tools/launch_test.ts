import { libcPath } from "../../ffi/libc.ts";
import { LaunchError, permissions } from "../../tools/launch.ts";
import { alive, exampleCommand, exampleTask, launchCommand, launched, Running } from "../examples/launched.ts";
import { exampleNames } from "../../tools/examples.ts";
import { assert, assertEquals, assertMatch, assertThrows, repository, test } from "../support/mod.ts";

const PROGRAMS = "tests/tools/programs";
const signals = (...args: string[]) => launchCommand(`${PROGRAMS}/signals.ts`, ...args);

/** Where a task's user stands, or who runs this without one. */
const HERE = Deno.realPathSync(Deno.env.get("INIT_CWD") ?? ".");

const FILLED_IN: [line: string, args: string[], flags: string[]][] = [
  ["// permissions: --allow-ffi={libc}", [], [`--allow-ffi=${libcPath()}`]],
  ["// permissions: --allow-run={deno},sh", [], [`--allow-run=${Deno.execPath()},sh`]],
  ["// permissions: --allow-read={repository}", [], [`--allow-read=${repository("")}`]],
  ["// permissions: --allow-run={1} --allow-read={2..}", ["a", "b", "c d"], ["--allow-run=a", "--allow-read=b,c d"]],
  ["// permissions: --allow-run={1} --allow-read={2..}", ["a"], ["--allow-run=a"]],
  ["// permissions: --allow-run={1} --allow-sys", [], ["--allow-sys"]],
  ["// permissions: --allow-run={1} --allow-read={2}", ["", "x"], ["--allow-read=x"]],
  ["// permissions: --allow-read={1..}", ["a", "", "b"], ["--allow-read=a,b"]],
  ["// permissions: --allow-net={1}:{2}", ["host", "80"], ["--allow-net=host:80"]],
  ["// permissions: --allow-net={1}:{2}", ["host"], []],
  ["// permissions: --allow-run={1}", ["{2}", "x"], ["--allow-run={2}"]],
  ["// permissions: --allow-read={1=a},{1=a}.b", [], ["--allow-read=a,a.b"]],
  ["// permissions: --allow-read={1=a},{1=a}.b --allow-write={1=a}", ["c"], ["--allow-read=c,c.b", "--allow-write=c"]],
  ["// permissions: --allow-read={1=a}", [""], []],
  ["// permissions: --allow-net=unix:{/1}", ["/a/../b"], ["--allow-net=unix:/b"]],
  ["// permissions: --allow-net=unix:{/1=b} --allow-read={/1}", [], [`--allow-net=unix:${HERE}/b`]],
  ["// permissions: --allow-net={1} --allow-read={1}", ["::1"], ["--allow-net=[::1]", "--allow-read=::1"]],
  ["// permissions: --allow-net={1}:{2}", ["::1", "80"], ["--allow-net=[::1]:80"]],
  ["// permissions: --allow-net={1..}", ["[::1]:80", "a:80", "1::2%lo"], ["--allow-net=[::1]:80,a:80,[1::2%lo]"]],
  ["// permissions: --allow-run={+2}", ["1", "sh", "-c", "a, b"], ["--allow-run=sh"]],
  ["// permissions: --allow-run={+2}", ["--bind", "a, b", "--x", "y", "1", "sh", "-c"], ["--allow-run=sh"]],
  ["// permissions: --allow-run={+2}", ["--bind", "a", "1"], []],
  ["// permissions:", [], []],
];
for (const [line, args, flags] of FILLED_IN) {
  test(`permissions() of ${line.slice(16)} with ${JSON.stringify(args)}`, () => {
    assertEquals(permissions(line, args), flags);
  });
}

const REFUSED: [line: string, args: string[], message: string][] = [
  ["/** No permissions. */", [], "its first line is not"],
  ["// permissions: --allow-run={1}", ["a,rm"], 'Deno takes no comma in --allow-run: "a,rm"'],
  ["// permissions: --allow-net={1}", ["a,b"], "Deno takes no comma in --allow-net"],
  ["// permissions: --allow-run={0}", [], "unknown placeholder {0}"],
  ["// permissions: --allow-run={house}", [], "unknown placeholder {house}"],
  ["// permissions: --allow-run={1..=a}", [], "unknown placeholder {1..=a}"],
];
for (const [line, args, message] of REFUSED) {
  test(`permissions() refuses ${line} with ${JSON.stringify(args)}`, () => {
    assertThrows(() => permissions(line, args), LaunchError, message);
  });
}

test("launch answers an unknown example with the names of all, and exit 2", async () => {
  for (const name of ["no/such", "../tools/tour", "--help", ""]) {
    const { code, stdout, stderr } = await launched(exampleCommand(name));
    assertEquals({ code, stdout }, { code: 2, stdout: "" });
    assertEquals(stderr.split("\n").slice(1, -1), exampleNames());
  }
});

test("launch names a program that it cannot start", async () => {
  const missing = await launched(launchCommand("tools/no-such.ts"));
  assertEquals([missing.code, missing.stderr], [2, `launch: there is no ${repository("tools/no-such.ts")}\n`]);
  const bare = await launched(launchCommand("mod.ts"));
  assertEquals([bare.code, bare.stderr], [1, "launch: its first line is not `// permissions: FLAGS`\n"]);
  const folder = await launched(signals("exit", "0"), { cwd: "/no/such/folder" });
  assertEquals(folder.code, 1);
  assertMatch(folder.stderr, /^launch: .*\/no\/such\/folder/);
});

const WORDS = ["", "--help", "-n", "--", "a b", "$(id)", "'\"\\", "*", "~", "line\nbreak", "&&", "ü", ""];
for (const [how, command] of [["launch", signals], ["deno task example", undefined]] as const) {
  test(`${how} hands on arguments untouched`, async () => {
    const { stdout } = command
      ? await launched(command("arguments", ...WORDS))
      : await launched(exampleTask("pipes/backticks", "printf", "%s\\0", ...WORDS));
    assertEquals(stdout, command ? JSON.stringify(WORDS) + "\n" : WORDS.map((word) => `${word}\0`).join(""));
  });
}

test("launch hands on standard input, output and error", async () => {
  const { stdout, stderr } = await launched(signals("copy"), { input: "both ways\n" });
  assertEquals({ stdout, stderr }, { stdout: "both ways\n", stderr: "both ways\n" });
});

for (const code of [0, 1, 42, 255]) {
  test(`launch ends with exit code ${code} as its program does`, async () => {
    assertEquals((await launched(signals("exit", `${code}`))).code, code);
  });
}

const DEATHS = ["HUP", "INT", "QUIT", "ABRT", "BUS", "FPE", "KILL", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "XCPU"];
for (const name of DEATHS) {
  test(`launch ends by SIG${name} as its program does`, async () => {
    const { signal, stderr } = await launched(signals("die", name), { under: ["prlimit", "--core=0"] });
    assertEquals(signal, `SIG${name}`, stderr);
  }, { needs: ["prlimit"] });
}

test("launch tells a death by a real-time signal as a shell does", async () => {
  assertEquals((await launched(signals("die", "40"))).code, 168);
});

test("launch forwards TERM, HUP, USR1, USR2 and WINCH, and neither INT nor QUIT", async () => {
  const running = new Running(signals("listen"));
  await running.stdout.until(/READY \d+\n/);
  for (const signal of ["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGWINCH"] as const) {
    running.child.kill(signal);
    if (signal !== "SIGINT" && signal !== "SIGQUIT") await running.stdout.until(new RegExp(`${signal}\n`));
  }
  running.child.kill("SIGUSR2");
  const { code, stdout } = await running.end();
  assertEquals(code, 7); // USR2 makes it clean up and end.
  assertEquals(stdout.split("\n").slice(1), ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGWINCH", "SIGUSR2", ""]);
});

for (const [how, command] of [["launch", signals("listen")], ["deno task", listenTask()]] as const) {
  test(`a ^C typed at the terminal reaches the program once through ${how}`, async () => {
    const running = new Running(command, { under: ["setsid"] });
    const [, pid] = /READY (\d+)\n/.exec(await running.stdout.until(/READY \d+\n/))!;
    // setsid(1) has become the first program of the chain, which leads a group: the terminal signals all of it.
    Deno.kill(-running.child.pid, "SIGINT");
    await running.stdout.until(/SIGINT\n/);
    Deno.kill(-running.child.pid, "SIGQUIT");
    await running.stdout.until(/SIGQUIT\n/);
    // Straight to the program: `deno task` may lose a signal that comes while it forwards another.
    Deno.kill(Number(pid), "SIGUSR2");
    const { code, stdout } = await running.end();
    assertEquals(code, 7);
    assertEquals(stdout.split("\n").slice(1), ["SIGINT", "SIGQUIT", "SIGUSR2", ""]);
    assert(!alive(Number(pid)), "the program is left");
  }, { needs: ["setsid"] });
}

/** A task of its own that ends as `deno task example` does: by the launcher. */
function listenTask(): string[] {
  const line = signals("listen").map((word) => `"${word}"`).join(" ");
  return [Deno.execPath(), "task", "--quiet", "--eval", line];
}

test("a ^C typed at a real terminal ends the example", async () => {
  const task = exampleTask("pipes/status", "sh", "-c", "echo READY $PPID; exec cat").map(quote).join(" ");
  // script(1) makes the terminal; -e has it end as the command did.
  const running = new Running(["script", "-qec", `exec ${task}`, "/dev/null"]);
  const [, example] = /READY (\d+)\s/.exec(await running.stdout.until(/READY \d+\s/))!;
  const { code, stderr } = await running.end("\x03");
  assertEquals({ code, stderr }, { code: 130, stderr: "" });
  assert(!alive(Number(example)), "the example is left");
}, { needs: ["script"] });

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

test("deno task, killed by TERM, ends as a shell tells it, and leaves nobody behind", async () => {
  const running = new Running(exampleTask("pipes/status", "sh", "-c", "echo $PPID; exec cat"));
  const example = Number(await running.stdout.until(/\n/));
  assert(alive(example), "the example does not run");
  running.child.kill("SIGTERM");
  const { code } = await running.end();
  assertEquals(code, 143);
  assert(!alive(example), "the example is left");
});
