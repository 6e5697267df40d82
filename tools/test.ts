/**
 * `deno task test [ARGS]`: the tests, with the permissions that they need and libc as the only library. ARGS go to
 * `deno test`: files, `--filter NAME` and so on. Without a file among them all tests run; `VASTY_SOAK=1` runs counts whole.
 */
import { libcPath } from "../ffi/libc.ts";
import { missing, PACKAGES } from "../tests/support/peers.ts";

/** What the tests may do; every file of theirs, every program, the loopback. */
const GRANTED = ["read", "write", "run", "env", "net", "sys", "import"].map((name) => `--allow-${name}`);

/** In more files than these it is no accident. */
const AGAIN = 3;

/** What takes about as long as the rest, and can run beside it: tests wait more than they calculate. */
const HALF = ["daemons", "examples", "locks", "screen", "servers", "signals", "sysv", "terminals", "tools"]
  .map((name) => `tests/${name}`);

/**
 * System V objects and a /dev/shm of its own, for what runs beside tests that look for what is left of theirs. Only the
 * superuser may have them.
 */
const APART = ["unshare", "--ipc", "--mount", "sh", "-c", 'mount -t tmpfs tmpfs /dev/shm && exec "$@"', "sh"];

/** How a run ended. */
export interface Outcome {
  code: number;
  passed: number;
  failed: number;
  /** The lines in which tests gave their reason not to run. */
  skipped: string[];
  /** The files in which a test failed. */
  failedFiles: string[];
}

/** The arguments of Deno that run the tests, with `libc` as the only library. */
export function testArguments(libc: string, args: readonly string[]): string[] {
  return ["test", "--no-prompt", `--allow-ffi=${libc}`, ...GRANTED, ...args];
}

/** The folders and files of tests, in two halves that take about as long. */
export function halves(): [string[], string[]] {
  const all = [...Deno.readDirSync("tests")].filter(({ name, isDirectory }) =>
    isDirectory || name.endsWith("_test.ts")
  );
  const others = all.map(({ name }) => `tests/${name}`).filter((path) => !HALF.includes(path));
  return [others.sort(), HALF];
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path) !== undefined;
  } catch {
    return false;
  }
}

/** How {@linkcode runTests} runs them. */
export interface RunOptions {
  env?: Record<string, string>;
  /** Ends them. */
  limit?: AbortSignal;
  /** Whether what they say is shown at the end, since others run at the same time. */
  later?: boolean;
}

/** Run the tests and show what they say, as they say it. */
export async function runTests(program: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const env = { NO_COLOR: "1", ...options.env };
  const child = new Deno.Command(program, { args: [...args], env, stdin: "null", stdout: "piped" }).spawn();
  options.limit?.addEventListener("abort", () => end(child));
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of child.stdout) {
    text += decoder.decode(bytes, { stream: true });
    if (!options.later) await write(bytes);
  }
  const { code } = await child.status;
  if (options.later) await write(new TextEncoder().encode(text));
  return outcome(text, code);
}

function end(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

async function write(bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}

/** The numbers in what `deno test` has said; a run that broke off counts as a failure besides. */
export function outcome(text: string, code: number): Outcome {
  const skipped = [...text.matchAll(/^skipped: .*$/gm)].map(([line]) => line);
  const failedFiles = failuresIn(text);
  const summary = [...text.matchAll(/^(?:ok|FAILED) \| (\d+) passed.*?\| (\d+) failed/gm)].at(-1);
  if (summary) return { code, passed: Number(summary[1]), failed: Number(summary[2]), skipped, failedFiles };
  const count = (result: string) => [...text.matchAll(new RegExp(`\\.\\.\\. ${result} \\(`, "g"))].length;
  return { code, passed: count("ok"), failed: count("FAILED") + 1, skipped, failedFiles };
}

/** The files under whose heading a test has failed. */
export function failuresIn(text: string): string[] {
  const files = new Set<string>();
  let file = "";
  for (const line of text.split("\n")) {
    file = /^running \d+ tests? from (.*)$/.exec(line)?.[1] ?? file;
    if (/ FAILED \(\d/.test(line)) files.add(file);
  }
  return [...files];
}

/**
 * In CI, whose machines are shared: a file with a failure is run once more, alone. What fails again has failed; what does
 * not is named.
 */
async function runAgain(first: Outcome): Promise<Outcome> {
  const { failedFiles } = first;
  if (failedFiles.length === 0 || failedFiles.length > AGAIN) return first;
  console.log(`Once more, alone: ${failedFiles.join(", ")}`);
  const second = await runTests(Deno.execPath(), testArguments(libcPath(), failedFiles));
  if (second.code !== 0) return { ...first, skipped: [...first.skipped, ...second.skipped] };
  const said = `UNSTEADY, failed beside the others and passed alone: ${failedFiles.join(", ")}`;
  return { ...first, code: 0, passed: first.passed + first.failed, failed: 0, skipped: [...first.skipped, said] };
}

/** What two runs at the same time have come to. */
export function sum(one: Outcome, other: Outcome): Outcome {
  return {
    code: Math.max(one.code, other.code),
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: [...one.skipped, ...other.skipped],
    failedFiles: [...one.failedFiles, ...other.failedFiles],
  };
}

async function canRunApart(): Promise<boolean> {
  const [program, ...args] = [...APART, "true"];
  try {
    return (await new Deno.Command(program!, { args, stderr: "null" }).output()).success;
  } catch {
    return false;
  }
}

/** Run those that `args` name, or all: the halves at the same time where they cannot disturb each other. */
async function runNamed(args: readonly string[]): Promise<Outcome> {
  const commandOf = (places: readonly string[]) => testArguments(libcPath(), [...args, ...places]);
  const deno = Deno.execPath();
  if (args.some(exists)) return await runTests(deno, commandOf([]));
  if (!await canRunApart()) return await runTests(deno, commandOf(["tests/"]));
  console.log("Half of the tests run at the same time; what they say comes at the end.");
  const [here, apart] = halves();
  const [unshare, ...rest] = [...APART, deno, ...commandOf(apart)];
  return sum(...await Promise.all([runTests(deno, commandOf(here)), runTests(unshare!, rest, { later: true })]));
}

/** Say what did not run and why, then the numbers, alone on the last line. */
export function report({ passed, failed, skipped }: Outcome): void {
  for (const line of skipped) console.log(line);
  const lacking = missing(Object.keys(PACKAGES)).map((name) => `${name} (Debian: ${PACKAGES[name]})`);
  console.log(
    lacking.length > 0 ? `Missing programs: ${lacking.join(", ")}` : "No program that the tests use is missing.",
  );
  console.log(`${passed} passed, ${failed} failed`);
}

if (import.meta.main) {
  let result = await runNamed(Deno.args);
  if (Deno.env.get("CI") && result.code !== 0) result = await runAgain(result);
  report(result);
  Deno.exit(result.code);
}
