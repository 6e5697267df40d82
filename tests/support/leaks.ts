/**
 * What a test may not leave behind, read from /proc: descriptors, threads, zombies, System V objects; semaphores and
 * shared memory of POSIX in /dev/shm, and mappings of them.
 */
import { THREAD_NAME } from "../../ffi/threads.ts";
import { linkOf, namesIn, numbers, readProc } from "./proc.ts";

/**
 * Machinery that is there before the first test: the reactor's thread, and those that earlier test files of the same
 * process had, whose isolates Deno keeps for a while. One more may be idle.
 */
let machinery: number | undefined;
/** Milliseconds that what is ending has to be gone: a thread ends after the call that told it to. Longer under emulation. */
const PATIENCE = Deno.env.get("VASTY_EMULATED") === "1" ? 60_000 : 5_000;

/** The open descriptors and what they are. */
function descriptors(): Map<number, string> {
  const found = numbers("/proc/self/fd").map((fd) => [fd, linkOf(`/proc/self/fd/${fd}`)] as const);
  return new Map(found.filter(([, what]) => what !== ""));
}

/** How many threads of the library there are. */
export function workerThreads(): number {
  const names = numbers("/proc/self/task").map((tid) => readProc(`/proc/self/task/${tid}/comm`).trim());
  return names.filter((name) => name === THREAD_NAME).length;
}

/** Children of this process, each as "PID STATE NAME". */
export function children(): string[] {
  const pids = numbers("/proc/self/task").flatMap((tid) =>
    readProc(`/proc/self/task/${tid}/children`).trim().split(" ").filter((pid) => pid !== "")
  );
  return pids.map((pid) => {
    const [, name, state] = /\((.*)\) (\w)/.exec(readProc(`/proc/${pid}/stat`)) ?? [];
    return `${pid} ${state} ${name}`;
  });
}

function systemV(): string[] {
  return ["shm", "sem", "msg"].flatMap((kind) =>
    readProc(`/proc/sysvipc/${kind}`).split("\n").slice(1).filter((line) => line !== "").map((line) =>
      `${kind} ${line}`
    )
  );
}

/** Where POSIX semaphores and shared memory are mapped. */
function mappings(): string[] {
  return readProc("/proc/self/maps").split("\n").filter((line) => line.includes(" /dev/shm/"));
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
  for (const name of now.posix) if (!before.posix.includes(name)) found.push(`/dev/shm/${name}`);
  for (const mapping of now.mappings) if (!before.mappings.includes(mapping)) found.push(`mapping ${mapping}`);
  if (now.threads > machinery! + 1) found.push(`${now.threads} threads of the library`);
  return found;
}

function snapshot() {
  return {
    descriptors: descriptors(),
    children: children(),
    systemV: systemV(),
    posix: namesIn("/dev/shm"),
    mappings: mappings(),
    threads: workerThreads(),
  };
}

/** Run `body`, and throw if it leaves anything behind. */
export async function withoutLeaks(body: () => void | Promise<void>): Promise<void> {
  machinery ??= workerThreads();
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
