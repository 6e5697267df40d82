// permissions: --allow-ffi={libc} --allow-run={2}
/**
 * `timeout SECONDS CMD...`: runs CMD, and ends it and all that it has started if it takes longer than SECONDS; as timeout(1), but that a grandchild cannot escape by leaving the process group.
 *
 * The exit code is CMD's, or 124 if the time was up, 125 if this program failed itself, 126 if CMD cannot be executed,
 * 127 if there is none. SECONDS may end in s, m, h or d; with 0 there is no limit. Who does not heed SIGTERM is killed a
 * second later. A signal that ends CMD ends this program too, and one that is sent to this program goes to CMD.
 */
import { SyscallError } from "../../lib/core/mod.ts";
import { type Child, type ExitStatus, spawn } from "../../lib/processes/mod.ts";
import { inheritedSignal, raise, SIG, type SignalInfo, signalNumber, timeout } from "../../lib/signals/mod.ts";
import { run, UsageError } from "../program.ts";

const TIMED_OUT = 124;
const FAILED = 125;
const CANNOT_EXECUTE = 126;
const NOT_FOUND = 127;

/** Milliseconds from SIGTERM to SIGKILL. */
const GRACE = 1_000;

const UNITS: Record<string, number> = { "": 1, s: 1, m: 60, h: 3_600, d: 86_400 };

/** What goes on to the command. */
const PASSED_ON = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2"];

/** Milliseconds; undefined where the text is no time. */
function milliseconds(text: string): number | undefined {
  const [, number, unit] = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * UNITS[unit!]! * 1_000 || Infinity;
}

/**
 * Start the command, with signals ignored that this program was started to ignore (nohup), and pass the others on to it.
 * Their handlers stand before there is a command: they run later, when there is.
 */
function start(command: string[]): Child {
  const ignoredSignals = PASSED_ON.filter((signal) => inheritedSignal(signal) === "IGNORE");
  for (const signal of PASSED_ON) {
    // Deno replaces what a program was started with, unless that was asked for.
    SIG[signal] = ignoredSignals.includes(signal) ? "IGNORE" : (info) => passOn(child, info);
  }
  const child = spawn(command, { tree: true, subreaper: true, ignoredSignals });
  return child;
}

/** What was typed at the terminal the command has got already. */
function passOn(child: Child, { signal, code }: SignalInfo): void {
  if (code !== "kernel") child.kill(signal);
}

/** The exit code of `status`; where it was a signal, this program ends by it, but for a second core dump. */
function endAs({ code, signal, coreDumped }: ExitStatus): number {
  if (signal === null) return code!;
  // The runtime ignores SIGPIPE.
  if ([...PASSED_ON, "SIGPIPE"].includes(signal)) SIG[signal] = "DEFAULT";
  if (!coreDumped) raise(signal);
  return 128 + signalNumber(signal);
}

async function limited(ms: number, command: string[]): Promise<number> {
  const child = start(command);
  try {
    return endAs(await timeout(ms, () => child.status));
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "TimeoutError")) throw error;
    await child.terminate({ grace: GRACE });
    return TIMED_OUT;
  }
}

function codeOf(error: unknown): number {
  if (!(error instanceof SyscallError)) return FAILED;
  if (error.code === "ENOENT") return NOT_FOUND;
  return error.code === "EACCES" || error.code === "ENOEXEC" ? CANNOT_EXECUTE : FAILED;
}

await run({
  name: "timeout",
  usage: "SECONDS CMD...",
  main: async ([seconds, ...command]) => {
    if (seconds === undefined || command.length === 0) throw new UsageError();
    try {
      const ms = milliseconds(seconds);
      if (ms === undefined) throw new TypeError(`${JSON.stringify(seconds)} is no number of seconds`);
      return await limited(ms, command);
    } catch (error) {
      console.error(`timeout: ${(error as Error).message}`);
      return codeOf(error);
    }
  },
});
