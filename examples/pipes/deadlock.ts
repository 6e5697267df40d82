// permissions: --allow-ffi={libc} --allow-run=sh,cat,ls
/**
 * `deadlock`: a kid that reads a pipe to its end, a sub-kid that writes to it, and a parent that does neither; prints who holds which end, then `done`.
 *
 * The kid sees the end only when the last writing end is closed. The parent closes its two at once, and the sub-kid's
 * goes with it. With one that is left open somewhere the kid would wait for ever; here that is an error after 2 s.
 */
import { pipe } from "../../lib/pipes/mod.ts";
import { capture, type Child, spawn } from "../../lib/processes/mod.ts";
import { print, run, UsageError } from "../program.ts";

const TIMEOUT = 2_000;

/** A descriptor of a process, as `ls -l` shows it: `l-wx------ ... 12 -> pipe:[4711]`. */
const DESCRIPTOR = /^l(.)(.).* (\d+) -> (.*)$/gm;

/** Print which of its descriptors process `pid` has on `inode`, and what each is for. */
async function showEnds(name: string, pid: number, inode: string): Promise<void> {
  const { stdout } = await capture(["ls", "-l", `/proc/${pid}/fd`], { timeout: TIMEOUT });
  const ends = [...stdout.matchAll(DESCRIPTOR)].filter(([, , , , target]) => target === inode);
  const held = ends.map(([, reads, , fd]) => `${reads === "r" ? "the reading" : "the writing"} end as ${fd}`);
  print(`${name} ${pid} holds ${held.join(" and ") || "no end"}`);
}

/** What descriptor `fd` of this process is. */
async function inodeOf(fd: number): Promise<string> {
  const { stdout } = await capture(["ls", "-l", `/proc/${Deno.pid}/fd`], { timeout: TIMEOUT });
  return [...stdout.matchAll(DESCRIPTOR)].find(([, , , number]) => number === `${fd}`)![4]!;
}

async function threeProcesses(): Promise<void> {
  const limit = { timeout: TIMEOUT };
  using ends = new DisposableStack();
  const { reader, writer } = pipe();
  ends.use(reader);
  ends.use(writer);
  const inode = await inodeOf(reader.number);
  await using kid = spawn(["cat"], { ...limit, stdin: reader });
  // It waits until the ends have been shown.
  const script = "read line; echo from the sub-kid";
  await using sub: Child = spawn(["sh", "-c", script], { ...limit, stdin: "piped", stdout: writer });
  const everyone = [["parent", Deno.pid], ["kid", kid.pid], ["sub-kid", sub.pid]] as const;
  for (const [name, pid] of everyone) await showEnds(name, pid, inode);
  ends.dispose();
  print("the parent closes both");
  for (const [name, pid] of everyone) await showEnds(name, pid, inode);
  await sub.stdin.close();
  await sub.status;
  await kid.status;
  print("done");
}

await run({
  name: "deadlock",
  usage: "",
  main: async (args) => {
    if (args.length > 0) throw new UsageError();
    await threeProcesses();
  },
});
