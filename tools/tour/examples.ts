/** The examples, run as a user runs them. */
import { capture, type Captured, spawn } from "../../lib/processes/mod.ts";
import { exampleNames } from "../examples.ts";
import { must, type Step } from "./step.ts";

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

/** Each example that goes on. */
const SERVERS: Record<string, () => Promise<string>> = {
  "pipes/signature": () => beside("pipes/signature", [], signature),
  "pipes/safe_write": () => safeWrite(),
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
