/** The examples, run as a user runs them. */
import { readLines } from "../../lib/core/mod.ts";
import { capture, type Captured, type Child, run as runCommand, spawn } from "../../lib/processes/mod.ts";
import { exampleNames } from "../examples.ts";
import { SemaphoreSet } from "../../lib/sysv/mod.ts";
import { CLIENT_CHECKS } from "./socket_clients.ts";
import { SERVER_CHECKS } from "./server_examples.ts";
import { must, type Step } from "./step.ts";
import { TERMINAL_CHECKS } from "./terminal_examples.ts";
import { UNIX_AND_UDP_CHECKS } from "./unix_and_udp_clients.ts";

/** A machine may lack a program that an example shows; then the example has to say which, and to fail. */
function lacking({ stderr, status }: Captured, program: string): string | undefined {
  const says = stderr.includes(`Cannot spawn ${JSON.stringify(program)}: `) && stderr.includes("ENOENT");
  return says && status.code === 1 ? `no ${program} on this machine: it says so, exit 1` : undefined;
}

/** What an example is run with, and what it found if it is right. */
interface Check {
  args: string[];
  input?: string;
  found: (ended: Captured) => string | undefined;
}

/** One that writes just this, and ends well. */
function writes(args: string[], wanted: RegExp, found: string, input = ""): Check {
  return { args, input, found: ({ stdout, status }) => wanted.test(stdout) && status.success ? found : undefined };
}

const TALK = /^(?=[^]*Parent Pid (\d+) just read this: 'Child Pid (?!\1)\d+ is sending this')/;

