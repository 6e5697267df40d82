/** What a test may not leave behind, read from /proc: descriptors, threads, zombies, System V objects. */
import { THREAD_NAME } from "../../ffi/threads.ts";

/** The reactor's thread and one that is idle: machinery, which the tests begin with. */
const IDLE_THREADS = 2;
/** Milliseconds that what is ending has to be gone: a thread ends after the call that told it to. */
const PATIENCE = 5_000;

/** The open descriptors and what they are. */
function descriptors(): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name } of Deno.readDirSync("/proc/self/fd")) {
    try {
      found.set(name, Deno.readLinkSync(`/proc/self/fd/${name}`));
    } catch {
      // The descriptor of this very listing.
    }
  }
  return found;
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

/** How many threads of the library there are. */
export function workerThreads(): number {
  const names = [...Deno.readDirSync("/proc/self/task")].map(({ name }) => read(`/proc/self/task/${name}/comm`).trim());
  return names.filter((name) => name === THREAD_NAME).length;
}

/** Children of this process, each as "PID STATE NAME". */
export function children(): string[] {
  const pids = [...Deno.readDirSync("/proc/self/task")].flatMap(({ name }) =>
    read(`/proc/self/task/${name}/children`).trim().split(" ").filter((pid) => pid !== "")
  );
  return pids.map((pid) => {
    const [, name, state] = /\((.*)\) (\w)/.exec(read(`/proc/${pid}/stat`)) ?? [];
    return `${pid} ${state} ${name}`;
  });
}

function systemV(): string[] {
  return ["shm", "sem", "msg"].flatMap((kind) =>
    read(`/proc/sysvipc/${kind}`).split("\n").slice(1).filter((line) => line !== "").map((line) => `${kind} ${line}`)
  );
}

/** What is there that was not there before, in words. */
function leaked(before: ReturnType<typeof snapshot>): string[] {
  const now = snapshot();
  const found: string[] = [];
  for (const [fd, what] of now.descriptors) {
    if (before.descriptors.get(fd) !== what) found.push(`descriptor ${fd}: ${what}`);
  }
  for (const child of now.children) if (!before.children.includes(child)) found.push(`child ${child}`);
  for (const object of now.systemV) if (!before.systemV.includes(object)) found.push(`System V ${object}`);
  if (now.threads > IDLE_THREADS) found.push(`${now.threads} threads of the library`);
  return found;
}

function snapshot() {
  return { descriptors: descriptors(), children: children(), systemV: systemV(), threads: workerThreads() };
}

/** Run `body`, and throw if it leaves anything behind. */
export async function withoutLeaks(body: () => void | Promise<void>): Promise<void> {
  const before = snapshot();
  await body();
  const deadline = performance.now() + PATIENCE;
  let found: string[];
  // What is asked for here is the state of /proc, which nothing announces.
  while ((found = leaked(before)).length > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  if (found.length > 0) throw new Error(`Left behind: ${found.join("; ")}`);
}
