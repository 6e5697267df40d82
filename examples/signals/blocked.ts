// permissions: --allow-ffi={libc} --allow-run
/**
 * `blocked`: holds SIGUSR1 and a real-time signal back while a child of its own sends them, shows what is pending, and lets them in.
 *
 * A standard signal is pending once however often it was sent, a real-time one each time, in order and with its value. One
 * that is ignored is not held back: it is gone.
 */
import { openSelf } from "../../lib/processes/mod.ts";
import {
  dispatchSignals,
  kill,
  localSignal,
  pendingSignals,
  SIG,
  sigprocmask,
  sigqueue,
  sigsuspend,
} from "../../lib/signals/mod.ts";
import { print, run, UsageError } from "../program.ts";

const HELD_BACK = ["SIGUSR1", "SIGRTMIN+1"];

/** The child. */
export function kid(parent: number): void {
  for (let i = 0; i < 2; i++) kill(parent, "SIGUSR1");
  for (const value of [1, 2, 3]) sigqueue(parent, "SIGRTMIN+1", value);
  kill(parent, "SIGUSR2");
}

/** Start the child, and sleep until SIGCHLD tells of its end. Blocked before, the signal cannot come too early. */
async function kidHasSent(): Promise<void> {
  using _told = localSignal("SIGCHLD", () => {});
  const before = sigprocmask("SIG_BLOCK", ["SIGCHLD"]);
  await using child = openSelf("none", import.meta.url, "kid", [Deno.pid], { permissions: { run: true } });
  await sigsuspend(before);
  await child.close();
  sigprocmask("SIG_SETMASK", before);
}

async function blocked(args: string[]): Promise<void> {
  if (args.length > 0) throw new UsageError();
  SIG.USR1 = ({ signal, pid }) => print(`${signal} from ${pid}`);
  SIG["RTMIN+1"] = ({ value, pid }) => print(`value ${value} from ${pid}`);
  SIG.USR2 = "IGNORE";
  const before = sigprocmask("SIG_BLOCK", HELD_BACK);
  await kidHasSent();
  print(`pending: ${pendingSignals().join(" ")}`);
  sigprocmask("SIG_SETMASK", before);
  let came = false;
  SIG.USR2 = () => came = true;
  dispatchSignals();
  print(`SIGUSR2, which was ignored: ${came ? "came" : "gone"}`);
}

if (import.meta.main) await run({ name: "blocked", usage: "", main: blocked });
