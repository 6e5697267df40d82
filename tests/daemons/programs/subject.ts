/** A daemon that is told by its arguments what to be, as JSON, and what to do. */
import { type Daemon, daemonize } from "../../../lib/daemons/mod.ts";

const [options = "{}", what = "serve", argument = ""] = Deno.args;

/** Before it is a daemon: in both processes. */
const BEFORE: Record<string, () => void> = {
  deleted() {
    const folder = Deno.makeTempDirSync();
    Deno.chdir(folder);
    Deno.removeSync(folder);
  },
  "throw before"() {
    if (Deno.stdin.isTerminal() || argument !== "") throw new Error("not even begun");
  },
};

/** In the daemon, before it is ready. */
const START: Record<string, (daemon: Daemon) => unknown> = {
  throw: () => {
    throw new Error("no good");
  },
  exit: () => Deno.exit(3),
  kill: () => Deno.kill(Deno.pid, "SIGKILL"),
  fail: (daemon) => daemon.fail(new Error("no disk")),
  hang: () => new Promise((resolve) => setTimeout(resolve, 60_000)),
  leave: () => Deno.exit(0),
  // Somebody else has the daemon's descriptors, and outlives it.
  child: (daemon) => {
    const child = new Deno.Command("sleep", { args: ["60"], stdin: "null", stdout: "null", stderr: "null" }).spawn();
    Deno.writeTextFileSync(argument, `${child.pid}`);
    daemon.fail("a child is left");
  },
};

BEFORE[what]?.();
using daemon = await daemonize(JSON.parse(options));
await START[what]?.(daemon);
const stopped = daemon.stopped();
// Deno does without /proc no more than that.
console.log(`ready in ${what === "rooted" ? "/" : Deno.cwd()}`);
await daemon.ready();
console.error("on standard error");
if (what === "children") {
  new Deno.Command("sh", { args: ["-c", "echo out; echo err >&2"], stdout: "inherit", stderr: "inherit" }).outputSync();
}
const { signal } = await stopped;
if (what === "rooted") {
  // Deno's thread for signals, which is late, comes to this one before it comes to another with a higher number.
  const told = new Promise<void>((resolve) => Deno.addSignalListener("SIGWINCH", resolve));
  Deno.kill(Deno.pid, "SIGWINCH");
  await told;
}
daemon.log?.print(`stopped by ${signal}`);
