/**
 * Deno's own thread for signals. Its handler only notes that a signal has come; the thread looks later who listens, and
 * without a listener does what the signal does by default. Whoever takes a listener away must know that nothing which
 * came before is still on its way there.
 *
 * @module
 */
import { FCNTL } from "./abi/fcntl.ts";
import { aboveStandard } from "./descriptors.ts";
import { numbersIn } from "./dirent.ts";
import { open } from "./fcntl.ts";
import { untilHandled } from "./in_flight.ts";
import { cString } from "./memory.ts";
import { poll } from "./poll.ts";
import { textFrom, textOf } from "./proc.ts";
import { close, gettid } from "./unistd.ts";

/** Milliseconds that the thread may take on a busy machine. */
const PATIENCE = 2_000;

/** When Deno takes all listeners away: at the end of the program, also where that is an error that nobody catches. */
const ENDS = ["unload", "error", "unhandledrejection"];

let tasks: readonly string[] | undefined;
/** What tells of them where /proc is out of sight. */
const held = new Map<string, number>();

/** The threads that have no name of their own but that of who started them, Deno's for signals among them. */
function nameless(): readonly string[] {
  const found = numbersIn("/proc/self/task");
  if (typeof found === "number") return [];
  const names = ["self", "thread-self"].map((self) => textOf(`/proc/${self}/comm`));
  const started = [Deno.pid, parseInt(`${textOf("/proc/thread-self/stat")}`)];
  return found.filter((tid) => !started.includes(tid)).map((tid) => `/proc/self/task/${tid}`)
    .filter((task) => names.includes(textOf(`${task}/comm`)));
}

/** Whether it waits: a signal that came before would have woken it. */
function sleeps(task: string): boolean {
  const fd = held.get(task);
  const stat = fd === undefined ? textOf(`${task}/stat`) : textFrom(fd);
  return typeof stat === "number" || /\) S [^)]*$/.test(stat);
}

/** To be called once Deno listens to a signal: from then on there is the thread. */
export function findThread(): void {
  if (tasks !== undefined) return;
  tasks = nameless();
  for (const event of ENDS) addEventListener(event, untilDenoHasDealt);
}

/** Keep open what tells of the thread, if it is not open yet; what is returned closes it. */
export function holdThread(): () => void {
  const fresh = (tasks ?? []).filter((task) => !held.has(task));
  for (const task of fresh) {
    const fd = aboveStandard(open(cString(`${task}/stat`), FCNTL.O_RDONLY | FCNTL.O_CLOEXEC, 0));
    if (fd >= 0) held.set(task, fd);
  }
  return () => fresh.forEach(letGo);
}

function letGo(task: string): void {
  const fd = held.get(task);
  if (fd !== undefined) close(fd);
  held.delete(task);
}

/** Block until Deno has dealt with every signal that its handler was given, or is being given on another thread. */
export function untilDenoHasDealt(): void {
  // `deno test` runs JavaScript on a thread of its own. The first one, which catches the signals, tells us of one before it
  // goes on to Deno's handler, and may be held up between the two.
  if (tasks !== undefined && gettid() !== Deno.pid) untilHandled();
  const deadline = performance.now() + PATIENCE;
  for (const task of tasks ?? []) {
    while (!sleeps(task) && performance.now() < deadline) poll(new Uint8Array(0), 0, 1);
  }
}