/** Each example that comes to its end by itself. */
const CHECKS: Record<string, Check> = {
  "pipes/background": writes(["true"], /^\d+\n$/, "a pid, and it goes on alone"),
  "pipes/deadlock": writes([], /done\n$/, "done: nobody holds an end too many"),
  "pipes/diamond": writes(
    ["-n", "-", "echo two|"],
    /^-:1:one\necho two\|:1:two\n$/,
    "standard input, a command",
    "one\n",
  ),
  "pipes/open2": writes([], /^got: +1\tstuff\n$/, "stuff, numbered"),
  "pipes/open3": writes([], /^out: .*stuff\n[^]*err: /m, "standard output and standard error"),
  "pipes/pipe1": writes([], TALK, "both halves said who they are"),
  "pipes/pipe2": writes([], TALK, "both halves said who they are"),
  "pipes/safe_read": writes(["echo", "$(id)|x"], /^\$\(id\)\|x\n$/, "no shell has seen $(id)|x"),
  "pipes/spooler": writes(["cat", "-v"], /^a\^Ab\n$/, "cat -v has it all", "a\u0001b\n"),
  "signals/alarm_flock": writes(["/dev/null"], /^locked .*\n$/, "locked, and let go"),
  "signals/alive": writes([`${Deno.pid}`], /^\d+ alive\n$/, "this process is alive"),
  "signals/blocked": writes(
    [],
    /^pending: SIGUSR1 SIGRTMIN\+1\nSIGUSR1 from (\d+)\nvalue 1 from \1\nvalue 2 from \1\nvalue 3 from \1\n.* gone\n$/,
    "once SIGUSR1, and three values in order",
  ),
  "signals/deferred": writes(
    [],
    /^handled 100 during the sum\nsum right\nflockSync ended .*\n$/,
    "100 signals during a sum of 3 s, none of them lost",
  ),
  "signals/hup_group": writes([], /^(\d+ ended by SIGHUP\n){3}still here\n$/, "three children, and not itself"),
  "signals/names": writes(["17"], /^signal #17 = CHLD\n$/, "signal #17 = CHLD"),
  "signals/precious": writes(["0.1"], /^(inside.*\n.* what it was\n){2}done\n$/, "two blocks"),
  "signals/reaper": writes([], /^(reaped \d+ with exit \d+\n){10}10 reaped, 0 zombies\n$/, "10 reaped, 0 zombies"),
  "signals/timeout": {
    args: ["0.2", "sleep", "60"],
    found: ({ status }) => status.code === 124 ? "124: a minute's sleep was ended" : undefined,
  },
  "sockets/half_close": writes(
    [],
    /^shutdown\(0\): .*\nshutdown\(1\): .*\nshutdown\(2\): .*\nclose\(\): .* our child can read and write, .*\n$/,
    "a shutdown is for all copies, a close for one",
  ),
  "sockets/names": writes([], /^inet_aton 127.0.0.1: [^]*hello over TCP\nhello over a Unix socket\n$/, "hello, twice"),
  "sockets/pass_fd": writes(
    [],
    /^process (\d+) got "from process (?!\1)\d+" and descriptor 3:\npassed\n$/,
    "read by another process",
    "passed\n",
  ),
  "sockets/self": writes([], /^\S+ \[[\d.]+\]\n$/, "its name and address"),
  "sysv/msg": writes([], /^okay\n$/, "okay"),
  "sysv/shared": writes(["2", "100"], /^sum 200\n$/, "two processes, one sum"),
  "sysv/shm": writes([], /^shm key \d+\nwrote: .*\nread : .*\nswell\ndeleting/, "swell"),
  "pipes/backticks": {
    args: ["sh", "-c", "printf 'to the last byte'; exit 3"],
    found: ({ stdout, stderr, status }) =>
      stdout === "to the last byte" && status.code === 3 && stderr === "status 768: exit 3, signal 0, core no\n"
        ? stderr.trim()
        : undefined,
  },
  "pipes/bogus": {
    args: [],
    found: ({ stdout, status }) =>
      /^list form: .*ENOENT.*\nshell form: .*EPIPE.*\nshell form: exit 127.*\nreading form: .*ENOENT.*\n$/.test(
          stdout,
        ) &&
        status.success
        ? "ENOENT, EPIPE and exit 127, ENOENT"
        : undefined,
  },
  "pipes/list_form": {
    args: ["$(id)|root", "/etc/passwd"],
    found: (ended) =>
      ended.status.success && /^ +1\troot:/m.test(ended.stdout)
        ? `${ended.stdout.split("\n").length - 1} lines, no shell`
        : lacking(ended, "ps"),
  },
  "pipes/status": {
    args: [],
    found: (ended) => {
      const { stdout, stderr, status } = ended;
      return status.success && stdout !== "" && !/^(tcp|udp)/m.test(stdout)
        ? `${stdout.split("\n").length - 1} lines of ${stderr === "" ? "netstat" : "ss"}, none of tcp or udp`
        : lacking(ended, "ss");
    },
  },
};

/** How a user starts it. */
function command(name: string, args: string[]): string[] {
  const launcher = decodeURIComponent(new URL("../launch.ts", import.meta.url).pathname);
  const deno = [Deno.execPath(), "run", "--no-prompt", "--quiet", "--allow-read", "--allow-run", "--allow-env"];
  return [...deno, launcher, "--example", name, ...args];
}

/** Runs `use` beside an example that goes on until it is told to end, in a folder of its own. */
async function beside(name: string, args: string[], use: (path: string) => Promise<string>): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/it`;
    await using example = spawn(command(name, [...args, path]), { cwd: folder, stdout: "null", stderr: "null" });
    const found = await use(path);
    const status = await example.terminate();
    must(status.success, `${name} ended with ${status}`);
    must([...Deno.readDirSync(folder)].length === 0, `${name} left something behind`);
    return found;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A FIFO may not be there yet; then the shell waits for it, as somebody who wants to read it would. */
async function signature(path: string): Promise<string> {
  const { stdout } = await capture(["sh", "-c", 'until [ -p "$1" ]; do :; done; head -1 <"$1"', "sh", path]);
  must(stdout.length > 1, "the FIFO had nothing to say");
  return stdout.trim();
}

/** Signal the example that `launcher` has started, as another process would; the launcher itself ignores a typed ^C. */
async function signalExample(launcher: Child, signal: string): Promise<void> {
  await runCommand(["sh", "-c", 'kill -s "$1" $(cat /proc/"$2"/task/*/children)', "sh", signal, `${launcher.pid}`]);
}

/** What an example writes, line by line, and itself. */
async function talking(name: string, use: (launcher: Child, lines: AsyncIterator<string>) => Promise<string>) {
  await using launcher = spawn(command(name, []), { stdout: "piped", stderr: "null" });
  return await use(launcher, readLines(launcher.stdout)[Symbol.asyncIterator]());
}

/** It prints nothing before the first signal: /proc tells when it catches SIGINT, and this library's own signal. */
async function catchInt(launcher: Child, lines: AsyncIterator<string>): Promise<string> {
  const example = "pid=$(cat /proc/$1/task/*/children)";
  const ready = `until ${example}; grep -q "^SigCgt:.0000[89a-f].*[2367abef]$" /proc/\${pid% }/status; do :; done`;
  await runCommand(["sh", "-c", ready, "sh", `${launcher.pid}`], { stderr: "null", timeout: 10_000 });
  for (const count of [1, 2, 3]) {
    await signalExample(launcher, "INT");
    const { value } = await lines.next();
    must(value === `Somebody sent me a SIGINT (${count})`, value);
  }
  const { code } = await launcher.status;
  must(code === 1, `it ended with ${code}`);
  return "two presses, and the third ended it";
}

/** The first lines of one that begins: its process id. */
async function begun(lines: AsyncIterator<string>): Promise<string> {
  const { value } = await lines.next();
  await lines.next();
  return value;
}

async function hupDaemon(launcher: Child, lines: AsyncIterator<string>): Promise<string> {
  const before = await begun(lines);
  launcher.kill("SIGHUP");
  must((await lines.next()).value === "got SIGHUP", "it did not get SIGHUP");
  const after = await begun(lines);
  must(before === after, `${before} became ${after}`);
  const status = await launcher.terminate();
  must(status.signal === "SIGTERM", `it ended with ${status}`);
  return `${after}, before SIGHUP and after it`;
}

/** An example that prints nothing unless it is wrong. */
async function silently(name: string, key: string): Promise<void> {
  const { stdout, stderr, status } = await capture(command(name, [key]), { check: false, timeout: 10_000 });
  must(status.success && stdout + stderr === "", `${name}: ${status}\n${stdout}${stderr}`);
}

/** With the ten semaphores of sysv/sem, under a key of this process's own. */
async function withTen(use: (key: string) => Promise<string>): Promise<string> {
  const key = `0x7675${(Deno.pid & 0xffff).toString(16).padStart(4, "0")}`;
  const { stdout } = await capture(command("sysv/sem", [key]));
  must(/^shm key \d+\n$/.test(stdout), stdout);
  try {
    return await use(key);
  } finally {
    await runCommand(command("sysv/sem", ["--remove", key]));
  }
}

async function takeAndGive(key: string): Promise<string> {
  await silently("sysv/take", key);
  await using second = spawn(command("sysv/take", [key]));
  using set = SemaphoreSet.open(Number(key));
  while (set.waiting(0).zero === 0) must(second.poll() === undefined, "the second one did not wait");
  await silently("sysv/give", key);
  must((await second.status).success && set.getValue(0) === 1, "it was not taken again");
  return "the second one waited for a give";
}

/** Each example that goes on, or needs another one. */
const SERVERS: Record<string, () => Promise<string>> = {
  "pipes/signature": () => beside("pipes/signature", [], signature),
  "pipes/safe_write": () => safeWrite(),
  "signals/catch_int": () => talking("signals/catch_int", catchInt),
  "signals/hup_daemon": () => talking("signals/hup_daemon", hupDaemon),
  "sysv/sem": () => withTen((key) => Promise.resolve(`ten semaphores at ${key}`)),
  "sysv/take": () => withTen(takeAndGive),
  "sysv/give": () =>
    withTen(async (key) => {
      for (const name of ["take", "give", "take", "give"]) await silently(`sysv/${name}`, key);
      return "taken and given, twice";
    }),
};

async function safeWrite(): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.chmod(folder, 0o1777);
    const ended = await capture(command("pipes/safe_write", [`${folder}/kid`]), { check: false, input: "secret\n" });
    const refused = ended.status.code === 1 && ended.stderr.includes("EPERM");
    must(ended.status.success || refused, `${ended.status}\n${ended.stderr}`);
    return refused ? "only root may become nobody: it says so, exit 1" : ended.stdout.trim();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function runExample(name: string): Promise<string> {
  if (name in SERVERS) return await SERVERS[name]!();
  if (name in CLIENT_CHECKS) return await CLIENT_CHECKS[name]!(command);
  if (name in SERVER_CHECKS) return await SERVER_CHECKS[name]!(command);
  if (name in TERMINAL_CHECKS) return await TERMINAL_CHECKS[name]!(command);
  if (name in UNIX_AND_UDP_CHECKS) return await UNIX_AND_UDP_CHECKS[name]!(command);
  const check = CHECKS[name];
  must(check !== undefined, "the tour does not know what it should do");
  const ended = await capture(command(name, check.args), { check: false, input: check.input ?? "" });
  const found = check.found(ended);
  must(found !== undefined, `${ended.status}\n${ended.stdout}${ended.stderr}`.trim());
  return found;
}

/** Every example there is. */
export const examples: Step[] = exampleNames().map((name) => ({
  area: "examples",
  title: name,
  run: () => runExample(name),
}));
