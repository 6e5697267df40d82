// permissions: --allow-ffi={libc} --allow-run=sh
/**
 * `reaper [--ignore] [N=10]`: starts N children, the k-th of which exits with k mod 256, and reaps each in the handler of SIGCHLD; at the end no zombie is left.
 *
 * One signal may stand for several children, so the handler asks all of them. With `--ignore` SIGCHLD is ignored: nobody
 * learns how the children ended, and they leave no zombies either.
 */
import { capture, type Child, spawn } from "../../lib/processes/mod.ts";
import { dispatchSignals, localSignal, SIG, sigsuspend } from "../../lib/signals/mod.ts";
import { print, run, UsageError } from "../program.ts";

/** Of a child in `/proc/PID/stat`: state and parent, after the name, which may contain anything. */
const STAT = /^\d+ \(.*\) (\w) (\d+) /gm;

/** The zombies of this process. Deno itself lets only programs with all permissions read /proc, so a shell does. */
async function zombies(): Promise<number> {
  // Some of them are gone by the time that cat(1) opens them.
  const { stdout } = await capture(["sh", "-c", "exec cat /proc/[0-9]*/stat"], { stderr: "null", check: false });
  return [...stdout.matchAll(STAT)].filter(([, state, parent]) => state === "Z" && Number(parent) === Deno.pid).length;
}

/** Child number `k`. */
const start = (k: number) => spawn(["sh", "-c", `exit ${k % 256}`]);

async function reaped(count: number): Promise<void> {
  const children = new Set<Child>();
  let left = count;
  SIG.CHLD = () => {
    for (const child of children) {
      const status = child.poll();
      if (status === undefined) continue;
      children.delete(child);
      print(`reaped ${child.pid} with ${status}`);
      left--;
    }
  };
  for (let k = 1; k <= count; k++) {
    children.add(start(k));
    // This loop never yields: the handler runs where it says so, and there are never many children at once.
    dispatchSignals();
  }
  while (left > 0) await sigsuspend();
  SIG.CHLD = "DEFAULT";
}

async function ignored(count: number): Promise<void> {
  using _ignored = localSignal("SIGCHLD", "IGNORE");
  for (let k = 1; k <= count; k++) {
    const { pid, status } = start(k);
    const { raw } = await status;
    print(raw === -1 ? `${pid} left no status` : `${pid} left the status ${raw}`);
  }
}

await run({
  name: "reaper",
  usage: "[--ignore] [N=10]",
  main: async (args) => {
    const ignore = args[0] === "--ignore";
    const [count = "10", ...more] = ignore ? args.slice(1) : args;
    if (!/^\d+$/.test(count) || more.length > 0) throw new UsageError();
    await (ignore ? ignored : reaped)(Number(count));
    const left = await zombies();
    print(`${Number(count)} ${ignore ? "ignored" : "reaped"}, ${left} zombies`);
    return left === 0 ? 0 : 1;
  },
});
